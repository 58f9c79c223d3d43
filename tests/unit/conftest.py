"""What unit tests of several rooms need."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

from lucid_orchestration import settings

SetVars: TypeAlias = Callable[..., None]


@pytest.fixture
def set_vars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SetVars]:
    """Give the vars of the project other values, as an edit of dbt_project.yml does."""

    def set_them(**values: Any) -> None:
        content = {"vars": {**settings.project_vars(), **values}}
        file = tmp_path / "dbt_project.yml"
        file.write_text(yaml.safe_dump(content), encoding="utf-8")
        monkeypatch.setattr(settings, "project_file", lambda: file)
        settings.project_vars.cache_clear()

    yield set_them
    settings.project_vars.cache_clear()
