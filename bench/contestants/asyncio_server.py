"""What the asyncio contestants have in common: the room, its clock, and how such a process begins and ends.

Deadlines are absolute; a loop that is behind by more than a few ticks gives them up, as Ricochet's does.
"""

import argparse
import asyncio
import gc
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, Protocol

import uvloop

from bench.contestants.lateness import Lateness
from bench.contestants.wire import Snapshots, input_of
from bench.contestants.world import World

BEHIND_TICKS_MAX: Final = 5
WAITING_BYTES_MAX: Final = 16_384
"""Of a client whose socket is full; it is sent nothing more until it has drained."""


class Player:
    """A client's ship, and the tick of its newest input."""

    def __init__(self, ship: int) -> None:
        self.ship, self.ack = ship, 0


class Connection(Protocol):
    """How a library's connection is posted to."""

    player: Player

    def post(self, message: bytes) -> None:
        """Without waiting; nothing when the socket is full."""
        ...


class Room:
    """All players, and one tick of them, of `tick_rate` in a second."""

    def __init__(self, clients: int, arena_units: int, tick_rate: int) -> None:
        self.connections: set[Connection] = set()
        self.tick_rate = tick_rate
        self._world = World(clients, arena_units, tick_rate)
        self._tick = 0

    def enter(self) -> Player | None:
        """None when the room is full."""
        ship = self._world.enter()
        return None if ship is None else Player(ship)

    def leave(self, player: Player) -> None:
        self._world.leave(player.ship)

    def receive(self, player: Player, message: bytes | memoryview) -> None:
        """Raises ValueError for anything but an input."""
        player.ack, self._world.held[player.ship] = input_of(message)

    def advance(self) -> None:
        self._tick += 1
        self._world.step()
        rows, position = self._world.records()
        snapshots = Snapshots(self._tick, rows, position, self._world.arena_units)
        for connection in self.connections:
            player = connection.player
            connection.post(snapshots.of(player.ship, player.ack))


Listen = Callable[[Room, int], AbstractAsyncContextManager[int]]
"""Serves a room at a port (0: any free one) while the context lasts; its value is the port."""


def main(listen: Listen) -> None:
    """Run a contestant from its command line."""
    parser = argparse.ArgumentParser()
    for flag in ("port", "clients", "arena", "tick-rate"):
        parser.add_argument(f"--{flag}", type=int, required=True)
    given = parser.parse_args()
    room = Room(given.clients, given.arena, given.tick_rate)
    print(uvloop.run(_serve(listen, room, given.port)), flush=True)


async def _serve(listen: Listen, room: Room, port: int) -> str:
    """Until a signal; what there is to say then."""
    lateness, stop = Lateness(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGUSR1, lateness.forget)
    gc.freeze()
    async with listen(room, port) as taken, _keeping_time(room, lateness):
        print(f"ready {taken}", flush=True)
        await stop.wait()
    return lateness.line()


@asynccontextmanager
async def _keeping_time(room: Room, lateness: Lateness) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        clock = tasks.create_task(_keep_time(room, lateness))
        yield
        clock.cancel()


async def _keep_time(room: Room, lateness: Lateness) -> None:
    epoch_s, tick = time.monotonic(), 0
    while True:
        deadline_s = epoch_s + tick / room.tick_rate
        await asyncio.sleep(max(0.0, deadline_s - time.monotonic()))
        late_s = time.monotonic() - deadline_s
        lateness.record(late_s)
        if late_s * room.tick_rate > BEHIND_TICKS_MAX:
            epoch_s += late_s
        room.advance()
        tick += 1
