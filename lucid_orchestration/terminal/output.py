"""How a command speaks: JSON for programs, progress and errors for people."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import typer
from rich.console import Console

from lucid_orchestration.errors import LucidError


@contextmanager
def errors(as_json: bool) -> Iterator[None]:
    """Turn an error the owner can act on into a sentence and an exit code."""
    try:
        yield
    except LucidError as error:
        if as_json:
            print_json({"error": {"kind": error.kind, "message": str(error)}})
        else:
            # a path that is broken into lines is no path any more
            Console(stderr=True).print(
                str(error), style="red", markup=False, highlight=False, soft_wrap=True
            )
        raise typer.Exit(error.exit_code) from error


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    """A line that says what is being done; kept on the screen only where nobody can watch it."""
    console = Console(stderr=True, quiet=quiet)
    if not console.is_terminal:
        yield lambda line: console.print(line, markup=False, highlight=False, soft_wrap=True)
        return
    with console.status("Starting") as status:
        yield lambda line: status.update(line.replace("[", r"\["))


def print_json(content: Any) -> None:
    """Print a value as JSON."""
    typer.echo(json.dumps(content, default=_json_value, ensure_ascii=False, indent=2))


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
