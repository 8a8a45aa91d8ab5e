"""A measurement that ends by itself, by a signal, or by a mistake: never with a group of errors."""

import os
import signal

import pytest
import trio

from bench.cluster.bounded import until_a_signal
from protocol.errors import UserError


async def test_what_it_returns_is_returned() -> None:
    async def job() -> int:
        await trio.lowlevel.checkpoint()
        return 7

    assert await until_a_signal(job) == 7


async def test_a_signal_ends_it_and_is_named() -> None:
    ended = False

    async def job() -> None:
        nonlocal ended
        await trio.testing.wait_all_tasks_blocked()
        os.kill(os.getpid(), signal.SIGTERM)
        try:
            await trio.sleep_forever()
        finally:
            ended = True

    with pytest.raises(UserError, match="SIGTERM"):
        await until_a_signal(job)
    assert ended


async def test_a_sentence_from_a_task_of_a_task_comes_out_alone_and_a_mistake_as_it_is() -> None:
    async def fails(error: Exception) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(raises, error)

    async def raises(error: Exception) -> None:
        await trio.lowlevel.checkpoint()
        raise error

    with pytest.raises(UserError, match="it is so"):
        await until_a_signal(lambda: fails(UserError("it is so")))
    with pytest.RaisesGroup(pytest.RaisesGroup(KeyError)):
        await until_a_signal(lambda: fails(KeyError("ours")))
