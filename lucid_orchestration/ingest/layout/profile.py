"""Known layouts as data: profiles/*.yml say which headings identify a system and what they mean."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from lucid_orchestration.ingest.kinds import KindName
from lucid_orchestration.ingest.layout.conventions import DateOrder, DecimalMark
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.yml import read_yml

PROFILES = Path(__file__).parent / "profiles"


def _alternatives(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _pattern(value: str) -> str:
    re.compile(value)
    return value


Heading = Annotated[str, AfterValidator(heading_key)]
# one heading, or a list of spellings of which one must be there
OneOf = Annotated[frozenset[Heading], BeforeValidator(_alternatives)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Joined(_Strict):
    """More columns that tell variants of a product apart, written behind its name and `by`.

    Words of `unless` tell nothing.
    """

    headings: tuple[Heading, ...]
    by: str = " "
    unless: frozenset[str] = frozenset()


class TaxIncluded(_Strict):
    """Where the cell under `heading` is one of `words`, the net amount is one with tax."""

    heading: Heading
    words: frozenset[str]


class Document(_Strict):
    """Amounts that a file states once for several lines.

    The lines of a document follow one another and agree in the column `by`; without it each line
    stands alone, or `continues` the document above it. `carried` are columns filled in its first
    line only. Lines come to `subtotal`, or to their own sum less `discount`; where `subtotal` and
    `shipping` are the `total`, the prices hold the `tax`; the tax `included`, of lines
    alone, they always hold. Of the `total` the part `refunded` is no revenue. `decimal_mark` is
    that of all figures.
    """

    by: Heading | None = None
    continues: bool = False
    carried: tuple[Heading, ...] = ()
    subtotal: Heading | None = None
    discount: Heading | None = None
    tax: Heading | None = None
    included: Heading | None = None
    shipping: Heading | None = None
    total: Heading | None = None
    refunded: Heading | None = None
    decimal_mark: DecimalMark = "."

    @property
    def amounts(self) -> tuple[str, ...]:
        """The headings of the amounts, those that are stated."""
        stated = (
            self.subtotal,
            self.discount,
            self.tax,
            self.included,
            self.shipping,
            self.total,
            self.refunded,
        )
        return tuple(heading for heading in stated if heading is not None)


class Heads(_Strict):
    """A document is a head row with its lines below it.

    The cell under `by` is filled in the head only; `carried` are the columns the lines take from
    it. Under `item` stands the party in the head and the product in a line. Rows below a head that
    have no quantity and whose item fits `not_lines` are its taxes and rounding. `refuse` is the
    sentence for a file in which no head has lines.
    """

    by: Heading
    carried: tuple[Heading, ...]
    item: Heading
    not_lines: Pattern
    refuse: str


class Less(_Strict):
    """The number under `heading` comes off; the marks are those of both as they are written."""

    heading: Heading
    decimal_mark: DecimalMark = "."
    own_mark: DecimalMark = "."


class Added(_Strict):
    """Columns whose numbers add up, written with one decimal mark."""

    headings: tuple[Heading, ...]
    decimal_mark: DecimalMark = "."

    @classmethod
    def of(cls, headings: Iterable[str], decimal_mark: DecimalMark) -> "Added":
        """The sum of the columns with these headings."""
        return cls(headings=tuple(headings), decimal_mark=decimal_mark)


class Arrangement(_Strict):
    """How the rows of a system become rows Lucid's SQL understands.

    `skipped`: heading → words in a row that says nothing of a product, the empty one among them.
    `instead`: heading → another one whose cell wins where it is filled. `cut`: field → a pattern
    that is no part of its text. `coded`: field → the one before whose text its value stands, in
    brackets. `usual`: field → what an empty cell stands for. `prefixed`: field → what is written
    before its text. `words`: field → a word of the system → one whose meaning document_words.yml
    has. `filled`: heading → the field and word that a filled cell stands for. `only_with`: field →
    the heading without which it says nothing. `summed`: field → how the headings of its columns
    begin, one for each place. `added`: field → the columns that add up to it. `less`: field → the
    number that comes off its own. `shares`: the fields whose percents are said as parts of one.
    """

    skipped: dict[Heading, frozenset[str]] = {}
    instead: dict[Heading, Heading] = {}
    cut: dict[str, Pattern] = {}
    prefixed: dict[str, str] = {}
    coded: dict[str, str] = {}
    usual: dict[str, str] = {}
    only_with: dict[str, Heading] = {}
    summed: dict[str, Heading] = {}
    added: dict[str, Added] = {}
    less: dict[str, Less] = {}
    shares: tuple[str, ...] = ()
    words: dict[str, dict[str, str]] = {}
    filled: dict[Heading, dict[str, str]] = {}
    joined: dict[str, Joined] = {}
    tax_included: TaxIncluded | None = None
    document: Document | None = None
    heads: Heads | None = None

    def helpers(self, fields: Mapping[str, str], headings: Collection[str]) -> dict[str, str]:
        """Heading of a file → the field it helps to fill; `fields` are those of the profile."""
        found: dict[str, str] = {}
        for field, start in self.summed.items():
            found.update({key: field for key in headings if begins(key, start)})
        for heading, other in self.instead.items():
            found[other] = fields[heading]
        for heading, words in self.filled.items():
            found[heading] = next(iter(words))
        for field, joined in self.joined.items():
            found.update(dict.fromkeys(joined.headings, field))
        found.update({heading: field for field, heading in self.only_with.items()})
        found.update({less.heading: field for field, less in self.less.items()})
        for field, added in self.added.items():
            found.update(dict.fromkeys(added.headings, field))
        if self.tax_included:
            found[self.tax_included.heading] = "gross_amount"
        if self.document:
            found.update(dict.fromkeys(self.document.amounts, "net_amount"))
        return {heading: field for heading, field in found.items() if heading in headings}

    def added_fields(self, headings: Collection[str]) -> frozenset[str]:
        """Fields that may be filled without a column of their own, given a file's headings."""
        added = {
            field
            for heading, words in self.filled.items()
            if heading in headings
            for field in words
        }
        added |= set(self.coded)
        added |= {
            field
            for field, start in self.summed.items()
            if any(begins(key, start) for key in headings)
        }
        if self.tax_included and self.tax_included.heading in headings:
            added.add("gross_amount")
        if self.document and any(heading in headings for heading in self.document.amounts):
            added.add("net_amount")
        if self.heads:
            added.add("customer_id")
        return frozenset(added)


