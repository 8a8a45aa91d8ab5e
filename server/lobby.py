"""The lobby: everybody's way in, from room to room, and out. Rooms open and close here.

    hello, as a player or spectator     a seat: the one that its token opens, or a new one
    hello, as a visitor                 the hall, where one is told which rooms there are
    enter, open                         a seat in another room; then the one before is given up
    browse                              the hall
    a room ends                         its people are in the hall, if they know of it; else their conversations end

Whoever can't go where they want to go stays where they are. `seating` keeps the seats, `hall` those who have none,
`rooms` says which room is the best, `catalogue` what may be opened.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

from protocol.arena import Arena
from protocol.errors import Code, Violation
from protocol.messages import Enter, Hello, LobbyNews, Open, Podium
from protocol.ticks import Rates
from server.card import PERMANENT, Card
from server.catalogue import Catalogue
from server.chat.talk import Talk
from server.checkpoint import SavedSeat
from server.chores import do_all
from server.elsewhere import Elsewhere
from server.game import Game, Player
from server.gate import Gate
from server.hall import Hall, present
from server.heralds import Heralds
from server.link import Link
from server.lives import Lives
from server.openings import ROOMS_MAX_DEFAULT, Openings
from server.restrictions import Restrictions
from server.room import Room
from server.rooms import best, given, listed, reopening
from server.seating import Seating
from server.seats import Doors, Reserved, Seat
from server.session import Session, State
from server.statistics import Faults, Keeping, Recorded, RoomStatistics, Statistics, Traffic, Watched

CLOSED: Final = "the room is closed"


class Lobby:
    """All rooms of one process. Without a catalogue nobody can open one."""

    def __init__(
        self,
        new_token: Callable[[], str] = lambda: secrets.token_urlsafe(24),
        gate: Gate | None = None,
        catalogue: Catalogue | None = None,
        rooms_max: int = ROOMS_MAX_DEFAULT,
    ) -> None:
        self.rooms: dict[str, Room] = {}
        self.catalogue = catalogue
        self.sessions: set[Session] = set()
        self.seating = Seating(new_token)
        self.openings = Openings(catalogue, lambda: self.seating.new_token(), rooms_max)  # noqa: PLW0108  # it may be replaced
        self.elsewhere = Elsewhere()
        self.gate = gate or Gate()
        self.bans, self.mutes = Restrictions(), Restrictions()
        self.talk = Talk(self.sessions, self.mutes)
        self.hall = Hall(self._news)
        self.traffic = Traffic()
        self.refused = self.too_slow = 0
        """Conversations ended for a violation, and because the client did not keep up."""
        self.rooms_closed = 0
        self._closed = RoomStatistics()
        """What rooms that are gone had counted."""
        self.doors = Doors.OPEN
        self.reopening: set[str] = set()
        """Rooms that are gone for a moment, after a mistake of ours."""
        self.on_open: Callable[[Room], None] = lambda room: None
        """Called with each room that was opened for somebody: whoever runs rooms runs it."""
        self.on_end: Callable[[Room], None] = lambda room: None
        """Called with each room that has ended for good: it runs no longer, and is written down no more."""
        self.at_leisure: Callable[[Callable[[], None]], None] = lambda job: job()
        """Has done, now or in a moment, what would make ticks late."""
        self.faults = Faults()
        self.lives = Lives()
        self.heralds = Heralds(self.faults)
        self.heralds.listeners.append(self.lives)
        """Who listens to rooms coming, going, and ending their matches."""
        self.keeping, self.recorded, self.watched = Keeping(), Recorded(), Watched()

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
        card: Card = PERMANENT,
    ) -> Room:
        room = Room(name, game, arena, rates, seed, options, card=card)
        self.add_room(room)
        return room

    def add_room(self, room: Room, seats: Iterable[SavedSeat] = (), now_s: float = 0.0) -> None:
        """A room that is there already, with seats that are kept for those who had them."""
        assert room.name not in self.rooms
        self.rooms[room.name] = room
        room.listener = self.heralds
        self.heralds.opened(room)
        self.seating.reserve(seats, room, now_s)

    def open_again(self, room: Room) -> Room:
        """A fresh one in the place of `room`, which has failed."""
        fresh = self.openings.again(room)
        self.add_room(fresh)
        return fresh

    def end_room(self, name: str, now_s: float, sentence: str = CLOSED) -> None:
        """A room has come to its end, for good."""
        room = self.rooms[name]
        self.close_room(name, now_s, sentence=sentence)
        self.openings.counted.rooms_ended += not room.card.is_permanent
        self.on_end(room)

    def close_room(self, name: str, now_s: float, code: Code = Code.ROOM_CLOSED, sentence: str = CLOSED) -> None:
        """A room is no more, for now. Who knows of the lobby is there; for everybody else the conversation ends."""
        room = self.rooms.pop(name)
        for session in self.seating.clear(room):
            if session.state is State.PLAYING and session.knows_lobby and code is not Code.ROOM_RETURNING:
                room.unwatch(session.seated.viewer)
                self._to_hall(session, now_s, room.podium, sentence)
            else:
                session.end(code, sentence)
        self._closed.add(room.statistics)
        self.rooms_closed += 1
        self.heralds.closed(room)

    def close(self, code: Code, sentence: str) -> None:
        """End every conversation; for shutting down."""
        for session in list(self.sessions):
            session.end(code, sentence)

    # coming ------------------------------------------------------------------------------------------------

    def receive(self, session: Session, hello: Hello, now_s: float) -> None:
        """Give `session` the seat it held, or a new one, or let it look around. Raises Violation."""
        kept = self.seating.kept(hello.resume, session.identity)
        if self.doors is Doors.SHUT or (self.doors is Doors.RETURNING and kept is None):
            raise Violation(Code.SERVER_STOPPING, "the server is about to stop; come back in a moment")
        if kept is not None:
            self.seating.resume(session, kept, now_s)
            return
        if hello.room is not None and self.elsewhere.leads(session, hello, self.rooms.get(hello.room)):
            session.state, session.speaker = State.WAITING, None  # not in: chat doesn't know them
            return
        if hello.role == "visitor":
            self._to_hall(session, now_s)
        else:
            room = self._named(hello.room)
            self.elsewhere.admit(room, hello.role, hello.seat)
            self.seating.sit(session, room, _join(room, session, hello.role))
        if hello.resume is not None:
            what = "you are in the lobby" if hello.role == "visitor" else "you have joined as a newcomer"
            session.refuse_gently(Code.RESUME_REFUSED, f"that seat is gone; {what}")

    def enter(self, session: Session, message: Enter, now_s: float) -> bool:
        """Give `session` a seat in another room, in place of what it has; False: not yet, that may be elsewhere.
        Raises Violation, and nothing has changed."""
        self._check_doors()
        here = session.seat.room if session.seat is not None else None
        near = self._near(message, here) if message.room is None else self.rooms.get(message.room)
        if self.elsewhere.leads(session, message, near):
            return False
        self.enter_here(session, message)
        return True

    def enter_here(self, session: Session, message: Enter) -> None:
        """As `enter`, in this process."""
        self._check_doors()
        seat, here = session.seat, session.seat.room if session.seat is not None else None
        room = self._named(message.room) if message.room is not None else self._best(message, here)
        if room is not here or seat is None or seat.player is None:  # else their own place is free
            self.elsewhere.admit(room, message.role)
        self._move(session, room, message.role)

    def open(self, session: Session, message: Open, now_s: float) -> None:
        """Open a room for `session`, and seat it there. Raises Violation, and nothing has changed."""
        self._check_doors()
        room = self.openings.open(message, session.key, self._count(), now_s, session.account)
        self._move(session, self._opened(room), "player")

    def browse(self, session: Session, now_s: float) -> None:
        """From the room, if there is one, to the hall."""
        self._rise(session)
        self._to_hall(session, now_s)

    def _to_hall(self, session: Session, now_s: float, podium: Podium | None = None, reason: str = "") -> None:
        session.come_to_lobby()
        self.hall.come(session, now_s, podium, reason)
        self.talk.catch_up(session)

    def _move(self, session: Session, room: Room, role: str) -> None:
        former = session.seat
        if former is not None and former.room is room and former.player and len(room.players) <= room.players_max:
            self._rise(session)  # there is a place now, if only this one
            former = None
        player = _join(room, session, role)
        self.hall.go(session)
        self.seating.sit(session, room, player)
        if former is not None:
            self.seating.give_up(former)

    def _rise(self, session: Session) -> None:
        seat, session.seat = session.seat, None
        if seat is not None:
            self.seating.give_up(seat)

    def _check_doors(self) -> None:
        if self.doors is not Doors.OPEN:
            raise Violation(Code.SERVER_STOPPING, "the server is about to stop; stay where you are")

    # which room --------------------------------------------------------------------------------------------

    def _named(self, name: str | None) -> Room:
        """For whoever says hello and names none, one that is given."""
        if name in self.reopening or (name is None and self.reopening):
            raise reopening()
        if name is None:
            return given(self.rooms.values())
        if name not in self.rooms:
            raise Violation(Code.ROOM_NOT_FOUND, f"there is no room {name!r}")
        return self.rooms[name]

    def _near(self, message: Enter, here: Room | None) -> Room | None:
        return best(self.rooms.values(), message.game, here, watches=message.role == "spectator")

    def _best(self, message: Enter, here: Room | None) -> Room:
        """For quick play; where all are full, another one."""
        if (room := self._near(message, here)) is not None:
            return room
        return self._opened(self.openings.another(message.game, self._count()))

    def _opened(self, room: Room) -> Room:
        self.add_room(room)
        self.on_open(room)
        return room

    def _count(self) -> int:
        return len(self.rooms) + len(self.reopening)

    # going -------------------------------------------------------------------------------------------------

    def part(self, session: Session, now_s: float) -> None:
        """`session` lost its connection. Idempotent."""
        self.sessions.discard(session)
        self.hall.go(session)
        seat, session.seat = session.seat, None
        if seat is not None:
            self.seating.vacate(seat, session, now_s, is_kept=seat.room.name in self.rooms)

    def leave(self, session: Session) -> None:
        """`session` goes for good."""
        self.hall.go(session)
        self._rise(session)

    def excuse(self, absent_s: float, now_s: float) -> None:
        """The server itself was away for so long, until now: no deadline counts that, and nothing begins later."""
        for session in self.sessions:
            session.excuse(absent_s, now_s)
        for seat in self.seats():
            seat.vacant_since_s = min(seat.vacant_since_s + absent_s, now_s)
        self.lives.excuse(absent_s, now_s)

    def sweep(self, now_s: float, sessions: Iterable[Session] | None = None) -> list[Exception]:
        """Twice a second: deadlines of all conversations, or of these, seats kept for too long, rooms that are over,
        news. What went wrong with some of them."""
        judged = self.sessions if sessions is None else sessions
        due: list[Callable[[], None]] = [partial(session.expire, now_s) for session in judged]
        due += self.seating.overdue(now_s)
        due += [partial(self.end_room, room.name, now_s, why) for room, why in self.lives.over(now_s)]
        due += [partial(self.hall.sweep, now_s), partial(self.talk.sweep, self.rooms.values())]
        return do_all(due)

    def expel(self, seat: Seat | Reserved, code: Code, sentence: str) -> None:
        """End the conversation, if there is one, and give the seat up."""
        self.seating.expel(seat, code, sentence)

    # what there is -----------------------------------------------------------------------------------------

    def seats(self) -> list[Seat | Reserved]:
        """All, also those to which nobody has come back yet after a restart."""
        return self.seating.all()

    def save_seats(self, room: Room, now_s: float) -> list[SavedSeat]:
        """The seats of `room`'s players, for a checkpoint."""
        return self.seating.save(room, now_s)

    def people(self) -> int:
        """How many human players are connected."""
        return sum(room.people for room in self.rooms.values())

    def _news(self) -> LobbyNews:
        games = self.catalogue.games() if self.catalogue is not None else []
        people = present(self.sessions) + self.talk.afar.people
        return LobbyNews(self.elsewhere.listed(listed(self.rooms.values())), games, people)

    # numbers -----------------------------------------------------------------------------------------------

    def statistics(self) -> Statistics:
        rooms = list(self.rooms.values())
        players = [player for room in rooms for player in room.players.values()]
        viewers = [viewer for room in rooms for viewer in room.viewers()]
        total = Statistics(
            rooms=len(rooms),
            rooms_resting=sum(room.is_resting for room in rooms),
            rooms_private=sum(room.card.is_private for room in rooms),
            visitors=len(self.hall),
            players=len(players),
            bots=sum(player.bot for player in players),
            spectators=sum(seat.player is None for seat in self.seating.taken.values()),
            sessions=len(self.sessions),
            viewers_blocked=sum(viewer.link.blocked for viewer in viewers),
            viewers_lagging=sum(viewer.lag.is_behind and not viewer.link.blocked for viewer in viewers),
            waiting_bytes=sum(session.link.waiting_bytes for session in self.sessions),
            waiting_events=sum(viewer.owed for viewer in viewers),
            late_bytes=sum(room.watching.held_bytes for room in rooms),
            entities=sum(len(room.world) for room in rooms),
            refused=self.refused,
            too_slow=self.too_slow,
            not_authenticated=self.gate.refused,
            hellos_waiting=self.gate.waiting,
            bans=len(self.bans),
            mutes=len(self.mutes),
        )
        for room in rooms:
            total.add(room.statistics)
        talk, opening = self.talk.statistics(rooms), self.openings.counted
        for part in (self._closed, self.traffic, self.faults, self.keeping, self.recorded, self.watched, talk, opening):
            total.add(part)
        return total


def _join(room: Room, session: Session, role: str) -> Player | None:
    return room.join(session.name, session.bot, session.account) if role == "player" else None
