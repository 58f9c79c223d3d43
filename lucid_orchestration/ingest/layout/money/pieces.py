"""Whether a figure is of one piece or of the whole line.

The lines of one product show it: what is of a piece stays the same whatever the quantity, what is
of the line grows with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import log

# Prices and costs drift from line to line; quantities this far apart show through it.
QUANTITIES_APART = log(1.5)
# A figure has to follow the quantity, or to stay, within this part of what the quantity changed.
NEAR = 0.25
AGREEING = 0.9


@dataclass(frozen=True)
class Pairs:
    """Neighbouring lines of one product with other quantities, by what the figure does."""

    growing: int
    staying: int
    others: int

    @property
    def count(self) -> int:
        """All of them."""
        return self.growing + self.staying + self.others

    @property
    def is_of_line(self) -> bool:
        """Whether the figure grows with the quantity nearly everywhere."""
        return self.count > 0 and self.growing >= AGREEING * self.count

    @property
    def is_of_piece(self) -> bool:
        """Whether the figure is the same whatever the quantity nearly everywhere."""
        return self.count > 0 and self.staying >= AGREEING * self.count

    def told(self, name: str) -> str:
        """What they show of the column of that name, in a sentence."""
        if self.is_of_line:
            return (
                f"{name} is of the whole line: it grows with the quantity in {self.growing} of "
                f"{self.count} pairs of lines of one product."
            )
        return (
            f"{name} is of one piece: it does not grow with the quantity in {self.staying} of "
            f"{self.count} pairs of lines of one product."
        )


def pairs_of(lines: Iterable[tuple[tuple[str, ...], float, float]], near: float = NEAR) -> Pairs:
    """The pairs among lines of product, quantity and figure, both above 0, in the file's order.

    `near` is how much of what the quantity changed a figure may be off.
    """
    changes = list(_changes(lines))
    growing = sum(abs(dearer - more) < near * abs(more) for more, dearer in changes)
    staying = sum(abs(dearer) < near * abs(more) for more, dearer in changes)
    return Pairs(growing, staying, len(changes) - growing - staying)


def _changes(
    lines: Iterable[tuple[tuple[str, ...], float, float]],
) -> Iterator[tuple[float, float]]:
    products: dict[tuple[str, ...], list[tuple[float, float]]] = defaultdict(list)
    for product, quantity, figure in lines:
        products[product].append((log(quantity), log(figure)))
    for same in products.values():
        for (size, worth), (other_size, other_worth) in pairwise(same):
            more = size - other_size
            if abs(more) >= QUANTITIES_APART:
                yield more, worth - other_worth
