"""What pages are told as it happens; one that reads too slowly is sent away to ask anew."""

import asyncio

from lucid_orchestration.desk.events import _MOST_WAITING, Events


def test_a_page_that_reads_too_slowly_comes_back_and_asks() -> None:
    async def told() -> tuple[list[str], list[str]]:
        events = Events()
        listening = events.listen({"snapshot": "a"})
        first = [await anext(listening)]
        events.publish("job", {"number": 0})
        first.append(await anext(listening))
        for number in range(_MOST_WAITING + 1):
            events.publish("job", {"number": number})
        await asyncio.sleep(0)
        return first, [line async for line in listening]

    first, rest = asyncio.run(told())
    assert first == [
        'event: hello\ndata: {"snapshot": "a"}\n\n',
        'event: job\ndata: {"number": 0}\n\n',
    ]
    assert rest == []


def test_as_many_as_may_wait_are_told() -> None:
    async def told() -> list[str]:
        events = Events()
        listening = events.listen({})
        await anext(listening)
        for number in range(_MOST_WAITING):
            events.publish("job", {"number": number})
        await asyncio.sleep(0)
        return [await anext(listening) for _ in range(_MOST_WAITING)]

    lines = asyncio.run(told())
    assert lines[-1].endswith(f'{{"number": {_MOST_WAITING - 1}}}\n\n')
