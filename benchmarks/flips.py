"""Bits turned in landed parts: does any of them ever change a figure?

Usage: python benchmarks/flips.py [flips]       600 unless given
In each round one bit, drawn from a seed, is turned in every landed part of a shop of 27 files, and
the times of the parts stay as they were. Then the inbox is read, and the rows of every part must be
those of the file again; every fifth round a whole run follows, and all that readers see must be as
it was. Ends with 1 when a part or an answer is another one.
"""

import os
import random
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq

from lucid_orchestration.progress import silent
from lucid_orchestration.runs.refresh import refresh
from lucid_orchestration.runs.steps import read_inbox
from lucid_orchestration.settings import PROJECT_DIR, Settings

sys.path.insert(0, str(PROJECT_DIR))

from tests.stored_things import make_shop, published

FLIPS = 600
ROUNDS_PER_RUN = 5


def make_files(paths: Settings) -> None:
    """The shop of the tests and two years of sales more, a file a month."""
    make_shop(paths)
    for month in range(24):
        lines = [
            f"{month}-{line},{2023 + month // 12}-{month % 12 + 1:02}-{line % 28 + 1:02},"
            f"p{line % 7},Item {line % 7},Food,{line % 4 + 1},{(line % 4 + 1) * 23}.50,11"
            for line in range(150)
        ]
        text = "Bill No,Date,Item Code,Item Name,Category,Qty,Amount,Cost\n" + "\n".join(lines)
        (paths.inbox / "shop" / f"sales_{month:02}.csv").write_text(text + "\n", encoding="utf-8")


def landed_parts(paths: Settings) -> list[Path]:
    """Every part that holds what a file said."""
    return sorted(paths.raw.glob("raw_*/[0-9a-f]*.parquet"))


def turn_a_bit(file: Path, chance: random.Random) -> str:
    """Turn one bit, and say which."""
    status = file.stat()
    content = bytearray(file.read_bytes())
    place, bit = chance.randrange(len(content)), chance.randrange(8)
    content[place] ^= 1 << bit
    file.write_bytes(content)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    return f"bit {bit} of byte {place} of {len(content)} in {file.parent.name}"


def rows(file: Path) -> object:
    """What stands in a part; when its file was read is no figure."""
    table = pq.read_table(file)
    return table.select([name for name in table.column_names if name != "ingested_at"])


def main() -> int:
    """Turn bits until all were turned."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else FLIPS
    chance = random.Random(14)
    turned = wrong = number = 0
    with tempfile.TemporaryDirectory() as name:
        paths = Settings(Path(name).resolve())
        make_files(paths)
        refresh(paths)
        good, good_rows = published(paths), {file: rows(file) for file in landed_parts(paths)}
        while turned < wanted:
            number += 1
            which = {file: turn_a_bit(file, chance) for file in good_rows}
            turned += len(which)
            read_inbox(paths, False, silent)
            others = [
                said
                for file, said in which.items()
                if not file.exists() or rows(file) != good_rows[file]
            ]
            if number % ROUNDS_PER_RUN == 0 or turned >= wanted:
                refresh(paths)
                seen = published(paths)
                others += [name for name in good if seen.get(name) != good[name]]
            wrong += len(others)
            print(f"{turned} bits: {others or 'all as it was'}", flush=True)
    print(f"{turned} bits turned in {len(good_rows)} parts, {wrong} changed something")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
