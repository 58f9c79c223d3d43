"""Each reading operation: what it answers, and what it says to a wrong question."""

import csv
import io
import re
import zipfile
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook

from lucid_orchestration.desk.answers import ANSWERS
from lucid_orchestration.desk.schemas import contract, page_model
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import read_parquet_rows
from tests.desk_data import FORMULA, publish

API = "/api/v1"
SHOP = f"{API}/datasets/shop"


def get(page: TestClient, address: str, status: int = 200) -> dict[str, Any]:
    answer = page.get(address)
    assert answer.status_code == status, answer.text
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status
        assert answer.json()["remedy"]
    content: dict[str, Any] = answer.json()
    return content


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_has_the_columns_of_its_mart_and_amounts_as_text(
    page: TestClient, paths: Settings, answer: str
) -> None:
    mart = ANSWERS[answer]
    content = get(page, f"{SHOP}/{answer}")
    page_model("marts", mart).model_validate_json(page.get(f"{SHOP}/{answer}").text)
    stored = read_parquet_rows(paths.marts / f"{mart}.parquet")
    own = [row for row in stored if row["dataset_id"] == "shop"]
    assert content["total"] == len(content["rows"]) == len(own) > 0
    assert content["currency"] == "INR"
    assert content["as_of"] == "2026-10-31"
    for row in content["rows"]:
        assert set(row) <= set(contract("marts", mart))
        for name, value in row.items():
            if contract("marts", mart)[name][0].startswith("decimal"):
                # to the last place: what went through a float has lost one
                assert value in {format(stored_row[name], "f") for stored_row in own}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize(
    ("question", "field"),
    [("limit=0", "limit"), ("limit=x", "limit"), ("offset=-1", "offset"), ("colour=red", "colour")],
)
def test_a_malformed_question_names_the_field(
    page: TestClient, answer: str, question: str, field: str
) -> None:
    assert get(page, f"{SHOP}/{answer}?{question}", 400)["field"] == field


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_unknown_shop_or_sort_says_what_there_is(page: TestClient, answer: str) -> None:
    assert "shop" in get(page, f"{API}/datasets/shopp/{answer}", 404)["detail"]
    wrong = get(page, f"{SHOP}/{answer}?sort=colour", 400)
    assert wrong["field"] == "sort"
    assert "dataset_id" in wrong["detail"]


def test_pages_of_an_answer_are_the_whole_and_nothing_twice(page: TestClient) -> None:
    whole = get(page, f"{SHOP}/best-sellers")["rows"]
    parts = [get(page, f"{SHOP}/best-sellers?limit=2&offset={start}") for start in (0, 2, 4)]
    assert [row for part in parts for row in part["rows"]] == whole
    assert {part["total"] for part in parts} == {5}
    assert get(page, f"{SHOP}/best-sellers?offset=99")["rows"] == []


@pytest.mark.parametrize(
    ("question", "ids"),
    [
        ("best-sellers?category=Pens", ["p3", "p4"]),
        ("best-sellers?search=TEA%202", ["p2"]),
        ("best-sellers?sort=total_revenue:asc&limit=1", ["p4"]),
        ("best-sellers?period=last_30_days", []),
        ("revenue-contribution?abc_class=B", []),
        ("inventory-velocity?risk=critical&status=out_of_stock&limit=1", ["p4"]),
        ("dead-stock?days=4", ["p3", "p4"]),
        ("dead-stock?state=dead&bucket=91-180&search=p1", ["p1"]),
        ("profitability?status=none", []),
        ("profitability?search=%25", []),
    ],
)
def test_questions_choose_rows(page: TestClient, question: str, ids: list[str]) -> None:
    content = get(page, f"{SHOP}/{question}")
    assert sorted(row["product_id"] for row in content["rows"]) == ids


def test_seasons_and_trends_are_asked_by_their_own_words(page: TestClient) -> None:
    assert get(page, f"{SHOP}/seasonality?min_score=0.75&entity_type=product")["total"] == 2
    assert get(page, f"{SHOP}/seasonality?entity_type=category")["total"] == 0
    months = get(page, f"{SHOP}/trends?months=2&metric=profit&entity=shop")["rows"]
    assert [row["month"] for row in months] == ["2026-10-01", "2026-09-01"]
    assert "profit" in months[0]
    assert "revenue" not in months[0]
    assert get(page, f"{SHOP}/trends?metric=colour", 400)["field"] == "metric"
    assert get(page, f"{SHOP}/seasonality?min_score=2", 400)["field"] == "min_score"


