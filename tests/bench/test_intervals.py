"""Intervals: each client's own, of the latest window only, seen when a snapshot comes and not when a slice begins."""

import socket
from collections.abc import Iterator

import pytest

from bench.dialects.floor import FloorDialect
from bench.intervals import Watch
from protocol.frames import header


class Wired(FloorDialect):
    """Joins over socket pairs; the other ends are in `servers`."""

    def __init__(self) -> None:
        super().__init__(10)
        self.servers: list[socket.socket] = []

    def join(self, port: int, number: int) -> socket.socket:
        server, client = socket.socketpair()
        self.servers.append(server)
        return client


@pytest.fixture
def wired() -> Iterator[Wired]:
    dialect = Wired()
    yield dialect
    for server in dialect.servers:
        server.close()


def test_a_client_that_got_three_snapshots_waited_twice(wired: Wired) -> None:
    snapshot = header(10) + bytes(10)
    with Watch(wired, 0) as watch:
        watch.join(2)
        wired.servers[0].sendall(snapshot * 3)
        wired.servers[1].sendall(snapshot)
        measured = watch.play(0.05)
        assert sorted(measured.snapshots) == [1, 3]
        assert len(watch.intervals_ms) == 2
        assert min(watch.intervals_ms) >= 0
        wired.servers[1].sendall(snapshot)
        watch.play(0.05)
        assert watch.intervals_ms == []
