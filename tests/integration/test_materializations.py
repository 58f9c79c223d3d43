"""Our own materializations, in a small project of their own: what they write and read back.

Its folder and its data folder have names that mean something to SQL, to a file pattern and to
dbt; every model ends in a comment, which must not take the bracket after it along.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from lucid_orchestration.ingest.raw_tables import RAW_TABLES
from lucid_orchestration.settings import PROJECT_DIR
from lucid_orchestration.storage import write_parquet

AWKWARD = "a'b [c] *d? 50% #1 ü"
# Each matches the awkward name where it is read as a pattern.
DECOYS = ["a'b c *d? 50% #1 ü", "a'b [c] xd? 50% #1 ü", "a'b [c] *dx 50% #1 ü"]

PROJECT = """
name: lucid
profile: lucid
on-run-start: ["{{ create_raw_views() }}", "{{ create_by_file_state() }}"]
on-run-end: "{{ create_insight_views() }}"
flags: {send_anonymous_usage_stats: false}
"""
PROFILE = """
lucid:
  target: duckdb
  outputs:
    duckdb:
      type: duckdb
      path: lucid.duckdb
      plugins: [{module: lucid_orchestration.warehouse.dbt_plugin}]
"""
YML = """
sources:
  - name: raw
    tables: [{name: raw_sales}]
models:
  - name: parts
    constraints:
      - {type: unique, columns: [source_file_id, fingerprint]}
      - {type: not_null, columns: [source_file_id]}
  - name: lines
    constraints: [{type: primary_key, columns: [source_file_id, row_number]}]
  - name: answers
    description: What "one" file holds; it's $1.
    config:
      materialized: parquet
      schema: marts
      contract: {enforced: true}
      persist_docs: {relation: true, columns: true}
    constraints:
      - {type: primary_key, columns: [source_file_id]}
      - {type: check, expression: line_count < 7}
    columns:
      - {name: source_file_id, data_type: string}
      - {name: line_count, data_type: bigint, description: "It's rows; \\n and -- all."}
