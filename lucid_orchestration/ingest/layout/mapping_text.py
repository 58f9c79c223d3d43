"""Writing into an owner's mapping.yml: one file or one layout, the rest as the owner wrote it."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from lucid_orchestration.errors import UnprocessableError
from lucid_orchestration.ingest.inbox import MAPPING_FILE, SHOP_FILE
from lucid_orchestration.ingest.layout.bill_layouts import BillLayout
from lucid_orchestration.ingest.layout.edited_text import dumped, edited
from lucid_orchestration.ingest.layout.mapping import FileMapping, OwnerMapping, parse_mapping
from lucid_orchestration.storage import write_text
from lucid_orchestration.yml import MAX_STATED_BYTES, StatedError, parse_stated, read_stated

_LISTS = {
    key: re.compile(rf"^{key}:[ \t]*(#.*)?\n(?=([ \t]*)- )", re.MULTILINE)
    for key in ("files", "bills")
}


def entry(name: str, said: FileMapping) -> dict[str, Any]:
    """What is said of one file, as an entry of `files:`."""
    return {"match": name, **said.model_dump(exclude_defaults=True)}


def snippet(name: str, said: FileMapping) -> str:
    """The same as text to paste into a mapping.yml."""
    return dumped({"files": [entry(name, said)]})


def with_file(text: str, name: str, said: FileMapping) -> str:
    """The text of a mapping.yml that says this of a file from now on, before all else about it.

    What stands there stays letter for letter where it can; where the file had an entry of its own
    the whole is written anew.

    Raises:
        UnprocessableError: when the text cannot be used, before or after.
    """
    new = [] if said.is_silent else [entry(name, said)]
    return _with_entry(text, "files", new, lambda old: old.get("match") == name)


def with_bill_layout(text: str, said: BillLayout) -> str:
    """The text of a mapping.yml that says this of a layout of bills, before those told earlier.

    An entry of the same seller and headings goes; a silent one is taken out and none put in.

    Raises:
        UnprocessableError: when the text cannot be used, before or after.
    """
    new = [] if said.is_silent else [_as_entry(said)]
    return _with_entry(text, "bills", new, lambda old: _is_of_layout(old, said))


def bill_snippet(said: BillLayout) -> str:
    """A layout of bills as text to paste into a mapping.yml."""
    return dumped({"bills": [_as_entry(said)]})


def _as_entry(said: BillLayout) -> dict[str, Any]:
    return said.model_dump(mode="json", exclude_defaults=True)


def _is_of_layout(old: Mapping[str, Any], said: BillLayout) -> bool:
    headings = tuple(old.get("headings") or ())
    return (old.get("seller"), headings) == (said.seller, said.headings)


def _with_entry(
    text: str,
    key: str,
    new: list[dict[str, Any]],
    is_replaced: Callable[[Mapping[str, Any]], bool],
) -> str:
    """A mapping.yml with new entries in front of a list, without those that they replace."""
    usable(text)
    content = _content(text)
    entries = content.get(key) or []
    wanted = {**content, key: [*new, *(old for old in entries if not is_replaced(old))]}
    if not wanted[key]:
        del wanted[key]
    draft = text if text.endswith("\n") or not text else f"{text}\n"
    if not entries and new:
        draft += dumped({key: new})
    elif new:
        draft = _LISTS[key].sub(lambda found: found[0] + _indented(new, found[2]), draft, count=1)
    if _content_or_none(draft) != wanted:
        draft = dumped(wanted) if wanted else ""
    usable(draft)
    return draft


def usable(text: str) -> OwnerMapping:
    """The mapping a text states.

    Raises:
        UnprocessableError: when it cannot be used, with the key and what is wrong with it.
    """
    content = text.encode()
    if len(content) > MAX_STATED_BYTES:
        raise UnprocessableError(f"It is larger than {MAX_STATED_BYTES // 1000} KB.", "text")
    told = parse_mapping(content)
    if told.problem is not None:
        raise UnprocessableError(f"{MAPPING_FILE}: {told.problem}", "text")
    return told


def stated_text(path: Path) -> str:
    """The text of an owner's settings file, empty without one.

    Raises:
        UnprocessableError: when it cannot be read.
    """
    try:
        return read_stated(path).decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except (StatedError, UnicodeDecodeError) as error:
        raise UnprocessableError(f"{path.name} cannot be changed: {error}") from error


def keep_mapping(folder: Path, text: str) -> None:
    """Write a shop's mapping.yml.

    Raises:
        UnprocessableError: when the text cannot be used; the old one stays.
    """
    usable(text)
    write_text(folder / MAPPING_FILE, text)


def with_settings(text: str, changed: Mapping[str, Any]) -> str:
    """The text of a shop's lucid.yml with some of its keys at other values; None takes one out.

    What is not changed stays as its owner wrote it, comments too.

    Raises:
        UnprocessableError: when the text is no list of settings.
    """
    try:
        content = parse_stated(text.encode()) or {}
    except StatedError as error:
        raise UnprocessableError(f"{SHOP_FILE} cannot be changed: {error}") from error
    if not isinstance(content, dict):
        raise UnprocessableError(f"{SHOP_FILE} cannot be changed: it is no list of settings.")
    merged = {**content, **changed}
    kept = {key: value for key, value in merged.items() if value not in (None, {})}
    found = edited(text, kept)
    return found if found.strip() else ""


def _content(text: str) -> dict[str, Any]:
    content = parse_stated(text.encode())
    return content if isinstance(content, dict) else {}


def _content_or_none(text: str) -> dict[str, Any] | None:
    try:
        return _content(text)
    except StatedError:
        return None


def _indented(entries: list[dict[str, Any]], indent: str) -> str:
    text = yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=100)
    return "".join(f"{indent}{line}\n" for line in text.splitlines())
