"""Runs a room for as long as somebody is there, and lets it rest while nobody is.

    somebody there     it ticks, in a phase of its own among the rooms of the process
    nobody, for 3 s    its ticks stop, and game time with them: a match has as long to go as it had
    resting            no tick, no wake-up, no phase; it is written down once, and again when a kept seat is given up
    somebody comes     the next tick is due within a tick's length, as if nothing had been

Nobody is there when there is no spectator and no player with a connection; a bot is somebody.
"""

from collections.abc import Callable
from typing import Final

import trio

from server.phases import Phases
from server.room import Room
from server.tick_loop import OnTick, keep_time

REST_AFTER_S: Final = 3.0
"""Whoever has lost the connection for a moment comes back to a game that went on."""


async def live(
    room: Room,
    on_tick: OnTick,
    phases: Phases,
    drain: Callable[[], None] = lambda: None,
    on_rest: Callable[[], None] = lambda: None,
) -> None:
    """For ever; ends by cancellation, or with what a tick raises."""
    while True:
        phase = phases.take()
        try:
            wait_s = phases.wait_s(phase, trio.current_time())
            await keep_time(room, on_tick, wait_s, drain, REST_AFTER_S)
        finally:
            phases.give_back(phase)
        await _rest(room, on_rest)


async def _rest(room: Room, on_rest: Callable[[], None]) -> None:
    room.is_resting = True
    try:
        while not room.is_watched:
            on_rest()
            stirred = trio.Event()
            room.on_stir = stirred.set
            await stirred.wait()
    finally:
        room.is_resting, room.on_stir = False, _nothing


def _nothing() -> None:
    pass
