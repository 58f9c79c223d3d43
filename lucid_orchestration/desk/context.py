"""What every request needs: the desk itself, the shop that is meant, an answer from one build."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

from fastapi import Depends, Path, Request
from starlette.responses import Response

from lucid_orchestration.desk.access import Access
from lucid_orchestration.desk.encoding import Json
from lucid_orchestration.desk.events import Events
from lucid_orchestration.desk.jobs import Jobs
from lucid_orchestration.desk.snapshot import Snapshot, held_snapshot, open_snapshot
from lucid_orchestration.errors import UnavailableError
from lucid_orchestration.settings import Settings
from lucid_orchestration.warehouse.datasets import find_dataset
from lucid_orchestration.warehouse.parquet import select_rows

_TRIES = 5
_MOST_SHOPS_KNOWN = 512
MOST_LETTERS = 200


@dataclass(frozen=True)
class Desk:
    """One service: whose data, who may ask, what is at work, who listens."""

    paths: Settings
    access: Access
    jobs: Jobs
    events: Events


@dataclass(frozen=True)
class Shop:
    """A dataset as a request means it; `as_of` and `currency` are None before its first sale.

    `branch_count` is 0 where its files tell no branches apart.
    """

    dataset_id: str
    name: str
    as_of: date | None
    currency: str | None
    branch_count: int = 0


def desk_of(request: Request) -> Desk:
    """The desk that answers."""
    desk: Desk = request.app.state.desk
    return desk


TheDesk = Annotated[Desk, Depends(desk_of)]
ShopName = Annotated[
    str, Path(min_length=1, max_length=MOST_LETTERS, description="The shop: its folder's name.")
]


def shop_of(snapshot: Snapshot, name: str) -> Shop:
    """The shop a person means.

    Raises:
        NotFoundError: when there is none; the sentence names those there are.
    """
    return _shop(snapshot, name)


@lru_cache(maxsize=_MOST_SHOPS_KNOWN)
def _shop(snapshot: Snapshot, name: str) -> Shop:
    paths = snapshot.paths
    dataset_id = find_dataset(paths.marts, paths.quality, name)
    rows = select_rows(paths.marts / "datasets.parquet", {"dataset_id": dataset_id})
    row = rows[0] if rows else {}
    return Shop(
        dataset_id,
        str(row.get("dataset_name") or dataset_id),
        row.get("as_of_date"),
        row.get("currency"),
        row.get("branch_count") or 0,
    )


def answered(
    request: Request, desk: Desk, make: Callable[[Snapshot], Any], shop: str | None = None
) -> Response:
    """An answer made of one build, or 304 where the asker has it already.

    Raises:
        UnavailableError: when the tables change faster than they can be read.
    """
    return made(request, desk, lambda snapshot: Json(make(snapshot)), shop)


def made(
    request: Request, desk: Desk, make: Callable[[Snapshot], Response], shop: str | None = None
) -> Response:
    """A response of any kind made of one build, or 304; `shop` must exist either way.

    Raises:
        NotFoundError: when there is no such shop.
        UnavailableError: when the tables change faster than they can be read.
    """
    for _ in range(_TRIES):
        with held_snapshot(desk.paths) as snapshot:
            if shop is not None:
                shop_of(snapshot, shop)
            headers = {"ETag": f'"{snapshot.id}"', "Cache-Control": "no-cache", "Vary": "Cookie"}
            if snapshot.id in _tags(request.headers.get("if-none-match", "")):
                return Response(status_code=304, headers=headers)
            response = make(snapshot)
            response.headers.update(headers)
        # files that an older version left may have been replaced one by one
        if snapshot.is_held or open_snapshot(desk.paths) == snapshot:
            return response
    raise UnavailableError("The answers are being replaced just now.")


def listed(
    snapshot: Snapshot, shop: Shop | None, rows: Any, total: int, limit: int, offset: int
) -> dict[str, Any]:
    """A list of rows, and where it stands in the whole list."""
    return {
        "rows": rows,
        "total": total,
        "limit": limit,
        "offset": offset,
        "as_of": None if shop is None else shop.as_of,
        "currency": None if shop is None else shop.currency,
        "snapshot": snapshot.id,
    }


def _tags(header: str) -> set[str]:
    """The names of builds an asker has."""
    return {tag.strip().removeprefix("W/").strip('"') for tag in header.split(",")}
