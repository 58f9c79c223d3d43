"""What lies in data/raw proves itself: one changed bit, a cut or a gap is found and made good."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from lucid_orchestration.ingest.landed import damaged_files, forget_files
from lucid_orchestration.ingest.landing import ingest

SALES = "Bill No,Bill Date,Item Name,Qty,Amount,Note\n" + "".join(
    f"{n},{n % 28 + 1:02}/01/2026,Tea {n},{n % 5 + 1},{n * 14}.00,x\n" for n in range(60)
)
STOCK = "Item Name,Closing Stock\nTea 1,5\n"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox" / "shop"
    folder.mkdir(parents=True)
    (folder / "sales.csv").write_text(SALES, encoding="utf-8")
    (folder / "stock.csv").write_text(STOCK, encoding="utf-8")
    (folder / "odd.csv").write_text("nothing\n", encoding="utf-8")
    (folder / "mapping.yml").write_text("currency: INR\ncharges: [freight]\n", encoding="utf-8")
    run(tmp_path)
    return tmp_path


def run(tmp_path: Path) -> list[str]:
    said: list[str] = []
    ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state", said.append)
    return said


def stored(tmp_path: Path) -> list[Path]:
    return sorted(path for path in (tmp_path / "raw").rglob("*") if path.is_file())


def rows(tmp_path: Path) -> dict[str, bytes]:
    """All that figures come from; the list of files says when each was read."""
    return {
        path.relative_to(tmp_path).as_posix(): path.read_bytes()
        for path in stored(tmp_path)
        if path.parent.name not in {"raw_source_files", "_proofs"}
    }


def damages(content: bytes, chance: random.Random) -> Iterator[bytes | None]:
    """A bit flipped at two places, the second half cut off, everything gone (None: the file)."""
    for _ in range(2):
        place = chance.randrange(len(content))
        flipped = content[place] ^ (1 << chance.randrange(8))
        yield content[:place] + bytes([flipped]) + content[place + 1 :]
    yield content[: len(content) // 2]
    yield b""
    yield None


def test_whatever_is_damaged_is_made_good_by_the_next_run(store: Path) -> None:
    chance = random.Random(14)
    before = rows(store)
    files = [path.relative_to(store) for path in stored(store)]
    assert {"_proofs", "raw_sales", "raw_columns", "raw_line_patterns"} <= {
        file.parent.name for file in files
    }
    for file in files:
        path = store / file
        for content in damages(path.read_bytes(), chance):
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content)
            run(store)
            assert rows(store) == before, file
            assert damaged_files(store / "raw") == set()
    assert run(store) == []


def test_what_was_damaged_is_said(store: Path) -> None:
    (part,) = (store / "raw" / "raw_inventory").glob("[!_]*.parquet")
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    assert damaged_files(store / "raw") == {part.stem}
    assert "What was read of shop/stock.csv is damaged on the disk" in run(store)


def test_a_part_nobody_wrote_is_damage(store: Path) -> None:
    (stock,) = (store / "raw" / "raw_inventory").glob("[!_]*.parquet")
    stray = store / "raw" / "raw_purchases" / stock.name
    stray.write_bytes(stock.read_bytes())
    before = rows(store)
    run(store)
    assert rows(store).keys() == before.keys() - {stray.relative_to(store).as_posix()}


def test_everything_is_read_again_when_it_is_asked_for(store: Path) -> None:
    before = rows(store)
    forget_files(store / "raw")
    assert len([line for line in run(store) if line.startswith("Reading ")]) == 3
    assert rows(store) == before
