"""How a command speaks: JSON for programs, progress and errors for people."""

import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import typer
from rich.console import Console
from typer._click.exceptions import UsageError  # exported under no other name
from typer.core import TyperGroup

from lucid_orchestration.errors import BadRequestError, LucidError, ProcessingFailedError, sentence
from lucid_orchestration.formatting import ACTS, visible

# As a shell ends a program whose reader is gone.
EXIT_CLOSED = 141


class Screen(Console):
    """A terminal, or what stands in its place; where nobody reads any more, the command ends."""

    def on_broken_pipe(self) -> None:
        """End at once, whatever is at work: the system takes back locks and children."""
        os._exit(EXIT_CLOSED)


def say_anything() -> None:
    """Let no character stop a command: a console of Windows may know no ₹, a file there neither.

    What goes to a file or another program is UTF-8, as JSON has to be. A terminal keeps its own
    encoding, and shows a question mark for what that does not have.
    """
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue  # a test's, or none at all
        if stream.isatty():
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8")


def say(console: Console, line: str, style: str | None = None) -> None:
    """Print one line as it is, with marks for characters that would act on the terminal."""
    # a path that is broken into lines is no path any more
    console.print(visible(line), style=style, markup=False, highlight=False, soft_wrap=True)


class Commands(TyperGroup):
    """The commands: a question that is put wrongly is answered in JSON too where that is asked."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """As the library does it, but for a wrong question with `--json`."""
        words = list(sys.argv[1:] if args is None else args)
        extra["windows_expand_args"] = windows_expand_args
        if not standalone_mode or "--json" not in words:
            return super().main(args, prog_name, complete_var, standalone_mode, **extra)
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except UsageError as error:
            message = error.format_message()
            print_json({"error": {"kind": BadRequestError.kind, "message": message}})
            code = error.exit_code
        sys.exit(code if isinstance(code, int) else 0)


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


def print_rows_json(
    rows: Sequence[Mapping[str, Any]],
    total: int,
    snapshot: str,
    schema: Sequence[Mapping[str, str]],
    **more: Any,
) -> None:
    """Print a list as one document.

    How many rows there are in all, of which snapshot they are, and name, type and meaning of each
    column stand beside them. Amounts are decimal text.
    """
    print_json({**more, "rows": rows, "total": total, "snapshot": snapshot, "schema": schema})


def print_json(content: Any) -> None:
    """Print a value as JSON, with escapes for characters that would act on a terminal."""
    text = json.dumps(content, default=_json_value, ensure_ascii=False, indent=2)
    lines = (ACTS.sub(_escaped, line) for line in text.split("\n"))
    typer.echo("\n".join(lines))


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        # text: a program that reads it as a binary fraction would lose paise
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
