"""What the command line prints of a bill that does not count: the ways to read it."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from lucid_orchestration.formatting import counted
from lucid_orchestration.terminal.output import say


def print_puzzles(console: Console, puzzles: Sequence[Mapping[str, Any]]) -> None:
    """Each bill with its candidates, what each would add up to, and how to choose one."""
    for puzzle in puzzles:
        console.print()
        number = f" {puzzle['number']}" if puzzle["number"] else ""
        say(console, f"{puzzle['title'].capitalize()}{number} on page {puzzle['page']}:")
        proven = [way for way in puzzle["candidates"] if way["says"] is not None]
        if not proven:
            say(console, "  Nothing that could be told of its layout makes it add up.")
        for place, way in enumerate(puzzle["candidates"], start=1):
            say(console, f"  {place}. {_first_high(way['meaning'])}.")
            if way["problem"]:
                say(console, f"     {way['problem']}", style="yellow")
                continue
            tax = "" if way["tax"] is None else f", tax {way['tax']}"
            lines = counted(way["line_count"], "line")
            say(
                console,
                f"     {way['date']}: {lines}, {way['net']} before tax{tax}, total {way['total']}.",
            )
            for line in way["lines"]:
                say(console, f"       {_line(line)}")
            say(console, "     To have this and all bills like it read so, write into mapping.yml:")
            for text in way["paste"].splitlines():
                say(console, f"       {text}")


def _line(line: Mapping[str, Any]) -> str:
    price = "" if line["unit_price"] is None else f" × {line['unit_price']}"
    return f"{line['name']}: {line['quantity']}{price}, {line['net_amount']} before tax"


def _first_high(text: str) -> str:
    return text[:1].upper() + text[1:]
