"""Readers of the owner's files under coverage-guided mutation (atheris): none may fail or hang.

Usage: python benchmarks/fuzz.py [seconds]            all readers in turn; 1200 s in all
       python benchmarks/fuzz.py [seconds] READER…    some: delimited workbook vyapar pdf mapping
                                                      shop
       python benchmarks/fuzz.py replay READER FILE…  inputs again, such as one that was found
For CI: `python benchmarks/fuzz.py 180` is half a minute for each. Needs `pip install .[bench]` on
Linux. Ends with 1 when a reader failed on something; the input is kept in $LUCID_FUZZ_DIR (or the
folder for temporary files) as crash-… or timeout-….

A reader may refuse a file with a reason of ours, or take it. It must not raise anything else, or
take longer than the time limit of one. Readers that have a process of their own
run in this one, so that the mutation sees which lines an input reaches.
"""

import hashlib
import io
import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

SLOWEST = 45  # seconds for one input; a child that reads has 30 s of CPU
MOST_BYTES = 40_000
MOST_MEGABYTES = 3_000
SECONDS = 1200
INSTRUMENTED = [
    "lucid_orchestration.ingest",
    "lucid_orchestration.insights",
    "lucid_orchestration.yml",
    "pdfminer",
    "yaml",
]
READERS = ("delimited", "workbook", "vyapar", "pdf", "mapping", "shop")


def main() -> int:
    """Fuzz the readers that were asked for."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["replay"]:
        test_one = tester(arguments[1])
        for name in arguments[2:]:
            started = time.monotonic()
            test_one(Path(name).read_bytes())
            print(f"{name}: {time.monotonic() - started:.1f} s")
        return 0
    if arguments[:1] == ["one"]:
        fuzz_one(arguments[1], int(arguments[2]), Path(arguments[3]))
        return 0
    seconds = int(arguments.pop(0)) if arguments and arguments[0].isdigit() else SECONDS
    readers = arguments or list(READERS)
    kept = Path(os.environ.get("LUCID_FUZZ_DIR") or tempfile.gettempdir()) / "lucid-fuzz"
    failed = 0
    for reader in readers:
        folder = kept / reader
        folder.mkdir(parents=True, exist_ok=True)
        before = set(found_in(folder))
        own = [sys.executable, __file__, "one", reader, str(seconds // len(readers)), str(folder)]
        with (folder / "log.txt").open("w", encoding="utf-8") as log:
            done = subprocess.run(own, stdout=log, stderr=subprocess.STDOUT, check=False)
        text = (folder / "log.txt").read_text(encoding="utf-8", errors="replace")
        said = [line for line in text.splitlines() if re.match(r"#\d+\s", line)]
        new = sorted(set(found_in(folder)) - before)
        failed += bool(done.returncode or new)
        print(f"{reader}: {said[-1] if said else 'it did not start'}", flush=True)
        for file in new:
            print(f"  found {file}")
    return 1 if failed else 0


def found_in(folder: Path) -> Iterator[Path]:
    """Inputs on which a reader failed."""
    for kind in ("crash", "timeout", "oom", "leak"):
        yield from folder.glob(f"{kind}-*")


def fuzz_one(reader: str, seconds: int, folder: Path) -> None:
    """Mutate inputs of one reader for so long; does not return."""
    import atheris

    with atheris.instrument_imports(include=INSTRUMENTED):
        test_one = tester(reader)
    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, seed in enumerate(seeds(reader)):
        (corpus / f"seed-{number}").write_bytes(seed)
    arguments = [
        sys.argv[0],
        f"-max_total_time={seconds}",
        f"-max_len={MOST_BYTES}",
        f"-timeout={SLOWEST}",
        f"-rss_limit_mb={MOST_MEGABYTES}",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
        str(corpus),
    ]
    mutator: dict[str, Any] = {}
    if reader in {"workbook", "vyapar"}:
        mutator["custom_mutator"] = lambda *given: mutated_archive(atheris, *given)
    atheris.Setup(arguments, test_one, **mutator)
    atheris.Fuzz()


def mutated_archive(atheris: ModuleType, data: bytes, most: int, seed: int) -> bytes:
    """An archive with one member mutated, so that its sums still fit; else any mutation."""
    if seed % 8:
        with suppress(Exception), zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()}
            name = sorted(members)[seed % len(members)]
            members[name] = atheris.Mutate(members[name], max(len(members[name]) + 200, 64))
            return packed(members)[:most]
    return bytes(atheris.Mutate(data, most))


def packed(members: dict[str, bytes]) -> bytes:
    """An archive of these members."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return sink.getvalue()


