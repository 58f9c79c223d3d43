"""Every kind of file a data folder holds, ways to damage one, and what a run has to make of it.

A kind that is not in the table below fails the test that looks at a real data folder: whoever adds
one says here what happens when it is damaged, and the same tests then see that it does.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import duckdb

from lucid_orchestration.runs.damage import things_set_aside
from lucid_orchestration.runs.doctor import diagnose
from lucid_orchestration.runs.refresh import refresh
from lucid_orchestration.settings import PROJECT_DIR, Settings
from lucid_orchestration.storage import DamagedFileError, read_proven
from lucid_orchestration.warehouse.snapshots import open_snapshot

_ID = re.compile(r"[0-9a-f]{32,64}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Remedy(StrEnum):
    """What the next run makes of a damaged file."""

    SAME = "it is there again, to the last byte"
    ANEW = "it is there again; it tells times, or what a run did"
    ASIDE = "it is kept under another name, said, and begun anew"
    NONE = "nobody reads what stands in it"


# By kind; <id> is a hash, <table> a table's name.
REMEDIES: Mapping[str, Remedy] = {
    "builds.json": Remedy.SAME,
    "builds/<id>/insights/<table>.parquet": Remedy.SAME,
    "builds/<id>/lease": Remedy.SAME,
    "builds/<id>/marts/<table>.parquet": Remedy.SAME,
    "builds/<id>/quality/<table>.parquet": Remedy.SAME,
    "insights/active_insights.parquet": Remedy.SAME,
    "insights/ai_explanations.parquet": Remedy.SAME,
    "insights/insight_history.parquet": Remedy.ASIDE,
    "insights/insights.parquet": Remedy.SAME,
    "insights/rule_problems.parquet": Remedy.SAME,
    "lucid.duckdb": Remedy.ANEW,
    "logs/lucid.jsonl": Remedy.NONE,
    "marts/<table>.parquet": Remedy.SAME,
    "quality/<table>.parquet": Remedy.SAME,
    "raw/<table>/<id>.parquet": Remedy.ANEW,
    "raw/<table>/_schema.parquet": Remedy.SAME,
    "raw/<table>/stated.parquet": Remedy.SAME,
    "raw/_proofs/<id>.json": Remedy.ANEW,
    "raw/raw_source_files/<id>.parquet": Remedy.ANEW,
    "reports/<shop>.html": Remedy.SAME,
    "state/ai_cache/<id>.json": Remedy.NONE,
    "state/ai_last_run.json": Remedy.NONE,
    "state/ai_outbox/<day>.jsonl": Remedy.NONE,
    "state/analytics_cache.parquet": Remedy.ANEW,
    "state/builds.lock": Remedy.NONE,
    "state/dbt-target/<by dbt>": Remedy.NONE,
    "state/dbt-target/partial_parse.msgpack": Remedy.NONE,
    "state/dbt-target/partial_parse.sha256": Remedy.NONE,
    "state/inbox_digests.json": Remedy.NONE,
    "state/last_run.json": Remedy.ANEW,
    "state/processing_jobs.parquet": Remedy.ASIDE,
    "state/run.lock": Remedy.NONE,
    "state/schema.json": Remedy.ANEW,
}


def flip(content: bytes) -> bytes | None:
    """One bit in the middle is another one."""
    middle = len(content) // 2
    return (
        content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :] if content else b""
    )


def cut(content: bytes) -> bytes | None:
    """The second half is gone."""
    return content[: len(content) // 2]


def delete(_: bytes) -> bytes | None:
    """All of it is."""
    return None


HARMS: tuple[Callable[[bytes], bytes | None], ...] = (flip, cut, delete)


def kind_of(paths: Settings, file: Path) -> str:
    """The kind of a stored file."""
    parts = list(file.relative_to(paths.data_dir).parts)
    if parts[:2] == ["state", "dbt-target"]:
        own = parts[2].startswith("partial_parse.") and len(parts) == 3
        return "/".join(parts if own else [*parts[:2], "<by dbt>"])
    parts = [_DAY.sub("<day>", _ID.sub("<id>", part)) for part in parts]
    layer = parts[0] if parts[0] != "builds" else parts[min(2, len(parts) - 1)]
    own = parts[1:2] in (["_proofs"], ["raw_source_files"]) and parts[-1].startswith("<id>")
    if layer == "raw" and not own:
        parts[1] = "<table>"
    elif layer in {"marts", "quality"} or (layer == "insights" and parts[0] == "builds"):
        parts[-1] = f"<table>{file.suffix}"
    elif layer == "reports":
        parts[-1] = f"<shop>{file.suffix}"
    return "/".join(parts)


def stored_files(paths: Settings) -> dict[str, list[Path]]:
    """Everything but the owner's files, by kind."""
    found: dict[str, list[Path]] = {}
    for file in sorted(paths.data_dir.rglob("*")):
        if file.is_file() and paths.inbox not in file.parents:
            found.setdefault(kind_of(paths, file), []).append(file)
    return found


