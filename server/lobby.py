"""Rooms and who sits in them: open, find, join, come back, close.

A seat is one player's place in one room. It outlives its connection by SEAT_KEPT_S, and whoever shows its token
first takes it over: single use, rotated, and looked at before anything else is touched, so that a wrong token
changes nothing for anybody.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from protocol import limits
from protocol.arena import Arena
from protocol.errors import Code, Violation
from protocol.messages import Hello
from protocol.ticks import Rates
from server.game import Game, Player
from server.gate import Gate
from server.link import Link
from server.restrictions import Restrictions
from server.roles import GUEST, Identity
from server.room import Room
from server.session import Session
from server.statistics import RoomStatistics, Statistics, Traffic
from server.viewers import Viewer


class Seat(Struct, eq=False):
    """One place in a room; `player` is None for a spectator."""

    room: Room
    player: Player | None
    viewer: Viewer
    token: str
    session: Session | None
    """Who sits there now; None while it is kept for someone who dropped."""
    vacant_since_s: float = 0.0
    identity: Identity = GUEST
    """Whose it is; for another subject its token is worth nothing."""
    key: str = ""
    """What bans and mutes know them by."""


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
        self._new_token = new_token
        self._seats: dict[str, Seat] = {}

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
        assert name not in self.rooms
        self.rooms[name] = room = Room(name, game, arena, rates, seed, options)
        return room

    def close_room(self, name: str, code: Code = Code.ROOM_CLOSED, sentence: str = "the room is closed") -> None:
        """End a room and every conversation in it."""
        room = self.rooms.pop(name)
        for token, seat in list(self._seats.items()):
            if seat.room is room:
                del self._seats[token]
                if seat.session is not None:
                    seat.session.end(code, sentence)
        for counter in RoomStatistics.__struct_fields__:
            setattr(self._closed, counter, getattr(self._closed, counter) + getattr(room.statistics, counter))

    def close(self, code: Code, sentence: str) -> None:
        """End every conversation; for shutting down."""
        for session in list(self.sessions):
            session.end(code, sentence)

    # seats -------------------------------------------------------------------------------------------------

    def seat(self, session: Session, hello: Hello, now_s: float) -> None:
        """Give `session` the seat it held, or a new one, and welcome it. Raises Violation."""
        if hello.resume is not None:
            kept = self._seats.get(hello.resume)
            if kept is not None and kept.identity.subject == session.identity.subject:
                self._resume(session, kept)
                return
        room = self._find(hello.room)
        player = room.join(hello.name, hello.bot) if hello.role == "player" else None
        self._sit(session, room, player)
        if hello.resume is not None:
            session.refuse_gently(Code.RESUME_REFUSED, "that seat is gone; you have joined as a newcomer")

    def vacate(self, seat: Seat, session: Session, now_s: float) -> None:
        """`session` lost its connection: keep the seat for a while, if it is still that session's."""
        if seat.session is not session:
            return
        seat.room.unwatch(seat.viewer)
        if seat.player is None or seat.room.name not in self.rooms:
            self._seats.pop(seat.token, None)
        else:
            seat.session, seat.vacant_since_s = None, now_s

    def give_up(self, seat: Seat) -> None:
        """The seat is free for good."""
        self._seats.pop(seat.token, None)
        seat.room.unwatch(seat.viewer)
        if seat.player is not None and seat.player.id in seat.room.players:
            seat.room.leave(seat.player)

    def seats(self) -> list[Seat]:
        return list(self._seats.values())

    def expel(self, seat: Seat, code: Code, sentence: str) -> None:
        """End the conversation, if there is one, and give the seat up."""
        session, seat.session = seat.session, None
        if session is not None:
            session.end(code, sentence)
            session.seat = None
        self.give_up(seat)

    def excuse(self, absent_s: float) -> None:
        """The server itself was away for so long: no deadline of anybody's counts that."""
        for session in self.sessions:
            session.excuse(absent_s)
        for seat in self._seats.values():
            seat.vacant_since_s += absent_s

    def sweep(self, now_s: float) -> None:
        """Twice a second: deadlines of conversations, seats kept for too long."""
        for session in list(self.sessions):
            session.expire(now_s)
        for seat in list(self._seats.values()):
            if seat.session is None and now_s - seat.vacant_since_s > limits.SEAT_KEPT_S:
                self.give_up(seat)

    def _find(self, name: str | None) -> Room:
        if name is not None:
            if name not in self.rooms:
                raise Violation(Code.ROOM_NOT_FOUND, f"there is no room {name!r}")
            return self.rooms[name]
        room = min(self.rooms.values(), key=lambda room: len(room.players), default=None)
        if room is None:
            raise Violation(Code.ROOM_NOT_FOUND, "no room is open")
        return room

    def _resume(self, session: Session, kept: Seat) -> None:
        del self._seats[kept.token]
        former, kept.session = kept.session, None
        if former is not None:
            kept.room.unwatch(kept.viewer)
            former.seat = None
            former.end(Code.REPLACED, "another connection came back to this seat")
        self._sit(session, kept.room, kept.player)

    def _sit(self, session: Session, room: Room, player: Player | None) -> None:
        token = self._new_token()
        session.link.post(session.link.codec.encode(room.welcome(player, token)))
        viewer = room.watch(session.link, player)
        seat = Seat(room, player, viewer, token, session, identity=session.identity, key=session.key)
        self._seats[token] = session_seat = seat
        session.seat = session_seat

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
        for counter in Traffic.__struct_fields__:
            setattr(total, counter, getattr(self.traffic, counter))
        return total