def tester(reader: str) -> Callable[[bytes], None]:
    """What is done with one input of a reader."""
    if reader == "mapping":
        return test_mapping()
    if reader == "shop":
        return test_shop_settings()
    return test_file(reader)


def test_file(reader: str) -> Callable[[bytes], None]:
    """Land a file as an ingest does; `reader_failed` is what it says of anything unexpected."""
    from lucid_orchestration.ingest.file_landing import land_file
    from lucid_orchestration.ingest.inbox import InboxFile
    from lucid_orchestration.ingest.job import Job
    from lucid_orchestration.ingest.landed import delete_parts
    from lucid_orchestration.ingest.layout.mapping import NO_MAPPING
    from lucid_orchestration.ingest.outcomes import Status
    from lucid_orchestration.ingest.parts import Database
    from lucid_orchestration.ingest.pdf import child as pdf
    from lucid_orchestration.ingest.pdf.invoices import PDFS
    from lucid_orchestration.ingest.raw_tables import write_empty_tables
    from lucid_orchestration.ingest.vyapar import child as vyapar
    from lucid_orchestration.ingest.vyapar.read import BACKUPS
    from lucid_orchestration.ingest.workbook import child as workbook
    from lucid_orchestration.ingest.workbook.read import WORKBOOKS

    for limited, read in ((PDFS, pdf.read), (BACKUPS, vyapar.read)):
        object.__setattr__(limited, "lines", in_this_process(read))
    contained = WORKBOOKS.lines

    def read_workbook(*arguments: str) -> Iterator[str]:
        # calamine is no Python: for want of memory it ends its process, which must not be this one
        contained(*arguments)
        yield from workbook.read(*arguments)

    object.__setattr__(WORKBOOKS, "lines", in_this_process(read_workbook))
    folder = Path(tempfile.mkdtemp(prefix="lucid-fuzz-"))
    suffix = {"delimited": "csv", "workbook": "xlsx", "vyapar": "vyb", "pdf": "pdf"}[reader]
    file = folder / f"input.{suffix}"
    raw = folder / "raw"
    write_empty_tables(raw)
    database = Database()

    def test_one(data: bytes) -> None:
        file.write_bytes(data)
        of_shop = InboxFile("shop", file.name, file, len(data), hashlib.sha256(data).hexdigest())
        job = Job(of_shop, "input", None, NO_MAPPING)
        landed = land_file(raw, job, job.open, database)
        delete_parts(raw, "input")
        if landed.reason == "reader_failed":
            raise AssertionError(landed.message)
        if (landed.message is None) is not (landed.status == Status.ACCEPTED):
            raise AssertionError(f"{landed.status} and says {landed.message!r}")

    return test_one


def in_this_process(read: Callable[..., Iterator[str]]) -> Callable[..., list[bytes]]:
    """What a process of its own answers, without one."""

    def lines(*arguments: str) -> list[bytes]:
        return [line.encode() for line in read(*arguments)]

    return lines


def test_mapping() -> Callable[[bytes], None]:
    """Read a mapping.yml, and a file with what it says."""
    from lucid_orchestration.ingest import inspection
    from lucid_orchestration.ingest.layout.mapping import read_mapping

    folder = Path(tempfile.mkdtemp(prefix="lucid-fuzz-"))
    list_of_sales = folder / "sales.csv"
    list_of_sales.write_bytes(SALES)

    def test_one(data: bytes) -> None:
        (folder / "mapping.yml").write_bytes(data)
        told = read_mapping(folder / "mapping.yml")
        if told.problem is None and len(data) > 2:
            found = inspection.inspect(list_of_sales, told, row_count=2)
            if found.file.reason == "reader_failed":
                raise AssertionError(found.file.message)

    return test_one


