"""SQL of a rule is one select over marts: whatever reaches further is refused before it runs."""

import pytest

from lucid_orchestration.insights.safe_sql import check_sql


@pytest.mark.parametrize(
    "sql",
    [
        "select 1; select 2",
        "drop table datasets",
        "insert into datasets select * from datasets",
        "copy datasets to '/tmp/stolen.csv'",
        "attach '/tmp/other.db'",
        "install httpfs",
        "set enable_external_access = true",
        "pragma database_list",
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from 'https://example.com/x.parquet'",
        "select * from glob('/*')",
        "select * from duckdb_settings()",
        "select * from information_schema.tables",
        "select * from main.datasets",
        "select * from raw_sales",
        "select * from datasets where dataset_id in (select content from read_text('/etc/passwd'))",
        "with files as (select * from read_csv('x')) select * from files",
        "with recursive n as (select 1 as i union all select i + 1 from n) select * from n",
        "select getenv('HOME') from datasets",
        "select current_setting('threads') from datasets",
        "select random() from datasets",
        "select now() from datasets",
        "select current_date from datasets",
        "select current_timestamp from datasets",
        "select * from datasets using sample 1",
        "select * from datasets tablesample 10%",
        "describe datasets",
        "summarize datasets",
        "select * from range(1000000000)",
        "",
        "select",
    ],
)
def test_sql_that_does_more_than_select_from_marts_is_refused(sql: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        check_sql(sql)


def test_sql_over_marts_is_accepted() -> None:
    check_sql(
        "with big as (select *, row_number() over (order by revenue) as place from profitability) "
        "select d.dataset_id, max(big.revenue) - min(big.revenue) as spread from big "
        "join datasets as d on d.dataset_id = big.dataset_id "
        "where big.revenue > $limit or d.as_of_date > date '2026-01-01' group by d.dataset_id"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "select " + "(" * 5000 + "1" + ")" * 5000,
        "select * from " + "(select * from " * 3000 + "datasets" + ")" * 3000,
        "select " + "+".join(["1"] * 20_000) + " from datasets",
        "select '\ud800' from datasets",
    ],
    ids=["brackets", "subqueries", "sum", "half a character"],
)
def test_sql_that_is_too_deep_or_broken_is_refused_and_does_not_crash(sql: str) -> None:
    with pytest.raises(ValueError, match="not one select"):
        check_sql(sql)


def test_a_part_of_a_query_may_not_be_named_like_a_file() -> None:
    sql = 'select * from (with "/etc/passwd" as (select 1) select * from datasets), "/etc/passwd"'
    with pytest.raises(ValueError, match="no name for a part"):
        check_sql(sql)
