"""Which shops there are, by the names people use, their totals and currencies."""

from datetime import date
from pathlib import Path
from typing import Any

from lucid_orchestration.errors import NotFoundError
from lucid_orchestration.settings import project_vars
from lucid_orchestration.warehouse.parquet import select_rows


def find_dataset(marts: Path, quality: Path, name: str) -> str:
    """The id of the dataset a person means: its id or the name of its folder.

    Raises:
        NotFoundError: when there is none; the sentence names those there are.
    """
    known = dataset_ids(marts, quality)
    for row in known:
        if name.casefold() in {row.casefold(), row.replace("-", " ").casefold()}:
            return row
    there = ", ".join(known) or "none yet; put files into data/inbox and run `lucid run`"
    raise NotFoundError(f"There is no dataset {name!r}. Known datasets: {there}.")


def dataset_ids(marts: Path, quality: Path) -> list[str]:
    """Ids of all datasets that have files, used or refused."""
    ids: set[str] = set()
    for path in (marts / "datasets.parquet", quality / "source_files.parquet"):
        ids |= {row["dataset_id"] for row in select_rows(path, {})}
    return sorted(ids)


def dataset_totals(marts: Path, quality: Path, dataset_id: str) -> dict[str, Any]:
    """Totals of one dataset and counts of its files; no totals without a usable file."""
    where = {"dataset_id": dataset_id}
    totals = select_rows(marts / "datasets.parquet", where)
    counts = select_rows(quality / "dataset_quality.parquet", where)
    return {"dataset_id": dataset_id} | {
        key: value for row in (*counts, *totals) for key, value in row.items()
    }


def currency(marts: Path, dataset_id: str) -> str:
    """Code of a dataset's currency."""
    rows = select_rows(marts / "datasets.parquet", {"dataset_id": dataset_id})
    return str(rows[0]["currency"]) if rows else usual_currency()


def as_of_date(marts: Path, dataset_id: str) -> date | None:
    """The last day that counts of a dataset; None before its first usable row."""
    rows = select_rows(marts / "datasets.parquet", {"dataset_id": dataset_id})
    day: date | None = rows[0]["as_of_date"] if rows else None
    return day


def usual_currency() -> str:
    """Code of the currency of a shop that states none: the var `currency`."""
    return str(project_vars()["currency"])
