"""One sweep reads every socket that is ready, once; each run of trio has one of its own."""

import os
from collections.abc import Iterator
from functools import partial

import pytest
import trio

from server.net.sweep import (
    ENDS_TOGETHER,
    GAP_S,
    GAP_TICKS,
    MUCH_TOGETHER,
    READ_BYTES,
    READ_BYTES_MAX,
    Sweep,
    current_sweep,
    sweep,
)
from tests.instruments.pairs import Pair, socket_pairs


@pytest.fixture
def pairs() -> Iterator[list[Pair]]:
    with socket_pairs(3) as made:
        yield made


def test_a_sweep_reads_what_is_ready_and_nothing_else(pairs: list[Pair]) -> None:
    swept, read = Sweep(), list[tuple[int, bytes]]()
    for at, (mine, _) in enumerate(pairs):
        mine.setblocking(False)
        swept.add(mine.fileno(), partial(lambda at, received, _: read.append((at, received)), at))
    pairs[0][1].send(b"onetwo")
    pairs[2][1].send(b"six")
    swept.sweep(0.0)
    assert sorted(read) == [(0, b"onetwo"), (2, b"six")]
    swept.sweep(0.0)
    assert len(read) == 2
    pairs[1][1].close()
    swept.sweep(0.0)
    assert read[2:] == [(1, b"")], "the end"


def test_a_flood_is_read_a_piece_at_a_time(pairs: list[Pair]) -> None:
    swept, read = Sweep(), list[bytes]()
    mine, theirs = pairs[0]
    swept.add(mine.fileno(), lambda received, _: read.append(received))
    theirs.send(bytes(READ_BYTES_MAX + 5))
    swept.sweep(0.0)
    assert [*map(len, read)] == [READ_BYTES_MAX]
    swept.sweep(0.0)
    assert [*map(len, read)] == [READ_BYTES_MAX, 5]


def test_of_many_who_bring_much_a_few_are_read_to_the_limit_and_all_in_the_end(pairs: list[Pair]) -> None:
    swept, read = Sweep(), [bytearray() for _ in pairs]
    for got, (mine, theirs) in zip(read, pairs, strict=True):
        swept.add(mine.fileno(), partial(lambda got, received, _: got.extend(received), got))
        theirs.send(bytes(range(256)) * 8)
    swept.sweep(0.0)
    assert sorted(map(len, read)) == [READ_BYTES, *[2048] * MUCH_TOGETHER]
    swept.sweep(0.0)
    assert read == [bytes(range(256)) * 8] * 3


def test_an_end_right_behind_the_last_words_is_noticed(pairs: list[Pair]) -> None:
    """By edges it is told of once, along with the words."""
    swept, read = Sweep(), list[bytes]()
    mine, theirs = pairs[0]
    swept.add(mine.fileno(), lambda received, _: read.append(received))
    theirs.send(b"last")
    theirs.close()
    for _ in range(2):
        swept.sweep(0.0)
    assert read == [b"last", b""]


def test_what_is_left_of_a_flood_is_not_read_for_whoever_was_removed(pairs: list[Pair]) -> None:
    swept, read = Sweep(), list[bytes]()
    mine, theirs = pairs[0]
    swept.add(mine.fileno(), lambda received, _: read.append(received))
    theirs.send(bytes(READ_BYTES_MAX + 5))
    swept.sweep(0.0)
    swept.remove(mine.fileno())
    swept.sweep(0.0)
    assert len(read) == 1
    swept.add(mine.fileno(), lambda received, _: read.append(received))
    swept.sweep(0.0)
    assert [*map(len, read)] == [READ_BYTES_MAX, 5], "whoever comes back is told what waits"


def test_what_is_removed_is_not_read_and_may_be_removed_again(pairs: list[Pair]) -> None:
    swept, read = Sweep(), list[bytes]()
    fd = pairs[0][0].fileno()
    swept.add(fd, lambda received, _: read.append(received))
    pairs[0][1].send(b"x")
    swept.remove(fd)
    swept.remove(fd)
    swept.sweep(0.0)
    assert not read


