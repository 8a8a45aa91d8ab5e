"""A contestant as a process, and clients that are in its game: what the tests of all contestants need."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import msgpack

from bench.contestants import READY, named
from bench.dialects import Dialect, handshake
from bench.scene import Scene
from protocol.frames import BINARY

PATIENCE_S: Final = 60.0
CLOSE: Final = 0x88
STEERED: Final = 2
"""The input that everyone holds who moves."""


@contextmanager
def started(name: str, scene: Scene) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """A contestant that is ready, and its port."""
    command = named(name).command(scene)
    assert shutil.which(command[0])
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            ready = READY.match(process.stdout.readline())
            assert ready
            yield process, int(ready[1])
        finally:
            process.kill()


@contextmanager
def joined(dialect: Dialect, port: int, clients: int, steered: bool = False) -> Iterator[list[socket.socket]]:
    """Clients in the game; in motion if `steered`: where nothing moves, Colyseus has nothing to say."""
    with ExitStack() as open_sockets:
        sockets = [open_sockets.enter_context(dialect.join(port, number)) for number in range(clients)]
        for each in sockets:
            each.settimeout(PATIENCE_S)
            if steered:
                each.sendall(dialect.input_frame(1, STEERED))
        yield sockets


def messages(client: socket.socket, count: int) -> Iterator[bytes]:
    """The next binary messages, and nothing but them."""
    for _ in range(count):
        first, payload = handshake.read_frame(client)
        assert first == BINARY
        yield payload


def snapshots_of(client: socket.socket, count: int) -> Iterator[list[Any]]:
    """The next of a hand-written server's."""
    for payload in messages(client, count):
        snapshot = msgpack.unpackb(payload)
        assert snapshot[0] == 17
        yield snapshot


def until_closed(client: socket.socket) -> int:
    """The code with which the server closes this connection."""
    while True:
        first, payload = handshake.read_frame(client)
        if first == CLOSE:
            return int.from_bytes(payload[:2], "big")


def closes(dialect: Dialect, port: int) -> bool:
    """Whether a newcomer is turned away: before the upgrade, or with "try again later" after it."""
    try:
        with dialect.join(port, 99) as newcomer:
            return until_closed(newcomer) == 1013
    except handshake.RefusedError:
        return True
