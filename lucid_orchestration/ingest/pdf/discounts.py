"""Which lines a discount below or between the lines of a bill is taken off."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lucid_orchestration.ingest.pdf.below import Labelled
from lucid_orchestration.ingest.pdf.bill_lines import spread
from lucid_orchestration.ingest.pdf.figures import HUNDRED, PAISA
from lucid_orchestration.ingest.pdf.interpretation import SUM_SLACK, ZERO, InconsistentError
from lucid_orchestration.ingest.pdf.sums import Given


@dataclass(frozen=True)
class _Lines:
    """The amounts of the lines and the row of each."""

    amounts: Sequence[Decimal]
    places: Sequence[int]

    def before(self, place: int) -> int:
        """How many lines stand above a row."""
        return sum(own < place for own in self.places)

    def sum_of(self, start: int, stop: int) -> Decimal:
        return sum(self.amounts[start:stop], ZERO)


def discount_shares(
    amounts: Sequence[Decimal], places: Sequence[int], figures: Given
) -> list[Decimal]:
    """What is taken off each line by the discounts that stand below or between the lines.

    A discount behind the sum of some lines is taken off those; one behind all lines off all.

    Raises:
        InconsistentError: when it is not clear on which lines a discount is given.
    """
    lines = _Lines(amounts, places)
    of_run: dict[tuple[int, int], Decimal] = {}
    for figure in figures.discounts:
        run = _run(figure, lines, figures)
        of_run[run] = of_run.get(run, ZERO) + abs(figure.amount)
    shares = [ZERO] * len(amounts)
    for (start, stop), discount in of_run.items():
        for place, share in enumerate(spread(discount, amounts[start:stop]), start=start):
            shares[place] += share
    return shares


def _run(figure: Labelled, lines: _Lines, figures: Given) -> tuple[int, int]:
    """The lines, as a half-open range, that a discount is taken off."""
    count = len(lines.amounts)
    stop = lines.before(figure.place)
    if not stop:
        return 0, count
    own = _behind_sum(figure, lines, figures, stop)
    is_usual = any(0 < lines.before(other.place) < count for other in figures.discounts)
    if stop == count and (own is not None or not is_usual):
        return _below_all(figure, lines, own or 0, is_usual=is_usual)
    if own is not None:
        return own, stop
    if stop == count and sum(lines.before(o.place) == count for o in figures.discounts) > 1:
        # one of them may be that of the last line, another that of the bill
        raise _unclear(figure, count)
    first = _after_last_sum(figure, lines, figures, stop)
    if stop - first == 1:
        return first, stop
    fitting = [s for s in range(first, stop) if _is_rate_of(figure, lines.sum_of(s, stop))]
    if len(fitting) != 1:
        raise _unclear(figure, count)
    return fitting[0], stop


def _below_all(figure: Labelled, lines: _Lines, start: int, *, is_usual: bool) -> tuple[int, int]:
    """The lines of a discount below all lines, behind the sum of those from `start` on.

    `is_usual`: other discounts of the bill stand between its lines.
    """
    count = len(lines.amounts)
    if not start or _is_rate_of(figure, lines.sum_of(0, count)):
        return 0, count
    if is_usual or _is_rate_of(figure, lines.sum_of(start, count)):
        return start, count
    raise _unclear(figure, count)


def _behind_sum(figure: Labelled, lines: _Lines, figures: Given, stop: int) -> int | None:
    """The first of the lines whose sum stands right before a discount; null without one."""
    sums = [
        other
        for other in (*figures.sums, *figures.unknown)
        if lines.places[stop - 1] < other.place <= figure.place
    ]
    # in a box the sums stand beside the discount
    last = max((other.place for other in sums), default=0)
    amounts = [other.amount for other in sums if other.place == last]
    return next(
        (
            start
            for start in range(stop)
            if any(abs(lines.sum_of(start, stop) - amount) <= SUM_SLACK for amount in amounts)
        ),
        None,
    )


def _after_last_sum(figure: Labelled, lines: _Lines, figures: Given, stop: int) -> int:
    """The first line behind the last sum or discount that stands above the last line before."""
    others = (*figures.sums, *figures.unknown, *figures.discounts)
    own = [o.place for o in others if o is not figure and o.place < lines.places[stop - 1]]
    return lines.before(max(own)) if own else 0


def _is_rate_of(figure: Labelled, amount: Decimal) -> bool:
    """Whether a percentage beside a discount gives it from an amount, to the paisa."""
    return any(abs(abs(figure.amount) - amount * rate / HUNDRED) <= PAISA for rate in figure.rates)


def _unclear(figure: Labelled, count: int) -> InconsistentError:
    return InconsistentError(
        "ambiguous_bill",
        f'On which lines "{figure.label} {figure.amount}" is given is not clear.',
        count + 3,
    )
