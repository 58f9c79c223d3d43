"""Processes beside a test that say how far they are: nothing waits for a clock."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path


def started(
    work: Callable[[Path, Connection], None], folder: Path
) -> tuple[BaseProcess, Connection]:
    """A process at work in a folder that has said how far it is, and the line to it."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=[folder, theirs], daemon=True)
    process.start()
    theirs.close()  # a process that dies ends the waiting for it
    ours.recv()
    return process, ours
