"""The dbt project as dbt sees it, parsed once for all tests that read it."""

import json
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner

from lucid_orchestration.settings import PROJECT_DIR


def parse(target: Path) -> dict[str, Any]:
    """The manifest of the project, with dbt's own files kept out of the tree."""
    result = dbtRunner().invoke(
        [
            "--quiet",
            "parse",
            f"--project-dir={PROJECT_DIR}",
            f"--profiles-dir={PROJECT_DIR}",
            f"--target-path={target}",
            f"--log-path={target}",
        ]
    )
    assert result.success, result.exception
    manifest: dict[str, Any] = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    return manifest
