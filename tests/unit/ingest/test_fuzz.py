"""Whatever the bytes are: a file is read or refused with a sentence; nothing else escapes."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.reading import open_file
from tests.workbooks import write_xlsx

HEADER = "Bill No,Bill Date,Item Name,Qty,Amount\n"
SAMPLE_SHOP = Path(__file__).parents[3] / "examples" / "sample-shop"
MAGICS = (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", HEADER.encode())


def read_or_refuse(path: Path) -> None:
    refusal = None
    try:
        for table in open_file(path).tables:
            for row in table.rows:
                assert all(isinstance(cell, str) for cell in row.cells)
    except RefusedError as error:
        refusal = error
    assert refusal is None or (refusal.reason and refusal.message.endswith((".", "?")))


@settings(max_examples=300, deadline=None)
@given(magic=st.sampled_from(MAGICS), content=st.binary(max_size=3000))
def test_random_bytes(magic: bytes, content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        path.write_bytes(magic + content)
        read_or_refuse(path)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('",;\t|\n\r\0 0123456789-/.abDQ\u0915\u20b9'), max_size=400))
def test_random_text_below_headings(content: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        path.write_bytes((HEADER + content).encode())
        read_or_refuse(path)


def seeds(folder: Path) -> list[bytes]:
    """Good files of each container that a test can make by itself."""
    write_xlsx(
        folder / "a.xlsx", {"Sales": [HEADER.strip().split(","), [7, "31/01/2026", "Tea", 2, 180]]}
    )
    text = next(SAMPLE_SHOP.rglob("sales*.csv")).read_bytes()[:6000]
    return [(folder / "a.xlsx").read_bytes(), text, text.decode("utf-8-sig").encode("utf-16")]


@pytest.mark.parametrize("seed", range(60))
def test_damaged_files(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    for content in seeds(tmp_path):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 30)):
            place = chance.randrange(len(damaged))
            damaged[place] = chance.randrange(256)
        cut = chance.choice([len(damaged), chance.randrange(1, len(damaged))])
        path = tmp_path / "damaged"
        path.write_bytes(bytes(damaged[:cut]))
        read_or_refuse(path)
