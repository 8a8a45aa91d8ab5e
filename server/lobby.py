"""Rooms and who sits in them: open, find, join, come back, close.

A seat is one player's place in one room. It outlives its connection by SEAT_KEPT_S, and whoever shows its token
first takes it over: single use, rotated, and looked at before anything else is touched, so that a wrong token
changes nothing for anybody.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from protocol import limits
from protocol.arena import Arena
from protocol.errors import Code, Violation
from protocol.messages import Hello
from protocol.ticks import Rates
from server.checkpoint import SavedSeat
from server.game import Game, Player
from server.gate import Gate
from server.heralds import Heralds
from server.link import Link
from server.restrictions import Restrictions
from server.roles import Identity
from server.room import Room
from server.seats import Doors, Reserved, Seat, digest
from server.session import Session
from server.statistics import Faults, Keeping, RoomStatistics, Statistics, Traffic


class Lobby:
    """All rooms of one process. `new_token` is replaced in tests that must be reproducible."""

    def __init__(
        self, new_token: Callable[[], str] = lambda: secrets.token_urlsafe(24), gate: Gate | None = None
    ) -> None:
        self.rooms: dict[str, Room] = {}
        self.sessions: set[Session] = set()
        self.gate = gate or Gate()
        self.bans, self.mutes = Restrictions(), Restrictions()
        self.traffic = Traffic()
        self.refused = 0
        """Conversations ended for a violation."""
        self.too_slow = 0
        """Conversations ended because the client did not keep up."""
        self._closed = RoomStatistics()
        """What rooms that are gone had counted."""
        self.doors = Doors.OPEN
        self.reopening: set[str] = set()
        """Rooms that are gone for a moment, after a mistake of ours."""
        self.faults = Faults()
        self.heralds = Heralds(self.faults)
        """Who listens to rooms coming, going, and ending their matches."""
        self.keeping = Keeping()
        self._new_token = new_token
        self._seats: dict[bytes, Seat] = {}
        """By lock."""
        self._reserved: dict[bytes, Reserved] = {}
        """Each by both its locks."""

    def meet(self, link: Link, now_s: float) -> Session:
        """Somebody is at the door: the conversation with whoever is at the other end of `link`."""
        return Session(link, self, now_s)

    # rooms -------------------------------------------------------------------------------------------------

    def open_room(
        self,
        name: str,
        game: type[Game],
        arena: Arena,
        rates: Rates,
        seed: int,
        options: Mapping[str, Any] | None = None,
    ) -> Room:
        room = Room(name, game, arena, rates, seed, options)
        self.add_room(room)
        return room

    def add_room(self, room: Room, seats: Iterable[SavedSeat] = (), now_s: float = 0.0) -> None:
        """A room that is there already, with seats that are kept for those who had them."""
        assert room.name not in self.rooms
        self.rooms[room.name] = room
        room.listener = self.heralds
        self.heralds.opened(room)
        for seat in seats:
            vacant_since_s = now_s - (seat.vacant_s or 0.0)
            reserved = Reserved.of(seat, room, vacant_since_s)
            self._reserved[seat.lock] = self._reserved[seat.next_lock] = reserved

    def close_room(self, name: str, code: Code = Code.ROOM_CLOSED, sentence: str = "the room is closed") -> None:
        """End a room and every conversation in it."""
        room = self.rooms.pop(name)
        self._reserved = {lock: seat for lock, seat in self._reserved.items() if seat.room is not room}
        for lock, seat in list(self._seats.items()):
            if seat.room is room:
                del self._seats[lock]
                if seat.session is not None:
                    seat.session.end(code, sentence)
        for counter in RoomStatistics.__struct_fields__:
            setattr(self._closed, counter, getattr(self._closed, counter) + getattr(room.statistics, counter))
        self.heralds.closed(room)

    def close(self, code: Code, sentence: str) -> None:
        """End every conversation; for shutting down."""
        for session in list(self.sessions):
            session.end(code, sentence)

    # seats -------------------------------------------------------------------------------------------------

    def seat(self, session: Session, hello: Hello, now_s: float) -> None:
        """Give `session` the seat it held, or a new one, and welcome it. Raises Violation."""
        kept = self._kept(hello.resume, session.identity)
        if self.doors is Doors.SHUT or (self.doors is Doors.RETURNING and kept is None):
            raise Violation(Code.SERVER_STOPPING, "the server is about to stop; come back in a moment")
        if kept is not None:
            self._resume(session, kept)
            return
        room = self._find(hello.room)
        player = room.join(hello.name, hello.bot, session.account) if hello.role == "player" else None
        self._sit(session, room, player, self._new_token())
        if hello.resume is not None:
            session.refuse_gently(Code.RESUME_REFUSED, "that seat is gone; you have joined as a newcomer")

    def vacate(self, seat: Seat, session: Session, now_s: float) -> None:
        """`session` lost its connection: keep the seat for a while, if it is still that session's."""
        if seat.session is not session:
            return
        seat.room.unwatch(seat.viewer)
        if seat.player is None or seat.room.name not in self.rooms:
            self._seats.pop(seat.lock, None)
        else:
            seat.session, seat.vacant_since_s = None, now_s

    def give_up(self, seat: Seat) -> None:
        """The seat is free for good."""
        self._seats.pop(seat.lock, None)
        seat.room.unwatch(seat.viewer)
        if seat.player is not None and seat.player.id in seat.room.players:
            seat.room.leave(seat.player)

    def save_seats(self, room: Room, now_s: float) -> list[SavedSeat]:
        """The seats of `room`'s players, for a checkpoint."""
        return [saved for seat in self.seats() if seat.room is room and (saved := seat.save(now_s)) is not None]

    def people(self) -> int:
        """How many human players are connected."""
        return sum(
            seat.session is not None and seat.player is not None and not seat.player.bot
            for seat in self._seats.values()
        )

    def seats(self) -> list[Seat | Reserved]:
        """All, also those to which nobody has come back yet after a restart."""
        return [*self._seats.values(), *dict.fromkeys(self._reserved.values())]

    def expel(self, seat: Seat | Reserved, code: Code, sentence: str) -> None:
        """End the conversation, if there is one, and give the seat up."""
        if isinstance(seat, Reserved):
            self._release(seat)
            return
        session, seat.session = seat.session, None
        if session is not None:
            session.end(code, sentence)
            session.seat = None
        self.give_up(seat)

    def excuse(self, absent_s: float) -> None:
        """The server itself was away for so long: no deadline of anybody's counts that."""
        for session in self.sessions:
            session.excuse(absent_s)
        for seat in self.seats():
            seat.vacant_since_s += absent_s

    def sweep(self, now_s: float) -> list[Exception]:
        """Twice a second: deadlines of conversations, seats kept for too long. What went wrong with some of them."""
        due = [partial(session.expire, now_s) for session in self.sessions]
        for seat in self._seats.values():
            if seat.session is None and now_s - seat.vacant_since_s > limits.SEAT_KEPT_S:
                due.append(partial(self.give_up, seat))
        for reserved in dict.fromkeys(self._reserved.values()):
            if now_s - reserved.vacant_since_s > limits.SEAT_KEPT_S:
                due.append(partial(self._release, reserved))
        return [error for chore in due if (error := _failing(chore)) is not None]

    def _kept(self, token: str | None, whose: Identity) -> Seat | Reserved | None:
        """The seat that `token` opens, unless it is somebody else's."""
        lock = digest(token) if token is not None else b""
        kept = self._seats.get(lock) or self._reserved.get(lock)
        return kept if kept is not None and kept.identity.subject == whose.subject else None

    def _release(self, seat: Reserved) -> None:
        """The reserved seat is free for good."""
        self._forget(seat)
        if seat.player.id in seat.room.players:
            seat.room.leave(seat.player)

    def _forget(self, seat: Reserved) -> None:
        for lock in (seat.lock, seat.next_lock):
            self._reserved.pop(lock, None)

    def _find(self, name: str | None) -> Room:
        if self.reopening and (name is None or name in self.reopening):
            raise Violation(Code.SERVER_FAULT, "the room had to be closed after a mistake of ours; it opens again soon")
        if name is not None:
            if name not in self.rooms:
                raise Violation(Code.ROOM_NOT_FOUND, f"there is no room {name!r}")
            return self.rooms[name]
        room = min(self.rooms.values(), key=lambda room: len(room.players), default=None)
        if room is None:
            raise Violation(Code.ROOM_NOT_FOUND, "no room is open")
        return room

    def _resume(self, session: Session, kept: Seat | Reserved) -> None:
        if isinstance(kept, Reserved):
            self._forget(kept)
            self._sit(session, kept.room, kept.player, self._new_token())
            return
        del self._seats[kept.lock]
        former, kept.session = kept.session, None
        if former is not None:
            kept.room.unwatch(kept.viewer)
            former.seat = None
            former.end(Code.REPLACED, "another connection came back to this seat")
        self._sit(session, kept.room, kept.player, kept.next_token)

    def _sit(self, session: Session, room: Room, player: Player | None, token: str) -> None:
        session.link.post(session.link.codec.encode(room.welcome(player, token)))
        viewer = room.watch(session.link, player)
        next_token = self._new_token()
        lock, next_lock = digest(token), digest(next_token)
        seat = Seat(room, player, viewer, lock, next_token, next_lock, session, 0.0, session.identity, session.key)
        self._seats[lock] = session.seat = seat

    # numbers -----------------------------------------------------------------------------------------------

    def statistics(self) -> Statistics:
        rooms = list(self.rooms.values())
        players = [player for room in rooms for player in room.players.values()]
        viewers = [viewer for room in rooms for viewer in room.viewers()]
        total = Statistics(
            rooms=len(rooms),
            players=len(players),
            bots=sum(player.bot for player in players),
            spectators=sum(seat.player is None for seat in self._seats.values()),
            sessions=len(self.sessions),
            viewers_blocked=sum(viewer.link.blocked for viewer in viewers),
            viewers_lagging=sum(viewer.lag.is_behind and not viewer.link.blocked for viewer in viewers),
            waiting_bytes=sum(session.link.waiting_bytes for session in self.sessions),
            waiting_events=sum(viewer.owed for viewer in viewers),
            entities=sum(len(room.world) for room in rooms),
            refused=self.refused,
            too_slow=self.too_slow,
            not_authenticated=self.gate.refused,
            hellos_waiting=self.gate.waiting,
            bans=len(self.bans),
            mutes=len(self.mutes),
        )
        for source in (self._closed, *(room.statistics for room in rooms)):
            for counter in RoomStatistics.__struct_fields__:
                setattr(total, counter, getattr(total, counter) + getattr(source, counter))
        for counted in (self.traffic, self.faults, self.keeping):
            for counter in counted.__struct_fields__:
                setattr(total, counter, getattr(counted, counter))
        return total


def _failing(chore: Callable[[], None]) -> Exception | None:
    """Do it; one that fails keeps nobody from having theirs done."""
    try:
        chore()
    except Exception as error:
        return error
    return None
