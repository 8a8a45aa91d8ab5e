"""The other processes: which rooms they have, and the way there for whoever asks here.

    a room of ours      claimed or announced before it runs, fenced while it runs, released when it ends
    a room of theirs    in our list; whoever enters it is told where it is (`moved`), with a seat that is kept for them
    quick play          here, unless nobody is here and there is company there, or there is no place here

Lists are a second old. A seat, one for each conversation, is reserved in the directory, and signed with a key that all
processes have from there, so that the owner knows who comes for it. While the directory is away, rooms that were listed
are still led to, without a reservation: then the owner's room may turn out to be full.
"""

import math
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final

import structlog
import trio

from protocol import limits
from protocol.errors import Code, Violation
from protocol.messages import Enter, Hello, Moved, RoomInfo
from server.cluster.directory import Unreachable
from server.cluster.membership import Membership
from server.cluster.records import Entry, Notice, Process, Timing, Why
from server.cluster.redis import RedisDirectory
from server.cluster.wiring import Alone, Lost
from server.lobby import Lobby
from server.moves import go
from server.room import Room
from server.rooms import info_of
from server.seats import Doors
from server.session import Session, State
from server.statistics import Statistics
from server.tokens import Key, Rules, Verifier, secret_key, sign

LOOK_EVERY_S: Final = 1.0
KEY_EVERY_S: Final = 60.0
"""How often the key is asked for again: that keeps it alive, and another one in its place is noticed."""
AGAIN_AFTER_S: Final = 1.0
LEADING_MAX: Final = 256
"""Who may wait for an answer of the directory at once."""
REDEEMED_MAX: Final = 4096
AUDIENCE: Final = "ricochet-seat"

log = structlog.get_logger("ricochet.cluster")


