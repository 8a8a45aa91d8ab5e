"""When checkpoints are made: once a second for each room, in the idle part after a tick; and when they are read.

The tick pays for the capture alone. Sealing and writing happen in a worker thread, one at a time: where the disk is so
slow that the one before isn't done yet, one is left out and counted. A checkpoint that can't be made or written is
counted and logged with its reason, and the game goes on. What a disk doesn't take it takes from no room, and so for
long: that is logged now and then, for logs may be on the same disk.

What admins decide (bans, mutes, rooms that are closed) is written at once, and they are answered when it is.
"""

import time
from collections.abc import Mapping
from contextlib import suppress
from math import inf
from typing import Any, Final

import structlog
import trio

from protocol.arena import Arena
from protocol.ticks import Rates
from server.catalogue import Catalogue
from server.checkpoint import BYTES_MAX, SavedRoom, capture, revive, seal, unseal
from server.game import Game
from server.lobby import Lobby
from server.register import take_up, write_down
from server.room import Room
from server.sealed import Unusable
from server.store import RESTRICTIONS, Store, Superseded, checkpoint_of, room_of

EVERY_S: Final = 1.0
LATE_S_MAX: Final = 0.004
"""A loop that is late has no idle part; the checkpoint waits for a tick that isn't."""
POSTPONED_S_MAX: Final = 0.5
LAST_S_MAX: Final = 10.0
"""How long the last checkpoints may take when the server stops."""
ASIDE_S_MAX: Final = 3.0
"""And one of a room that failed, for a fresh one waits for it."""
SETTLE_S_MAX: Final = 5.0
"""How long an admin waits for what they have decided to be written down."""
SETTLING_MAX: Final = 64
"""Admins who wait."""
LOG_EVERY_S: Final = 10.0
"""Of a store that fails."""

log = structlog.get_logger("ricochet.keeper")


class Turn:
    """Somebody waits for what has been decided to be written down."""

    def __init__(self) -> None:
        self.is_over, self.is_kept = trio.Event(), False


