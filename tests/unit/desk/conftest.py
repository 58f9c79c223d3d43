"""A desk over two small shops, asked as its own page asks it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from lucid_orchestration.runs import history
from lucid_orchestration.settings import Settings
from tests.desk_data import HOST, ORIGIN, Idle, desk_over, publish


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    publish(Settings(folder), "shop", "other")
    return folder


@pytest.fixture
def paths(tmp_path: Path, published: Path) -> Settings:
    paths = Settings(tmp_path / "data")
    shutil.copytree(published, paths.data_dir)
    for name in ("shop", "other"):
        (paths.inbox / name).mkdir(parents=True)
        (paths.inbox / name / "sales.csv").write_text(
            "Date,Item,Qty,Amount\n2026-10-01,Tea,1,10.00\n2026-10-02,Tea,2,20.00\n",
            encoding="utf-8",
        )
    job = history.start_job(paths, "refresh")
    history.finish_job(paths, job, history.JobResult("succeeded", "Done."))
    return paths


@pytest.fixture
def worker() -> Idle:
    return Idle()


@pytest.fixture
def page(paths: Settings, worker: Idle) -> Iterator[TestClient]:
    """A client with the token of the page, and the origin a browser sends along."""
    app = desk_over(paths.data_dir, worker)
    token = app.state.desk.access.token
    with TestClient(app, base_url=ORIGIN, raise_server_exceptions=False) as client:
        client.headers.update({"origin": ORIGIN, "x-lucid-token": token, "host": HOST})
        client.cookies.set("lucid_token", token, domain="127.0.0.1")
        yield client
