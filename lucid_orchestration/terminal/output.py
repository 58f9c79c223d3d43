"""How a command speaks: JSON for programs, progress and errors for people."""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import typer
from rich.console import Console

from lucid_orchestration.errors import LucidError, ProcessingFailedError, sentence
from lucid_orchestration.formatting import ACTS, visible

# As a shell ends a program whose reader is gone.
EXIT_CLOSED = 141


class Screen(Console):
    """A terminal, or what stands in its place; where nobody reads any more, the command ends."""

    def on_broken_pipe(self) -> None:
        """End at once, whatever is at work: the system takes back locks and children."""
        os._exit(EXIT_CLOSED)


def say(console: Console, line: str, style: str | None = None) -> None:
    """Print one line as it is, with marks for characters that would act on the terminal."""
    # a path that is broken into lines is no path any more
    console.print(visible(line), style=style, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def errors(as_json: bool) -> Iterator[None]:
    """Turn an error the owner can act on into a sentence and an exit code."""
    try:
        yield
    except BrokenPipeError:
        os._exit(EXIT_CLOSED)
    except (LucidError, OSError) as found:
        error = found if isinstance(found, LucidError) else ProcessingFailedError(sentence(found))
        if as_json:
            print_json({"error": {"kind": error.kind, "message": str(error)}})
        else:
            for line in str(error).split("\n"):
                say(Screen(stderr=True), line, style="red")
        raise typer.Exit(error.exit_code) from found


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    """A line that says what is being done; kept on the screen only where nobody can watch it."""
    console = Screen(stderr=True, quiet=quiet)
    if not console.is_terminal:
        yield lambda line: say(console, line)
        return
    with console.status("Starting") as status:
        yield lambda line: status.update(visible(line).replace("[", r"\["))


def print_json(content: Any) -> None:
    """Print a value as JSON, with escapes for characters that would act on a terminal."""
    text = json.dumps(content, default=_json_value, ensure_ascii=False, indent=2)
    lines = (ACTS.sub(_escaped, line) for line in text.split("\n"))
    typer.echo("\n".join(lines))


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
