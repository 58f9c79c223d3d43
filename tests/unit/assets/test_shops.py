"""Which shops the sensor asks for: those whose files changed, and those whose worker is gone."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from lucid_orchestration.assets import shops
from lucid_orchestration.assets.shops import gives_a_sign, shop, shops_sensor, sign_of_life
from lucid_orchestration.settings import Settings, settings

STARTED = dg.DagsterRunStatus.STARTED


class Dagster:
    """The sensor with its cursor, and runs in the states a test gives them."""

    def __init__(self, paths: Settings, instance: dg.DagsterInstance) -> None:
        self.paths = paths
        self.instance = instance
        self.requests: list[dg.RunRequest] = []
        self._cursor: str | None = None

    def put(self, name: str, content: str) -> None:
        file = self.paths.inbox / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")

    def look(self) -> list[str]:
        """The shops that are asked for now; "" is all of them."""
        found = shops_sensor(dg.build_sensor_context(self.instance, self._cursor))
        assert isinstance(found, dg.SensorResult)
        for request in found.dynamic_partitions_requests or ():
            self.instance.add_dynamic_partitions("shops", list(request.partition_keys))
        self._cursor = found.cursor
        self.requests = list(found.run_requests or ())
        return [request.partition_key or "" for request in self.requests]

    def run(self, name: str, status: dg.DagsterRunStatus, attempt: str = "1") -> dg.DagsterRun:
        tags = {"dagster/partition": name, shops.ATTEMPT: attempt}
        run = dg.DagsterRun(job_name=shop.name, status=status, tags=tags)
        self.instance.add_run(run)
        return run

    def status(self, run: dg.DagsterRun) -> dg.DagsterRunStatus:
        found = self.instance.get_run_by_id(run.run_id)
        assert found is not None
        return found.status


@pytest.fixture
def dagster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dagster]:
    monkeypatch.setenv("LUCID_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(shops, "is_gathered", lambda paths: True)
    settings.cache_clear()
    with dg.DagsterInstance.ephemeral() as instance:
        yield Dagster(settings(), instance)
    settings.cache_clear()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shops, "PATIENCE_SECONDS", -1.0)


def test_each_shop_is_asked_for_when_its_own_files_change(dagster: Dagster) -> None:
    dagster.put("East/sales.csv", "a")
    dagster.put("west/sales.csv", "a")
    dagster.put("loose.csv", "a")
    assert dagster.look() == ["default", "east", "west"]
    assert sorted(dagster.instance.get_dynamic_partitions("shops")) == ["default", "east", "west"]
    assert dagster.look() == []
    dagster.put("west/sales.csv", "b")
    assert dagster.look() == ["west"]
    dagster.put("East/mapping.yml", "currency: USD")
    assert dagster.look() == ["east"]
    # back to what it was: other answers again
    dagster.put("west/sales.csv", "a")
    assert dagster.look() == ["west"]
    # once more when all its files are gone, so that its lines go
    (dagster.paths.inbox / "west" / "sales.csv").unlink()
    assert dagster.look() == ["west"]
    assert dagster.look() == []


def test_a_shop_that_is_on_its_way_is_asked_for_after_that(dagster: Dagster) -> None:
    run = dagster.run("east", dg.DagsterRunStatus.NOT_STARTED)
    dagster.put("east/sales.csv", "a")
    assert dagster.look() == []
    dagster.instance.delete_run(run.run_id)
    assert dagster.look() == ["east"]


def test_all_are_gathered_once_none_is_on_its_way(
    dagster: Dagster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shops, "is_gathered", lambda paths: False)
    dagster.put("east/sales.csv", "a")
    assert dagster.look() == ["east"]
    run = dagster.run("east", STARTED)
    assert dagster.look() == []
    dagster.instance.delete_run(run.run_id)
    assert dagster.look() == [""]
    assert dagster.requests[0].job_name == "all_shops"
    dagster.instance.add_run(dg.DagsterRun(job_name="all_shops", status=STARTED))
    assert dagster.look() == []


def test_what_cannot_be_gathered_is_tried_once_for_each_state(
    dagster: Dagster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shops, "is_gathered", lambda paths: False)
    published = {"east": "one"}
    monkeypatch.setattr(shops, "published_of", lambda folders: published)
    assert [dagster.look() for _ in range(2)] == [[""], []]
    published["east"] = "two"
    assert [dagster.look() for _ in range(2)] == [[""], []]


@pytest.mark.usefixtures("impatient")
def test_a_run_whose_worker_is_gone_is_lost_at_the_second_look(dagster: Dagster) -> None:
    run = dagster.run("east", STARTED)
    assert dagster.look() == []
    assert dagster.status(run) is STARTED
    assert dagster.look() == ["east"]
    assert dagster.status(run) is dg.DagsterRunStatus.FAILURE
    assert dagster.requests[0].tags[shops.ATTEMPT] == "2"
    assert dagster.look() == []


@pytest.mark.usefixtures("impatient")
def test_a_worker_at_its_shop_is_left_at_it(dagster: Dagster) -> None:
    run = dagster.run("east", STARTED)
    with sign_of_life(dagster.paths, "east"):
        assert gives_a_sign(dagster.paths, "east")
        assert not gives_a_sign(dagster.paths, "west")
        assert [dagster.look() for _ in range(3)] == [[], [], []]
    assert dagster.status(run) is STARTED
    # it was silent at one look, and at work at the next
    assert dagster.look() == []
    with sign_of_life(dagster.paths, "east"):
        assert dagster.look() == []
    assert dagster.look() == []
    assert dagster.status(run) is STARTED


def test_a_run_that_has_just_begun_is_not_looked_for(dagster: Dagster) -> None:
    run = dagster.run("east", dg.DagsterRunStatus.STARTING)
    assert [dagster.look() for _ in range(3)] == [[], [], []]
    assert dagster.status(run) is dg.DagsterRunStatus.STARTING


@pytest.mark.usefixtures("impatient")
def test_a_run_that_waits_for_a_worker_is_asked_for_again_without_end(
    dagster: Dagster, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = dagster.run("east", dg.DagsterRunStatus.STARTING, attempt=str(shops.MOST_ATTEMPTS))
    assert [dagster.look() for _ in range(3)] == [[], [], []]
    # longer than any run before it takes: its message went down with a worker
    monkeypatch.setattr(shops, "WAITING_SECONDS", -1.0)
    assert [dagster.look() for _ in range(2)] == [[], ["east"]]
    assert dagster.status(run) is dg.DagsterRunStatus.FAILURE
    assert dagster.requests[0].tags[shops.ATTEMPT] == str(shops.MOST_ATTEMPTS)


@pytest.mark.usefixtures("impatient")
def test_a_shop_that_takes_its_workers_down_is_given_up(dagster: Dagster) -> None:
    run = dagster.run("east", STARTED, attempt=str(shops.MOST_ATTEMPTS))
    dagster.look()
    assert dagster.look() == []
    assert dagster.status(run) is dg.DagsterRunStatus.FAILURE
