"""The order of the package: which module may import which, and how long one may be."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from lucid_orchestration.settings import PROJECT_DIR

PACKAGE = "lucid_orchestration"
# Rooms from the top of the house. An import goes down or stays in its own room, wherever it stands.
FLOORS = (
    ("definitions", "fleet", "cli"),
    ("assets", "terminal", "desk"),
    ("runs",),
    ("report",),
    ("warehouse", "explain"),
    ("insights",),
    ("ingest",),
    ("figures",),
    ("formatting", "digests", "storage", "settings", "errors", "progress", "yml", "version"),
)
LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
# The ground: what one of its rooms may use of another is held by the test that finds circles.
GROUND = len(FLOORS) - 1
MOST_LINES = 400
CODE = {".py", ".sql", ".yml", ".j2"}


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    paths = sorted((PROJECT_DIR / PACKAGE).rglob("*.py"))
    names = (path.relative_to(PROJECT_DIR).with_suffix("").parts for path in paths)
    return {
        ".".join(parts[:-1] if parts[-1] == "__init__" else parts): path
        for parts, path in zip(names, paths, strict=True)
    }


def imports(path: Path) -> set[str]:
    """What a module imports of the package: at its top, inside functions, for its types alone."""
    known = modules()
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            members = {f"{node.module}.{alias.name}" for alias in node.names}
            inner = members & known.keys()
            found |= inner
            if inner != members:
                found.add(node.module)
    return found & known.keys()


def room(module: str) -> str:
    """`lucid_orchestration.runs.lock` is in the room `runs`; the package itself in none."""
    return [*module.split("."), ""][1]


IMPORTS = {module: imports(path) - {PACKAGE} for module, path in modules().items()}


def test_every_room_has_its_floor() -> None:
    assert {room(module) for module in IMPORTS} - {"", *LEVEL} == set()


def goes_down(module: str, imported: str) -> bool:
    own, other = room(module), room(imported)
    return own == other or LEVEL[other] > LEVEL[own] or LEVEL[other] == LEVEL[own] == GROUND


def test_imports_go_down() -> None:
    wrong = {
        module: up
        for module, imported in IMPORTS.items()
        if (up := [name for name in sorted(imported) if not goes_down(module, name)])
    }
    assert wrong == {}


def test_no_module_stands_in_a_circle() -> None:
    circle: list[str] = []
    try:
        TopologicalSorter(IMPORTS).prepare()
    except CycleError as error:
        circle = error.args[1]
    assert circle == []


def test_imports_in_functions_and_for_types_are_seen(tmp_path: Path) -> None:
    source = tmp_path / "module.py"
    source.write_text(
        "import lucid_orchestration.cli\n"
        "from lucid_orchestration import digests\n"
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n"
        "    from lucid_orchestration.runs.refresh import RunSummary\n"
        "def late():\n"
        "    from lucid_orchestration.warehouse import build, parquet\n",
        encoding="utf-8",
    )
    seen = {name.removeprefix(f"{PACKAGE}.") for name in imports(source)}
    assert seen == {"cli", "digests", "runs.refresh", "warehouse.build", "warehouse.parquet"}


def test_no_file_of_the_package_is_long() -> None:
    files = [path for path in (PROJECT_DIR / PACKAGE).rglob("*.*") if path.suffix in CODE]
    lengths = {
        path.relative_to(PROJECT_DIR).as_posix(): len(path.read_text("utf-8").splitlines())
        for path in files
        if path.parent.name != "languages"  # lists of words
    }
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}
