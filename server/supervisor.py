"""Keeps rooms running: each in a task of its own, so that a mistake in one ends that one and nothing else.

a tick raises -> it is logged with its traceback, and counted
                 what the room was is set aside for inspection
                 its conversations end with SERVER_FAULT: the clients come back by themselves
                 a fresh room of the same settings is opened; one that fails again and again, after ever longer pauses
                 one that people had opened, and that fails again, is gone
"""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
import trio

from protocol.errors import Code
from server.keeper import Keeper
from server.lobby import Lobby
from server.room import Room

PAUSE_S_MIN: Final = 1.0
PAUSE_S_MAX: Final = 30.0
CALM_S: Final = 60.0
"""A room that ran for so long has not failed again: its successor is opened at once."""
SENTENCE: Final = "the room had to be closed after a mistake of ours; a fresh one takes you"

log = structlog.get_logger("ricochet.supervisor")


class Relapses:
    """How long to wait before the next room of a name is opened."""

    def __init__(self) -> None:
        self._failed_s: float | None = None
        self._pause_s = 0.0

    def pause_s(self, now_s: float) -> float:
        """One has failed now."""
        is_again = self._failed_s is not None and now_s - self._failed_s - self._pause_s < CALM_S
        self._failed_s = now_s
        self._pause_s = min(PAUSE_S_MAX, max(PAUSE_S_MIN, 2 * self._pause_s)) if is_again else 0.0
        return self._pause_s


class Supervisor:
    """Runs rooms of `lobby`. `run` is a room's tick loop; `open_again` puts a fresh room like one that failed there."""

    def __init__(
        self,
        lobby: Lobby,
        run: Callable[[Room], Awaitable[None]],
        open_again: Callable[[Room], Room],
        keeper: Keeper | None = None,
    ) -> None:
        self._lobby, self._run, self._open_again, self._keeper = lobby, run, open_again, keeper
        self._scopes: dict[str, trio.CancelScope] = {}

    def names(self) -> list[str]:
        """Of the rooms that are run."""
        return list(self._scopes)

    def end(self, name: str) -> None:
        """Somebody has closed that room: run it no longer, if it was run, and open no other in its place."""
        if (scope := self._scopes.pop(name, None)) is not None:
            scope.cancel()

    def start(self, nursery: trio.Nursery, room: Room) -> None:
        """Run `room`, and the rooms that take its place, until it is ended."""
        scope = self._scopes[room.name] = trio.CancelScope()
        nursery.start_soon(self._keep_within, scope, room)

    async def _keep_within(self, scope: trio.CancelScope, room: Room) -> None:
        with scope:
            await self._keep(room)

    async def _keep(self, room: Room) -> None:
        relapses = Relapses()
        fresh: Room | None = room
        while True:
            if fresh is not None:
                room = fresh
                await self._live(room)
            pause_s = relapses.pause_s(trio.current_time())
            if pause_s and not room.card.is_permanent:
                self._give_up(room)
                return
            await trio.sleep(pause_s)
            fresh = self._fresh(room)

    def _give_up(self, room: Room) -> None:
        log.error("the room fails again and again; it is opened no more", room=room.name)
        self._lobby.reopening.discard(room.name)
        self._scopes.pop(room.name, None)
        self._lobby.on_end(room)

    async def _live(self, room: Room) -> None:
        """One room from its first tick to its last; returns when it has failed."""
        try:
            await self._run(room)
        except Exception:
            log.exception("a room has failed", room=room.name, tick=room.tick, players=len(room.players))
        await self._close(room)

    async def _close(self, room: Room) -> None:
        lobby, keeper = self._lobby, self._keeper
        lobby.faults.rooms_failed += 1
        failed = keeper.capture(room) if keeper is not None else None
        lobby.reopening.add(room.name)
        lobby.close_room(room.name, trio.current_time(), Code.SERVER_FAULT, SENTENCE)
        if keeper is not None and failed is not None:
            await keeper.set_aside(failed)

    def _fresh(self, failed: Room) -> Room | None:
        """None when it fails before its first tick."""
        try:
            room = self._open_again(failed)
        except Exception:
            self._lobby.faults.rooms_failed += 1
            log.exception("a room can't be opened", room=failed.name)
            return None
        self._lobby.reopening.discard(failed.name)
        return room
