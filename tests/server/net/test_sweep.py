"""One sweep reads every socket that is ready, once; each run of trio has one of its own."""

import os
import socket
from collections.abc import Iterator
from functools import partial

import pytest
import trio

from server.net.sweep import GAP_S, GAP_TICKS, Sweep, current_sweep, sweep

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pairs() -> Iterator[list[Pair]]:
    made = [socket.socketpair() for _ in range(3)]
    yield made
    for pair in made:
        for end in pair:
            end.close()


def test_a_sweep_reads_what_is_ready_and_nothing_else(pairs: list[Pair]) -> None:
    swept, read = Sweep(), []
    for at, (mine, _) in enumerate(pairs):
        swept.add(mine.fileno(), partial(lambda at, mine, _: read.append((at, mine.recv(4))), at, mine))
    pairs[0][1].send(b"onetwo")
    pairs[2][1].send(b"six")
    swept.sweep(0.0)
    assert sorted(read) == [(0, b"onet"), (2, b"six")]
    swept.sweep(0.0)
    assert read[2:] == [(0, b"wo")]
    swept.sweep(0.0)
    assert len(read) == 3


def test_what_is_removed_is_not_read_and_may_be_removed_again(pairs: list[Pair]) -> None:
    swept, read = Sweep(), []
    fd = pairs[0][0].fileno()
    swept.add(fd, lambda _: read.append(1))
    pairs[0][1].send(b"x")
    swept.remove(fd)
    swept.remove(fd)
    swept.sweep(0.0)
    assert not read


def test_a_descriptor_that_comes_back_as_another_socket_is_read_anew(pairs: list[Pair]) -> None:
    swept, read = Sweep(), []
    fd = pairs[0][0].fileno()
    swept.add(fd, lambda _: read.append("old"))
    pairs[0][0].close()
    mine, theirs = pairs[1]
    os.dup2(mine.fileno(), fd)
    swept.add(fd, lambda _: read.append("new"))
    theirs.send(b"x")
    swept.sweep(0.0)
    assert read == ["new"]
    os.close(fd)


async def test_the_sweep_of_a_run_wakes_by_itself_and_not_too_often(pairs: list[Pair]) -> None:
    reads: list[float] = []
    mine, theirs = pairs[0]

    def read(_: float) -> None:
        os.read(mine.fileno(), 1)
        reads.append(trio.current_time())

    assert current_sweep() is current_sweep()
    current_sweep().add(mine.fileno(), read)
    theirs.send(b"abc")
    with trio.fail_after(60):
        while len(reads) < 3:  # noqa: ASYNC110  # nothing announces it
            await trio.sleep(0.001)
    assert reads[2] - reads[0] >= 1.9 * GAP_S
    current_sweep().remove(mine.fileno())


async def test_a_tick_needs_not_wait_for_it(pairs: list[Pair]) -> None:
    read: list[bytes] = []
    mine, theirs = pairs[0]
    current_sweep().add(mine.fileno(), lambda _: read.append(os.read(mine.fileno(), 1)))
    theirs.send(b"ab")
    sweep()
    sweep()
    assert read == [b"a", b"b"]
    current_sweep().remove(mine.fileno())


async def test_a_tick_says_how_far_apart_sweeps_are(pairs: list[Pair]) -> None:
    reads: list[float] = []
    mine, theirs = pairs[0]

    def read(now_s: float) -> None:
        os.read(mine.fileno(), 1)
        reads.append(now_s)

    current_sweep().add(mine.fileno(), read)
    sweep(tick_s=0.2)
    theirs.send(b"abc")
    sweep()
    with trio.fail_after(60):
        while len(reads) < 3:  # noqa: ASYNC110  # nothing announces it
            await trio.sleep(0.001)
    assert reads[2] - reads[1] >= 0.2 * GAP_TICKS
    current_sweep().remove(mine.fileno())


async def test_without_a_lane_there_is_nothing_to_sweep() -> None:
    sweep()


def test_each_run_has_its_own() -> None:
    async def mine() -> Sweep:
        return current_sweep()

    assert trio.run(mine) is not trio.run(mine)
