"""A sleeper applies what it is sent, says what it has, and notices its end."""

import socket
from collections.abc import Iterator

import pytest

from bench.sleepers import Sleeper
from bots.shelf import Shelf
from protocol.codec import MsgpackCodec
from protocol.frames import header, peel
from protocol.messages import Bye, Inputs, Resync
from protocol.snapshot import CellKeyframe

CODEC = MsgpackCodec()


def snapshot(tick: int, *cells: bytes) -> bytes:
    return framed(CODEC.snapshot(tick, 0, None, None, None, [], b"", len(cells), CODEC.join(cells)))


def framed(message: bytes) -> bytes:
    return header(len(message)) + message


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, Sleeper]]:
    server, client = socket.socketpair()
    with server, client:
        yield server, Sleeper(client, Shelf())


def said(server: socket.socket) -> list[object]:
    messages, _, _ = peel(bytearray(server.recv(4096)), True, 4096)
    return [CODEC.decode_client(message) for message in messages]


def test_it_says_what_it_has(ends: tuple[socket.socket, Sleeper]) -> None:
    server, sleeper = ends
    wire = snapshot(6) + snapshot(7, CODEC.keyframe(CellKeyframe(3, 0, []), 7))
    server.sendall(wire[:10])
    sleeper.read()
    server.sendall(wire[10:])
    sleeper.read()
    sleeper.say(10)
    [inputs] = said(server)
    assert isinstance(inputs, Inputs)
    assert (inputs.first_tick, inputs.applied) == (10, 7)


def test_it_counts_what_it_slept_through(ends: tuple[socket.socket, Sleeper]) -> None:
    server, sleeper = ends
    sleeper.woke_tick = 8
    server.sendall(snapshot(6) + snapshot(7) + snapshot(8))
    sleeper.read()
    assert sleeper.unread == 2


def test_it_asks_for_a_cell_that_is_off(ends: tuple[socket.socket, Sleeper]) -> None:
    server, sleeper = ends
    server.sendall(snapshot(6, CODEC.keyframe(CellKeyframe(3, 12345, []), 6)))
    sleeper.read()
    [resync] = said(server)
    assert isinstance(resync, Resync)
    assert resync.cell == 3
    assert sleeper.view.checksum_mismatches == 1


def test_it_remembers_why_it_was_ended(ends: tuple[socket.socket, Sleeper]) -> None:
    server, sleeper = ends
    server.sendall(framed(CODEC.encode(Bye(4013, "too slow"))))
    server.close()
    sleeper.read()
    sleeper.read()
    assert sleeper.ended == "4013 too slow"
