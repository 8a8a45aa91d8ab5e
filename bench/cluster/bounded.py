"""A measurement from its beginning to its end, whatever ends it: a result, a signal, or a sentence about a mistake."""

import signal
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import trio

from protocol.errors import UserError

T = TypeVar("T")


async def until_a_signal(job: Callable[[], Awaitable[T]]) -> T:
    """What `job` returns. Raises UserError: the job's own, wherever in its tasks it came from, or that of a signal."""
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_end_on_signal)
            result = await job()
            nursery.cancel_scope.cancel()
    except BaseExceptionGroup as group:
        error = next(_sentences(group), None)
        if error is None:
            raise
        raise error from None
    return result


async def _end_on_signal() -> None:
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT, signal.SIGHUP) as signals:
        async for number in signals:
            raise UserError(f"ended by {signal.Signals(number).name}")


def _sentences(error: BaseException) -> Iterator[UserError]:
    if isinstance(error, UserError):
        yield error
    elif isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _sentences(one)
