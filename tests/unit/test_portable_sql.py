"""The SQL of models, tests and macros gives the same answers on DuckDB and on Spark."""

import re
from pathlib import Path

import pytest

from lucid_orchestration.settings import PROJECT_DIR
from lucid_orchestration.warehouse import dbt_plugin
from tests.portable_sql import findings, portable_macros

# Divisions of doubles by what is never zero.
MAY_DIVIDE = {"quotient", "log_gamma"}

MACROS = {
    name: body
    for path in sorted(PROJECT_DIR.glob("macros/*.sql"))
    for name, body in portable_macros(path.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize(
    "path",
    sorted([*PROJECT_DIR.glob("models/**/*.sql"), *PROJECT_DIR.glob("tests/data/*.sql")]),
    ids=lambda path: path.name,
)
def test_models_stay_in_the_portable_subset(path: Path) -> None:
    assert findings(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", sorted(MACROS))
def test_macros_without_an_engine_stay_in_the_portable_subset(name: str) -> None:
    found = findings(MACROS[name])
    assert [why for why in found if name not in MAY_DIVIDE or "division" not in why] == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select a / b from t", "division"),
        ('select "a" from t', "double quotes"),
        ("select avg(a) from t", "avg"),
        ("select cast(null as varchar) as a from t", "varchar"),
        ("select {{ money('cast(a as varchar)') }} from t", "varchar"),
        ("select sign(amount) * a from t", "sign()"),
        ("select lower(product_id) from t", "small_letters"),
        ("select {{ text_key('lower(a)') }} from t", "small_letters"),
        ("select a[1] from t", "places"),
        ("select regexp_replace(a, 'b', 'c') from t", "differs on Spark"),
        ("select cast(a as decimal(28, 4)) * b from t", "factor of 28"),
        ("select b * cast(a as decimal(20, 4)) from t", "factor of 20"),
        ("select {{ money('cast(a as decimal(28, 3)) * b') }} from t", "factor of 28"),
        ("select cast(a as decimal(38, 7)) - b from t", "term of 38"),
        ("select b + cast(a as decimal(38, 7)) from t", "term of 38"),
        ("select {{ product('a', 4, 'b') }} - c from t", "a product has 38"),
        ("select c + {{ product('a', 4, 'b') }} from t", "a product has 38"),
        ("select {{ product('a', 4, 'sum(b)') }} from t", "more than 18"),
        ("select sum(revenue) - sum(cost) from t", "a sum of costs"),
        ("select a from t where name like pattern", "without escape"),
        ("select trim(a) from t", "trim()"),
        ("select trim(a, ' .') from t", "trim()"),
        ("select ltrim(a, '0') from t", "ltrim()"),
        ("select row_number() over (order by a asc nulls last) from t", "all shops"),
        ("select sum(a) over () from t", "all shops"),
        ("select row_number() over (partition by a order by b) from t", "nulls first|last"),
        (
            "select\n    a,\n    min(x) as x\nfrom t\ngroup by a\nhaving count(distinct x) = 1",
            "having on x",
        ),
        ("select case when a then 0 else {{ quotient('a', 'b') }} end from t", "whole numbers"),
        ("select case when a then cast(b as double) else 1 end from t", "whole numbers"),
        ("select {{ each_place('a') }} as b, {{ each_word('a') }} as c from t", "two lists"),
    ],
)
def test_each_rule_finds_its_fault(sql: str, said: str) -> None:
    assert [said for why in findings(sql) if said in why] == [said]


@pytest.mark.parametrize(
    "sql",
    [
        "select cast(a as string) from t -- a varchar / b",
        "select 'a / \"b\" varchar' from t",
        "select cast(a as decimal(19, 4)) * b from t",
        "select cast(a as decimal(28, 7)) - b from t",
        "select sum({{ product('a', 4, 'b') }}) from t",
        "select cast({{ product('a', 4, 'b') }} as decimal(30, 7)) - c from t",
        "select sum(revenue) - cast(sum(cost) as decimal(28, 7)) from t",
        "select a from t where name like pattern escape '^' and name like 'a%'",
        "select trim(both ' .' from a), trim(leading '0' from b) from t",
        "select {{ small_letters('a') }} from t",
        "select lag(a) over past from t window past as (partition by a order by b asc nulls last)",
        "select a, min(x) as x from t group by a having count(distinct t.x) = 1",
        "select case when a then cast(0 as double) else {{ quotient('a', 'b') }} end from t",
        "select case when a then 0 else 1 end from t",
        "select {{ each_place('a') }} as b, a from t",
    ],
)
def test_what_both_engines_can_do_is_no_fault(sql: str) -> None:
    assert findings(sql) == []


def test_a_body_for_one_engine_is_its_own() -> None:
    text = (
        "{% macro a(x) -%}\n  trim({{ x }})\n{%- endmacro %}\n"
        "{% macro default__a(x) -%}\n  trim({{ x }})\n{%- endmacro %}\n"
    )
    assert [name for name, _ in portable_macros(text)] == ["a"]


def test_the_functions_of_duckdb_name_the_spaces_they_strip() -> None:
    sql = dbt_plugin.FUNCTIONS.read_text(encoding="utf-8")
    assert re.findall(r"\btrim\(\w+\)", sql) == []