"""
MODELS = {
    "parts": """
        {{ config(materialized='table') }}
        select source_file_id, part as fingerprint from ({{ landed_parts('raw_sales') }})
        -- all files""",
    "lines": """
        {{ config(materialized='by_file', files='parts') }}
        select source_file_id, row_number
        from {{ source('raw', 'raw_sales') }}
        where source_file_id in (select source_file_id from {{ changed_files(ref('parts')) }})
        -- of the changed files""",
    "answers": """
        select source_file_id, count(*) as line_count from {{ ref('lines') }}
        group by source_file_id -- by file""",
}


def land(data: Path, source_file_id: str, rows: int | list[int | None]) -> None:
    """The rows of one file, as the readers land them; a list gives their numbers."""
    schema = RAW_TABLES["raw_sales"]
    numbers = rows if isinstance(rows, list) else range(rows)
    lines = [{"source_file_id": source_file_id, "row_number": row} for row in numbers]
    target = data / "raw" / "raw_sales" / f"{source_file_id}.parquet"
    write_parquet(pa.Table.from_pylist(lines, schema=schema), target)


def run_dbt(project: Path, data: Path, check: bool = True) -> str:
    """What dbt says of a run, which has to go well unless `check` is false."""
    arguments = ["--quiet", "run", "--no-partial-parse", f"--project-dir={project}"]
    done = subprocess.run(
        [sys.executable, "-c", "from dbt.cli.main import cli; cli()", *arguments],
        env={
            **os.environ,
            "LUCID_DATA_DIR": str(data),
            "DBT_PROFILES_DIR": str(project),
            "PYTHONPATH": str(PROJECT_DIR),
        },
        cwd=project,
        check=check,
        capture_output=True,
        text=True,
    )
    return done.stdout


def answers(data: Path) -> dict[str, int]:
    """What the view of the answers reads back."""
    with duckdb.connect(str(data / "lucid.duckdb"), read_only=True) as connection:
        view = connection.sql("select * from marts.answers")
        assert view.columns == ["source_file_id", "line_count"]
        return dict(view.fetchall())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / AWKWARD / "clone"
    (folder / "models").mkdir(parents=True)
    shutil.copytree(PROJECT_DIR / "macros", folder / "macros")
    (folder / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
    (folder / "profiles.yml").write_text(PROFILE, encoding="utf-8")
    (folder / "models" / "models.yml").write_text(YML, encoding="utf-8")
    for name, sql in MODELS.items():
        (folder / "models" / f"{name}.sql").write_text(sql, encoding="utf-8")
    return folder


def test_models_that_end_in_a_comment_are_built_in_a_folder_with_any_name(
    project: Path, tmp_path: Path
) -> None:
    data = tmp_path / AWKWARD / "year=2026"
    for decoy in DECOYS:
        other = tmp_path / decoy / "year=2026"
        land(other, "decoy", 9)
        table = pa.table({"source_file_id": ["decoy"], "line_count": [9]})
        write_parquet(table, other / "marts" / "answers.parquet")
    land(data, "a", 3)
    land(data, "b", 2)
    run_dbt(project, data)
    assert answers(data) == {"a": 3, "b": 2}

    # one file changed, one gone, one came: the table by file is brought up to date, not built anew
    land(data, "a", 4)
    (data / "raw" / "raw_sales" / "b.parquet").unlink()
    land(data, "c", 1)
    run_dbt(project, data)
    assert answers(data) == {"a": 4, "c": 1}


def test_rows_whose_key_does_not_hold_never_take_the_place_of_the_old_ones(
    project: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    land(data, "changed", 2)
    land(data, "left", 3)
    run_dbt(project, data)

    # refused again and again: the table by file does not take the file for loaded
    for rows, named in (([1, 1, 2], "changed, 1, 2 rows"), ([None, 3], "changed, None, 1 rows")):
        land(data, "changed", rows)
        said = run_dbt(project, data, check=False)
        assert f"The key (source_file_id, row_number) of lines does not hold: {named}" in said
        assert answers(data) == {"changed": 2, "left": 3}

    land(data, "changed", 5)
    run_dbt(project, data)
    assert answers(data) == {"changed": 5, "left": 3}


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        (
            "select source_file_id, count(*) as line_count from {{ ref('lines') }} group by 1",
            "In answers it does not hold that line_count < 7: 1 rows.",
        ),
        (
            "select source_file_id, null::bigint as line_count from {{ ref('parts') }}",
            "In answers it does not hold that line_count < 7: 2 rows.",
        ),
        (
            "select 'a' as source_file_id, 1::bigint as line_count from {{ ref('lines') }}",
            "The key (source_file_id) of answers does not hold: a, 10 rows.",
        ),
        (
            "select source_file_id, count(*)::integer as line_count from {{ ref('lines') }}"
            " group by 1",
            "data type mismatch",
        ),
        (
            "select source_file_id, 1::bigint as line_count, 2 as more from {{ ref('parts') }}",
            "missing in contract",
        ),
        (
            "select source_file_id from {{ ref('parts') }}",
            "missing in definition",
        ),
    ],
    ids=["not_true", "unknown", "key", "type", "more", "less"],
)
def test_a_file_is_replaced_by_what_holds_or_not_at_all(
    project: Path, tmp_path: Path, sql: str, reason: str
) -> None:
    data = tmp_path / "data"
    land(data, "a", 2)
    land(data, "b", 1)
    run_dbt(project, data)
    before = (data / "marts" / "answers.parquet").read_bytes()

    land(data, "b", 8)
    (project / "models" / "answers.sql").write_text(sql, encoding="utf-8")
    assert reason in run_dbt(project, data, check=False)
    assert (data / "marts" / "answers.parquet").read_bytes() == before
    assert answers(data) == {"a": 2, "b": 1}


def test_descriptions_stand_in_the_database(project: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    land(data, "a", 2)
    run_dbt(project, data)
    with duckdb.connect(str(data / "lucid.duckdb"), read_only=True) as connection:
        told = connection.execute(
            "select comment from duckdb_views() where view_name = 'answers'"
            " union all select comment from duckdb_columns() where table_name = 'answers'"
        ).fetchall()
    assert told == [('What "one" file holds; it\'s $1.',), (None,), ("It's rows; \n and -- all.",)]


def test_columns_are_written_in_the_order_of_their_contract(project: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    land(data, "a", 2)
    sql = "select 2::bigint as line_count, source_file_id from {{ ref('parts') }}"
    (project / "models" / "answers.sql").write_text(sql, encoding="utf-8")
    run_dbt(project, data)
    assert answers(data) == {"a": 2}


def test_a_key_holds_when_only_a_part_that_may_be_null_is(project: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    land(data, "a", 2)
    parts = project / "models" / "parts.sql"
    parts.write_text(
        parts.read_text(encoding="utf-8").replace("part as fingerprint", "null as fingerprint"),
        encoding="utf-8",
    )
    run_dbt(project, data)
    parts.write_text(
        parts.read_text(encoding="utf-8").replace(
            "select source_file_id", "select null as source_file_id"
        ),
        encoding="utf-8",
    )
    assert "The key (source_file_id, fingerprint) of parts" in run_dbt(project, data, check=False)