def test_what_one_take_removes_is_not_read_by_the_same_sweep(pairs: list[Pair]) -> None:
    swept, read = Sweep(), list[bytes]()
    fds = [mine.fileno() for mine, _ in pairs]

    def take(received: bytes, _: float) -> None:
        read.append(received)
        for fd in fds:
            swept.remove(fd)

    for fd in fds:
        swept.add(fd, take)
    for _, theirs in pairs:
        theirs.send(b"x")
    swept.sweep(0.0)
    assert read == [b"x"]


@pytest.fixture
def crowd() -> Iterator[list[Pair]]:
    with socket_pairs(2 * ENDS_TOGETHER + 1) as made:
        yield made


def test_when_many_vanish_at_once_a_few_hear_of_it_in_each_sweep(crowd: list[Pair]) -> None:
    swept, ended, told = Sweep(), list[int](), list[int]()

    def take(fd: int, received: bytes, _: float) -> None:
        assert not received
        swept.remove(fd)
        ended.append(fd)

    for mine, theirs in crowd:
        swept.add(mine.fileno(), partial(take, mine.fileno()))
        theirs.close()
    for _ in range(3):
        swept.sweep(0.0)
        told.append(len(ended))
        swept.remove(crowd[-1][0].fileno())
    assert told == [ENDS_TOGETHER, 2 * ENDS_TOGETHER, 2 * ENDS_TOGETHER], "and who is removed, not at all"
    assert len(set(ended)) == len(ended)


async def test_all_hear_of_their_end_without_a_tick(crowd: list[Pair]) -> None:
    ended = trio.Event()
    left = {mine.fileno() for mine, _ in crowd}

    def take(fd: int, received: bytes, _: float) -> None:
        assert not received
        current_sweep().remove(fd)
        left.remove(fd)
        if not left:
            ended.set()

    for mine, theirs in crowd:
        current_sweep().add(mine.fileno(), partial(take, mine.fileno()))
        theirs.close()
    with trio.fail_after(60):
        await ended.wait()


def test_a_descriptor_that_comes_back_as_another_socket_is_read_anew(pairs: list[Pair]) -> None:
    swept, read = Sweep(), list[str]()
    fd = pairs[0][0].fileno()
    swept.add(fd, lambda _, __: read.append("old"))
    pairs[0][0].close()
    mine, theirs = pairs[1]
    os.dup2(mine.fileno(), fd)
    swept.add(fd, lambda _, __: read.append("new"))
    theirs.send(b"x")
    swept.sweep(0.0)
    assert read == ["new"]
    os.close(fd)


class Echo:
    """Sends the next byte as soon as one was read."""

    def __init__(self, pair: Pair) -> None:
        self._mine, self._theirs = pair
        self._mine.setblocking(False)
        self.reads: list[float] = []
        current_sweep().add(self._mine.fileno(), self.take)

    def take(self, received: bytes, now_s: float) -> None:
        assert received == b"x"
        self.reads.append(now_s)
        self._theirs.send(b"x")

    async def heard(self, times: int) -> None:
        with trio.fail_after(60):
            while len(self.reads) < times:  # noqa: ASYNC110  # nothing announces it
                await trio.sleep(0.001)

    def end(self) -> None:
        current_sweep().remove(self._mine.fileno())


async def test_the_sweep_of_a_run_wakes_by_itself_and_not_too_often(pairs: list[Pair]) -> None:
    assert current_sweep() is current_sweep()
    echo = Echo(pairs[0])
    pairs[0][1].send(b"x")
    await echo.heard(3)
    assert echo.reads[2] - echo.reads[0] >= 1.9 * GAP_S
    echo.end()


async def test_a_tick_needs_not_wait_for_it(pairs: list[Pair]) -> None:
    echo = Echo(pairs[0])
    pairs[0][1].send(b"x")
    sweep()
    sweep()
    assert len(echo.reads) == 2
    echo.end()


async def test_a_tick_says_how_far_apart_sweeps_are(pairs: list[Pair]) -> None:
    echo = Echo(pairs[0])
    sweep(tick_s=0.2)
    pairs[0][1].send(b"x")
    sweep()
    await echo.heard(3)
    assert echo.reads[2] - echo.reads[1] >= 0.2 * GAP_TICKS
    echo.end()


async def test_without_a_lane_there_is_nothing_to_sweep() -> None:
    sweep()


def test_each_run_has_its_own() -> None:
    async def mine() -> Sweep:
        return current_sweep()

    assert trio.run(mine) is not trio.run(mine)
