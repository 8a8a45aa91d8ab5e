"""Keeps what is being built from being lost: every so often, and when a room ends, as drafts of those who built it.

A room is looked at every EVERY_S, and once more when it ends or the server stops: where something was built meanwhile,
those who have edited last (`Desk.editors`) each have a draft of it. Checkpoints are another matter: they are a room's,
and gone with it. A room that was opened with a draft goes on with that one. The arena is put together and written by a
worker thread: between two ticks there is only a note to take, and of each draft the newest is written.
"""

import secrets
import time
from hashlib import sha256
from typing import Final

import structlog
import trio
from msgspec import Struct

from protocol.blueprint import arena_of
from protocol.plan import Plan
from server.build.buildable import Buildable
from server.build.drafts import Draft, Drafts
from server.lobby import Lobby
from server.results import Result
from server.room import Room
from server.statistics import Recorded

EVERY_S: Final = 20.0
PENDING_MAX: Final = 64
"""Drafts that wait to be written; what is beyond is counted, and noted the next time, if its room is there still."""
LAST_S_MAX: Final = 3.0
"""How long the last may take when the server stops."""

log = structlog.get_logger("ricochet.drafts")


class Note(Struct, frozen=True):
    """A draft that is to be written."""

    owner: str
    title: str
    saved_s: int
    plan: Plan
    arena: str

    def draft(self) -> Draft:
        return Draft(self.owner, self.title, self.saved_s, arena_of(self.plan, self.arena))


class Rescue:
    """A `Listener`. `run` is what writes. Without drafts nothing is kept."""

    def __init__(self, drafts: Drafts | None, counted: Recorded) -> None:
        self._drafts, self.counted = drafts, counted
        self._revisions: dict[Room, int] = {}
        """Of rooms where one builds: what is kept already, or waits to be."""
        self._pending: dict[str, Note] = {}
        self._news = trio.Event()
        self._writing = trio.Lock()

    def opened(self, room: Room) -> None:
        if self._drafts is not None and isinstance(room.game, Buildable):
            desk = room.game.desk
            desk.mark = desk.mark or secrets.token_hex(16)
            self._revisions[room] = 0

    def concluded(self, room: Room, result: Result) -> None:
        """It is built on."""

    def closed(self, room: Room) -> None:
        self._note(room)
        self._revisions.pop(room, None)

    async def run(self) -> None:
        """For ever."""
        if self._drafts is None:
            return
        self._count(self._drafts)
        while True:
            with trio.move_on_after(EVERY_S):
                await self._news.wait()
            self._note_all()
            await self._write(self._drafts)

    async def finish(self) -> None:
        """Before the server stops: whatever isn't kept yet, in time."""
        self._note_all()
        if self._drafts is not None:
            with trio.move_on_after(LAST_S_MAX, shield=True):
                await self._write(self._drafts)

    async def discard(self, owner: str, id: str | None = None) -> bool:
        """One of somebody's drafts is to be gone, or all of theirs; whether there was any. Raises OSError.

        What they have built so far isn't kept for them again, however others build on.
        """
        if self._drafts is None:
            return False
        was_building = [self._disown(room, owner, id) for room in self._revisions]
        async with self._writing:
            waiting = [one for one, note in self._pending.items() if note.owner == owner and id in (None, one)]
            for one in waiting:
                del self._pending[one]
            kept = [one for one in self._drafts.ids_of(owner) if id in (None, one)]
            await trio.to_thread.run_sync(self._drafts.discard, kept)
            self._count(self._drafts)
        return bool(any(was_building) or waiting or kept)

    def _disown(self, room: Room, owner: str, id: str | None) -> bool:
        """What is built there is not theirs, if it is what `id` says; whether it was."""
        if not isinstance(room.game, Buildable):
            return False
        desk = room.game.desk
        was_theirs = owner in desk.editors and id in (None, self._id_of(room, desk.mark, owner))
        if was_theirs:
            desk.disown(owner)
        return was_theirs

    def _note_all(self) -> None:
        for room in self._revisions:
            self._note(room)

    def _note(self, room: Room) -> None:
        game, before = room.game, self._revisions.get(room)
        if before is None or not isinstance(game, Buildable) or game.desk.revision == before:
            return
        is_noted = True
        for owner in game.desk.editors:
            id = self._id_of(room, game.desk.mark, owner)
            if id not in self._pending and len(self._pending) >= PENDING_MAX:
                self.counted.drafts_failed += 1
                is_noted = False
                continue
            title = room.card.title or room.name
            self._pending[id] = Note(owner, title, int(time.time()), game.desk.plan, room.arena.name)
        if is_noted:
            self._revisions[room] = game.desk.revision
        self._news.set()

    def _id_of(self, room: Room, mark: str, owner: str) -> str:
        """The same for as long as it is the same work of the same person."""
        if self._drafts is not None and self._drafts.is_of(room.card.draft, owner):
            return room.card.draft
        return sha256(f"{mark} {owner}".encode()).hexdigest()[:16]

    async def _write(self, drafts: Drafts) -> None:
        """Each that waits. What the disk doesn't take waits for the next round, unless there is something newer."""
        async with self._writing:
            self._news = trio.Event()
            for id in list(self._pending):
                note = self._pending.pop(id)
                try:
                    await trio.to_thread.run_sync(_write, drafts, id, note, abandon_on_cancel=True)
                except Exception as error:
                    self.counted.drafts_failed += 1
                    log.error("a draft could not be kept", why=str(error))
                    if isinstance(error, OSError):
                        self._pending.setdefault(id, note)
            self._count(drafts)

    def _count(self, drafts: Drafts) -> None:
        self.counted.drafts, self.counted.draft_bytes = len(drafts), drafts.size


def _write(drafts: Drafts, id: str, note: Note) -> None:
    drafts.keep(id, note.draft())


def rescue_of(drafts: Drafts | None, lobby: Lobby) -> Rescue:
    """Of all of `lobby`'s rooms to come."""
    rescue = Rescue(drafts, lobby.recorded)
    lobby.heralds.listeners.append(rescue)
    return rescue
