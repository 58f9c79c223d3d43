"""Rows of a stock list named after the total of a group, whose figures are the sums above them."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count

from lucid_orchestration.ingest.group_sums import figures_of
from lucid_orchestration.ingest.layout.aliases import total_words
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import RefusedError, Row, cell_of

# Quantities have three places at most; sums of them may miss in the last one of a float.
_NEAR = 1e-6
# Values are rounded row by row.
_NEAR_MONEY = 0.01
# So often a figure may be added up, in seconds: the totals of a list of a million goods take less.
MOST_STEPS = 20_000_000
_TOTAL = r"(?<!\w)(?:sub[ -]?|grand )?(?:totals?{})(?!\w)"


def without_group_totals(
    rows: Iterable[Row], layout: Layout, drop: Callable[[], None]
) -> Iterator[Row]:
    """The rows of a stock list but for the totals of groups, "Total Drinks" or "Drinks Total".

    The name of a group that stands alone above its goods goes with its total. `drop` is called for
    each row left out.
    """
    if layout.kind != "inventory" or not {"quantity", "product_name"} <= layout.columns.keys():
        yield from rows
        return
    lines = list(rows)
    left_out = set(_Totals(lines, layout).found())
    for place, row in enumerate(lines):
        if place in left_out:
            drop()
        else:
            yield row


@dataclass(frozen=True)
class _Totals:
    lines: Sequence[Row]
    layout: Layout
    _steps: Iterator[int] = field(default_factory=count)

    def found(self) -> Iterator[int]:
        """The rows that are totals, and those that only name the group of one."""
        goods: list[int] = []
        heads: dict[str, int] = {}
        for place in range(len(self.lines)):
            group = self._groups[place]
            if self._quantities[place] is None:
                heads[self._named(place)] = place
            elif group and self._is_total(place, group, goods, heads):
                yield place
                if group in heads:
                    yield heads.pop(group)
            else:
                goods.append(place)

    def _is_total(
        self, place: int, group: str, goods: Sequence[int], heads: dict[str, int]
    ) -> bool:
        """Whether the figures of a row are sums of the goods above, and it is none of them.

        Goods have a cost, a total none; it is named after a group, or sums up several.
        """
        size = self._summed(place, goods)
        if not size:
            return False
        cost = self.layout.columns.get("unit_cost")
        if cost is not None:
            return not cell_of(self.lines[place], cost)
        return group in heads or group in self._categories or size > 1

    def _summed(self, place: int, goods: Sequence[int]) -> int:
        """Of how many goods right above a row its figures are the sums; 0 where of none."""
        quantity, value = self._quantities[place] or 0.0, self._values[place]
        pieces = worth = 0.0
        for size, other in enumerate(reversed(goods), 1):
            if pieces > quantity + _NEAR and self._only_grows:
                break
            if next(self._steps) > MOST_STEPS:
                raise RefusedError(
                    "took_too_long",
                    "Too many rows of the list are named like totals, and which rows they sum up "
                    "cannot be told in time. Delete the totals, or export the list without them.",
                )
            pieces += self._quantities[other] or 0.0
            worth += self._values[other] or 0.0
            is_worth_it = value is None or abs(worth - value) <= _NEAR_MONEY * size
            if abs(pieces - quantity) <= _NEAR and is_worth_it:
                return size
        return 0

    def _named(self, place: int) -> str:
        return _words(cell_of(self.lines[place], self.layout.columns["product_name"]))

    @cached_property
    def _groups(self) -> list[str]:
        """What each name says beside a word for a total; empty where there is no such word."""
        others = "".join(f"|{re.escape(word)}" for word in total_words(self.layout.header))
        total = re.compile(_TOTAL.format(others), re.IGNORECASE)
        names = map(self._named, range(len(self.lines)))
        return [_words(total.sub(" ", name)) if total.search(name) else "" for name in names]

    @cached_property
    def _categories(self) -> frozenset[str]:
        place = self.layout.columns.get("category")
        if place is None:
            return frozenset()
        return frozenset(_words(cell_of(row, place)) for row in self.lines)

    @cached_property
    def _quantities(self) -> list[float | None]:
        return figures_of(self.lines, self.layout.columns["quantity"])

    @cached_property
    def _only_grows(self) -> bool:
        """Whether a sum of more goods is never less."""
        return all(quantity is None or quantity >= 0 for quantity in self._quantities)

    @cached_property
    def _values(self) -> list[float | None]:
        place = self.layout.columns.get("stock_value")
        return [None] * len(self.lines) if place is None else figures_of(self.lines, place)


def _words(text: str) -> str:
    return " ".join(re.sub(r"[^\w&]+", " ", text).casefold().split())