def test_datasets_are_listed_and_shown(page: TestClient, paths: Settings) -> None:
    (paths.inbox / "new one").mkdir()
    (paths.inbox / "new one" / "x.csv").write_text("a", encoding="utf-8")
    content = get(page, f"{API}/datasets")
    states = {row["dataset_id"]: row["state"] for row in content["rows"]}
    assert states == {"other": "read", "shop": "read", "new-one": "waiting"}
    assert content["last_run"]["status"] == "unchanged" or content["last_run"]["message"]
    one = get(page, SHOP)
    assert one["currency"] == "INR"
    assert one["files"][0]["status"] == "accepted"
    assert one["summary"]["dataset_id"] == "shop"
    get(page, f"{API}/datasets/nobody", 404)


def test_one_product_and_shops_side_by_side(page: TestClient) -> None:
    found = get(page, f"{SHOP}/products/p0")
    assert found["product"]["product_id"] == "p0"
    assert found["best_sellers"][0]["dataset_id"] == "shop"
    assert [insight["entity_id"] for insight in found["insights"]] == ["p0"]
    assert "p1" in get(page, f"{SHOP}/products/tea", 404)["detail"]
    both = get(page, f"{API}/compare?shops=other,shop")
    assert [(row["dataset_id"], row["currency"]) for row in both["rows"]] == [
        ("other", "USD"),
        ("shop", "INR"),
    ]
    assert both["currency"] is None
    get(page, f"{API}/compare?shops=nobody", 404)


def test_insights_are_chosen_and_shown_with_where_each_figure_stands(page: TestClient) -> None:
    def ids(question: str) -> list[str]:
        return [row["insight_id"] for row in get(page, f"{SHOP}/insights{question}")["rows"]]

    assert ids("") == ["rule-shop-0", "rule-shop-1"]
    assert ids("?category=risk") == ["rule-shop-1"]
    assert ids("?confidence=medium") == ["rule-shop-0"]
    assert ids("?status=all") == ["rule-shop-0", "rule-shop-1", "rule-shop-2"]
    assert ids("?status=resolved") == []
    assert ids("?limit=1&offset=1") == ["rule-shop-1"]
    assert get(page, f"{SHOP}/insights?confidence=sure", 400)["field"] == "confidence"
    one = get(page, f"{SHOP}/insights/rule-shop-0")
    assert one["supporting_metrics"][0]["table"] == "profitability"
    assert one["explanation"] is None
    assert "rule-shop-0" in get(page, f"{SHOP}/insights/rule-shop-9", 404)["detail"]
    # an insight of another shop is none of this one's
    get(page, f"{SHOP}/insights/rule-other-0", 404)


