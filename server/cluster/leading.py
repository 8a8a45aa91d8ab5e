"""Rooms of other processes: the list of them, and the way there for whoever asks here.

Lists are a second old. Whoever enters a room of theirs is told where it is (`moved`), with a seat that is reserved in
the directory and signed (`passes`), so that the owner knows who comes for it. While the directory is away, rooms that
were listed are still led to, also those whose owner was late just then, without a reservation: the owner's room may
turn out to be full.

A room that has no owner now, or one that wasn't heard of lately, may be back in a moment: whoever asks for it is told
to ask again (ROOM_RETURNING). So is whoever asks for one that is just being taken up here. Who comes back with a token
needs no reservation: their place in the room is theirs.
"""

import secrets
import time
from collections.abc import Callable
from functools import partial
from typing import Final

import structlog
import trio

from protocol import limits
from protocol.errors import OUR_MISTAKE, Code, Violation
from protocol.messages import Enter, Hello, Moved, RoomInfo
from server.cluster.adoption import Adoption
from server.cluster.directory import Directory, Unreachable
from server.cluster.notices import listed_as
from server.cluster.passes import Passes
from server.cluster.records import Entry, Timing
from server.lobby import Lobby
from server.moves import go
from server.room import Room
from server.session import Session, State

LEADING_MAX: Final = 256
"""Who may wait for an answer of the directory at once."""

log = structlog.get_logger("ricochet.cluster")


class Leading:
    """From `lobby`, by what `directory` says. `is_ours`: whether that is this process, which is at `url`."""

    def __init__(
        self,
        directory: Directory,
        lobby: Lobby,
        passes: Passes,
        timing: Timing,
        is_ours: Callable[[Entry], bool],
        url: Callable[[], str],
        adoption: Adoption | None,
    ) -> None:
        self.others: list[Entry] = []
        """Rooms of other processes, those with the most people first."""
        self._silent: list[Entry] = []
        """And those whose owner wasn't heard of lately: nobody is led there, unless nobody can say any better."""
        self.chores: trio.Nursery | None = None
        """Where to ask, once somebody answers."""
        self._directory, self._lobby, self._passes, self._timing = directory, lobby, passes, timing
        self._is_ours, self._url, self._adoption = is_ours, url, adoption
        self._leading = 0

    def learn(self, entries: list[Entry]) -> None:
        """The directory has listed these."""
        theirs = [entry for entry in entries if not self._is_ours(entry)]
        self.others = [entry for entry in theirs if entry.silent_ms <= self._timing.silent_ms]
        self._silent = [entry for entry in theirs if entry.silent_ms > self._timing.silent_ms]

    def forget(self) -> None:
        """It has been away for so long that nothing of it holds."""
        self.others, self._silent = [], []

    def listed(self, here: list[RoomInfo]) -> list[RoomInfo]:
        rooms = [*here, *(listed_as(entry.notice) for entry in self.others if entry.process.is_open)]
        rooms.sort(key=lambda room: room.bots - room.players)
        return rooms[: limits.ROOMS_LISTED_MAX]

    def leads(self, session: Session, message: Hello | Enter, near: Room | None) -> bool:
        """See `server.elsewhere`. Raises Violation."""
        name = message.room
        if name is None and isinstance(message, Enter):
            name = self.livelier(message, near)
        elif near is not None or name in self._lobby.reopening:
            return False
        elif isinstance(message, Hello) and message.role == "visitor" and message.resume is None:
            return False  # they look around first
        if name is None:
            return False
        if self.chores is None or self._leading >= LEADING_MAX:
            if message.room is None:
                return False
            raise Violation(Code.ROOM_RETURNING, "nobody can be asked for the room just now; ask again in a moment")
        self._leading += 1
        self.chores.start_soon(self._lead, session, message, name)
        return True

    def livelier(self, message: Enter, near: Room | None) -> str | None:
        """For quick play: here, unless nobody is here and there is company there, or there is no place here."""
        if near is not None and near.people:
            return None
        for entry in self.others:
            fits = message.game in (None, entry.notice.game) and entry.process.is_open
            if fits and (entry.free or message.role == "spectator") and (near is None or entry.notice.people):
                return entry.notice.name
        return None

    async def _lead(self, session: Session, message: Hello | Enter, name: str) -> None:
        try:
            session.ticket = session.ticket or secrets.token_urlsafe(12)  # one for all that it asks: it holds one seat
            comes_back = isinstance(message, Hello) and message.resume is not None  # and has a place there, if any
            needs_seat = not comes_back and message.role != "spectator"
            entry = await self.find(name, session.ticket if needs_seat else "")
            if session.state is not State.ENDED:
                self.say_where(session, message, entry, session.ticket)
        except Exception as error:
            refusal = error if isinstance(error, Violation) else Violation(Code.SERVER_FAULT, OUR_MISTAKE)
            if refusal is not error:
                log.exception("somebody could not be led to a room")
            self._refuse(session, message, refusal)
        finally:
            self._leading -= 1

    def _refuse(self, session: Session, message: Hello | Enter, refusal: Violation) -> None:
        if isinstance(message, Hello):
            session.end(refusal.code, refusal.sentence)
        elif message.room is None:  # quick play: there may be a place here
            go(session, partial(self._lobby.enter_here, session, message))
        elif session.state is not State.ENDED:
            session.refuse_gently(refusal.code, refusal.sentence)

    async def find(self, name: str, seat: str) -> Entry:
        """The room, which others have. `seat`, if it isn't empty, is kept there from now on, unless the directory is
        away. Raises Violation."""
        try:
            way = await self._directory.lead(name, seat, self._url())
        except Unreachable:
            return self._find_listed(name)
        entry = way.entry
        if way.is_orphan:
            raise Violation(Code.ROOM_RETURNING, "the room has lost its server; it is back in a moment")
        if entry is None or self._is_ours(entry):
            raise self._missing(name, entry is not None)
        if entry.silent_ms > self._timing.silent_ms:
            raise Violation(Code.ROOM_RETURNING, "the server that has the room is not heard of; it may be back soon")
        self._check_open(entry)
        if seat and not way.is_kept:
            raise Violation(Code.ROOM_FULL, "the room is full")
        return entry

    def _find_listed(self, name: str) -> Entry:
        """As it was when the directory last answered. Raises Violation."""
        known = (one for one in (*self.others, *self._silent) if one.notice.name == name)
        entry = next(known, None)
        if entry is None or self._is_ours(entry):
            raise self._missing(name, True)
        self._check_open(entry)
        return entry

    def _missing(self, name: str, may_be_ours: bool) -> Violation:
        if self._adoption is not None and (may_be_ours or self._adoption.expects(name)):
            return Violation(Code.ROOM_RETURNING, "the room isn't here yet; it is back in a moment")
        return Violation(Code.ROOM_NOT_FOUND, f"there is no room {name!r}")

    def _check_open(self, entry: Entry) -> None:
        if not entry.process.is_open:
            raise Violation(Code.SERVER_STOPPING, "the server that has the room is about to stop")

    def say_where(self, session: Session, message: Hello | Enter, entry: Entry, seat: str) -> None:
        name = entry.notice.name
        token = self._passes.give(seat, name, time.time() + self._timing.seat_s)
        moved = Moved(entry.process.url, name, token, "spectator" if message.role == "spectator" else "player")
        if not session.hand(session.link.codec.encode(moved)):
            session.end(Code.TOO_SLOW, "there was no way to say where the room is")
        if session.seat is not None:
            session.seat.viewer.pay()
        if isinstance(message, Hello):
            session.end(Code.MOVED, "the room is at another address")