def test_shop_settings() -> Callable[[bytes], None]:
    """Read a lucid.yml as the rules do."""
    from lucid_orchestration.insights.parameters import read_parameters
    from lucid_orchestration.insights.rules import RULES_DIR, load_rules

    folder = Path(tempfile.mkdtemp(prefix="lucid-fuzz-"))
    (folder / "shop").mkdir()
    rules = load_rules(RULES_DIR).rules

    def test_one(data: bytes) -> None:
        (folder / "shop" / "lucid.yml").write_bytes(data)
        read_parameters(folder, {}, rules)

    return test_one


SALES = b"""Bill No,Bill Date,Item Code,Item Name,Category,Qty,Rate,Amount,Tax
1,31/01/2026,p1,Tea,Food,2,50,100,5
2,01/02/2026,p2,"Salt, fine",Food,1.5,20,30,0
3,02/02/2026,p1,Tea,Food,-1,50,-50,-2.5
Total,,,,,2.5,,80,
"""
MAPPINGS = (
    b"columns:\n  Item Code: product_id\n  Item Name: product_name\n  Qty: quantity\n",
    b"date_order: day_first\ndecimal_mark: comma\ntimezone: Asia/Kolkata\n",
    b"files:\n  - name: 'sales*.csv'\n    header_row: 1\n    kind: sales\n",
    b"not_products: ['Delivery%']\ncurrency: INR\n",
)
SHOPS = (
    b"rules:\n  dead_stock:\n    days: 80\n",
    b"rules: {dead_stock: {days: 1e3, x: 2}, nothing: {}}\nsnooze: []\n",
)


def seeds(reader: str) -> list[bytes]:
    """Inputs to begin with, of every kind the reader knows."""
    if reader == "delimited":
        shop = PROJECT / "examples" / "sample-shop"
        examples = [file.read_bytes()[:3000] for file in sorted(shop.glob("*.csv"))[::6]]
        other = SALES.replace(b",", b";").replace(b"1.5", b"1,5")
        return [SALES, other, SALES.decode().encode("utf-16"), *examples]
    if reader == "mapping":
        return [*MAPPINGS]
    if reader == "shop":
        return [*SHOPS]
    with tempfile.TemporaryDirectory() as name:
        return list(written_seeds(reader, Path(name)))


def written_seeds(reader: str, folder: Path) -> Iterator[bytes]:
    """Inputs that the generators of the tests write."""
    if reader == "workbook":
        from tests.workbooks import write_xlsx

        rows = [line.split(",") for line in SALES.decode().splitlines() if '"' not in line]
        for sheets in (
            {"Sales": rows},
            {"Notes": [["hello"]], "Stock": [["Item", "Qty"], ["Tea", 2.5]]},
        ):
            write_xlsx(folder / "seed.xlsx", sheets, ("A2:A4",))
            yield (folder / "seed.xlsx").read_bytes()
    elif reader == "vyapar":
        from tests.vyapar_books import SALE, line, shop

        book = shop()
        book.item("Tea", item_code="p1", item_stock_quantity=4, category_id=2)
        book.document(SALE, line(1, 2, 105, 5), line(None, 1, 20), txn_tax_amount=5)
        yield book.backup(folder / "seed.vyb").read_bytes()
    else:
        from reportlab import rl_config

        from tests import pdf_bills

        rl_config.pageCompression = 0  # mutation should meet text
        items = [pdf_bills.Item("Red Chilli 100 g", "2", "50"), pdf_bills.Item("Tea", "1.5", "20")]
        bill = pdf_bills.Bill(items, discount=Decimal(5))
        for draw in (pdf_bills.grid, pdf_bills.columns, pdf_bills.bare, pdf_bills.till):
            yield pdf_bills.write_pdf(folder / "seed.pdf", draw, bill).read_bytes()


if __name__ == "__main__":
    sys.exit(main())
