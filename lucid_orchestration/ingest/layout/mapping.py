"""What an owner says about the files of a dataset, in `mapping.yml` in the dataset's folder."""

import fnmatch
import hashlib
import unicodedata
import zoneinfo
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from lucid_orchestration.ingest.kinds import KindName
from lucid_orchestration.ingest.layout.conventions import DateOrder, DecimalMark
from lucid_orchestration.ingest.layout.documents import Outcome
from lucid_orchestration.ingest.raw_tables import FIELDS

# The field of a column that is to be left out.
IGNORE = "ignore"
_KNOWN_FIELDS = frozenset().union(*FIELDS.values())


def _known_field(value: object) -> object:
    if value not in _KNOWN_FIELDS | {IGNORE}:
        raise ValueError(
            f"{value!r} is no field; the fields are {', '.join(sorted(_KNOWN_FIELDS))}"
        )
    return value


def _known_zone(value: object) -> object:
    if value not in zoneinfo.available_timezones():
        raise ValueError(f"{value!r} is no time zone; write it as Asia/Kolkata")
    return value


def _as_names_are_compared(value: object) -> object:
    return " ".join(unicodedata.normalize("NFKC", str(value)).casefold().split())


def _as_files_are_compared(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


FieldName = Annotated[str, BeforeValidator(_known_field)]
TimeZoneName = Annotated[str, BeforeValidator(_known_zone)]
Pattern = Annotated[str, BeforeValidator(_as_names_are_compared), Field(min_length=1)]


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
    header_row: Annotated[int, Field(ge=1)] | None = None
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

    match: str

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
    """

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    timezone: TimeZoneName | None = None
    overlaps: Literal["count", "once"] | None = None
    business: Business = Business()
    charges: tuple[Pattern, ...] = ()
    products: tuple[Pattern, ...] = ()
    files: tuple[NamedFiles, ...] = ()

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
        content = path.read_bytes()
    except FileNotFoundError:
        return NO_MAPPING
    except OSError as error:
        return OwnerMapping(
            DatasetMapping(), "unreadable", f"It cannot be opened ({error.strerror})."
        )
    digest = hashlib.sha256(content).hexdigest()
    try:
        stated = yaml.safe_load(content.decode("utf-8-sig"))
        mapping = DatasetMapping.model_validate({} if stated is None else stated)
    except UnicodeDecodeError:
        return OwnerMapping(DatasetMapping(), digest, "It is not UTF-8 text. Save it as UTF-8.")
    except yaml.YAMLError as error:
        return OwnerMapping(
            DatasetMapping(), digest, f"It is not YAML: {' '.join(str(error).split())}."
        )
    except (ValidationError, RecursionError) as error:
        return OwnerMapping(DatasetMapping(), digest, _sentence(error))
    return OwnerMapping(mapping, digest)


def _sentence(error: ValidationError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "It is nested too deeply."
    problems: list[str] = []
    for detail in error.errors(include_url=False):
        place = ".".join(str(part) for part in detail["loc"]) or "the file"
        problems.append(f"{place}: {_first_low(detail['msg'].removeprefix('Value error, '))}")
    return "; ".join(problems) + "."


def _first_low(text: str) -> str:
    return text[:1].lower() + text[1:]
