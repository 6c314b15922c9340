"""Turns: so many at a time, so many that wait, and nobody waits longer than said."""

from __future__ import annotations

import asyncio
import time

import anyio.to_thread
import pytest

from api.http.problems import RequestError
from api.http.turns import Turns


async def _hold(turns: Turns, inside: list[int], most: list[int], until: asyncio.Event) -> str:
    try:
        async with turns.turn():
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            await until.wait()
            inside[0] -= 1
    except RequestError as error:
        return f"{error.status.value} {error.headers['Retry-After']}"
    return "done"


def test_so_many_at_a_time_so_many_wait_and_the_others_are_sent_away_at_once() -> None:
    async def try_it() -> tuple[list[str], int]:
        turns, until = Turns(at_once=2, waiting=3, seconds=30), asyncio.Event()
        inside, most = [0], [0]
        tasks = [asyncio.create_task(_hold(turns, inside, most, until)) for _ in range(7)]
        # two hold a turn, three wait, two are one too many each
        done, _ = await asyncio.wait(tasks, timeout=1, return_when=asyncio.FIRST_COMPLETED)
        assert done
        until.set()
        return list(await asyncio.gather(*tasks)), most[0]

    said, most = asyncio.run(try_it())
    assert said == ["done"] * 5 + ["503 30"] * 2
    assert most == 2


def test_who_waits_too_long_is_sent_away_and_leaves_no_trace() -> None:
    async def try_it() -> list[str]:
        turns, until = Turns(at_once=1, waiting=1, seconds=0.05), asyncio.Event()
        first = asyncio.create_task(_hold(turns, [0], [0], until))
        await asyncio.sleep(0)
        late = await _hold(turns, [0], [0], until)
        again = await _hold(turns, [0], [0], until)
        until.set()
        said = [await first, late, again]
        return [*said, await _hold(turns, [0], [0], until)]

    assert asyncio.run(try_it()) == ["done", "503 30", "503 30", "done"]


def test_a_turn_is_given_back_after_a_failure_and_kept_while_a_thread_still_works() -> None:
    async def try_it() -> list[str]:
        turns, until = Turns(at_once=1, waiting=0, seconds=1), asyncio.Event()
        until.set()
        with pytest.raises(ValueError, match="defect"):
            async with turns.turn():
                raise ValueError("defect")
        said = [await _hold(turns, [0], [0], until)]
        with anyio.CancelScope() as scope:

            async def leave() -> None:
                await asyncio.sleep(0.05)
                scope.cancel()
                await asyncio.sleep(0.05)
                # the reader left, the thread did not
                said.append(await _hold(turns, [0], [0], until))

            leaving = asyncio.create_task(leave())
            async with turns.turn():
                await anyio.to_thread.run_sync(lambda: time.sleep(0.4))
        await leaving
        return [*said, await _hold(turns, [0], [0], until)]

    assert asyncio.run(try_it()) == ["done", "503 30", "done"]
