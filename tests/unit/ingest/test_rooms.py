"""How the readers depend on one another: each container by itself, and no heavy library early."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter

import pytest

from lucid_orchestration.settings import PROJECT_DIR

INGEST = PROJECT_DIR / "lucid_orchestration" / "ingest"
CONTAINERS = ("delimited", "workbook", "vyapar", "pdf")


def modules() -> dict[str, set[str]]:
    """Each module of ingest, with those of its modules that it imports anywhere in its text."""
    paths = {
        ".".join(path.relative_to(PROJECT_DIR).with_suffix("").parts): path
        for path in INGEST.rglob("*.py")
    }
    return {
        name: {
            found
            for imported in imported_names(path.read_text(encoding="utf-8"))
            if (found := imported if imported in paths else imported.rpartition(".")[0]) in paths
        }
        for name, path in paths.items()
    }


def imported_names(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_no_module_imports_itself_by_way_of_others() -> None:
    imports = modules()
    assert len(imports) > 40
    assert len(list(TopologicalSorter(imports).static_order())) == len(imports)


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_container_knows_nothing_of_who_chooses_it(container: str) -> None:
    below = f"lucid_orchestration.ingest.{container}."
    above = {"reading", "parts", "job", "file_landing", "landing", "landed", "inspection", "inbox"}
    own = {name: imports for name, imports in modules().items() if name.startswith(below)}
    assert own
    for name, imports in own.items():
        assert not {other.rpartition(".")[2] for other in imports} & above, name


def test_choosing_a_reader_loads_no_pdf_library() -> None:
    check = (
        "import sys; import lucid_orchestration.ingest.reading; "
        "sys.exit('pdfplumber' in sys.modules or 'pdfminer' in sys.modules)"
    )
    outcome = subprocess.run([sys.executable, "-c", check], cwd=PROJECT_DIR, check=False)
    assert outcome.returncode == 0
