"""One crowded room on one core for some seconds, whose snapshots go one way; a process of `bench cores`.

    python -m bench.busy_room WAY CLIENTS SECONDS GAME_CORE OTHER_CORE

It says a `Busy` as one line of JSON. The room, its sessions and its sockets are real, and so is the deadline of each
tick; trio isn't there, nor what else a server does between two ticks.
"""

import gc
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import msgspec
from msgspec import Struct

from bench.crowded import RATES, CrowdedRoom
from bench.percentiles import percentile
from bench.senders import Posting, Way, way_of

SEED: Final = 1
SETTLE_S: Final = 0.5
ARRIVAL_TICKS: Final = 3
"""In which everybody is told of everybody."""
READ_BYTES: Final = 4096


class Busy(Struct, frozen=True, kw_only=True):
    """What was measured. Times of a tick in ms."""

    way: str
    clients: int
    ticks: int
    game_cpu_us: float
    """Of the game's thread, for each client and tick: user and kernel."""
    other_cpu_us: float
    """Of the thread or process that writes."""
    busy_ms: float
    """From a tick's begin to its end, in the mean: with the waits for the interpreter lock in it."""
    busy_p99_ms: float
    written_p99_ms: float
    """From a tick's begin to its last byte in a socket."""
    late_ticks: int
    """That began more than half a tick late."""
    read_bytes: float
    """By each client and tick."""


def main(words: Sequence[str]) -> None:
    """Measure once."""
    way, clients, seconds, game_core, other_core = words
    os.sched_setaffinity(0, {int(game_core)})
    command = [sys.executable, "-m", "bench.audience", clients, other_core]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as audience:
        assert audience.stdin is not None
        assert audience.stdout is not None
        port = int(audience.stdout.readline())
        sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(int(clients))]
        found = Run(way, sockets, int(other_core)).measure(RATES.ticks_in(float(seconds)))
        audience.stdin.close()
        read_bytes = float(audience.stdout.readline()) / (found.ticks + RATES.ticks_in(SETTLE_S))
    print(msgspec.json.encode(msgspec.structs.replace(found, read_bytes=read_bytes)).decode(), flush=True)


class Run:
    """The room and what is around it."""

    def __init__(self, way: str, sockets: Sequence[socket.socket], other_core: int) -> None:
        for each in sockets:
            each.setblocking(False)
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._name, self._fds = way, [each.fileno() for each in sockets]
        self._way: Way = way_of(way, self._fds, other_core)
        links = [Posting(number) for number in range(len(self._fds))]
        self._room = CrowdedRoom(len(self._fds), links.__getitem__, SEED)
        assert self._room.seated == len(self._fds)
        self._flushed = 0
        for _ in range(ARRIVAL_TICKS):
            self._tick()
        for link in links:
            link.open(self._way)

    def measure(self, ticks: int) -> Busy:
        """After a while, for so many ticks."""
        gc.collect()
        gc.freeze()
        gc.disable()  # the server collects in the idle part of a tick
        self._play(RATES.ticks_in(SETTLE_S))
        before, other_s, cpu_s = self._flushed, self._way.cpu_s(), time.thread_time()
        began_s, ended_s, late = self._play(ticks)
        cpu_s = time.thread_time() - cpu_s
        written_s = self._way.written_s()[before:]
        other_s = self._way.cpu_s() - other_s
        self._way.close()
        per = 1e6 / (ticks * len(self._fds))
        busy_ms = [(end_s - begin_s) * 1e3 for begin_s, end_s in zip(began_s, ended_s, strict=True)]
        out_ms = [(end_s - begin_s) * 1e3 for begin_s, end_s in zip(began_s, written_s, strict=True)]
        return Busy(
            way=self._name,
            clients=len(self._fds),
            ticks=ticks,
            game_cpu_us=cpu_s * per,
            other_cpu_us=other_s * per,
            busy_ms=sum(busy_ms) / ticks,
            busy_p99_ms=percentile(busy_ms, 0.99) or 0.0,
            written_p99_ms=percentile(out_ms, 0.99) or 0.0,
            late_ticks=late,
            read_bytes=0.0,
        )

    def _play(self, ticks: int) -> tuple[list[float], list[float], int]:
        """(when each tick began, and ended; how many began late)."""
        began_s, ended_s, late = list[float](), list[float](), 0
        due_s = time.monotonic()
        for _ in range(ticks):
            due_s += RATES.tick_s
            time.sleep(max(0.0, due_s - time.monotonic()))
            began_s.append(time.monotonic())
            if began_s[-1] - due_s > RATES.tick_s / 2:
                late += 1
                due_s = began_s[-1]  # slow motion, as the server has it
            self._tick()
            ended_s.append(time.monotonic())
        return began_s, ended_s, late

    def _tick(self) -> None:
        for fd in self._fds:
            with suppress(BlockingIOError):
                os.read(fd, READ_BYTES)
        self._room.steer()
        self._room.advance()
        self._way.flush()
        self._flushed += 1


if __name__ == "__main__":
    main(sys.argv[1:])
