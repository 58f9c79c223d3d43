"""Every check says what it promises: the first comment of its SQL, or a sentence of ours."""

from typing import Any

import pytest

from lucid_orchestration.assets.checks import describe_checks, first_comment
from lucid_orchestration.settings import mart_names, model_names


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("-- One line,\n--  and two.\n{{ config() }}\n-- not this", "One line, and two."),
        ("{#\n    A block\n    of it. #}\n{% test x() %}", "A block of it."),
        ("select 1 -- no\n", ""),
        ("", ""),
    ],
)
def test_the_first_comment_is_what_is_said(sql: str, said: str) -> None:
    assert first_comment(sql) == said


def test_a_description_of_its_own_goes_first() -> None:
    node = {"resource_type": "test", "package_name": "lucid", "description": ""}
    nodes: dict[str, dict[str, Any]] = {
        "own": {**node, "description": "Mine.", "raw_code": "-- Not mine.\n"},
        "bare": {**node, "raw_code": "-- As the SQL says.\nselect 1"},
        "stock": {
            **node,
            "raw_code": "",
            "column_name": "reason",
            "test_metadata": {"name": "unique", "kwargs": {}},
        },
        "model": {"resource_type": "model"},
    }
    describe_checks({"nodes": nodes})
    said = {name: one.get("meta", {}).get("description") for name, one in nodes.items()}
    assert said == {
        "own": "Mine.",
        "bare": "As the SQL says.",
        "stock": "No two rows have the same reason.",
        "model": None,
    }


def test_every_check_of_the_project_is_described(manifest: dict[str, Any]) -> None:
    describe_checks(manifest)
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    assert len(tests) > 40
    assert [node["name"] for node in tests if len(node["meta"]["description"]) < 20] == []


def test_report_and_desk_say_which_tables_they_show(manifest: dict[str, Any]) -> None:
    exposures = {one["name"]: one for one in manifest["exposures"].values()}
    assert set(exposures) == {"report", "desk"}
    shown = {*mart_names(), *model_names("quality")}
    for exposure in exposures.values():
        assert {name.rsplit(".", 1)[-1] for name in exposure["depends_on"]["nodes"]} == shown