def make_shop(paths: Settings) -> None:
    """A shop with every kind of list, a setting of its own and a line that is refused."""
    folder = paths.inbox / "shop"
    folder.mkdir(parents=True)
    lines = ["Bill No,Date,Item Code,Item Name,Category,Qty,Amount,Cost"]
    lines += [
        f"{month}-{day},2025-{month:02}-{day:02},p{day % 5},Item {day % 5},Food,{day % 3 + 1},"
        f"{(day % 3 + 1) * 20},12"
        for month in range(1, 13)
        for day in range(1, 29, 3)
    ]
    lines.append("x,2025-12-01,p1,Item 1,Food,many,20,12")
    (folder / "sales.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    stock = "Item Code,Item Name,Closing Stock,Cost,Stock Date\n"
    stock += "".join(f"p{n},Item {n},{n * 40},12,2025-12-28\n" for n in range(7))
    (folder / "stock.csv").write_text(stock, encoding="utf-8")
    prices = "Item Code,Item Name,Purchase Price,Sale Price\np1,Item 1,12,20\n"
    (folder / "price_list.csv").write_text(prices, encoding="utf-8")
    purchases = "Purchase Date,Item Code,Item Name,Qty,Unit Cost\n2025-03-05,p1,Item 1,40,12\n"
    (folder / "purchases.csv").write_text(purchases, encoding="utf-8")
    (folder / "lucid.yml").write_text("rules:\n  dead_stock:\n    days: 80\n", encoding="utf-8")
    example = PROJECT_DIR / "examples" / "sample-shop" / "sales_sep-oct_2026.xlsx"
    (paths.inbox / "other").mkdir()
    (paths.inbox / "other" / "sales.xlsx").write_bytes(example.read_bytes())


def published(paths: Settings) -> dict[str, bytes | list[tuple[object, ...]]]:
    """All that readers see: tables of the snapshot and for people's own programs, and pages."""
    with open_snapshot(paths) as snapshot:
        folders = [snapshot.marts, snapshot.quality, snapshot.insights, paths.marts, paths.quality]
        files = [file for folder in folders for file in sorted(folder.glob("*.parquet"))]
        seen: dict[str, bytes | list[tuple[object, ...]]] = {
            str(file.relative_to(paths.data_dir)): file.read_bytes()
            for file in (*files, *sorted(paths.reports.glob("*.html")))
            if file.stem != "source_files"
        }
        for folder in (snapshot.quality, paths.quality):
            file = folder / "source_files.parquet"
            # when a file was read is no answer
            rows = f"select * exclude (ingested_at) from '{file}'"
            seen[str(file.relative_to(paths.data_dir))] = duckdb.execute(rows).fetchall()
    return seen


@dataclass(frozen=True)
class Reference:
    """A data folder as it should be."""

    published: Mapping[str, bytes | list[tuple[object, ...]]]
    files: Mapping[Path, bytes]


def reference(paths: Settings) -> Reference:
    """What a folder holds now."""
    files = {file: file.read_bytes() for files in stored_files(paths).values() for file in files}
    return Reference(published(paths), files)


def damage(harm: Callable[[bytes], bytes | None], file: Path) -> None:
    """Do harm to one file, and leave its times as they are."""
    content = harm(file.read_bytes())
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)


def is_lost(file: Path) -> bool:
    """Whether a table that proves itself has other rows than were written.

    A bit that is turned in the statistics of a column changes none.
    """
    try:
        read_proven(file)
    except FileNotFoundError:
        return False
    except DamagedFileError:
        return True
    return False


def wrong_after_a_run(paths: Settings, good: Reference, harmed: Mapping[Path, str]) -> list[str]:
    """Run, and say what is not as it should be then; `harmed` are the damaged files with kinds."""
    lost = {
        file for file, kind in harmed.items() if REMEDIES[kind] is Remedy.ASIDE and is_lost(file)
    }
    told: list[str] = []
    refresh(paths, progress=told.append)
    wrong = []
    seen = published(paths)
    for name in sorted({*seen, *good.published}):
        if seen.get(name) != good.published.get(name):
            wrong.append(f"{name} is another one")
    for file, kind in harmed.items():
        remedy = REMEDIES[kind]
        if remedy is not Remedy.NONE and not file.exists():
            wrong.append(f"{kind} is not there again")
        if remedy is Remedy.SAME and file.exists() and file.read_bytes() != good.files[file]:
            wrong.append(f"{kind} is not what it was")
        if file in lost:
            if not any(file.name in line and "is damaged" in line for line in told):
                wrong.append(f"nobody said that {kind} is damaged")
            if not any(aside.name.startswith(file.name) for aside in things_set_aside(paths)):
                wrong.append(f"{kind} was thrown away")
    for aside in things_set_aside(paths):
        aside.unlink()
    wrong += [
        f"doctor: {check.name}: {check.message}"
        for check in diagnose(paths)
        if check.status == "problem" or (check.name == "Results" and check.status != "ok")
    ]
    told.clear()
    if not refresh(paths, progress=told.append).was_current:
        wrong.append(f"the run after it had something to do again: {told}")
    return wrong
