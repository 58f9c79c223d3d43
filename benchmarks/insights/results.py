"""Sections of benchmarks/RESULTS.md, each between marks of its own."""

from pathlib import Path

RESULTS = Path(__file__).parents[1] / "RESULTS.md"


def put(name: str, text: str) -> None:
    """Replace a section, or add it at the end."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before = RESULTS.read_text(encoding="utf-8")
    head, _, rest = before.partition(begin)
    tail = rest.partition(end)[2].strip()
    section = f"{head.rstrip()}\n\n{begin}\n{text.strip()}\n{end}\n"
    RESULTS.write_text(section + (f"\n{tail}\n" if tail else ""), encoding="utf-8")
