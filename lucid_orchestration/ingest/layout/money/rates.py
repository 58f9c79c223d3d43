"""What rates and signs say of money: round parts of a sum, taxes beside their rates, summands."""

from collections.abc import Iterator, Sequence

from lucid_orchestration.ingest.layout.money.readings import Cells, MoneyColumns, Sample, Sums

# Taxes are set in halves of a percent, discounts mostly in steps of five.
TAX_STEP = 0.005
DISCOUNT_STEP = 0.05
ROUND_SHARE = 0.9


def is_rate(part: float, whole: float, step: float, roundings: int = 1) -> bool:
    """Whether a part is a whole number of steps of the whole, as far as rounding lets one see."""
    rate = abs(part / whole)
    slack = 0.0051 * roundings / abs(whole) + 1e-6
    return abs(rate - round(rate / step) * step) <= min(slack, step / 4)


def is_summand(columns: MoneyColumns, sample: Sample) -> bool:
    """Whether discounts stand below zero beside money above it: they are yet to be added to it."""
    money = columns.prices + columns.amounts
    discounts = [
        cells[place]
        for cells in sample.rows
        for place in columns.discounts
        if cells.get(place) and any(cells.get(other, 0.0) > 0 for other in money)
    ]
    return bool(discounts) and max(discounts) < 0


def agrees_with_rates(
    columns: MoneyColumns, sample: Sample, lines: Sequence[Sums | None], share: float
) -> bool:
    """Whether in `share` of the lines a tax in money is what its rate makes of the net.

    One column of each may say so, or all of them together; False where either is not stated.
    """
    rates = [place for place in columns.taxes if columns.told.get(place) == "tax_percent"]
    money = [place for place in columns.taxes if place not in rates]
    return any(
        _are_taxed(sample, lines, taxes, at, share)
        for taxes in _one_or_all(money)
        for at in _one_or_all(rates)
    )


def _are_taxed(
    sample: Sample,
    lines: Sequence[Sums | None],
    taxes: Sequence[int],
    rates: Sequence[int],
    share: float,
) -> bool:
    unit = sum(10.0 ** -sample.places.get(place, 0) for place in taxes)
    answers = [
        _is_taxed(sums, cells, taxes, rates, unit)
        for sums, cells in zip(lines, sample.rows, strict=True)
        if sums is not None and all(place in cells for place in (*taxes, *rates))
    ]
    return bool(answers) and sum(answers) >= share * len(answers)


def _is_taxed(
    sums: Sums, cells: Cells, taxes: Sequence[int], rates: Sequence[int], unit: float
) -> bool:
    rate = sum(abs(cells[place]) for place in rates) / 100
    stated = sum(abs(cells[place]) for place in taxes)
    # what the tax was taken of was rounded too
    slack = unit * (0.5 + rate) + 1e-6
    return abs(abs(sums.net) * rate - stated) <= slack


def _one_or_all(places: Sequence[int]) -> Iterator[Sequence[int]]:
    yield from ((place,) for place in places)
    if len(places) > 1:
        yield places
