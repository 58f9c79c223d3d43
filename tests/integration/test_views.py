"""A database made by other code is no obstacle: what stands under a model's name is replaced."""

from pathlib import Path

import duckdb

from tests import shops

MODELS = ("--select", "stg_source_files", "stg_file_issues", "--resource-type", "model")


def test_a_view_takes_the_place_of_a_table_and_a_table_that_of_a_view(tmp_path: Path) -> None:
    (tmp_path / "inbox" / "shop").mkdir(parents=True)
    paths = shops.build(tmp_path, *MODELS)
    with duckdb.connect(str(paths.database)) as database:
        database.execute("drop view staging.stg_file_issues")
        database.execute("create table staging.stg_file_issues as select 1 as old")
        database.execute("drop table staging.stg_source_files")
        database.execute("create view staging.stg_source_files as select 1 as old")
    shops.build(tmp_path, *MODELS)
    with duckdb.connect(str(paths.database), read_only=True) as database:
        kinds = database.execute(
            "select table_name, table_type from information_schema.tables "
            "where table_name in ('stg_source_files', 'stg_file_issues') order by table_name"
        ).fetchall()
        columns = database.table("staging.stg_source_files").columns
    assert kinds == [("stg_file_issues", "VIEW"), ("stg_source_files", "BASE TABLE")]
    assert "old" not in columns
