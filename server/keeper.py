"""When checkpoints are made: once a second for each room, in the idle part after a tick; and when they are read.

The tick pays for the capture alone. Sealing and writing happen in a worker thread, one at a time: where the disk is so
slow that the one before isn't done yet, one is left out and counted. A checkpoint that can't be made or written is
logged with its reason, and the game goes on.
"""

import time
from collections.abc import Mapping
from typing import Any, Final

import structlog
import trio

from protocol.arena import Arena
from protocol.ticks import Rates
from server.checkpoint import BYTES_MAX, SavedRoom, Unusable, capture, revive, seal, unseal
from server.game import Game
from server.lobby import Lobby
from server.room import Room
from server.store import Store

EVERY_S: Final = 1.0
LATE_S_MAX: Final = 0.004
"""A loop that is late has no idle part; the checkpoint waits for a tick that isn't."""
POSTPONED_S_MAX: Final = 0.5
LAST_S_MAX: Final = 10.0
"""How long the last checkpoints may take when the server stops."""
ASIDE_S_MAX: Final = 3.0
"""And one of a room that failed, for a fresh one waits for it."""

log = structlog.get_logger("ricochet.keeper")


class Keeper:
    """Keeps `lobby`'s rooms in `store`."""

    def __init__(self, lobby: Lobby, store: Store, every_s: float = EVERY_S) -> None:
        self._lobby, self._store, self._every_s = lobby, store, every_s
        self._counted = lobby.keeping
        self._due_s: dict[str, float] = {}
        self._writing = trio.Lock()
        self._send, self._receive = trio.open_memory_channel[SavedRoom](0)

    @property
    def is_writing(self) -> bool:
        return self._writing.locked()

    # while it plays ----------------------------------------------------------------------------------------

    def tick_done(self, room: Room, lateness_s: float) -> None:
        """Called after each tick of `room`: make a checkpoint if one is due. Never awaits, never raises."""
        now_s = trio.current_time()
        due_s = self._due_s.setdefault(room.name, now_s)
        if now_s < due_s or (lateness_s > LATE_S_MAX and now_s < due_s + POSTPONED_S_MAX):
            return
        self._due_s[room.name] = max(due_s + self._every_s, now_s + self._every_s / 2)
        if self.is_writing:
            self._counted.checkpoints_skipped += 1
            return
        saved = self.capture(room)
        if saved is not None:
            try:
                self._send.send_nowait(saved)
            except trio.WouldBlock:
                self._counted.checkpoints_skipped += 1

    async def run(self) -> None:
        """Write what `tick_done` gives; for ever."""
        async for saved in self._receive:
            await self._write(saved)

    async def save_all(self) -> bool:
        """Before the server stops: every room as it is now. Whether all was written, in time."""
        done = False
        with trio.move_on_after(LAST_S_MAX, shield=True):
            done = all([await self._save_now(room) for room in self._lobby.rooms.values()])
        if not done:
            log.error("the last checkpoints could not be written; the ones before stand")
        return done

    def let_go(self) -> None:
        """Nothing more is written: somebody else may go on from what there is."""
        self._store.close()

    async def set_aside(self, failed: SavedRoom) -> None:
        """A room has failed: keep what it was, for a person to look at. Never raises."""
        try:
            with trio.move_on_after(ASIDE_S_MAX):
                place = await trio.to_thread.run_sync(
                    lambda: self._store.set_aside(failed.name, "failed", seal(failed)), abandon_on_cancel=True
                )
                log.error("what the room was is set aside", room=failed.name, place=place)
        except Exception:
            self._failed(failed.name)

    async def _save_now(self, room: Room) -> bool:
        saved = self.capture(room)
        return saved is not None and await self._write(saved)

    def capture(self, room: Room) -> SavedRoom | None:
        """What a checkpoint of it holds; None when it can't be had, which is logged and counted."""
        began_s = time.perf_counter()
        try:
            saved = capture(room, self._lobby.save_seats(room, trio.current_time()))
        except Exception:
            self._failed(room.name)
            return None
        self._counted.checkpoint_ms = (time.perf_counter() - began_s) * 1e3
        return saved

    async def _write(self, saved: SavedRoom) -> bool:
        async with self._writing:
            try:
                size = await trio.to_thread.run_sync(self._seal_and_write, saved, abandon_on_cancel=True)
            except Exception:
                self._failed(saved.name)
                return False
        self._counted.checkpoints += 1
        self._counted.checkpoint_bytes = size
        return True

    def _seal_and_write(self, saved: SavedRoom) -> int:
        checkpoint = seal(saved)
        if len(checkpoint) > BYTES_MAX:
            raise OSError(f"a checkpoint of {len(checkpoint)} bytes is more than {BYTES_MAX}")
        self._store.write(saved.name, checkpoint)
        return len(checkpoint)

    def _failed(self, name: str) -> None:
        self._counted.checkpoints_failed += 1
        log.exception("no checkpoint", room=name)

    # when it starts ----------------------------------------------------------------------------------------

    def reopen(
        self, name: str, game: type[Game], arena: Arena, rates: Rates, options: Mapping[str, Any]
    ) -> Room | None:
        """The room of that name as it was, in the lobby with its seats; None when there is nothing to go on from.

        What can't be gone on from is set aside, with a sentence in the log. Raises OSError when the store fails.
        """
        checkpoint = self._store.read(name)
        if checkpoint is None:
            return None
        try:
            saved = unseal(checkpoint)
            room = revive(saved, game, arena, rates, options)
        except Unusable as error:
            self._counted.checkpoints_refused += 1
            place = self._store.set_aside(name, "refused")
            log.error(f"the checkpoint of {name} is set aside: {error}", place=place, exc_info=error.__cause__)
            return None
        self._lobby.add_room(room, saved.seats, trio.current_time())
        log.info("the room goes on", room=name, tick=room.tick, players=len(room.players))
        return room
