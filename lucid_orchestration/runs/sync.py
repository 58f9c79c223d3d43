"""The same inbox and rules in two places: a folder here, and a copy at any address of fsspec.

Both sides are compared with what they held when they were last brought together here. What changed
on one side goes to the other; what changed on both is left on both, and named. The copy has a list
of its files, which is written last: an upload that was killed is simply done again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from lucid_orchestration.digests import file_digest
from lucid_orchestration.errors import ConflictError, UnprocessableError
from lucid_orchestration.progress import Progress
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.runs.places import Place
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import is_reserved, move_file, write_text

LIST = "lucid-sync.json"
_FOLDERS = ("inbox", "rules")
_NOT_OURS = (".", "~$")

# A file's path below the data folder → SHA-256 of its content.
Files = Mapping[str, str]


@dataclass
class Synced:
    """What was done, by the paths of the files; `conflicts` are changed on both sides."""

    sent: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    removed_there: list[str] = field(default_factory=list)
    removed_here: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    not_now: list[str] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """How many files were changed on either side."""
        done = (self.sent, self.fetched, self.removed_there, self.removed_here)
        return sum(map(len, done))


def sync(paths: Settings, address: str, progress: Progress) -> Synced:
    """Bring inbox and rules together with their copy; what goes here goes to the trash.

    Raises:
        BadRequestError: for an address nobody understands.
        ConflictError: when another computer brought its files together with the copy meanwhile.
        UnavailableError: when the place does not answer.
        UnprocessableError: when the copy's list of files is damaged.
    """
    place = Place(address)
    with run_lock(paths, progress):
        listed = _listed(place)
        there = listed or {}
        # a copy without a list is a new one: nothing was taken away from it
        base = {} if listed is None else _known(paths, place)
        here = _files(paths)
        done = Synced()
        after: dict[str, str] = {}
        for name in sorted({*there, *base, *here}):
            kept = _bring(
                paths,
                place,
                name,
                (base.get(name), here.get(name), there.get(name)),
                done,
                progress,
            )
            if kept is not None:
                after[name] = kept
        if listed is None or after != there:
            if _listed(place) != listed:
                raise ConflictError(f"Another computer uses {address} just now. Run it again.")
            place.write(LIST, _as_text(after).encode())
        agreed = {name: digest for name, digest in after.items() if name not in done.conflicts}
        known = {**agreed, **{name: base[name] for name in done.conflicts if name in base}}
        write_text(_known_file(paths), json.dumps({"address": place.address, "files": known}))
        return done


def _bring(
    paths: Settings,
    place: Place,
    name: str,
    states: tuple[str | None, str | None, str | None],
    done: Synced,
    progress: Progress,
) -> str | None:
    """Bring one file together; returns what the copy has of it then."""
    base, here, there = states
    path = paths.data_dir / name
    if here == there:
        return there
    if there == base:
        if here is None:
            progress(f"Removing {name} there")
            if place.has(name):
                place.remove(name)
            done.removed_there.append(name)
            return None
        progress(f"Sending {name}")
        place.put(path, name)
        if file_digest(path) != here:
            done.not_now.append(name)  # changed while it was sent
        else:
            done.sent.append(name)
        return here
    if here != base:
        done.conflicts.append(name)
        return there
    if there is None:
        progress(f"Removing {name} here")
        _to_trash(paths, path)
        done.removed_here.append(name)
        return None
    if _is_impossible(paths, name):
        done.conflicts.append(name)
        return there
    progress(f"Fetching {name}")
    draft = paths.state / "sync.tmp"
    place.get(name, draft)
    if file_digest(draft) != there:
        # somebody is just writing it there
        draft.unlink()
        done.not_now.append(name)
        return there
    if here is not None:
        _to_trash(paths, path)
    path.parent.mkdir(parents=True, exist_ok=True)
    move_file(draft, path)
    done.fetched.append(name)
    return there


def _files(paths: Settings) -> dict[str, str]:
    """The files of inbox and rules that can be read now."""
    found = {}
    for folder in _FOLDERS:
        for path in sorted((paths.data_dir / folder).rglob("*")):
            parts = path.relative_to(paths.data_dir).parts
            is_ours = not any(part.startswith(_NOT_OURS) for part in parts)
            if is_ours and path.is_file() and not path.is_symlink():
                digest = file_digest(path)
                if digest is None:
                    raise ConflictError(f"{path} cannot be read now. Close it, and run it again.")
                found["/".join(parts)] = digest
    return found


def _listed(place: Place) -> dict[str, str] | None:
    """What the copy holds, by its own list; None without one."""
    if not place.has(LIST):
        return None
    try:
        content: Any = json.loads(place.read(LIST))
        files = {str(name): str(digest) for name, digest in content["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnprocessableError(
            f"{place.address}/{LIST} is damaged. Delete it there: the next time all files are "
            "compared anew."
        ) from error
    for name in files:
        path = PurePosixPath(name)
        is_within = path.parts[:1] and path.parts[0] in _FOLDERS and len(path.parts) > 1
        if not is_within or ".." in path.parts or "\\" in name or ":" in name:
            raise UnprocessableError(f"{place.address} names a file {name!r} that is none of ours.")
    return files


def _is_impossible(paths: Settings, name: str) -> bool:
    """Whether a file of that name cannot be beside those here, or on any Windows."""
    path = paths.data_dir / name
    if any(is_reserved(part) for part in PurePosixPath(name).parts):
        return True
    beside = path.parent.iterdir() if path.parent.is_dir() else ()
    return any(
        other.name != path.name and other.name.casefold() == path.name.casefold()
        for other in beside
    )


def _to_trash(paths: Settings, path: Path) -> None:
    folder = paths.trash / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-sync"
    target = folder / path.relative_to(paths.data_dir)
    target.parent.mkdir(parents=True)
    move_file(path, target)


def _known_file(paths: Settings) -> Path:
    return paths.state / "sync.json"


def _known(paths: Settings, place: Place) -> dict[str, str]:
    """What both sides held when they were last brought together; nothing of another place."""
    try:
        content: Any = json.loads(_known_file(paths).read_text(encoding="utf-8"))
        if content["address"] != place.address:
            return {}
        return {str(name): str(digest) for name, digest in content["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _as_text(files: Files) -> str:
    return json.dumps({"files": dict(files)}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
