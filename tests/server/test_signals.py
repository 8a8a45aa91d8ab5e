"""The first signal drains, the second waits for nothing."""

import signal
from collections.abc import Iterator

import pytest
import trio
import trio.testing

from server.signals import ask_to_stop, ending_signals, stop_on_signal


@pytest.fixture(autouse=True)
def _hangup() -> Iterator[None]:
    """As it is at a terminal, whoever runs the tests."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


class Draining:
    """What takes its time."""

    def __init__(self) -> None:
        self.patience = list[float]()
        self.is_done = trio.Event()
        self.was_cut_short = False

    async def drain(self, patience_s: float) -> None:
        self.patience.append(patience_s)
        try:
            await self.is_done.wait()
        except trio.Cancelled:
            self.was_cut_short = True
            raise


@pytest.mark.parametrize(
    ("number", "patience_s"), [(signal.SIGTERM, 20.0), (signal.SIGHUP, 20.0), (signal.SIGINT, 0.0)]
)
async def test_one_signal_drains_and_then_everything_ends(number: signal.Signals, patience_s: float) -> None:
    draining = Draining()
    async with trio.open_nursery() as nursery:
        await nursery.start(stop_on_signal, draining.drain, nursery.cancel_scope, 20.0)
        nursery.start_soon(trio.sleep_forever)
        ask_to_stop() if number is signal.SIGTERM else signal.raise_signal(number)
        await trio.testing.wait_all_tasks_blocked()
        assert draining.patience == [patience_s]
        draining.is_done.set()
    assert not draining.was_cut_short


async def test_a_second_one_waits_for_nothing() -> None:
    draining = Draining()
    async with trio.open_nursery() as nursery:
        await nursery.start(stop_on_signal, draining.drain, nursery.cancel_scope, 20.0)
        ask_to_stop()
        await trio.testing.wait_all_tasks_blocked()
        signal.raise_signal(signal.SIGINT)
    assert draining.was_cut_short


def test_who_is_started_by_nohup_outlives_the_terminal() -> None:
    assert signal.SIGHUP in ending_signals()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    assert ending_signals() == [signal.SIGINT, signal.SIGTERM]
