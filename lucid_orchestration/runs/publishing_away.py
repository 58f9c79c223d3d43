"""What is published, at any address of fsspec: for programs that read there and not on this disk.

The place gets the folders of this data folder, `builds/<id>/…`, `reports` and, if asked, `raw`, and
a `builds.json` that names the files of the current build. That one is written after the last file
it names, and the files of the build before stay until the next time: whoever reads there gets one
build, however long it takes and wherever an upload is cut off.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lucid_orchestration.digests import file_digest
from lucid_orchestration.errors import ConflictError, NotFoundError
from lucid_orchestration.ingest.raw_tables import RAW_TABLES, STATED_FILE
from lucid_orchestration.progress import Progress
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.runs.places import Place
from lucid_orchestration.settings import Settings, shop_folders
from lucid_orchestration.warehouse.gathering import open_current
from lucid_orchestration.warehouse.snapshots import Snapshot

LIST = "lucid-published.json"
MANIFEST = "builds.json"


@dataclass(frozen=True)
class PublishedAway:
    """What the place holds now: which snapshot, and how many files were sent and removed."""

    address: str
    snapshot: str
    files: int
    sent: int
    removed: int


def publish_away(paths: Settings, address: str, with_raw: bool, tell: Progress) -> PublishedAway:
    """Bring a place in line with what is published here.

    `with_raw` sends the landed rows too; without it those that lie there are removed.

    Raises:
        BadRequestError: for an address nobody understands.
        ConflictError: when another computer publishes there at the same time.
        NotFoundError: before the first run.
        UnavailableError: when the place does not answer.
    """
    place = Place(address)
    # the pages and landed rows are those of the snapshot as long as no run begins
    with run_lock(paths, tell), open_current(paths) as snapshot:
        if not snapshot.id:
            raise NotFoundError("Nothing is published yet. Run `lucid run` first.")
        tables = _tables(paths, snapshot)
        files = {**tables, **_pages(paths), **(_raw(paths) if with_raw else {})}
        before, said = _listed(place), _named(place)
        digests = {name: file_digest(path) or "" for name, path in sorted(files.items())}
        there = set(place.names()) if before else set()
        new = [
            name
            for name, digest in digests.items()
            if before.get(name) != digest or name not in there
        ]
        # names first: what an upload that is cut off leaves is known, and sent again
        begun = {**before, **dict.fromkeys(new, "")}
        place.write(LIST, _as_text({"files": begun}))
        for name in new:
            tell(f"Sending {name}")
            place.put(files[name], name)
        if _listed(place) != begun:
            raise ConflictError(f"Another computer publishes to {address} just now. Run it again.")
        place.write(MANIFEST, _as_text(_manifest(snapshot, tables)))
        # what a reader may have begun with stays until the next time
        kept = {name: before[name] for name in said if name in before} | digests
        gone = sorted(before.keys() - kept.keys())
        for name in gone:
            if name in there:
                place.remove(name)
        place.write(LIST, _as_text({"files": kept}))
    return PublishedAway(place.address, snapshot.id, len(kept), len(new), len(gone))


def _tables(paths: Settings, snapshot: Snapshot) -> dict[str, Path]:
    """The files of a snapshot by their paths in the data folder."""
    folders = (snapshot.marts, snapshot.quality, snapshot.insights)
    return _below(paths, (file for folder in folders for file in folder.glob("*.parquet")))


def _pages(paths: Settings) -> dict[str, Path]:
    return _below(paths, paths.reports.glob("*.html"))


def _raw(paths: Settings) -> dict[str, Path]:
    """The landed parts: of shops that are run one by one as if all had landed in one folder."""
    shops = shop_folders(paths) or (paths,)
    return {
        f"raw/{table}/{_own_name(shop, part)}": part
        for shop in shops
        for table in RAW_TABLES
        for part in sorted((shop.raw / table).glob("[!.]*.parquet"))
    }


def _own_name(shop: Settings, part: Path) -> str:
    """A part's name among those of all shops: all but one are named by what they hold."""
    if shop.dataset is None or part.name != STATED_FILE:
        return part.name
    return f"{part.stem}-{shop.data_dir.name}{part.suffix}"


def _below(paths: Settings, files: Iterator[Path]) -> dict[str, Path]:
    return {file.relative_to(paths.data_dir).as_posix(): file for file in files}


def _manifest(snapshot: Snapshot, tables: Mapping[str, Path]) -> dict[str, Any]:
    """What `builds.json` says there, in the words of the one here."""
    insights = snapshot.insights.parent.name
    return {
        "built": snapshot.build,
        "current": snapshot.id,
        "files": {f"{path.parent.name}.{path.stem}": name for name, path in sorted(tables.items())},
        "snapshots": [{"id": snapshot.id, "build": snapshot.build, "insights": insights}],
    }


def _listed(place: Place) -> dict[str, str]:
    """What was sent there, by the list of it; nothing where it is missing or damaged."""
    return {str(name): str(digest) for name, digest in _content(place, LIST).items()}


def _named(place: Place) -> set[str]:
    """The files that whoever reads there just now may read."""
    return {str(name) for name in _content(place, MANIFEST).values()}


def _content(place: Place, name: str) -> Mapping[str, Any]:
    if not place.has(name):
        return {}
    try:
        content: Any = json.loads(place.read(name))
        return dict(content["files"])
    except (ValueError, KeyError, TypeError):
        return {}


def _as_text(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
