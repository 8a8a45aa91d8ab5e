"""The sweep over real sockets: who has something to read is called, once a sweep, and nobody after it was removed."""

import socket
from collections import Counter

import pytest
import trio
from trio.testing import MockClock

from bots.sweep import GAP_S, READ_BYTES, TOGETHER_MIN, TOGETHER_S, Feed, Sweep, current_sweep, sweep_every
from tests.instruments.pairs import socket_pairs


async def test_whoever_is_ready_is_called_until_it_is_removed(nursery: trio.Nursery) -> None:
    sweep = Sweep()
    nursery.start_soon(sweep.run)
    calls: Counter[str] = Counter()
    called = trio.Event()

    def reader(name: str) -> None:
        calls[name] += 1
        if name == "ready" and calls[name] == 3:
            called.set()

    ready, writer = socket.socketpair()
    silent, other = socket.socketpair()
    with ready, writer, silent, other:
        sweep.add(ready.fileno(), lambda: reader("ready"))
        sweep.add(silent.fileno(), lambda: reader("silent"))
        writer.send(b"x")
        with trio.fail_after(60):
            await called.wait()
        assert calls["silent"] == 0
        sweep.remove(ready.fileno())
        sweep.remove(ready.fileno())
        before = calls["ready"]
        silent_called = trio.Event()
        sweep.add(silent.fileno(), silent_called.set)
        other.send(b"x")
        with trio.fail_after(60):
            await silent_called.wait()
        assert calls["ready"] == before
    nursery.cancel_scope.cancel()


async def test_a_descriptor_that_came_back_as_another_socket_is_that_one(nursery: trio.Nursery) -> None:
    sweep = Sweep()
    nursery.start_soon(sweep.run)
    first, other = socket.socketpair()
    fd = first.fileno()
    sweep.add(fd, lambda: None)
    first.close()
    other.close()
    again, writer = socket.socketpair()
    with again, writer:
        assert fd in (again.fileno(), writer.fileno())
        reads, writes = (again, writer) if again.fileno() == fd else (writer, again)
        called = trio.Event()
        sweep.add(reads.fileno(), called.set)
        writes.send(b"x")
        with trio.fail_after(60):
            await called.wait()
    nursery.cancel_scope.cancel()


async def test_there_is_one_for_each_run_of_trio() -> None:
    assert current_sweep() is current_sweep()


async def test_a_gap_is_as_wide_as_was_said_last(autojump_clock: MockClock) -> None:
    sweep, read = current_sweep(), trio.Event()
    mine, theirs = socket.socketpair()

    def take() -> None:
        nonlocal read
        mine.recv(9)
        read.set()

    with mine, theirs:
        sweep.add(mine.fileno(), take)
        for gap_s in (GAP_S, 0.0):
            sweep_every(gap_s)
            began_s = trio.current_time()
            for _ in range(3):
                read = trio.Event()
                theirs.send(b"x")
                await read.wait()
            assert trio.current_time() - began_s == pytest.approx(2 * gap_s)
            await trio.sleep(1)


async def test_so_many_are_read_together_as_take_no_longer_than_others_can_wait(mock_clock: MockClock) -> None:
    sweep, reads, costs_s = Sweep(), 0, 0.0

    def reader() -> None:
        nonlocal reads
        reads += 1
        mock_clock.jump(costs_s)

    def swept(each_costs_s: float) -> int:
        nonlocal reads, costs_s
        reads, costs_s = 0, each_costs_s
        sweep.sweep()
        return reads

    with socket_pairs(48) as pairs:
        for mine, theirs in pairs:
            sweep.add(mine.fileno(), reader)
            theirs.send(b"x")  # which nobody takes, so all are ready every time
        told = [swept(each_s) for each_s in (TOGETHER_S / 20, TOGETHER_S, TOGETHER_S / 1000, 0.0)]
    assert told == [48, 20, TOGETHER_MIN, 48]


class Basket:
    """A tray that remembers each time that it was settled."""

    def __init__(self) -> None:
        self.seats: list[int] = []
        self.received: list[bytes] = []
        self.settled: list[dict[int, bytes]] = []

    def settle(self) -> None:
        self.settled.append(dict(zip(self.seats, self.received, strict=True)))
        self.seats, self.received = [], []


async def test_what_is_fed_lies_side_by_side_and_its_end_is_told(nursery: trio.Nursery) -> None:
    sweep, basket, ended = Sweep(0.0), Basket(), trio.Event()
    pairs = [socket.socketpair() for _ in range(3)]
    long = b"x" * (READ_BYTES + 100)
    for seat, (mine, theirs) in enumerate(pairs):
        sweep.add(mine.fileno(), lambda: pytest.fail("it is not read by itself"))
        sweep.feed(mine.fileno(), Feed(basket, seat, lambda received: ended.set() if not received else None))
        theirs.send(long if seat == 2 else bytes((seat,)))
    nursery.start_soon(sweep.run)
    with trio.fail_after(60):
        while not basket.settled:  # noqa: ASYNC110  # nothing announces it
            await trio.sleep(0.005)
        assert basket.settled == [{0: b"\0", 1: b"\1", 2: long}]
        pairs[1][1].close()
        await ended.wait()
        sweep.feed(pairs[0][0].fileno(), None)
        called = trio.Event()
        sweep.add(pairs[0][0].fileno(), called.set)
        pairs[0][1].send(b"x")
        await called.wait()
    assert len(basket.settled) == 1
    nursery.cancel_scope.cancel()
    for mine, theirs in pairs:
        mine.close()
        theirs.close()
