"""What is published lies elsewhere too: one build at any moment, in a folder and on S3."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lucid_orchestration.errors import ConflictError, NotFoundError
from lucid_orchestration.ingest.raw_tables import write_empty_tables
from lucid_orchestration.insights.tables import TABLES, write_table
from lucid_orchestration.progress import silent
from lucid_orchestration.runs.places import Place
from lucid_orchestration.runs.publishing_away import LIST, MANIFEST, PublishedAway, publish_away
from lucid_orchestration.settings import SHOP_MARK, Settings
from lucid_orchestration.storage import write_parquet, write_text
from lucid_orchestration.warehouse.publishing import output_files, publish_build, publish_insights
from lucid_orchestration.warehouse.snapshots import read_manifest

PART = "0123abcd.parquet"


class Shop:
    """A data folder with small builds, and a place they are published to."""

    def __init__(self, folder: Path, address: str) -> None:
        self.paths = Settings(folder)
        self.address = address

    def build(self, answer: str) -> None:
        """Publish tables that all hold one answer, with a page and landed rows of it."""
        write(self.paths, answer)

    def publish(self, with_raw: bool = False) -> PublishedAway:
        return publish_away(self.paths, self.address, with_raw, silent)

    @property
    def names(self) -> set[str]:
        return set(Place(self.address).names())

    def read(self, name: str) -> bytes:
        return Place(self.address).read(name)

    @property
    def manifest(self) -> Mapping[str, Any]:
        content: Mapping[str, Any] = json.loads(self.read(MANIFEST))
        return content

    def answers(self) -> set[str]:
        """What a program reads there in place, going by `builds.json`."""
        files, root = fsspec.core.url_to_fs(self.address)
        found = set()
        for table, name in self.manifest["files"].items():
            if not table.startswith("insights."):
                with files.open(f"{root}/{name}") as file:
                    found |= set(pq.read_table(file).column("answer").to_pylist())
        return found


def write(paths: Settings, answer: str, dataset: str = "shop") -> None:
    table = pa.table({"dataset_id": [dataset], "answer": [answer]})
    for file in output_files(paths):
        write_parquet(table, file)
    build = publish_build(paths, insights_come=True)
    for name in TABLES:
        write_table(paths.insights, name, [], build)
    publish_insights(paths)
    write_text(paths.reports / f"{dataset}.html", answer)
    write_empty_tables(paths.raw)
    write_text(paths.raw / "raw_sales" / PART.replace("0123", dataset), answer)
    write_text(paths.raw / "raw_line_patterns" / "stated.parquet", answer)


@pytest.fixture
def shop(tmp_path: Path, address: str) -> Shop:
    shop = Shop(tmp_path / "data", address)
    shop.build("one")
    return shop


def test_the_place_holds_what_is_published(shop: Shop) -> None:
    done = shop.publish()
    assert shop.answers() == {"one"}
    assert shop.read("reports/shop.html") == b"one"
    manifest, own = shop.manifest, read_manifest(shop.paths)
    assert (manifest["built"], manifest["current"]) == (own.built, done.snapshot)
    assert manifest["files"] == json.loads(shop.paths.builds_file.read_text("utf-8"))["files"]
    assert manifest["snapshots"] == [vars(own.current)]
    assert shop.names == {LIST, MANIFEST, "reports/shop.html", *manifest["files"].values()}
    assert (done.files, done.sent, done.removed) == (len(shop.names) - 2, done.files, 0)
    again = shop.publish()
    assert (again.sent, again.removed, again.files) == (0, 0, done.files)


def test_the_build_before_stays_until_the_next(shop: Shop) -> None:
    shop.publish()
    first = set(shop.manifest["files"].values())
    shop.build("two")
    shop.publish()
    assert shop.answers() == {"two"}
    assert first <= shop.names
    second = set(shop.manifest["files"].values())
    shop.build("three")
    shop.publish()
    assert shop.answers() == {"three"}
    # the insights, none in all three, are those of the first build still
    assert (first - second) & shop.names == set()
    assert second <= shop.names


def test_an_upload_that_is_cut_off_leaves_the_build_before(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.publish()
    shop.build("two")
    put, sent = Place.put, []

    def broken(place: Place, source: Path, name: str) -> None:
        if len(sent) == 5:
            raise ConnectionError("gone")
        put(place, source, name)
        sent.append(name)

    with monkeypatch.context() as cut:
        cut.setattr(Place, "put", broken)
        with pytest.raises(ConnectionError):
            shop.publish()
    assert shop.answers() == {"one"}
    # another build comes before the next upload: what was sent in vain goes with it
    shop.build("three")
    shop.publish()
    assert shop.answers() == {"three"}
    assert not {*sent} & shop.names - {"reports/shop.html"}


def test_landed_rows_go_along_where_that_is_asked(shop: Shop) -> None:
    shop.publish(with_raw=True)
    part = f"raw/raw_sales/shop{PART[4:]}"
    assert shop.read(part) == b"one"
    assert "raw/raw_sales/_schema.parquet" in shop.names
    # a file that is gone here goes there, and all of them when they are not asked for any more
    (shop.paths.data_dir / part).unlink()
    shop.publish(with_raw=True)
    assert part not in shop.names
    shop.publish()
    assert not [name for name in shop.names if name.startswith("raw/")]


def test_shops_that_are_run_one_by_one_lie_there_as_one(shop: Shop) -> None:
    for name in ("east", "west"):
        own = Settings(shop.paths.shops / name, dataset=name)
        shop.paths.inbox.joinpath(name).mkdir(parents=True)
        write(own, f"of {name}", name)
        write_text(own.data_dir / SHOP_MARK, json.dumps({"dataset_id": name}))
    shop.publish(with_raw=True)
    assert shop.answers() == {"of east", "of west"}
    parts = {name for name in shop.names if name.startswith("raw/raw_sales/")}
    assert {Path(name).name for name in parts} == {
        "_schema.parquet",
        f"east{PART[4:]}",
        f"west{PART[4:]}",
    }
    stated = {name for name in shop.names if "stated" in name}
    assert {shop.read(name) for name in stated} == {b"of east", b"of west"}


def test_two_that_publish_to_one_place_at_once_do_not_mix(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.publish()
    before = shop.read(MANIFEST)
    shop.build("two")
    put = Place.put

    def meanwhile(place: Place, source: Path, name: str) -> None:
        put(place, source, name)
        place.write(LIST, b'{"files": {}}')

    monkeypatch.setattr(Place, "put", meanwhile)
    with pytest.raises(ConflictError, match="Another computer"):
        shop.publish()
    assert shop.read(MANIFEST) == before


def test_before_the_first_run_there_is_nothing_to_publish(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="lucid run"):
        publish_away(Settings(tmp_path / "data"), str(tmp_path / "there"), False, silent)
