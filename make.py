"""What the Makefile does, for systems without make: `python make.py run`, `python make.py test`.

Python alone is enough: what it calls is installed into .venv first.
"""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLACE = ".venv"
_INPUTS = ("pyproject.toml", "constraints.txt")
_FOR_USE, _FOR_WORK = ".", ".[dev,bench]"

Call = Callable[[Sequence[str]], int]


def commands(task: str) -> list[list[str]] | None:
    """The commands of a task, each a program of .venv with its arguments; None for no such task."""
    return {
        "run": [["lucid", "run"]],
        "desk": [["lucid", "desk"]],
        "dev": [["dagster", "dev"]],
        # whole files to each core: the tests of one share what they build
        "test": [["pytest", "--numprocesses", "auto", "--dist", "loadfile"]],
        "lint": [
            ["ruff", "format", "--check", "."],
            ["ruff", "check", "."],
            ["mypy"],
            ["sqlfluff", "lint", "models", "tests/data", "lucid_orchestration/warehouse"],
        ],
        "format": [["ruff", "format", "."], ["ruff", "check", "--fix", "."]],
        "bench": [["python", "benchmarks/run.py"]],
        "clean": [],
    }.get(task)


def program(name: str) -> str:
    """Where a program of .venv is: Windows has them in a folder of another name."""
    folder, suffix = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    return str(HERE / PLACE / folder / f"{name}{suffix}")


def install(what: str, call: Call) -> int:
    """Install the project in .venv unless that was done since its requirements last changed."""
    mark = HERE / PLACE / ("installed" if what == _FOR_USE else "installed-dev")
    needed = max((HERE / name).stat().st_mtime_ns for name in _INPUTS)
    if mark.exists() and mark.stat().st_mtime_ns >= needed:
        return 0
    if not Path(program("python")).exists():
        venv.create(HERE / PLACE, with_pip=True)
    # not pip's own program: Windows lets none replace itself
    pip = [program("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    code = call([*pip, "--constraint", "constraints.txt", "--editable", what])
    if code == 0:
        mark.touch()
    return code


def do(task: str, call: Call) -> int:
    """Do a task and return how it ended; the first command that fails is the last."""
    wanted = commands(task)
    if wanted is None:
        print(f"No task {task!r}. There are: run, desk, dev, test, lint, format, bench, clean.")
        return 2
    if task == "clean":
        for name in (PLACE, "target", "logs", ".dagster"):
            shutil.rmtree(HERE / name, ignore_errors=True)
        return 0
    code = install(_FOR_USE if task in {"run", "desk", "dev"} else _FOR_WORK, call)
    for name, *arguments in wanted:
        if code == 0:
            code = call([program(name), *arguments])
    return code


def called(command: Sequence[str]) -> int:
    """Run a command in the project's folder."""
    return subprocess.run(list(command), cwd=HERE).returncode  # noqa: S603  ours


if __name__ == "__main__":
    sys.exit(do(sys.argv[1] if len(sys.argv) == 2 else "", called))
