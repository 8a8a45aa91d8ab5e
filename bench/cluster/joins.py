"""How long it takes to join a room by a process that hasn't it: hello there, `moved`, hello at the owner, welcome.

All who join are of one process, which reads each answer as soon as it can, and tells how late that is: by how much it
wakes up too late for a timer of its own while they join, and what it takes of a core.
"""

import time
from collections.abc import Sequence
from functools import partial
from random import Random
from typing import Final

import trio
from msgspec import Struct

from bench.cluster.fleet import Member
from bots.address import parse_address
from bots.client import Connection
from bots.common_room import CommonRooms
from bots.player import Player
from bots.sweep import sweep_every
from bots.tally import Tally
from protocol.codec import CODECS, Wire
from protocol.limits import SUBPROTOCOL_MSGPACK

JOIN_S_MAX: Final = 10.0
STAY_S: Final = 1.0
"""Who has joined plays for so long, and goes."""


LOOK_S: Final = 0.005
"""Between two looks at how late this process is."""


class Join(Struct, frozen=True):
    """One. Seconds are from before the first connection was opened."""

    moved_s: float
    welcome_s: float


class Joins(Struct):
    """All of them, and how whoever measured them was."""

    done: list[Join] = []
    failed: int = 0
    late_s: list[float] = []
    cpu_share: float = 0.0


class Joiner(Player):
    """Notes when it was led, and when it was welcome: what it makes of a welcome is its own affair."""

    moved_s: float | None = None
    welcome_s: float | None = None

    def receive(self, wire: Wire, now_s: float) -> None:
        arrived_s = time.perf_counter()
        super().receive(wire, now_s)
        if self.moved is not None and self.moved_s is None:
            self.moved_s = arrived_s
        if self.welcome is not None and self.welcome_s is None:
            self.welcome_s = arrived_s


async def join(url: str, room: str, number: int) -> Join | None:
    """Somebody comes to `url` for `room`, which is elsewhere; None when they were not led there, or not let in."""
    codec = CODECS[SUBPROTOCOL_MSGPACK]
    player = Joiner(f"joiner{number}", codec, CommonRooms(), Tally(), attentive=False)
    connection = Connection(player, parse_address(url), codec, room)
    began_s = time.perf_counter()
    with trio.move_on_after(JOIN_S_MAX):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_stay, player, connection)
            await connection.keep(Random(number), lambda ended: False)
            nursery.cancel_scope.cancel()
    if player.moved_s is None or player.welcome_s is None:
        return None
    return Join(player.moved_s - began_s, player.welcome_s - began_s)


async def _stay(player: Joiner, connection: Connection) -> None:
    while player.welcome_s is None:  # noqa: ASYNC110  # nothing announces it
        await trio.sleep(STAY_S / 4)
    await trio.sleep(STAY_S)
    connection.leave()


async def join_often(members: Sequence[Member], joins: int, per_second: float, seed: int) -> Joins:
    """So many, at that rate, by random processes to random rooms of others."""
    sweep_every(0.0)
    rng, told = Random(seed), Joins()
    rooms = [(member, room) for member in members for room in sorted(await member.rooms())]

    async def one(number: int, url: str, room: str) -> None:
        joined = await join(url, room, number)
        if joined is None:
            told.failed += 1
        else:
            told.done.append(joined)

    began_s, own_s = time.perf_counter(), time.process_time()
    async with trio.open_nursery() as looking:
        looking.start_soon(_look_how_late, told.late_s)
        async with trio.open_nursery() as nursery:
            for number in range(joins):
                owner, room = rng.choice(rooms)
                entrance = rng.choice([member for member in members if member is not owner])
                nursery.start_soon(partial(one, number, entrance.url, room))
                await trio.sleep(1 / per_second)
        looking.cancel_scope.cancel()
    told.cpu_share = (time.process_time() - own_s) / (time.perf_counter() - began_s)
    return told


async def _look_how_late(late_s: list[float]) -> None:
    while True:
        due_s = trio.current_time() + LOOK_S
        await trio.sleep_until(due_s)
        late_s.append(trio.current_time() - due_s)
