"""One currency per dataset: what a file names, and when it is refused."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest import currency
from lucid_orchestration.ingest.delimited import bulk
from lucid_orchestration.ingest.landing import IngestResult, ingest
from lucid_orchestration.ingest.outcomes import RefusedError

HEADER = "Bill No,Bill Date,Item Name,Qty,Amount"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("INR", "INR"),
        (" usd ", "USD"),
        ("Rs.", "rs"),
        ("₹", "INR"),
        ("$", "$"),
        ("kr", "kr"),
        ("zł", "PLN"),
        ("€", "EUR"),
        ("n/a", None),
        ("nil", None),
        ("", None),
    ],
)
def test_a_cell_names_a_currency_or_none(text: str, code: str | None) -> None:
    assert currency.code_of(text) == code


@pytest.mark.parametrize(
    ("heading", "codes"),
    [
        ("Amount (USD)", {"USD"}),
        ("Price €", {"EUR"}),
        ("Total (₹)", {"INR"}),
        ("Price Point", set()),
        ("Try-on price", set()),
    ],
)
def test_a_heading_names_a_currency_or_none(heading: str, codes: set[str]) -> None:
    assert currency.in_heading(heading) == codes


def test_amounts_name_a_currency_by_its_sign() -> None:
    assert currency.in_amounts(["$8.00", None, "€ 5", "₹7", "9"]) == {"$", "EUR", "INR"}


@pytest.mark.parametrize(
    ("named", "stated", "code"),
    [
        (set(), None, None),
        ({"INR"}, None, None),
        ({"INR"}, "INR", None),
        ({"$"}, "USD", None),
        ({"$"}, "AUD", None),
        ({"USD"}, "USD", None),
        ({"$"}, None, "unnamed_currency"),
    ],
)
def test_the_datasets_currency_is_fine(
    named: set[str], stated: str | None, code: str | None
) -> None:
    issue = currency.check(named, stated)
    assert (issue.code if issue else None) == code


@pytest.mark.parametrize(
    ("named", "stated"),
    [
        ({"$"}, "INR"),
        ({"USD"}, None),
        ({"EUR", "INR"}, None),
        ({"$", "EUR"}, None),
        ({"INR"}, "USD"),
        ({"$", "INR"}, None),
        ({"$", "INR"}, "INR"),
    ],
)
def test_another_currency_than_the_datasets_is_refused(named: set[str], stated: str | None) -> None:
    with pytest.raises(RefusedError, match=r"mapping\.yml") as refusal:
        currency.check(named, stated)
    assert refusal.value.reason == "other_currency"
    assert ("several currencies" in refusal.value.message) == (len(named) > 1)


def test_a_dollar_sign_and_a_dollar_are_one_currency() -> None:
    with pytest.raises(RefusedError, match=r'in "\$" and USD, and this shop'):
        currency.check({"$", "USD"}, "INR")


def landed(tmp_path: Path, content: str, mapping: str | None) -> IngestResult:
    shop = tmp_path / "inbox" / "shop"
    shop.mkdir(parents=True, exist_ok=True)
    (shop / "sales.csv").write_text(content, encoding="utf-8")
    if mapping is not None:
        (shop / "mapping.yml").write_text(mapping, encoding="utf-8")
    return ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state")


@pytest.mark.parametrize("count", [3, 60_000], ids=["row_by_row", "in_one_pass"])
@pytest.mark.parametrize(
    ("header", "line"),
    [
        (HEADER + ",Currency", "{0},31/01/2026,Tea 250 g,2,180.50,USD"),
        (HEADER.replace("Amount", "Amount (USD)"), "{0},31/01/2026,Tea 250 g,2,180.50,"),
        (HEADER, "{0},31/01/2026,Tea 250 g,2,€180.50,"),
    ],
    ids=["column", "heading", "sign"],
)
def test_a_file_in_another_currency_waits_for_the_owner(
    tmp_path: Path, header: str, line: str, count: int
) -> None:
    lines = "\n".join(line.format(number) for number in range(count))
    content = f"{header}{',Note' if line.endswith(',') else ''}\n{lines}\n"
    assert (len(content) > bulk.MIN_BYTES) == (count > 1000)
    (file,) = landed(tmp_path, content, None).files
    assert (file.status, file.reason) == ("refused", "other_currency")
    assert file.message is not None
    code = "EUR" if "€" in line else "USD"
    assert f"currency: {code}" in file.message
    # the same file again, now that the owner has said it
    (file,) = landed(tmp_path, content, f"currency: {code}\n").files
    assert (file.status, file.rows) == ("accepted", count)
    assert landed(tmp_path, content, None).unchanged == 1


def test_a_bare_dollar_is_a_warning_where_nothing_is_stated(tmp_path: Path) -> None:
    content = f"{HEADER}\n1,31/01/2026,Tea,2,$180.50\n"
    (file,) = landed(tmp_path, content, None).files
    assert file.status == "accepted"
    (file,) = landed(tmp_path, content, "currency: INR\n").files
    assert (file.status, file.reason) == ("refused", "other_currency")