class Keeper:
    """Keeps `lobby`'s rooms in `store`, and its bans and mutes."""

    def __init__(self, lobby: Lobby, store: Store, every_s: float = EVERY_S) -> None:
        self._lobby, self._store, self._every_s = lobby, store, every_s
        self._counted = lobby.keeping
        self._due_s: dict[str, float] = {}
        self._writing = trio.Lock()
        self._pending: dict[str, tuple[Room | None, SavedRoom]] = {}
        """What is to be written, the newest of each room; None: it is here no more, and goes on elsewhere."""
        self._busy_with: str | None = None
        """The room that is being written."""
        self._news = trio.Event()
        self._ask, self._asked = trio.open_memory_channel[Turn](SETTLING_MAX)
        self._gone = set[str]()
        """Rooms whose checkpoints are to be removed."""
        self._is_settled = True
        self._has_let_go = False
        self._said_s, self._unsaid = -inf, 0
        """When it was said last that the store fails, and how often it has failed since."""

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
        if room.name in self._pending or room.name == self._busy_with:
            self._counted.checkpoints_skipped += 1
        else:
            self._keep(room)

    def rests(self, room: Room) -> None:
        """`room` ticks no more, for now: keep it as it is. Never awaits, never raises."""
        self._due_s.pop(room.name, None)
        self._keep(room)

    def parts(self, room: Room) -> None:
        """`room` had to stop here, and others may go on with it: keep it as it is. Never awaits, never raises."""
        self._due_s.pop(room.name, None)
        self._keep(room, is_last=True)

    def _keep(self, room: Room, is_last: bool = False) -> None:
        saved = self.capture(room)
        if saved is not None:
            self._pending[room.name] = None if is_last else room, saved
            self._news.set()

    async def run(self) -> None:
        """Write what there is to write; for ever."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._write_checkpoints)
            nursery.start_soon(self._write_decisions)

    async def _write_checkpoints(self) -> None:
        while True:
            await self._news.wait()
            self._news = trio.Event()
            while self._pending:
                self._busy_with = next(iter(self._pending))
                await self._write(*self._pending.pop(self._busy_with))
            self._busy_with = None

    async def save_all(self) -> bool:
        """Before the server stops: every room as it is now. Whether all was written, in time."""
        done = False
        with trio.move_on_after(LAST_S_MAX, shield=True):
            rooms = [await self._save_now(room) for room in list(self._lobby.rooms.values())]
            done = all(rooms) and await self._settle()
        if not done:
            log.error("the last checkpoints could not be written; the ones before stand")
        return done

    def let_go(self) -> None:
        """Nothing more is written: somebody else may go on from what there is."""
        self._has_let_go = True
        self._store.close()

    async def set_aside(self, failed: SavedRoom) -> None:
        """A room has failed: keep what it was, for a person to look at. Never raises."""
        try:
            with trio.move_on_after(ASIDE_S_MAX):
                place = await trio.to_thread.run_sync(
                    lambda: self._store.set_aside(checkpoint_of(failed.name), "failed", seal(failed)),
                    abandon_on_cancel=True,
                )
                log.error("what the room was is set aside", room=failed.name, place=place)
        except Exception as error:
            self._failed(failed.name, error)

    async def _save_now(self, room: Room) -> bool:
        saved = self.capture(room)
        if saved is None:
            return False
        self._pending.pop(room.name, None)  # it is older, and would come later
        return await self._write(room, saved)

    def capture(self, room: Room) -> SavedRoom | None:
        """What a checkpoint of it holds; None when it can't be had, which is logged and counted, or may not be yet."""
        fence = self._lobby.elsewhere.fence(room.name)
        if fence is None:
            return None
        began_s = time.perf_counter()
        try:
            saved = capture(room, self._lobby.save_seats(room, trio.current_time()), fence)
        except Exception as error:
            self._failed(room.name, error)
            return None
        self._counted.checkpoint_ms = (time.perf_counter() - began_s) * 1e3
        return saved

    async def _write(self, room: Room | None, saved: SavedRoom) -> bool:
        await self._settle()
        async with self._writing:
            if self._has_let_go:
                return False
            if room is not None and self._lobby.rooms.get(room.name) is not room:
                return True  # it was closed meanwhile, and must not come back
            try:
                size = await trio.to_thread.run_sync(self._seal_and_write, saved, abandon_on_cancel=True)
            except Superseded as error:
                self._counted.checkpoints_superseded += 1
                log.warning(
                    "others have gone on with the room; ours is no longer kept", room=saved.name, why=str(error)
                )
                return True  # there is nothing to keep
            except Exception as error:
                self._failed(saved.name, error)
                return False
        self._counted.checkpoints += 1
        self._counted.checkpoint_bytes = size
        return True

    def _seal_and_write(self, saved: SavedRoom) -> int:
        checkpoint = seal(saved)
        if len(checkpoint) > BYTES_MAX:
            raise OSError(f"a checkpoint of {len(checkpoint)} bytes is more than {BYTES_MAX}")
        self._store.write(checkpoint_of(saved.name), checkpoint, saved.fence)
        return len(checkpoint)

    def _failed(self, name: str, error: Exception) -> None:
        self._counted.checkpoints_failed += 1
        if not isinstance(error, OSError):
            log.exception("no checkpoint", room=name)
            return
        self._unsaid += 1
        now_s = trio.current_time()
        if now_s - self._said_s >= LOG_EVERY_S:
            why = (error.strerror or str(error)).lower()
            log.error("checkpoints can't be written", room=name, why=why, times=self._unsaid)
            self._said_s, self._unsaid = now_s, 0

    # what admins decide ------------------------------------------------------------------------------------

    def forget(self, room: str) -> None:
        """It has ended for good; see `settle`. Nobody need wait for it."""
        self._gone.add(room)
        self._due_s.pop(room, None)
        self._is_settled = False
        with suppress(trio.WouldBlock):
            self._ask.send_nowait(Turn())

    def note(self) -> None:
        """Something was decided: it is written with the next checkpoint, whoever makes it."""
        self._is_settled = False

    async def settle(self) -> bool:
        """Have what was decided written down; whether it is. What isn't in time, or fails, is tried again."""
        turn, self._is_settled = Turn(), False
        try:
            self._ask.send_nowait(turn)
        except trio.WouldBlock:
            return False
        with trio.move_on_after(SETTLE_S_MAX):
            await turn.is_over.wait()
        return turn.is_kept

    async def _write_decisions(self) -> None:
        async for turn in self._asked:
            turn.is_kept = await self._settle()
            turn.is_over.set()

    async def _settle(self) -> bool:
        async with self._writing:
            if self._is_settled or self._has_let_go:
                return self._is_settled
            gone, self._gone, self._is_settled = self._gone, set(), True
            try:
                register = write_down(self._lobby.bans, self._lobby.mutes, trio.current_time(), time.time())
                await trio.to_thread.run_sync(self._write_settled, register, gone, abandon_on_cancel=True)
            except Exception as error:
                self._gone |= gone
                self._is_settled = False
                self._failed(RESTRICTIONS, error)
                return False
        return True

    def _write_settled(self, register: bytes, gone: set[str]) -> None:
        self._store.write(RESTRICTIONS, register)
        for room in gone:
            self._store.remove(checkpoint_of(room))

    # when it starts ----------------------------------------------------------------------------------------

    def reinstate(self) -> None:
        """Whoever was banned or mute still is. Raises OSError when the store fails."""
        register, lobby = self._store.read(RESTRICTIONS), self._lobby
        if register is None:
            return
        try:
            take_up(register, lobby.bans, lobby.mutes, trio.current_time(), time.time())
        except Unusable as error:
            self._set_aside(RESTRICTIONS, error)

    def reopen(
        self, name: str, game: type[Game], arena: Arena, rates: Rates, options: Mapping[str, Any]
    ) -> Room | None:
        """The room of that name as it was, in the lobby with its seats; None when there is nothing to go on from.

        What can't be gone on from is set aside, with a sentence in the log. Raises OSError when the store fails.
        """
        checkpoint = self._store.read(checkpoint_of(name))
        if checkpoint is None:
            return None
        try:
            saved = _unsealed(name, checkpoint)
            room = revive(saved, game, arena, rates, options)
        except Unusable as error:
            self._set_aside(checkpoint_of(name), error)
            return None
        self._take_up(room, saved)
        return room

    def reopen_others(self, catalogue: Catalogue) -> None:
        """Rooms that people had opened, as long as there may be so many. Raises OSError when the store fails."""
        for name in self._store.names():
            room = room_of(name)
            if room is None or room in self._lobby.rooms or len(self._lobby.rooms) >= self._lobby.openings.rooms_max:
                continue
            checkpoint = self._store.read(name)
            try:
                saved = _unsealed(room, checkpoint or b"")
                if not saved.card.is_permanent:  # else the operator's, of other settings than today's
                    self._take_up(catalogue.revive(saved), saved)
            except Unusable as error:
                self._set_aside(name, error)

    def _take_up(self, room: Room, saved: SavedRoom) -> None:
        self._lobby.add_room(room, saved.seats, trio.current_time())
        log.info("the room goes on", room=room.name, tick=room.tick, players=len(room.players))

    def _set_aside(self, name: str, error: Unusable) -> None:
        self._counted.checkpoints_refused += 1
        place = self._store.set_aside(name, "refused")
        log.error(f"{name} is set aside: {error}", place=place, exc_info=error.__cause__)


def _unsealed(room: str, checkpoint: bytes) -> SavedRoom:
    """Raises Unusable, also where it is another room's: whoever keeps a copy beside it would have the room twice."""
    saved = unseal(checkpoint)
    if saved.name != room:
        raise Unusable("it is of another room")
    return saved
