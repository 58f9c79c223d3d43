"""A heading may name the zone of its column's times."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.ingest.layout.headings import heading_key, zone_of


@pytest.mark.parametrize(
    ("heading", "key", "offset"),
    [
        ("Order Date (UTC)", "order date", "+00:00"),
        ("Created at [GMT]", "created at", "+00:00"),
        ("Sale Date (IST)", "sale date", "+05:30"),
        ("Sale Date (UTC+5:30)", "sale date", "+05:30"),
        ("Sale Date (GMT-3)", "sale date", "-03:00"),
        ("Order Date UTC", "order date", "+00:00"),
        ("order_date_utc", None, "+00:00"),
        ("Order Date", "order date", None),
        ("Amount (net)", "amount (net)", None),
        ("GST (EST)", None, "-05:00"),
        # a tax where most of our shops are, a zone where few are
        ("Amount (GST)", "amount (gst)", None),
    ],
)
def test_a_zone_is_read_and_is_no_part_of_the_heading(
    heading: str, key: str | None, offset: str | None
) -> None:
    assert zone_of(heading) == offset
    if key is not None:
        assert heading_key(heading) == key


def test_times_get_the_zone_of_their_heading(tmp_path: Path) -> None:
    shop = tmp_path / "inbox" / "shop"
    shop.mkdir(parents=True)
    text = "Bill No,Order Date (UTC),Item Name,Qty,Amount\n"
    texts = ["31/01/2026 20:00", "31/01/2026 9:05 PM", "31/01/2026", "31/01/2026 20:00 +02:00"]
    text += "".join(f"{n},{day},Tea,2,180.50\n" for n, day in enumerate(texts))
    (shop / "sales.csv").write_text(text, encoding="utf-8")
    ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state")
    rows = pq.read_table(tmp_path / "raw" / "raw_sales").to_pylist()
    assert [row["sale_date"] for row in rows] == [
        "31/01/2026 20:00 +00:00",
        "31/01/2026 9:05 PM +00:00",
        *texts[2:],
    ]
