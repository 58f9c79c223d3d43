"""A place elsewhere: a folder, and a server on this machine that speaks S3."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from lucid_orchestration.runs.places import Place

_numbers = itertools.count()


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """A server that speaks S3, on this machine; its address.

    One for all tests: fsspec keeps the first it connected to.
    """
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def address(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "folder":
        return str(tmp_path / "share")
    monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("s3"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    bucket = f"bucket-{next(_numbers)}"
    place = Place(f"s3://{bucket}")
    place._files.mkdir(bucket)
    return f"s3://{bucket}/shops"
