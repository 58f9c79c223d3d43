"""One build over shops that are run alone: their newest tables as one snapshot, for who reads all.

Runs of single shops never meet: each publishes in a folder of its own. Whoever reads several looks
whether one of them has published since, and takes over the rows of those that have. A shop without
such a folder keeps the rows it had when all shops were last run together.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from filelock import FileLock

from lucid_orchestration.errors import ConflictError, UnprocessableError
from lucid_orchestration.ingest.inbox import dataset_of_name, inbox_datasets
from lucid_orchestration.insights.tables import HISTORY, TABLES, table_file
from lucid_orchestration.settings import Settings, shop_folders
from lucid_orchestration.storage import BUILD_KEY, write_parquet, write_proven, write_text
from lucid_orchestration.warehouse.publishing import output_files, publish_build, publish_insights
from lucid_orchestration.warehouse.snapshots import (
    Snapshot,
    open_snapshot,
    read_manifest,
    unpublished,
)

_KEY = "dataset_id"
# The one table that tells shops apart by a path: <folder>/lucid.yml, or a rule file of all shops.
_PROBLEMS = "rule_problems"


def is_run_by_shop(paths: Settings) -> bool:
    """Whether shops of this data folder are run alone, each in a folder of its own."""
    return paths.dataset is None and any(shop_folders(paths))


def require_together(paths: Settings) -> None:
    """Let no build over all shops begin where they are run alone: it would hide newer answers.

    Raises:
        ConflictError: where they are.
    """
    if is_run_by_shop(paths):
        raise ConflictError(
            f"The shops of {paths.data_dir} are run one by one. Use `lucid run`, or set "
            f"LUCID_DATA_DIR to the folder of one of them below {paths.shops}. To build all of "
            f"them together again, move that folder away and run: lucid run"
        )


@contextmanager
def open_current(paths: Settings) -> Iterator[Snapshot]:
    """The newest snapshot over all shops, however they are run; it stays until the `with` ends."""
    gather(paths)
    with open_snapshot(paths) as snapshot:
        yield snapshot


def gather(paths: Settings) -> bool:
    """Publish the newest tables of shops that are run alone as one build; False if that is done.

    Raises:
        UnprocessableError: when shops were built by versions whose tables do not fit together.
    """
    if paths.dataset is not None or not (shops := shop_folders(paths)):
        return False
    if _is_made_of(paths, shops):
        return False
    with FileLock(paths.state / "gather.lock"):
        if _is_made_of(paths, shops):
            return False
        _gather(paths, shops)
    return True


@dataclass
class _Gathered:
    """What is known of the build over all shops: its id, and the snapshot taken of each shop."""

    build: str = ""
    shops: dict[str, str] = field(default_factory=dict)


@dataclass
class _Pieces:
    """The rows of one table, by whose they are; `before` are those that stay as they were."""

    before: pa.Table | None = None
    own: dict[str, pa.Table] = field(default_factory=dict)


def _record_file(paths: Settings) -> Path:
    return paths.state / "gathered.json"


def _record(paths: Settings) -> _Gathered:
    try:
        content: Any = json.loads(_record_file(paths).read_text(encoding="utf-8"))
        shops = {str(name): str(snapshot) for name, snapshot in content["shops"].items()}
        return _Gathered(str(content["build"]), shops)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return _Gathered()


def published_of(shops: Iterable[Settings]) -> dict[str, str]:
    """Which snapshot each shop has; one that never ended a run has none of its own yet."""
    entries = {str(shop.dataset): read_manifest(shop).current for shop in shops}
    return {name: entry.id for name, entry in entries.items() if entry is not None}


def is_gathered(paths: Settings) -> bool:
    """Whether the build over all shops is made of the newest of each."""
    return _is_made_of(paths, shop_folders(paths))


def _is_made_of(paths: Settings, shops: Sequence[Settings]) -> bool:
    published = published_of(shops)
    if not published:
        return True
    known, manifest = _record(paths), read_manifest(paths)
    is_current = manifest.current is not None and manifest.current.build == known.build
    gone = _of_no_shop(paths, manifest.current is not None, shops)
    return is_current and not gone and known.shops == published


def _of_no_shop(paths: Settings, is_built: bool, shops: Sequence[Settings]) -> set[str]:
    """Shops with rows from a run together that have neither files nor a folder any more."""
    if not is_built:
        return set()
    with open_snapshot(paths) as snapshot:
        file = snapshot.marts / "datasets.parquet"
        ids = pq.read_table(file, columns=[_KEY]).column(_KEY).to_pylist() if file.exists() else []
    return set(ids) - set(inbox_datasets(paths.inbox)) - {str(shop.dataset) for shop in shops}


def _gather(paths: Settings, shops: Sequence[Settings]) -> None:
    known, manifest = _record(paths), read_manifest(paths)
    names = [file.relative_to(paths.data_dir).as_posix() for file in output_files(paths)]
    names += [f"insights/{name}.parquet" for name in TABLES]
    current = manifest.current
    # what is there already was taken from these snapshots only if it is the build that says so
    taken = known.shops if current is not None and current.build == known.build else {}
    published = published_of(shops)
    pieces = {name: _Pieces() for name in names}
    taking = dict(taken)
    for shop in shops:
        name = str(shop.dataset)
        if name in published and published[name] != taken.get(name):
            with open_snapshot(shop) as snapshot:
                taking[name] = snapshot.id
                for table in names:
                    pieces[table].own[name] = _read(snapshot, shop, table)
    taking = {name: snapshot for name, snapshot in taking.items() if name in published}
    leaving = {*pieces[names[0]].own, *(taken.keys() - published.keys())}
    leaving |= _of_no_shop(paths, current is not None, shops)
    with open_snapshot(paths) as snapshot:
        for table in names:
            if current is not None:
                pieces[table].before = _without(_read(snapshot, paths, table), leaving)
        whole = {table: _whole(table, pieces[table]) for table in names}
    _publish(paths, whole)
    content = {"build": read_manifest(paths).built, "shops": taking}
    write_text(_record_file(paths), json.dumps(content, indent=1, sort_keys=True) + "\n")


def _read(snapshot: Snapshot, paths: Settings, table: str) -> pa.Table:
    """One table of a snapshot, by its path below a data folder."""
    layer, _, name = table.partition("/")
    folder = {
        "marts": snapshot.marts,
        "quality": snapshot.quality,
        "insights": snapshot.insights,
    }[layer]
    if name == f"{HISTORY}.parquet":
        folder = unpublished(paths).insights  # what the next run begins with is no answer
    file = folder / name
    if not file.exists() and layer == "insights":
        return TABLES[file.stem].empty_table()
    return _of_any_rows(pq.read_table(file))


def _of_any_rows(table: pa.Table) -> pa.Table:
    """The table with names and types alone: DuckDB writes a column that happens to have a value in
    every row as one that must have."""
    fields = [pa.field(column.name, column.type) for column in table.schema]
    return pa.Table.from_arrays(table.columns, schema=pa.schema(fields))


def _without(table: pa.Table, leaving: set[str]) -> pa.Table:
    """The rows that are of none of some shops."""
    if _KEY in table.column_names:
        gone = pc.is_in(table.column(_KEY), pa.array(sorted(leaving), pa.string()))
        return table.filter(pc.invert(gone))
    kept = [
        row
        for row in table.to_pylist()
        if "/" in row["file"] and dataset_of_name(row["file"]) not in leaving
    ]
    return pa.Table.from_pylist(kept, schema=table.schema)


def _whole(name: str, pieces: _Pieces) -> pa.Table:
    """The rows of all shops in the order of a build over all of them: by shop, then as they are."""
    parts = {**({"": pieces.before} if pieces.before is not None else {}), **pieces.own}
    filled = {owner: part for owner, part in parts.items() if part.num_rows}
    if not filled:
        return next(reversed(parts.values()))
    schemas = {owner: part.schema for owner, part in filled.items()}
    first = schemas[next(reversed(schemas))]
    others = [owner for owner, schema in schemas.items() if not schema.equals(first)]
    if others:
        whose = ", ".join(owner or "all others" for owner in others)
        raise UnprocessableError(
            f"The tables of some shops are of another version of Lucid or of its models ({whose}: "
            f"{Path(name).stem}). Bring all shops to this one: lucid run"
        )
    table = pa.concat_tables(filled.values())
    if _KEY not in table.column_names:
        rows = {tuple(row.values()): row for row in table.to_pylist()}
        return pa.Table.from_pylist([rows[key] for key in sorted(rows)], schema=table.schema)
    # a stable sort: within a shop the order is that of its own table
    order = pc.sort_indices(table.column(_KEY))
    return table.take(order).combine_chunks()


def _publish(paths: Settings, whole: Mapping[str, pa.Table]) -> None:
    """Write the tables where people's own programs look for them, and as a build with its id."""
    for name, table in whole.items():
        if not name.startswith("insights/"):
            write_parquet(table, paths.data_dir / name)
    build = publish_build(paths, insights_come=True)
    for name in TABLES:
        table = whole[f"insights/{name}.parquet"]
        made_of = {} if name == HISTORY else {BUILD_KEY: build}
        write_proven(table, table_file(paths.insights, name), made_of)
    publish_insights(paths)
