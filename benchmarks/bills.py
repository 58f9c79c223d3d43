"""What is read of PDF bills in layouts nobody chose, and that no altered one counts otherwise.

Usage: python benchmarks/bills.py [BILLS] [PER_BILL] [PDFS] [FIRST]
Draws BILLS random bills (420) of seeds from FIRST (500,000) on, on which nothing was tuned, and
reads each as it is, again with PER_BILL (80) of its words altered (a tenth of them where it is
long), and as altered PDF, up to four times each and PDFS (560) in all. Ends with 1 when an altered
bill counts with another line, total, sign, day or side, or when a bill as drawn is read wrongly;
prints each. In one process; one that is interrupted says what it found until then.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from lucid_orchestration.ingest.pdf.bills import Document  # noqa: E402
from lucid_orchestration.ingest.pdf.documents import read_documents  # noqa: E402
from lucid_orchestration.ingest.pdf.pages import Page, read_pages  # noqa: E402
from tests.generators.bill_alterations import (  # noqa: E402
    alterations,
    draw_altered,
    wrong_in,
)
from tests.generators.bill_pages import draw_bill  # noqa: E402
from tests.generators.random_bills import RandomBill, random_bill  # noqa: E402

# A bill of more lines takes most of the time, and its lines are like each other.
LONG = 5
PDFS_OF_A_BILL = 4


def main() -> int:
    """Read, alter, and count."""
    asked = [int(argument) for argument in sys.argv[1:5]]
    bills, per_bill, pdfs, first = asked + [420, 80, 560, 500_000][len(asked) :]
    counts: Counter[str] = Counter()
    wrong = _Wrong()
    reading: list[float] = []
    with tempfile.TemporaryDirectory(prefix="lucid-bills-") as folder, suppress(KeyboardInterrupt):
        path = Path(folder) / "bill.pdf"
        for seed in range(first, first + bills):
            read_altered(path, seed, per_bill, pdfs, counts, wrong, reading)
            if (seed - first) % 20 == 19:
                print(
                    f"{len(reading)} bills, {counts['altered words']} altered, "
                    f"{counts['altered PDFs']} as PDF",
                    flush=True,
                )
    reading.sort()
    print(f"{counts['read']} of {len(reading)} bills read ({counts['read'] / len(reading):.1%})")
    for name in sorted({key.removeprefix("drawn") for key in counts if key.startswith("drawn")}):
        print(f"  {name.strip(' ,')}: {counts['read' + name]} of {counts['drawn' + name]}")
    print(f"CPU of a bill: median {reading[len(reading) // 2]:.3f} s, most {reading[-1]:.2f} s")
    for kind in ("altered words", "altered PDFs"):
        print(f"{counts[kind]} {kind}, {counts[kind + ', still counted']} still counted")
    print(f"{wrong.count} wrong")
    return 1 if wrong.count else 0


def read_altered(
    path: Path,
    seed: int,
    per_bill: int,
    pdfs: int,
    counts: Counter[str],
    wrong: "_Wrong",
    reading: list[float],
) -> None:
    """Read one bill as it is and altered; `path` is where it is drawn."""
    bill = random_bill(seed)
    draw_bill(path, bill, seed)
    started = time.process_time()
    pages = read_pages(path)
    right = next(iter(counted(pages)), None)
    reading.append(time.process_time() - started)
    counts["read"] += right is not None
    counts[f"read {bill.words.language}"] += right is not None
    counts[f"drawn {bill.words.language}"] += 1
    counts[f"read, prices {bill.prices}"] += right is not None
    counts[f"drawn, prices {bill.prices}"] += 1
    if right is not None:
        wrong += [f"{seed} as drawn: {what}" for what in otherwise(right, bill)]
    chance = random.Random(seed)
    altered = list(alterations(pages, chance))
    often = per_bill if len(bill.lines) <= LONG else per_bill // 10
    for (what, is_date), other in chance.sample(altered, min(often, len(altered))):
        counts["altered words"] += 1
        for document in counted(other):
            counts["altered words, still counted"] += 1
            found = wrong_in(document, bill, right, is_date_altered=is_date)
            wrong += [f"{seed} {what}: {one}" for one in found]
    left = pdfs - counts["altered PDFs"] if len(bill.lines) <= LONG else 0
    for _ in range(min(left, PDFS_OF_A_BILL)):
        what, is_date = draw_altered(path, bill, seed, chance)
        counts["altered PDFs"] += 1
        for document in counted(read_pages(path)):
            counts["altered PDFs, still counted"] += 1
            found = wrong_in(document, bill, right, is_date_altered=is_date)
            wrong += [f"{seed} PDF {what}: {one}" for one in found]


class _Wrong:
    """Counts what is wrong and prints it at once."""

    count = 0

    def __iadd__(self, texts: list[str]) -> "_Wrong":
        for text in texts:
            self.count += 1
            print(f"wrong: {text[:600]}", flush=True)
        return self


def counted(pages: tuple[Page, ...]) -> list[Document]:
    """The documents of some pages that count."""
    return [document for document in read_documents(pages).documents if document.bill is not None]


def otherwise(document: Document, bill: RandomBill) -> list[str]:
    """What a bill that nobody altered says otherwise than it was drawn."""
    assert document.bill is not None
    lines = [line for line in document.bill.lines if not line.is_charge]
    pairs = (
        ("total", document.bill.total, bill.total),
        ("revenue", sum(line.net_amount for line in document.bill.lines), bill.revenue),
        ("day", document.facts.date, bill.date),
        ("seller", document.facts.seller.name, bill.seller),
        ("quantities", [x.quantity for x in lines], [x.quantity for x in bill.lines]),
        *(
            ("price", x.unit_price, y.price)
            for x, y in zip(lines, bill.lines, strict=False)
            if x.unit_price is not None
        ),
    )
    return [f"{what} {found} for {right}" for what, found, right in pairs if found != right]


if __name__ == "__main__":
    sys.exit(main())
