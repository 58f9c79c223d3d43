"""benchmarks/RESULTS.md: a section for each benchmark, replaced when that one is run again."""

import os
import platform
import re
from pathlib import Path

import duckdb

RESULTS = Path(__file__).with_name("RESULTS.md")


def keep(title: str, text: str) -> None:
    """Put a section into the results in place of the one with the same title."""
    head = (
        f"# What a run costs\n\n{os.cpu_count()} cores, Python {platform.python_version()}, "
        f"DuckDB {duckdb.__version__}. Made by the programs in this folder.\n"
    )
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    sections = dict(re.findall(r"^## (.+?)\n\n(.*?)(?=^## |\Z)", old, flags=re.M | re.S))
    sections[title] = text
    body = "".join(f"## {name}\n\n{section.strip()}\n\n" for name, section in sections.items())
    RESULTS.write_text(f"{head}\n{body}".strip() + "\n", encoding="utf-8")
