"""How a signal ends a server: SIGTERM drains, for so long at most, SIGINT waits for nobody's match, and a second one
waits for nothing. SIGHUP, as when a terminal is closed, is like SIGTERM, unless we were started so that it is ignored.

What an admin asks for is a SIGTERM that the process sends itself, so that there is one way to end.
"""

import signal
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog
import trio

log = structlog.get_logger("ricochet")


def ending_signals() -> list[signal.Signals]:
    """Those that end a server. What `nohup` has us ignore is none."""
    hangups = [number for number in signal.Signals if number.name == "SIGHUP"]  # Windows has none
    heard = [number for number in hangups if signal.getsignal(number) is not signal.SIG_IGN]
    return [signal.SIGINT, signal.SIGTERM, *heard]


async def stop_on_signal(
    drain: Callable[[float], Awaitable[None]],
    everything: trio.CancelScope,
    drain_s: float,
    task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
) -> None:
    """`drain` has people finish for so many seconds, and then `everything` is cancelled. Started once a signal would be
    noticed."""
    with trio.open_signal_receiver(*ending_signals()) as signals:
        task_status.started()
        first = await anext(signals)
        log.info("stopping", signal=signal.Signals(first).name)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_cancel_on_next, signals, nursery.cancel_scope)
            await drain(0.0 if first == signal.SIGINT else drain_s)
            nursery.cancel_scope.cancel()
    everything.cancel()


async def _cancel_on_next(signals: AsyncIterator[int], scope: trio.CancelScope) -> None:
    await anext(signals)
    scope.cancel()


def ask_to_stop() -> None:
    """As an operator does."""
    signal.raise_signal(signal.SIGTERM)
