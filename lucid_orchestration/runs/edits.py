"""What of the dbt project was edited since the last good build, so that only that is built again.

An edit of a model, of the yml beside it or of a data test concerns that model or test and what
reads it. Anything else concerns everything: other rows, a macro, a seed, a var, another engine, a
file that went, results that were touched, or a database that somebody else wrote to.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import yaml

from lucid_orchestration.runs.stamps import ROWS, Stamp, database_state, files_are_as_written
from lucid_orchestration.settings import Settings, project_dir
from lucid_orchestration.yml import read_yml

_MODELS = PurePosixPath("models")
_DATA_TESTS = PurePosixPath("tests/data")
_MODEL_YML_KEYS = frozenset({"version", "models", "unit_tests"})


def edited_nodes(
    paths: Settings, last: Stamp | None, inputs: Mapping[str, str]
) -> tuple[str, ...] | None:
    """Names of the models and data tests to build again with what reads them; None: everything.

    `last` is the stamp of the last build, None when it did not end well; `inputs` are today's.
    """
    if last is None or last.database != database_state(paths):
        return None
    names = {name for name in {*last.inputs, *inputs} if last.inputs.get(name) != inputs.get(name)}
    nodes = {_node_of(name, inputs) for name in names}
    if not nodes or None in nodes or not files_are_as_written(paths, last):
        return None
    return tuple(sorted(node for node in nodes if node is not None))


def rows_alone_changed(paths: Settings, last: Stamp | None, inputs: Mapping[str, str]) -> bool:
    """Whether the last build ended well, and nothing but landed rows differs since.

    What depends on no row, its views and its seeds, then stands in the database as it has to.
    """
    if last is None or last.database != database_state(paths):
        return False
    return {**last.inputs, ROWS: ""} == {**inputs, ROWS: ""}


def _node_of(name: str, inputs: Mapping[str, str]) -> str | None:
    """The one model or data test an edited file is about; None when others depend on it too."""
    file = PurePosixPath(name)
    if name not in inputs:
        return None
    if file.parent == _DATA_TESTS and file.suffix == ".sql":
        return file.stem
    if _MODELS not in file.parents:
        return None
    if file.suffix == ".sql":
        return file.stem
    # The house rule "a yml per model" makes it certain that it said nothing of others before.
    is_of_one = file.with_suffix(".sql").as_posix() in inputs and _is_about_one_model(file)
    return file.stem if is_of_one else None


def _is_about_one_model(file: PurePosixPath) -> bool:
    try:
        content: Any = read_yml(project_dir() / file)
        described = {model["name"] for model in content["models"]}
        tested = {test["model"] for test in content.get("unit_tests", [])}
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError):
        return False
    return described | tested == {file.stem} and content.keys() <= _MODEL_YML_KEYS
