"""The sample shop, built once for all tests that look at its answers."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lucid_orchestration.settings import PROJECT_DIR, Settings, settings
from tests import shops


@pytest.fixture(scope="session", autouse=True)
def _environment() -> Iterator[None]:
    before = os.environ.get("LUCID_DATA_DIR")
    yield
    if before is None:
        os.environ.pop("LUCID_DATA_DIR", None)
    else:
        os.environ["LUCID_DATA_DIR"] = before
    settings.cache_clear()


@pytest.fixture(scope="session")
def sample_shop(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    data = tmp_path_factory.mktemp("sample")
    shutil.copytree(PROJECT_DIR / "examples" / "sample-shop", data / "inbox" / "sample-shop")
    return shops.build(data)


@pytest.fixture(scope="session")
def truth() -> dict[str, Any]:
    text = (PROJECT_DIR / "examples" / "sample-shop.truth.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


@pytest.fixture(scope="session")
def shared() -> Path:
    """Public data sets beside the checkout; there on the machines that test changes."""
    folder = PROJECT_DIR.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("data of others that may not be passed on; not on this machine")
    return folder