class Company(Alone):
    """Of `lobby`, by way of `directory`."""

    def __init__(self, directory: RedisDirectory, lobby: Lobby, timing: Timing | None = None) -> None:
        self.directory, self.lobby = directory, lobby
        self.membership = Membership(directory, self._about, self._look, self.lost, timing)
        self.others: list[Entry] = []
        """Rooms of other processes, those with the most people first."""
        self._seen_s = 0.0
        self._wanted: dict[str, Room] = {}
        """Rooms of the operator's that are to run here as soon as they may."""
        self._chores: trio.Nursery | None = None
        self._leading = 0
        self._key: Key | None = None
        self._keyed_s = -math.inf
        self._redeemed: dict[str, None] = {}

    # our rooms ---------------------------------------------------------------------------------------------

    def take(self, room: Room, is_new: bool) -> bool:
        if self.membership.holds(room.name):
            return True
        if is_new:
            self.membership.announce(notice_of(room))
        else:
            self._wanted[room.name] = room
        return is_new

    def gone(self, name: str) -> None:
        self._wanted.pop(name, None)
        fence = self.membership.give_up(name)  # at once: the next room of that name is another one
        if self._chores is not None:
            self._chores.start_soon(self.membership.release, name, fence)

    def fenced(self, room: Room, drain: Callable[[], None]) -> Callable[[], None]:
        def look() -> None:
            drain()
            if not self.membership.holds(room.name):
                raise Lost(room.name)

        return look

    def _about(self) -> Process:
        lobby = self.lobby
        is_open = lobby.doors is Doors.OPEN
        return Process(self.url, lobby.openings.rooms_max, limits.CONNECTIONS_MAX, len(lobby.sessions), is_open)

    def _look(self, name: str) -> Notice | None:
        room = self.lobby.rooms.get(name)
        return notice_of(room) if room is not None else None

    def lost(self, name: str) -> None:
        room = self.lobby.rooms.get(name)
        if room is not None:
            if room.card.is_permanent:
                self._wanted[name] = room
            self.stop_room(room)

    async def _claim(self) -> None:
        """What we want, whenever it may be had."""
        while True:
            for name, room in list(self._wanted.items()):
                try:
                    claimed = await self.membership.claim(notice_of(room))
                except Unreachable:
                    break
                if claimed.why is not Why.GRANTED:
                    continue
                if self._wanted.pop(name, None) is not None:
                    self.run_room(room if name in self.lobby.rooms else self.lobby.open_again(room))
                elif name not in self.lobby.rooms:
                    await self.membership.release(name, self.membership.give_up(name))  # it has ended meanwhile
            await trio.sleep(self.membership.timing.beat_s)

    # their rooms -------------------------------------------------------------------------------------------

    def listed(self, here: list[RoomInfo]) -> list[RoomInfo]:
        rooms = [*here, *(_info_of(entry.notice) for entry in self.others if entry.process.is_open)]
        rooms.sort(key=lambda room: room.bots - room.players)
        return rooms[: limits.ROOMS_LISTED_MAX]

    def described(self) -> list[dict[str, Any]]:
        return [
            {
                "name": notice.name,
                "title": notice.title,
                "game": notice.game,
                "map": notice.arena,
                "players": notice.players,
                "bots": notice.bots,
                "people": notice.people,
                "spectators": notice.spectators,
                "players_max": notice.seats,
                "url": entry.process.url,
            }
            for entry in self.others
            for notice in [entry.notice]
        ]

    def leads(self, session: Session, message: Hello | Enter, near: Room | None) -> bool:
        name = message.room
        if name is None and isinstance(message, Enter):
            name = self._livelier(message, near)
        elif near is not None or name in self.lobby.reopening:
            return False
        if name is None or self._chores is None or self._leading >= LEADING_MAX:
            return False
        self._leading += 1
        self._chores.start_soon(self._lead, session, message, name)
        return True

    def _livelier(self, message: Enter, near: Room | None) -> str | None:
        if near is not None and near.people:
            return None
        for entry in self.others:
            fits = message.game in (None, entry.notice.game) and entry.process.is_open
            if fits and (entry.free or message.role == "spectator") and (near is None or entry.notice.people):
                return entry.notice.name
        return None

    def _is_ours(self, entry: Entry) -> bool:
        """Also if it was, before we were started again."""
        return entry.lease == self.membership.lease or entry.process.url == self.url

    async def _lead(self, session: Session, message: Hello | Enter, name: str) -> None:
        try:
            session.ticket = session.ticket or secrets.token_urlsafe(12)  # one for all that it asks: it holds one seat
            entry = await self._reserve(name, message.role, session.ticket)
            if session.state is not State.ENDED:
                self._say_where(session, message, entry, session.ticket)
        except Exception as error:
            refusal = error if isinstance(error, Violation) else Violation(Code.SERVER_FAULT, "a mistake of ours")
            if refusal is not error:
                log.exception("somebody could not be led to a room")
            if isinstance(message, Hello):
                session.end(refusal.code, refusal.sentence)
            elif message.room is None:  # quick play: there may be a place here
                go(session, partial(self.lobby.enter_here, session, message))
            elif session.state is not State.ENDED:
                session.refuse_gently(refusal.code, refusal.sentence)
        finally:
            self._leading -= 1

    async def _reserve(self, name: str, role: str, seat: str) -> Entry:
        """The room, in which `seat` is kept from now on. Raises Violation."""
        is_away = False
        try:
            entry = await self.directory.find(name)
        except Unreachable:
            entry, is_away = next((one for one in self.others if one.notice.name == name), None), True
        if entry is None or self._is_ours(entry):
            raise Violation(Code.ROOM_NOT_FOUND, f"there is no room {name!r}")
        if not entry.process.is_open:
            raise Violation(Code.SERVER_STOPPING, "the server that has the room is about to stop")
        if role != "spectator" and not is_away:
            with suppress(Unreachable):
                if not await self.directory.reserve(name, seat):
                    raise Violation(Code.ROOM_FULL, "the room is full")
        return entry

    def _say_where(self, session: Session, message: Hello | Enter, entry: Entry, seat: str) -> None:
        name, role = entry.notice.name, "spectator" if message.role == "spectator" else "player"
        until_s = int(time.time() + self.membership.timing.seat_s)
        claims = {"sub": f"{seat}@{name}", "aud": AUDIENCE, "exp": until_s}
        token = sign(self._key, claims) if self._key is not None else ""
        moved = Moved(entry.process.url, name, token, "spectator" if role == "spectator" else "player")
        if not session.hand(session.link.codec.encode(moved)):
            session.end(Code.TOO_SLOW, "there was no way to say where the room is")
        if session.seat is not None:
            session.seat.viewer.pay()
        if isinstance(message, Hello):
            session.end(Code.MOVED, "the room is at another address")

    # seats of ours -----------------------------------------------------------------------------------------

    def admit(self, room: Room, role: str, seat: str | None = None) -> None:
        held = self.membership.held
        if role != "player" or (seat and self._redeem(room.name, seat)):
            return
        if len(room.players) + held.get(room.name, 0) >= room.players_max:
            raise Violation(Code.ROOM_FULL, "the room is full")

    def _redeem(self, name: str, token: str) -> bool:
        """Whether `token` is good for a seat in that room. It is once."""
        if self._key is None:
            return False
        try:
            subject = Verifier([self._key], Rules(AUDIENCE)).verify(token, time.time()).subject or ""
        except Violation:
            return False
        seat, _, room = subject.partition("@")
        if room != name or subject in self._redeemed:
            return False
        self._redeemed[subject] = None
        while len(self._redeemed) > REDEEMED_MAX:
            del self._redeemed[next(iter(self._redeemed))]
        self.membership.taken(name, seat)
        self.membership.held[name] = max(0, self.membership.held.get(name, 0) - 1)
        return True

    # -------------------------------------------------------------------------------------------------------

    def counting(self, statistics: Callable[[], Statistics]) -> Callable[[], Statistics]:
        def counted() -> Statistics:
            total = statistics()
            total.add(self.membership.counted)
            return total

        return counted

    async def run(self) -> None:
        async with trio.open_nursery() as nursery:
            self._chores = nursery
            for chore in (self.directory.run, self.membership.run, self._look_around, self._claim):
                nursery.start_soon(_steadily, chore)

    async def leave(self) -> None:
        await self.membership.leave()

    async def _look_around(self) -> None:
        while True:
            now_s = trio.current_time()
            try:
                if now_s - self._keyed_s >= KEY_EVERY_S:
                    self._key = secret_key((await self.directory.key()).hex().encode(), AUDIENCE)
                    self._keyed_s = now_s
                entries = await self.directory.listed(limits.ROOMS_LISTED_MAX)
                self.others = [entry for entry in entries if not self._is_ours(entry)]
                self._seen_s = now_s
            except Unreachable:
                self._keyed_s = -math.inf  # it may come back with another
                if now_s - self._seen_s > self.membership.timing.ttl_s:
                    self.others = []
            await trio.sleep(LOOK_EVERY_S)


async def _steadily(chore: Callable[[], Awaitable[None]]) -> None:
    """For ever. A mistake here ends no game."""
    while True:
        try:
            await chore()
        except Exception:
            log.exception("the company of other processes was lost for a moment")
        await trio.sleep(AGAIN_AFTER_S)


def notice_of(room: Room) -> Notice:
    """What the directory is told of `room`."""
    info = info_of(room)
    return Notice(
        room.name,
        info.title,
        info.game,
        info.arena,
        info.players,
        info.bots,
        info.spectators,
        info.players_max,
        room.card.is_private,
    )


def _info_of(notice: Notice) -> RoomInfo:
    return RoomInfo(
        notice.name,
        notice.title,
        notice.game,
        notice.arena,
        notice.players,
        notice.bots,
        notice.spectators,
        notice.seats,
    )