def test_an_etag_names_the_build_and_saves_the_answer(page: TestClient, paths: Settings) -> None:
    first = page.get(f"{SHOP}/best-sellers")
    tag = first.headers["etag"]
    assert tag == f'"{first.json()["snapshot"]}"'
    again = page.get(f"{SHOP}/dead-stock", headers={"if-none-match": f'"x", W/{tag}'})
    assert (again.status_code, again.content) == (304, b"")
    # who has the build is told all the same that there is no such shop
    assert (
        page.get(f"{API}/datasets/no/dead-stock", headers={"if-none-match": tag}).status_code == 404
    )
    publish(paths, "shop", "other", count=2)
    changed = page.get(f"{SHOP}/best-sellers", headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    assert changed.json()["total"] == 2


def test_an_answer_is_never_of_two_builds(
    page: TestClient, paths: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lucid_orchestration.desk import answers

    real, calls = answers.show_page, []

    def meanwhile(*arguments: Any) -> Any:
        found = real(*arguments)
        if not calls:
            publish(paths, "shop", count=1)
        calls.append(found)
        return found

    monkeypatch.setattr(answers, "show_page", meanwhile)
    content = get(page, f"{SHOP}/best-sellers")
    assert (len(calls), content["total"]) == (2, 1)


def test_health_runs_rules_and_mapping_answer(page: TestClient, paths: Settings) -> None:
    health = get(page, f"{API}/health")
    assert {"Data folder", "Database", "AI provider"} <= {c["name"] for c in health["checks"]}
    assert str(paths.data_dir.parent) not in str(health)
    runs = get(page, f"{API}/runs")
    assert runs["rows"][0]["status"] == "succeeded"
    assert get(page, f"{API}/runs/{runs['rows'][0]['job_id']}")["message"] == "Done."
    get(page, f"{API}/runs/none", 404)
    rules = get(page, f"{API}/rules")
    assert {"dead_stock", "hidden_gem"} <= {row["rule_id"] for row in rules["rows"]}
    assert "quantity" in get(page, f"{SHOP}/mapping")["fields"]["sales"]


def test_before_the_first_run_there_is_nothing_yet(tmp_path: Any) -> None:
    from tests.desk_data import HOST, ORIGIN, desk_over

    with TestClient(desk_over(tmp_path), base_url=ORIGIN) as client:
        client.headers["host"] = HOST
        assert client.get(f"{API}/datasets").json()["rows"] == []
        assert client.get(f"{SHOP}/best-sellers").status_code == 404
        assert client.get(f"{API}/health").json()["healthy"] is True


def test_a_damaged_table_is_no_server_error(page: TestClient, paths: Settings) -> None:
    (paths.marts / "best_sellers.parquet").write_bytes(b"no parquet")
    problem = get(page, f"{SHOP}/best-sellers", 404)
    assert "cannot be read" in problem["detail"]
    assert str(paths.data_dir) not in problem["detail"]


def test_an_export_is_harmless_exact_and_whole(page: TestClient, paths: Settings) -> None:
    rows = get(page, f"{SHOP}/best-sellers")["rows"]
    text = page.get(f"{SHOP}/best-sellers.csv")
    assert text.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in text.headers["content-disposition"]
    lines = list(csv.DictReader(io.StringIO(text.content.decode("utf-8-sig"))))
    assert [line["total_revenue"] for line in lines] == [row["total_revenue"] for row in rows]
    assert f"'{FORMULA}" in {line["product_name"] for line in lines}
    assert not [line for line in lines if re.match(r"[=+\-@]", line["product_name"])]

    content = page.get(f"{SHOP}/dead-stock.xlsx").content
    heading, *body = (
        CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    )
    first = dict(zip(heading, body[0], strict=True))
    assert first["estimated_value"] == 1000.5
    assert first["last_sale_date"] == date(2026, 10, 31)
    assert FORMULA in {row[heading.index("product_name")] for row in body}
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert 'ySplit="1"' in sheet
    assert 'state="frozen"' in sheet
    assert "<f>" not in sheet

    answer = page.get(f"{SHOP}/best-sellers.parquet")
    table = pq.read_table(io.BytesIO(answer.content))
    stored = pq.read_schema(paths.marts / "best_sellers.parquet")
    assert [field.type for field in table.schema] == [field.type for field in stored]
    assert table.num_rows == len(rows)
    assert page.get(f"{SHOP}/best-sellers.csv?limit=1").text.count("\r\n") == 2
    assert page.get(f"{SHOP}/best-sellers.csv?limit=0").status_code == 400
    assert page.get(f"{SHOP}/best-sellers.docx").status_code == 404


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_an_export_has_every_row_however_many_a_page_shows(
    page: TestClient, paths: Settings, suffix: str
) -> None:
    publish(paths, "shop", count=9)
    many = read_parquet_rows(paths.marts / "best_sellers.parquet")
    rows = [{**row, "product_id": f"{copy}-{row['product_id']}"} for row in many for copy in "abc"]
    schema = pq.read_schema(paths.marts / "best_sellers.parquet")
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), paths.marts / "best_sellers.parquet")
    content = page.get(f"{SHOP}/best-sellers.{suffix}").content
    if suffix == "csv":
        assert content.count(b"\r\n") == 28
    elif suffix == "xlsx":
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        assert len(book.get_sheet_by_index(0).to_python()) == 28
    else:
        assert pq.read_table(io.BytesIO(content)).num_rows == 27
