"""An analyst's own copy of the dbt project: written once, and brought to a newer Lucid by merging.

Beside his files `.lucid/shipped.zip` keeps them as they were shipped. An upgrade compares both
sides with it, and replaces it last: one that was killed half-way is simply done again.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from packaging.version import Version

from lucid_orchestration.errors import ConflictError, NotFoundError, UnprocessableError
from lucid_orchestration.insights.rules import RULES_DIR
from lucid_orchestration.settings import PROJECT_DIR, PROJECT_FILE, SHIPPED
from lucid_orchestration.storage import write_bytes
from lucid_orchestration.version import VERSION

# What a project consists of; its rules are shipped with the code that evaluates them.
_FILES = (PROJECT_FILE, "profiles.yml", "dagster.yaml")
_FOLDERS = ("models", "macros", "seeds", "tests/data")
_RULES = "rules"
_SUFFIXES = frozenset({".sql", ".yml", ".yaml", ".csv"})
# Behind the name of a file as the newer Lucid ships it, where it does not fit the analyst's.
NEW = ".new"
_MOST_NAMED = 3
# Every member of an archive has one: equal files give equal archives.
_ANY_DAY = (1980, 1, 1, 0, 0, 0)


class Outcome(StrEnum):
    """What an upgrade did with a file of the project."""

    ADDED = "added"
    UPDATED = "updated"
    REMOVED = "removed"
    MERGED = "merged"
    KEPT = "kept"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Change:
    """One file that was edited here or moved in Lucid; `name` is its path below the project."""

    name: str
    outcome: Outcome


@dataclass(frozen=True)
class Upgrade:
    """From which version to which, and each file that is not simply as it was."""

    before: str
    after: str
    changes: tuple[Change, ...]

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Files whose newer version lies beside them, as `<name>.new`."""
        return tuple(one.name for one in self.changes if one.outcome is Outcome.CONFLICT)


def shipped_files() -> dict[str, bytes]:
    """The files of the project as this version of Lucid ships them, by their paths."""
    folders = {name: PROJECT_DIR / name for name in _FOLDERS} | {_RULES: RULES_DIR}
    files = {name: PROJECT_DIR / name for name in _FILES} | {
        f"{name}/{path.relative_to(folder).as_posix()}": path
        for name, folder in folders.items()
        for path in folder.rglob("*")
        if path.suffix in _SUFFIXES and path.is_file()
    }
    return {name: _plain(path.read_bytes()) for name, path in sorted(files.items())}


def write_project(folder: Path) -> int:
    """Write the project into a folder for editing; returns the number of its files.

    Raises:
        ConflictError: when it has one, or other files of the same names.
    """
    if (folder / SHIPPED).exists():
        raise ConflictError(
            f"There is a project in {folder} already. Bring it up to date with `lucid upgrade`."
        )
    shipped = shipped_files()
    in_the_way = [name for name in shipped if (folder / name).exists()]
    if in_the_way:
        raise ConflictError(
            f"{folder} has files of its own: {', '.join(in_the_way[:_MOST_NAMED])}. Choose another "
            "folder, or move them away."
        )
    for name, content in shipped.items():
        write_bytes(folder / name, content)
    _write_shipped(folder, shipped)
    return len(shipped)


def upgrade_project(folder: Path) -> Upgrade:
    """Bring a project to the version of Lucid that runs, and keep every edit.

    What only Lucid changed is replaced, what only the analyst changed stays, and what both changed
    is merged line by line. Where that cannot be done his file stays, and the newer one is written
    beside it.

    Raises:
        NotFoundError: when there is no project of Lucid in the folder.
        UnprocessableError: when the record of what was shipped is damaged.
    """
    before, base = _read_shipped(folder)
    new = shipped_files()
    changes = [
        Change(name, outcome)
        for name in sorted(base.keys() | new.keys())
        if (outcome := _bring(folder, name, base.get(name), new.get(name))) is not None
    ]
    _write_shipped(folder, new)
    return Upgrade(before, VERSION, tuple(changes))


def version_of(folder: Path) -> str:
    """The version of Lucid that a project was written for.

    Raises:
        NotFoundError: when there is no project of Lucid in the folder.
        UnprocessableError: when the record of what was shipped is damaged.
    """
    return _read_shipped(folder)[0]


def project_files(folder: Path) -> tuple[Path, ...]:
    """All files of a project, the analyst's own among them; not what dbt makes beside them."""
    places = [folder / name for name in (*_FOLDERS, _RULES)]
    files = (path for place in places for path in place.rglob("*") if path.is_file())
    known = (folder / name for name in (*_FILES, SHIPPED))
    return tuple(sorted([*filter(Path.is_file, known), *files]))


