"""What the service says of itself is what it does, and the files in docs/ say the same."""

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings, strategies
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lucid_orchestration.desk.answers import ANSWERS, OF_BRANCHES
from lucid_orchestration.desk.description import (
    OPENAPI,
    TYPESCRIPT,
    as_text,
    description,
    typescript,
)
from lucid_orchestration.warehouse.export import FORMATS
from tests.desk_data import ORIGIN, Idle, desk_over

REMEDY = "run: .venv/bin/python -m lucid_orchestration.desk.description"
# The seventeen of the design, and what a front end needs beside them.
SEVENTEEN = {
    "upload_files",
    "list_datasets",
    "get_dataset",
    "delete_dataset",
    *(mart for answer, mart in ANSWERS.items() if answer not in OF_BRANCHES),
    "list_insights",
    "get_insight",
    "generate_explanation",
    "get_explanation",
    "health",
    "recompute",
}
BESIDE = {
    "list_runs",
    "get_run",
    "cancel_run",
    "events",
    "inspect_files",
    "get_mapping",
    "put_mapping",
    "map_bill_layout",
    "list_rules",
    "keep_rule",
    "try_rule",
    "get_knowledge",
    "put_knowledge",
    "snooze_insight",
    "get_product",
    "compare_datasets",
    "delete_file",
    "restore_dataset",
    *(ANSWERS[answer] for answer in OF_BRANCHES),
    *(f"{mart}_{kind}" for mart in ANSWERS.values() for kind in FORMATS),
}


def test_the_files_in_docs_are_the_ones_of_today() -> None:
    described = description()
    assert OPENAPI.read_text(encoding="utf-8") == as_text(described), REMEDY
    assert TYPESCRIPT.read_text(encoding="utf-8") == typescript(described), REMEDY


def test_every_operation_of_the_contract_is_described() -> None:
    described = description()
    ids = {one["operationId"] for path in described["paths"].values() for one in path.values()}
    assert len(SEVENTEEN) == 17
    assert ids >= SEVENTEEN | BESIDE


def test_every_problem_is_declared_as_one_and_no_other_answer_is() -> None:
    for path in description()["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                is_problem = "application/problem+json" in answer.get("content", {})
                assert is_problem == (int(status) >= 400), (operation["operationId"], status)


def test_types_name_every_shape_they_use() -> None:
    text = typescript(description())
    known = set(re.findall(r"export type (\w+)", text)) | {"Array", "Record", "Blob", "FormData"}
    # comments are prose
    code = re.sub(r"/\*\*.*?\*/|//.*|\"[^\"]*\"", "", text)
    assert set(re.findall(r"[:<|] ?([A-Z]\w+)", code)) <= known
    assert "total_revenue: string | null;" in text


@dataclass(frozen=True)
class Described:
    """A desk as schemathesis knows it, its operations by id, and what its page proves itself by."""

    operations: Mapping[str, Any]
    headers: Mapping[str, str]


@pytest.fixture(scope="module")
def service(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Described:
    folder = tmp_path_factory.mktemp("contract") / "data"
    shutil.copytree(published, folder)
    (folder / "inbox" / "shop").mkdir(parents=True)
    app = desk_over(folder, Idle())
    token = app.state.desk.access.token
    loaded = schemathesis.openapi.from_dict(description())
    loaded.app = app
    loaded.config.update(base_url=ORIGIN)
    found = [one.ok() for one in loaded.get_all_operations()]
    return Described(
        {one.definition.raw["operationId"]: one for one in found},
        {"origin": ORIGIN, "x-lucid-token": token, "cookie": f"lucid_token={token}"},
    )


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# a few in the suite; `LUCID_EXAMPLES=2000` was passed once
EXAMPLES = int(os.environ.get("LUCID_EXAMPLES", "3"))


@pytest.mark.parametrize("operation_id", sorted((SEVENTEEN | BESIDE) - {"events"}))
def test_no_question_gets_an_answer_that_is_not_declared(
    service: Described, operation_id: str
) -> None:
    operation = service.operations[operation_id]

    @given(case=operation.as_strategy(), is_known=strategies.booleans())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any, is_known: bool) -> None:
        if is_known and "shop" in (case.path_parameters or {}):
            case.path_parameters["shop"] = "shop"
        case.call_and_validate(headers=dict(service.headers), checks=CHECKS)

    ask()
