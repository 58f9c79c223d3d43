"""What happens, told to every open page as server-sent events."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

_MOST_WAITING = 200
_BEAT_SECONDS = 15.0
_END = ""  # what no event is


class Events:
    """A list of listeners; whoever publishes never waits for one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[asyncio.Queue[str], asyncio.AbstractEventLoop] = {}

    def publish(self, name: str, content: Any) -> None:
        """Tell all who listen now; from any thread."""
        line = f"event: {name}\ndata: {json.dumps(content)}\n\n"
        with self._lock:
            listeners = list(self._listeners.items())
        for queue, loop in listeners:
            with suppress(RuntimeError):  # its loop has ended
                loop.call_soon_threadsafe(_put, queue, line)

    async def listen(self, first: Any) -> AsyncIterator[str]:
        """The events from now on, after one that says how things stand; comments when none come.

        They end for a page that reads too slowly: it comes back, and asks how things stand.
        """
        queue: asyncio.Queue[str] = asyncio.Queue(_MOST_WAITING)
        with self._lock:
            self._listeners[queue] = asyncio.get_running_loop()
        try:
            yield f"event: hello\ndata: {json.dumps(first)}\n\n"
            while True:
                try:
                    line = await asyncio.wait_for(queue.get(), _BEAT_SECONDS)
                except TimeoutError:
                    line = ": still here\n\n"
                if line == _END:
                    return
                yield line
        finally:
            with self._lock:
                self._listeners.pop(queue, None)


def _put(queue: "asyncio.Queue[str]", line: str) -> None:
    try:
        queue.put_nowait(line)
    except asyncio.QueueFull:
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(_END)
