"""The other processes: which rooms they have, which of them have lost their owner, and which of ours they may know.

    a room of ours      claimed or announced before it runs, fenced while it runs, released when it ends
    a room of theirs    in our list; whoever asks for it is led there (`leading`)
    a room of nobody's  where all keep their checkpoints at one place, it goes on here if there is a place (`adoption`)

A seat, one for each conversation, is reserved in the directory, and signed with a key that all processes have from
there (`passes`): it is asked for again every minute, and whenever the directory has been away.
"""

import math
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from random import Random
from typing import Any, Final

import structlog
import trio

from protocol import limits
from protocol.errors import Code, Violation
from protocol.messages import Enter, Hello, RoomInfo
from server.cluster.adoption import Adoption
from server.cluster.checkpoints import Checkpoints
from server.cluster.directory import Directory, Unreachable
from server.cluster.homes import Homes
from server.cluster.leading import Leading
from server.cluster.leftovers import Leftovers
from server.cluster.membership import Membership
from server.cluster.notices import described, notice_of
from server.cluster.passes import Passes
from server.cluster.records import Entry, Notice, Process, Timing, Why
from server.cluster.shared_store import SharedStore
from server.cluster.wiring import Alone, Lost
from server.lobby import Lobby
from server.room import Room
from server.seats import Doors
from server.session import Session
from server.statistics import Statistics
from server.store import Store

LOOK_EVERY_S: Final = 1.0
KEY_EVERY_S: Final = 60.0
"""How often the key is asked for again: that keeps it alive, and another one in its place is noticed."""
AGAIN_AFTER_S: Final = 1.0

log = structlog.get_logger("ricochet.cluster")


class Company(Alone):
    """Of `lobby`, by way of `directory`. With `checkpoints` rooms go on in others when their process is gone."""

    def __init__(
        self,
        directory: Directory,
        lobby: Lobby,
        checkpoints: Checkpoints | None = None,
        timing: Timing | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.directory, self.lobby = directory, lobby
        clocks = () if clock is None else (clock,)
        self.membership = Membership(directory, self._about, self._look, self.lost, timing, *clocks)
        self.passes = Passes()
        self.adoption: Adoption | None = None
        if checkpoints is not None:
            self.adoption = Adoption(self.membership, checkpoints, lobby)
            self.code_when_lost = Code.ROOM_RETURNING
        timing, where = self.membership.timing, lambda: self.url
        self.leading = Leading(directory, lobby, self.passes, timing, self.is_ours, where, self.adoption)
        self.homes = Homes(directory, lobby, where, self.membership.counted, Random())
        self._seen_s, self._keyed_s = 0.0, -math.inf
        self._fences: dict[str, int] = {}
        """Under which our rooms were kept last."""
        self._wanted: dict[str, Room] = {}
        """Rooms of the operator's that are to run here as soon as they may."""
        self._chores: trio.Nursery | None = None

    # our rooms ---------------------------------------------------------------------------------------------

    def store(self, local: Store | None) -> Store | None:
        if self.adoption is None:
            return local
        self.adoption.store = local
        return SharedStore(self.adoption.checkpoints, local)

    def fence(self, name: str) -> int | None:
        if self.adoption is None:
            return 0
        fence = self.membership.fence(name)
        if fence:
            self._fences[name] = fence
        return fence or self._fences.get(name)  # also of one that stops just now, because it is lost

    def take(self, room: Room, is_new: bool) -> bool:
        if self.membership.holds(room.name):
            return True
        if is_new or self.adoption is not None:  # where others may go on with a room, ours have new names each time
            self.membership.announce(notice_of(room))
            return True
        self._wanted[room.name] = room
        return False

    def gone(self, name: str) -> None:
        self._wanted.pop(name, None)
        self._fences.pop(name, None)
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
        if self.adoption is not None:
            self.adoption.lost(name)
        room = self.lobby.rooms.get(name)
        if room is not None:
            if room.card.is_permanent and self.adoption is None:
                self._wanted[name] = room
            self.stop_room(room)
        self._fences.pop(name, None)

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

    @property
    def others(self) -> list[Entry]:
        """Rooms of other processes, those with the most people first."""
        return self.leading.others

    def listed(self, here: list[RoomInfo]) -> list[RoomInfo]:
        return self.leading.listed(here)

    def described(self) -> list[dict[str, Any]]:
        return [described(entry) for entry in self.others]

    def leads(self, session: Session, message: Hello | Enter, near: Room | None) -> bool:
        return self.leading.leads(session, message, near)

    def is_ours(self, entry: Entry) -> bool:
        """Also if it was, before we were started again."""
        return entry.lease == self.membership.lease or entry.process.url == self.url

    async def _look_around(self) -> None:
        while True:
            now_s, timing = trio.current_time(), self.membership.timing
            try:
                if now_s - self._keyed_s >= KEY_EVERY_S:
                    self.passes.take_key(await self.directory.key())
                    self._keyed_s = now_s
                self.leading.learn(await self.directory.listed(limits.ROOMS_LISTED_MAX))
                self._seen_s = now_s
            except Unreachable:
                self._keyed_s = -math.inf  # it may come back with another
                if now_s - self._seen_s > timing.ttl_s:
                    self.leading.forget()
            await trio.sleep(LOOK_EVERY_S)

    # rooms of nobody's -------------------------------------------------------------------------------------

    async def _adopt(self) -> None:
        """For ever, or until there is nothing to do. Who has lost all rooms that are open to all opens one anew."""
        while self.adoption is not None:
            with suppress(Unreachable):
                await self.adoption.look()
                is_open = any(not room.card.is_private for room in self.lobby.rooms.values())
                if not is_open and self.lobby.doors is Doors.OPEN and self.membership.lease:
                    self.open_fresh()
            await trio.sleep(LOOK_EVERY_S)

    # seats of ours -----------------------------------------------------------------------------------------

    def admit(self, room: Room, role: str, seat: str | None = None) -> None:
        held = self.membership.held
        if role != "player" or (seat and self._redeem(room.name, seat)):
            return
        if len(room.players) + held.get(room.name, 0) >= room.players_max:
            raise Violation(Code.ROOM_FULL, "the room is full")

    def _redeem(self, name: str, token: str) -> bool:
        """Whether `token` is good for a seat in that room. It is once."""
        seat = self.passes.redeem(token, name, time.time())
        if seat is None:
            return False
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
        if self.adoption is not None:
            self.adoption.run_room = self.run_room
        async with trio.open_nursery() as nursery:
            self._chores = self.leading.chores = nursery
            for chore in (self.directory.run, self.membership.run, self._look_around, self._claim, self.homes.run):
                nursery.start_soon(_steadily, chore)
            if self.adoption is not None:
                nursery.start_soon(_steadily, self._adopt)
                leftovers = Leftovers(self.adoption.checkpoints, self.directory)
                nursery.start_soon(_steadily, partial(leftovers.run, self.lobby.rooms))

    async def leave(self) -> None:
        await self.membership.leave(hands_over=self.adoption is not None)


async def _steadily(chore: Callable[[], Awaitable[None]]) -> None:
    """For ever. A mistake here ends no game."""
    while True:
        try:
            await chore()
        except Exception:
            log.exception("the company of other processes was lost for a moment")
        await trio.sleep(AGAIN_AFTER_S)