def unsettled(folder: Path) -> tuple[Path, ...]:
    """The newer versions of files that an upgrade could not merge, still to be looked at."""
    if not (folder / SHIPPED).exists():
        return ()
    places = (folder / name for name in (*_FOLDERS, _RULES))
    found = (path for place in places for path in place.rglob(f"*{NEW}"))
    return tuple(sorted([*folder.glob(f"*{NEW}"), *found]))


def require_current(folder: Path) -> None:
    """See that a project is one for the Lucid that runs, if it is an edited one at all.

    Raises:
        UnprocessableError: when it is of another version, with the remedy.
    """
    if not (folder / SHIPPED).exists():
        return
    version = version_of(folder)
    if Version(version) < Version(VERSION):
        raise UnprocessableError(
            f"The project in {folder} is for Lucid {version}, and this is {VERSION}. Run `lucid "
            "upgrade`: it keeps your edits and says what moved."
        )
    if Version(version) > Version(VERSION):
        raise UnprocessableError(
            f"The project in {folder} is for Lucid {version}, and this is {VERSION}. Install "
            f"{version} or a newer one."
        )


def _bring(folder: Path, name: str, base: bytes | None, new: bytes | None) -> Outcome | None:
    """Bring one file from `base` to `new`; None where nobody changed it."""
    path = folder / name
    mine = path.read_bytes() if path.is_file() else None
    plain = None if mine is None else _plain(mine)
    if plain == new:
        # both made the same change, or an upgrade was killed behind it
        return None if base == new else _moved(base, new)
    if base == new:
        return Outcome.KEPT
    if plain == base:
        if new is None:
            path.unlink()
        else:
            write_bytes(path, _as_lines_end(new, mine))
        return _moved(base, new)
    if mine is None or new is None:
        # what the analyst deleted stays deleted, what he edited stays
        return Outcome.KEPT
    merged = _merged(base or b"", _plain(mine), new, is_list=path.suffix == ".csv")
    if merged is None:
        write_bytes(path.with_name(path.name + NEW), _as_lines_end(new, mine))
        return Outcome.CONFLICT
    write_bytes(path, _as_lines_end(merged, mine))
    return Outcome.MERGED


def _moved(base: bytes | None, new: bytes | None) -> Outcome:
    """What a newer Lucid did with a file."""
    if new is None:
        return Outcome.REMOVED
    return Outcome.ADDED if base is None else Outcome.UPDATED


def _merged(base: bytes, mine: bytes, new: bytes, is_list: bool) -> bytes | None:
    """Both edits of a text; None where they touch the same lines.

    A list has no order that means anything: lines that both added in one place are all kept.
    """
    from merge3 import Merge3

    try:
        lines = [_lines(text.decode("utf-8")) for text in (base, mine, new)]
    except UnicodeDecodeError:
        return None
    old, own, others = lines
    kept: list[str] = []
    for kind, *places in Merge3(old, own, others).merge_regions():
        ends = [int(place) for place in places if isinstance(place, int)]
        match kind:
            case "unchanged":
                kept += old[slice(*ends[:2])]
            case "a" | "same":
                kept += own[slice(*ends[:2])]
            case "b":
                kept += others[slice(*ends[:2])]
            case _:
                start, end = ends[:2]
                if not is_list or start != end:
                    return None
                added = own[slice(*ends[2:4])]
                kept += added
                kept += [line for line in others[slice(*ends[4:6])] if line not in added]
    return "".join(kept).encode()


def _lines(text: str) -> list[str]:
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    return lines


def _plain(content: bytes) -> bytes:
    """A text with line feeds, whatever an editor or a checkout on Windows made of them."""
    return content.replace(b"\r\n", b"\n")


def _as_lines_end(content: bytes, mine: bytes | None) -> bytes:
    """A text with the ends of lines that the file has had."""
    return content.replace(b"\n", b"\r\n") if mine is not None and b"\r\n" in mine else content


def _write_shipped(folder: Path, files: Mapping[str, bytes]) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = VERSION.encode()
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _ANY_DAY), content, zipfile.ZIP_DEFLATED)
    write_bytes(folder / SHIPPED, sink.getvalue())


def _read_shipped(folder: Path) -> tuple[str, dict[str, bytes]]:
    path = folder / SHIPPED
    if not path.exists():
        raise NotFoundError(f"There is no project of Lucid in {folder}. `lucid init` writes one.")
    try:
        with zipfile.ZipFile(path) as archive:
            version = str(Version(archive.comment.decode()))
            return version, dict(_members(archive))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise UnprocessableError(
            f"{path} is damaged. Write a project into another folder with `lucid init FOLDER`, and "
            "bring your edits there."
        ) from error


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    for name in archive.namelist():
        yield name, archive.read(name)
