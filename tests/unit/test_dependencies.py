"""What is imported is declared, what is declared is used, and starting loads little."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from lucid_orchestration.settings import PROJECT_DIR

PYPROJECT = PROJECT_DIR / "pyproject.toml"
OWN = {"lucid_orchestration", "tests", "benchmarks", "examples"}
PACKAGE = ("lucid_orchestration",)
OPTIONAL = {
    "pyspark": "spark",
    "celery": "celery",
    "dagster_celery": "celery",
    "anthropic": "anthropic",
    "pyrage": "backup",
    "pypdfium2": "ocr",
    "rapidocr_onnxruntime": "ocr",
}
AROUND = ("tests", "benchmarks", "examples")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(*folders: str) -> set[str]:
    """Top-level names that the files of some folders import, wherever the import stands."""
    names: set[str] = set()
    files = [path for folder in folders for path in (PROJECT_DIR / folder).rglob("*.py")]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.split(".")[0])
    # the programs beside each other in benchmarks/ and examples/ are imported by their names
    programs = {path.stem for folder in AROUND for path in (PROJECT_DIR / folder).rglob("*.py")}
    return names - sys.stdlib_module_names - OWN - programs


@cache
def installed() -> dict[str, set[str]]:
    """Top-level module → the distributions that bring it."""
    found = packages_distributions().items()
    return {module: {normal(name) for name in names} for module, names in found}


def distributions(module: str) -> set[str]:
    """The distributions that bring a module; several share the name `dbt`."""
    return installed().get(module, {normal(module)})


def declared(*extras: str) -> set[str]:
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    lists = [project["optional-dependencies"][extra] for extra in extras]
    lines = [line for lines in lists or [project["dependencies"]] for line in lines]
    return {normal(re.split(r"[<>=\[; ]", line)[0]) for line in lines}


def explained() -> set[str]:
    """Distributions below a comment of pyproject that says why nothing imports them."""
    text = PYPROJECT.read_text(encoding="utf-8")
    return {normal(name) for name in re.findall(r'# not imported: .+\n *"([\w.-]+)', text)}


def undeclared(modules: set[str], known: set[str]) -> set[str]:
    return {module for module in modules if not distributions(module) & known}


def test_what_the_package_imports_is_declared() -> None:
    # each of an extra of its own; asked for by name, and named when it is missing
    optional = imported(*PACKAGE) & OPTIONAL.keys()
    assert optional == OPTIONAL.keys()
    assert undeclared(imported(*PACKAGE) - optional, declared()) == set()
    for module, extra in OPTIONAL.items():
        assert undeclared({module}, declared(extra)) == set()


def test_what_tests_and_benchmarks_import_is_declared() -> None:
    known = declared() | declared("dev", "bench")
    assert undeclared(imported(*AROUND), known) == set()
    assert undeclared(imported("tests"), declared() | declared("dev")) == set()


@pytest.mark.parametrize(
    ("extras", "folders"),
    [
        ((), PACKAGE),
        *(((extra,), PACKAGE) for extra in (*dict.fromkeys(OPTIONAL.values()), "cloud")),
        (("dev", "bench"), AROUND),
    ],
)
def test_what_is_declared_is_imported(extras: tuple[str, ...], folders: tuple[str, ...]) -> None:
    used = {name for module in imported(*folders) for name in distributions(module)}
    assert declared(*extras) - used - explained() == set()
    # libraries of extras stand among the tools as well, where no test imports them
    assert explained() & used & (declared(*extras) - declared(*OPTIONAL.values())) == set()


STARTS = {
    "help": "from lucid_orchestration.cli import main; sys.argv[1:] = ['--help']; main()",
    "show": "from lucid_orchestration.cli import main; sys.argv[1:] = ['show', 'x', 'y']; main()",
    "definitions": "import lucid_orchestration.definitions",
}
# Brought by pyarrow wherever it is installed
NOBODY_WAITS_FOR = {"numpy"}
HEAVY = {"altair", "vl_convert", "openai", "pdfplumber", "pdfminer", "httpx2"}


@pytest.mark.parametrize("start", STARTS)
def test_nothing_optional_is_imported_at_start(start: str, tmp_path: Path) -> None:
    code = (
        "import sys\ntry:\n    "
        f"{STARTS[start]}\nexcept SystemExit:\n    pass\n"
        "print('LOADED', *{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(PROJECT_DIR), "LUCID_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.rpartition("LOADED")[2].split())
    assert "lucid_orchestration" in loaded
    optional = {
        module
        for module, names in installed().items()
        if names <= declared(*OPTIONAL.values(), "cloud", "dev", "bench")
    }
    asked_for = {"dbt", "dagster", "sqlglot", "fastapi", "uvicorn"}
    late = HEAVY if start == "definitions" else HEAVY | asked_for
    assert loaded & ((optional | late) - NOBODY_WAITS_FOR) == set()
