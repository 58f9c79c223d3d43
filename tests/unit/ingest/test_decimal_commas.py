"""Decimal commas without quotation marks in a comma file, in every row."""

import random
from pathlib import Path

from lucid_orchestration.ingest.delimited.opening import open_delimited
from lucid_orchestration.ingest.layout.mapping import NOTHING_SAID

PRICES = {"Oak Tray": 3950, "Candle": 1240, "Wool Throw": 8900, "Vase": 12305}


def lines(count: int) -> list[tuple[str, str, int, int, int]]:
    chance = random.Random(count)
    return [
        (f"{n:02}/03/2026", name, quantity, PRICES[name], quantity * PRICES[name])
        for n in range(1, count + 1)
        for name, quantity in [(chance.choice([*PRICES]), chance.randint(1, 9))]
    ]


def with_comma(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02}"


def test_numbers_are_put_together_where_they_come_out(tmp_path: Path) -> None:
    rows = lines(28)
    text = "Date,Article,Qty,Rate,Amount\n" + "".join(
        f"{day},{name},{quantity},{with_comma(price)},{with_comma(amount)}\n"
        for day, name, quantity, price, amount in rows
    )
    path = tmp_path / "sales.csv"
    path.write_text(text, encoding="utf-8")
    table = open_delimited(path, NOTHING_SAID).tables[0]
    assert [row.cells[2:] for row in table.rows] == [
        (str(quantity), with_comma(price), with_comma(amount))
        for _, _, quantity, price, amount in rows
    ]
    assert "joined_decimals" in {issue.code for issue in table.issues}


def test_rows_that_come_out_as_they_stand_are_left_alone(tmp_path: Path) -> None:
    text = "Date,Article,Qty,Rate,Amount\n" + "".join(
        f"{day},{name},{quantity},{price / 100:.2f},{amount / 100:.2f}\n"
        for day, name, quantity, price, amount in lines(28)
    )
    path = tmp_path / "sales.csv"
    path.write_text(text, encoding="utf-8")
    table = open_delimited(path, NOTHING_SAID).tables[0]
    assert table.dialect is not None
    assert table.dialect.joins == ()
