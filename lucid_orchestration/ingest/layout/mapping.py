"""What an owner says about the files of a dataset, in `mapping.yml` in the dataset's folder."""

import fnmatch
import hashlib
import unicodedata
import zoneinfo
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from lucid_orchestration.formatting import shortened
from lucid_orchestration.ingest.kinds import KindName
from lucid_orchestration.ingest.layout.bill_layouts import BillLayout
from lucid_orchestration.ingest.layout.conventions import DateOrder, DecimalMark
from lucid_orchestration.ingest.layout.documents import Outcome
from lucid_orchestration.ingest.raw_tables import FIELDS
from lucid_orchestration.yml import StatedError, parse_stated, read_stated

# The field of a column that is to be left out.
IGNORE = "ignore"
# Names of products and files are shorter; patterns are tried against every one of them.
MOST_LETTERS = 200
_MOST_WILDCARDS = 10
_MOST_PATTERNS = 1_000
# the last one that a workbook can have
_LAST_ROW = 1_048_576
_MOST_NAMED = 5
_KNOWN_FIELDS = frozenset().union(*FIELDS.values())


def _known_field(value: object) -> object:
    if not isinstance(value, str) or value not in _KNOWN_FIELDS | {IGNORE}:
        raise ValueError(
            f"{shortened(repr(value))} is no field; "
            f"the fields are {', '.join(sorted(_KNOWN_FIELDS))}"
        )
    return value


def _known_zone(value: object) -> object:
    if not isinstance(value, str) or value not in zoneinfo.available_timezones():
        raise ValueError(f"{shortened(repr(value))} is no time zone; write it as Asia/Kolkata")
    return value


def _as_names_are_compared(value: object) -> object:
    if isinstance(value, dict | list):
        raise ValueError("it is no text")
    text = " ".join(unicodedata.normalize("NFKC", str(value)).casefold().split())
    if text.count("%") > _MOST_WILDCARDS:
        raise ValueError(f"it has more than {_MOST_WILDCARDS} of the sign %")
    return text


def _as_files_are_compared(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


FieldName = Annotated[str, BeforeValidator(_known_field)]
TimeZoneName = Annotated[str, BeforeValidator(_known_zone)]
Pattern = Annotated[
    str, BeforeValidator(_as_names_are_compared), Field(min_length=1, max_length=MOST_LETTERS)
]
Patterns = Annotated[tuple[Pattern, ...], Field(max_length=_MOST_PATTERNS)]
# A pattern of file names; each star that it has is tried at each letter of the name.
FilePattern = Annotated[
    str, Field(max_length=MOST_LETTERS, pattern=rf"^(?:[^*]*\*){{0,{_MOST_WILDCARDS}}}[^*]*$")
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileMapping(_Strict):
    """How to read a file; what is left out is found.

    `columns` maps a heading to a field of the raw table, or to `ignore`; `header_row` counts from
    1, as a spreadsheet does. `document` is what the rows are that do not say so themselves,
    `documents` maps words of type and status columns to what they mean.
    """

    kind: KindName | None = None
    sheet: str | None = None
    header_row: Annotated[int, Field(ge=1, le=_LAST_ROW)] | None = None
    date_order: DateOrder | None = None
    decimal_mark: DecimalMark | None = None
    columns: dict[str, FieldName] = {}
    document: Outcome | None = None
    documents: dict[str, Outcome] = {}

    @property
    def is_silent(self) -> bool:
        """Whether it says nothing about how to read a file."""
        return all(getattr(self, name) in (None, {}) for name in FileMapping.model_fields)


NOTHING_SAID = FileMapping()


class NamedFiles(FileMapping):
    """How to read the files whose name fits `match` (`*` is any text, `?` any letter)."""

    match: FilePattern

    def fits(self, name: str) -> bool:
        """Whether a file is meant; case does not matter, nor how a letter with a mark is coded."""
        pattern = _as_files_are_compared(self.match).replace("[", "[[]")
        return fnmatch.fnmatchcase(_as_files_are_compared(name), pattern)


class Business(_Strict):
    """Whose books these are: tells the invoices a shop wrote from those it was sent."""

    name: str | None = None
    gstin: str | None = None


class DatasetMapping(FileMapping):
    """The whole of a mapping.yml: how to read all files that `files` does not name, and more.

    `charges` and `products` are patterns of product names (`%` stands for any text) that are or
    are not lines without a product, before the words of seeds/charge_words.csv. `overlaps` says of
    files that cover the same days whether they hold other sales (`count`) or the same (`once`).
    `bills` are layouts of PDF bills; of those that fit a bill the first counts.
    """

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    timezone: TimeZoneName | None = None
    overlaps: Literal["count", "once"] | None = None
    business: Business = Business()
    charges: Patterns = ()
    products: Patterns = ()
    files: Annotated[tuple[NamedFiles, ...], Field(max_length=_MOST_PATTERNS)] = ()
    bills: Annotated[tuple[BillLayout, ...], Field(max_length=_MOST_PATTERNS)] = ()

    def of_file(self, name: str) -> FileMapping:
        """What is said about one file, by its name below the dataset's folder; first match wins."""
        for entry in self.files:
            if entry.fits(name):
                return entry
        return self


@dataclass(frozen=True)
class OwnerMapping:
    """A dataset's mapping with the digest of its text; `problem` says why it could not be used."""

    mapping: DatasetMapping
    digest: str
    problem: str | None = None


NO_MAPPING = OwnerMapping(DatasetMapping(), "")


def read_mapping(path: Path) -> OwnerMapping:
    """The mapping in a file; none when there is no such file.

    A faulty one is not used at all, and its `problem` names the key and what is wrong with it.
    """
    try:
        content = read_stated(path)
    except FileNotFoundError:
        return NO_MAPPING
    except StatedError as error:
        return OwnerMapping(DatasetMapping(), "unreadable", str(error))
    return parse_mapping(content)


def parse_mapping(content: bytes) -> OwnerMapping:
    """The mapping that the content of a mapping.yml states; a faulty one as `read_mapping` does."""
    digest = hashlib.sha256(content).hexdigest()
    try:
        stated = parse_stated(content)
        mapping = DatasetMapping.model_validate({} if stated is None else stated)
    except StatedError as error:
        return OwnerMapping(DatasetMapping(), digest, str(error))
    except ValidationError as error:
        return OwnerMapping(DatasetMapping(), digest, _sentence(error))
    return OwnerMapping(mapping, digest)


def _sentence(error: ValidationError) -> str:
    problems: list[str] = []
    for detail in error.errors(include_url=False):
        place = shortened(".".join(str(part) for part in detail["loc"])) or "the file"
        problems.append(f"{place}: {_first_low(detail['msg'].removeprefix('Value error, '))}")
    further = len(problems) - _MOST_NAMED
    more = [f"and {further} more"] if further > 0 else []
    return "; ".join(problems[:_MOST_NAMED] + more) + "."


def _first_low(text: str) -> str:
    return text[:1].lower() + text[1:]
