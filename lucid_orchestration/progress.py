"""What is being done, told line by line to whoever waits."""

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[str], None]


def silent(_: str) -> None:
    """The progress of something nobody watches."""
