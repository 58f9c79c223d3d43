"""Realistic bills of the common layouts: what is accepted is right, and most good ones are."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lucid_orchestration.ingest.outcomes import RefusedError, Status
from lucid_orchestration.ingest.pdf.documents import Document, read_documents
from lucid_orchestration.ingest.pdf.pages import read_pages
from lucid_orchestration.settings import PROJECT_DIR
from tests.generators.invoice_files import write_bills

SEEDS = (101, 202, 303, 404, 505)
MIN_ACCEPTED = Decimal("0.9")


@dataclass(frozen=True)
class Outcome:
    """Counts of good documents, and what went wrong."""

    good: int
    accepted: int
    wrong: tuple[str, ...]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Outcome]:
    folder = tmp_path_factory.mktemp("generated")
    with ThreadPoolExecutor(2) as pool:
        # a process per seed: this file run as a program writes, reads and judges its files
        answers = pool.map(lambda seed: judge_in_process(folder / str(seed), seed), SEEDS)
        return dict(zip(SEEDS, answers, strict=True))


def judge_in_process(folder: Path, seed: int) -> Outcome:
    done = subprocess.run(
        [sys.executable, __file__, str(folder), str(seed)],
        check=True,
        capture_output=True,
        text=True,
        cwd=PROJECT_DIR,
        env={"PYTHONPATH": str(PROJECT_DIR), "PYTHONUTF8": "1"},
    )
    good, accepted, wrong = json.loads(done.stdout)
    return Outcome(good, accepted, tuple(wrong))


@pytest.mark.parametrize("seed", SEEDS)
def test_accepted_bills_are_right_and_others_are_not_accepted(
    outcomes: dict[int, Outcome], seed: int
) -> None:
    assert outcomes[seed].wrong == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_most_good_bills_are_accepted(outcomes: dict[int, Outcome], seed: int) -> None:
    outcome = outcomes[seed]
    assert outcome.good > 25
    assert outcome.accepted >= MIN_ACCEPTED * outcome.good


def judge(folder: Path) -> tuple[int, int, list[str]]:
    good, accepted = 0, 0
    wrong: list[str] = []
    for entry in json.loads((folder / "index.json").read_text(encoding="utf-8")):
        path = folder / entry["file"]
        try:
            documents = read_documents(read_pages(path)).documents
        except RefusedError as refusal:
            documents = ()
            if refusal.reason != entry["reason"]:
                wrong.append(f"{path.name} is refused as {refusal.reason}")
        counted = [document for document in documents if document.status is Status.ACCEPTED]
        if entry["outcome"] != "accept":
            wrong += [f"{path.name} is accepted" for _ in counted]
            expected = Status.REFUSED if entry["outcome"] == "refuse" else Status.QUARANTINED
            wrong += [f"{path.name} is {d.status}" for d in documents if d.status is not expected]
            continue
        good += len(entry["documents"])
        accepted += len(counted)
        by_number = {document["number"]: document for document in entry["documents"]}
        for document in counted:
            if document.facts.number not in by_number:
                wrong.append(f"{path.name} has no number {document.facts.number}")
            else:
                differences = compare(document, by_number[document.facts.number])
                wrong += [f"{path.name}: {difference}" for difference in differences]
    return good, accepted, wrong


def compare(document: Document, truth: dict[str, Any]) -> list[str]:
    """What a document says otherwise than the truth."""
    assert document.bill is not None
    lines = [line for line in document.bill.lines if not line.is_charge]
    charges = [line for line in document.bill.lines if line.is_charge]
    charged = sum(
        (line.net_amount + (line.tax_amount or Decimal(0)) for line in charges), Decimal(0)
    )
    pairs: list[tuple[str, object, object]] = [
        ("date", str(document.facts.date), truth["date"]),
        ("seller", document.facts.seller.name, truth["seller"]),
        ("return", document.facts.title == "credit note", truth["doc_type"] == "sale_return"),
        ("charges", charged, Decimal(truth["charges"])),
        ("lines", len(lines), len(truth["lines"])),
        ("total", document.bill.total, Decimal(truth["total"])),
    ]
    for line, right in zip(lines, truth["lines"], strict=False):
        pairs += [
            ("quantity", line.quantity, Decimal(right["quantity"])),
            ("free", line.free, Decimal(right["free_quantity"])),
            ("net", line.net_amount, Decimal(right["net_revenue"])),
            ("tax", line.tax_amount, line.tax_amount and Decimal(right["tax"])),
            # a till cuts long names
            ("name", line.name, right["name"][: max(len(line.name), 42)]),
        ]
    return [f"{what} {found} for {right}" for what, found, right in pairs if found != right]


if __name__ == "__main__":
    place = Path(sys.argv[1])
    write_bills(place, int(sys.argv[2]))
    print(json.dumps(judge(place)))
