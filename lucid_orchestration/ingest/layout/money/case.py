"""A sales table whose money is to be settled, and what was found of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from lucid_orchestration.ingest.layout.conventions import DecimalMark
from lucid_orchestration.ingest.layout.money import words
from lucid_orchestration.ingest.layout.money.columns import sample_of
from lucid_orchestration.ingest.layout.money.marks import Marks
from lucid_orchestration.ingest.layout.money.readings import MoneyColumns, Sample
from lucid_orchestration.ingest.outcomes import Issue, Row

# From this part of the revenue on only the owner can choose between two readings.
ASK_FROM = 0.01


@dataclass(frozen=True)
class SettledMoney:
    """What was found: fields with their columns, the arithmetic by column, what to say about it.

    `decimal_mark` is set where only one mark lets the rows come out, `column_marks` are those of
    columns written with the other mark. `shared` are columns of bills whose money their lines
    share, named as in a Document, written with the `shared_mark`.
    """

    columns: Mapping[str, int]
    decimal_mark: DecimalMark | None = None
    column_marks: Mapping[int, DecimalMark] = field(default_factory=dict)
    evidence: Mapping[int, str] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
    shared: Mapping[str, int] = field(default_factory=dict)
    shared_mark: DecimalMark = "."


@dataclass(frozen=True)
class Case:
    """A table whose money is to be settled."""

    header: Row
    choices: Mapping[str, int]
    columns: MoneyColumns
    lines: Sequence[Row]

    def name(self, place: int) -> str:
        return words.column_name(self.header, place)

    def sample(self, marks: Marks) -> Sample:
        return sample_of(self.columns, self.lines, self.choices, marks)

    def without(self, places: frozenset[int]) -> "Case":
        """The same table but for some of its columns."""
        columns = replace(
            self.columns,
            amounts=tuple(at for at in self.columns.amounts if at not in places),
            discounts=tuple(at for at in self.columns.discounts if at not in places),
            taxes=tuple(at for at in self.columns.taxes if at not in places),
            refunds=tuple(at for at in self.columns.refunds if at not in places),
        )
        choices = {name: at for name, at in self.choices.items() if at not in places}
        return replace(self, columns=columns, choices=choices)
