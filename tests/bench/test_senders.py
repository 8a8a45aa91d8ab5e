"""Whichever way it goes, each socket has the bytes that were put for it, in order."""

import os
import socket
from collections.abc import Iterator

import pytest

from bench.senders import WAYS, Posting, way_of
from protocol.frames import peel

CORE = max(os.sched_getaffinity(0))


@pytest.fixture
def pairs() -> Iterator[list[tuple[socket.socket, socket.socket]]]:
    pairs = [socket.socketpair() for _ in range(3)]
    for ours, theirs in pairs:
        ours.setblocking(False)
        theirs.settimeout(60)
    yield pairs
    for pair in pairs:
        for each in pair:
            each.close()


@pytest.mark.parametrize("name", [way for way in WAYS if way != "none"])
def test_bytes_arrive_in_order(name: str, pairs: list[tuple[socket.socket, socket.socket]]) -> None:
    way = way_of(name, [ours.fileno() for ours, _ in pairs], CORE)
    wanted = [b"", b"", b""]
    for tick in range(20):
        for number in (2, 0, 1):
            data = bytes([tick, number]) * (tick + 1)
            way.put(number, data)
            wanted[number] += data
        way.flush()
    times = way.written_s()
    assert len(times) == 20
    assert times == sorted(times)
    for (_, theirs), data in zip(pairs, wanted, strict=True):
        assert theirs.recv(len(data), socket.MSG_WAITALL) == data
    assert way.cpu_s() >= 0.0
    way.close()


def test_nothing_is_written_where_nothing_is_to_be(pairs: list[tuple[socket.socket, socket.socket]]) -> None:
    way = way_of("none", [ours.fileno() for ours, _ in pairs], CORE)
    way.put(0, b"x")
    way.flush()
    pairs[0][1].setblocking(False)
    with pytest.raises(BlockingIOError):
        pairs[0][1].recv(1)


def test_a_link_posts_frames(pairs: list[tuple[socket.socket, socket.socket]]) -> None:
    way = way_of("now", [ours.fileno() for ours, _ in pairs], CORE)
    link = Posting(1)
    link.post(b"nobody's")
    link.open(way)
    link.post(b"one")
    link.post(b"two", b"three")
    messages, _, _ = peel(pairs[1][1].recv(1000), False, 1000)
    assert messages == [b"one", b"two", b"three"]


def test_another_way_is_none() -> None:
    with pytest.raises(ValueError, match="teleport"):
        way_of("teleport", [], CORE)