def begins(heading: str, start: str) -> bool:
    """Whether a heading is one of those that begin so and name a place behind it."""
    return heading.startswith(f"{start} ")


def sharing(
    keys: Sequence[str], bill: int, shared: Mapping[str, int], decimal_mark: DecimalMark
) -> Arrangement:
    """Lines that share what stands once for their bill; all as places of columns."""
    stated = {name: keys[place] for name, place in shared.items()}
    document = {"by": keys[bill], "decimal_mark": decimal_mark, **stated}
    return Arrangement(document=Document.model_validate(document))


class Profile(_Strict):
    """A known layout: the headings that identify it, and the field each heading means.

    Of several headings for one field the first in `fields` wins. `lacks` are headings of layouts
    that look alike. `date_order` and `decimal_mark` are what the system always writes;
    `usual_date_order` decides only where the dates themselves do not. `refuse` says why a known
    layout is of no use, and what to export instead; `remark` what it lacks and is read without.
    """

    name: str
    kind: KindName = "sales"
    identified_by: tuple[OneOf, ...]
    lacks: frozenset[Heading] = frozenset()
    refuse: str | None = None
    remark: str | None = None
    fields: dict[Heading, str] = {}
    date_order: DateOrder | None = None
    usual_date_order: DateOrder | None = None
    decimal_mark: DecimalMark | None = None
    rows: Arrangement | None = None

    def fits(self, headings: Collection[str]) -> bool:
        """Whether a row of headings (as `heading_key` gives them) is this layout's."""
        return all(not one_of.isdisjoint(headings) for one_of in self.identified_by) and (
            self.lacks.isdisjoint(headings)
        )


@cache
def profiles() -> tuple[Profile, ...]:
    """The known layouts, in the order of their files."""
    return tuple(Profile.model_validate(read_yml(path)) for path in sorted(PROFILES.glob("*.yml")))


def fitting_profiles(headings: Iterable[str]) -> list[Profile]:
    """The layouts a row of headings may be, the one with the most identifying headings first."""
    there = frozenset(headings)
    fitting = (profile for profile in profiles() if profile.fits(there))
    return sorted(fitting, key=lambda profile: (-len(profile.identified_by), profile.name))
