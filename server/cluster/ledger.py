"""The directory's rules: leases, rooms, fences and seats. Pure: time is an argument. `directory.lua` is its twin.

    join       a lease: a number that stands for one life of one process
    beat       I live, and these are my rooms: lease and rooms are good for another TTL
    claim      may I have this room? A fence, greater than any before, or why not
    release    I have stopped this room
    leave      I have stopped all of them, and go; others may have them, or nobody
    lead       where is this room, and may I send somebody there? A seat for them, if one is free
    orphans    rooms without an owner, for whoever has a place for them: the first that claims one has it

Whatever isn't heard of again is gone by itself: a lease and a room after the TTL, a seat after its own time. A room
that goes so is an *orphan* until somebody claims it, for `orphan_s` at most.

**When the directory itself may have forgotten.** It is *young* until a TTL has passed since it began, or since it was
itself away: nobody was heard for `away_s` although there were leases (it was stopped, or its clock was set forward).
While it is young it grants no room that may be running somewhere, and believes owners who say what they own; of two who
say they own the same room, the greater fence is right.
"""

from collections.abc import Sequence

from msgspec import Struct

from server.cluster.records import (
    ORPHANS_MAX,
    PROCESSES_MAX,
    ROOMS_MAX,
    Claimed,
    Entry,
    Heard,
    Notice,
    Orphan,
    Owned,
    Process,
    Taken,
    Timing,
    Way,
    Why,
)


class _Lease(Struct):
    process: Process
    until_ms: int


class _Room(Struct):
    notice: Notice
    lease: int
    fence: int
    until_ms: int
    seats: dict[str, int]
    """Reserved ones, each until when."""


class _Orphan(Struct):
    notice: Notice
    fence: int
    since_ms: int


class Ledger:
    """All that a directory remembers. `is_young`: it may have been another one that knew more."""

    def __init__(self, timing: Timing, now_ms: int = 0, is_young: bool = False) -> None:
        self._ttl_ms, self._away_ms, self._seat_ms = timing.ttl_ms, timing.away_ms, timing.seat_ms
        self._orphan_ms, self._silent_ms = timing.orphan_ms, timing.silent_ms
        self._leases: dict[int, _Lease] = {}
        self._rooms: dict[str, _Room] = {}
        self._orphans: dict[str, _Orphan] = {}
        self._number = 0
        self._heard_ms, self._owned_until_ms = now_ms, 0
        self._young_until_ms = now_ms + self._ttl_ms if is_young else now_ms

    def __len__(self) -> int:
        """How much it remembers."""
        seats = sum(len(room.seats) for room in self._rooms.values())
        return len(self._leases) + len(self._rooms) + len(self._orphans) + seats

    # owners ------------------------------------------------------------------------------------------------

    def join(self, process: Process, now_ms: int) -> int:
        """A lease; 0: there are too many."""
        self._hear(now_ms)
        if len(self._leases) >= PROCESSES_MAX:
            return 0
        lease = self._next(now_ms)
        self._keep(lease, process, now_ms)
        return lease

    def beat(self, lease: int, process: Process, rooms: Sequence[Owned], taken: Sequence[Taken], now_ms: int) -> Heard:
        self._hear(now_ms)
        if lease not in self._leases and not self._is_young(now_ms):
            return Heard(is_lost=True)
        self._number = max(self._number, lease)
        self._keep(lease, process, now_ms)
        lost = tuple(owned.notice.name for owned in rooms if not self._renew(lease, owned, now_ms))
        for one in taken:
            room = self._rooms.get(one.room)
            if room is not None and room.lease == lease:
                room.seats.pop(one.seat, None)
        mine = [room for owned in rooms if (room := self._rooms.get(owned.notice.name)) and room.lease == lease]
        return Heard(lost=lost, held=tuple((room.notice.name, len(room.seats)) for room in mine if room.seats))

    def claim(self, lease: int, notice: Notice, is_new: bool, now_ms: int) -> Claimed:
        """`is_new`: nobody can have had a room of that name, for it was drawn by chance just now."""
        self._hear(now_ms)
        room = self._rooms.get(notice.name)
        if lease not in self._leases:
            return Claimed(Why.LOST)
        if room is not None and room.lease != lease:
            return Claimed(Why.TAKEN, owner=room.lease)
        if room is None and not is_new and self._is_young(now_ms):
            return Claimed(Why.WAIT, wait_ms=self._young_until_ms - now_ms)
        if room is None and len(self._rooms) >= ROOMS_MAX:
            return Claimed(Why.FULL)
        fence = self._next(now_ms)  # an owner that asks again gets a new one: what it said under the old one is void
        seats = room.seats if room is not None else {}
        self._keep_room(_Room(notice, lease, fence, now_ms + self._ttl_ms, seats))
        return Claimed(Why.GRANTED, fence)

    def release(self, lease: int, name: str, fence: int, now_ms: int) -> None:
        self._hear(now_ms)
        room, orphan = self._rooms.get(name), self._orphans.get(name)
        if room is not None and (room.lease, room.fence) == (lease, fence):
            del self._rooms[name]
        if orphan is not None and orphan.fence == fence:
            del self._orphans[name]

    def leave(self, lease: int, hands_over: bool, now_ms: int) -> None:
        """With `hands_over` its rooms are orphans from now on."""
        self._hear(now_ms)
        self._leases.pop(lease, None)
        self._owned_until_ms = max((one.until_ms for one in self._leases.values()), default=0)
        own = sorted(name for name, room in self._rooms.items() if room.lease == lease)
        for room in [self._rooms.pop(name) for name in own]:
            if hands_over:
                self._orphan(room, now_ms, now_ms)

    # whoever looks for a room ------------------------------------------------------------------------------

    def lead(self, name: str, seat: str, asker: str, now_ms: int) -> Way:
        """Somebody at `asker`, a URL, wants to go there. If it isn't empty, `seat` is kept for them if one is free and
        the owner is another process than the asker, was heard lately, and takes newcomers. Asked again for the same
        one, it is kept for longer."""
        self._forget(now_ms)
        entry = self._entry(name, now_ms)
        if entry is None:
            return Way(is_orphan=name in self._orphans)
        process = entry.process
        may_go = process.is_open and process.url != asker and entry.silent_ms <= self._silent_ms
        return Way(entry, is_kept=bool(seat) and may_go and self._reserve(self._rooms[name], seat, now_ms))

    def find(self, name: str, now_ms: int) -> Entry | None:
        self._forget(now_ms)
        return self._entry(name, now_ms)

    def listed(self, count: int, now_ms: int) -> list[Entry]:
        """So many of the rooms that are open to all, those with the most people first."""
        self._forget(now_ms)
        public = [room.notice for room in self._rooms.values() if not room.notice.private]
        public.sort(key=lambda notice: (notice.people, notice.name.encode()), reverse=True)
        found = (self._entry(notice.name, now_ms) for notice in public[:count])
        return [entry for entry in found if entry is not None]

    def processes(self, now_ms: int) -> dict[int, Process]:
        """By lease."""
        self._forget(now_ms)
        return {lease: one.process for lease, one in sorted(self._leases.items())}

    # rooms without an owner --------------------------------------------------------------------------------

    def orphans(self, count: int, now_ms: int) -> list[Orphan]:
        """So many, those first that have been alone for longest; none while owners may still be heard of.

        Whoever asks is heard, for each owner does so every second: of a few processes that beat at the same moments
        one would be late now and then, and the directory would take that for its own absence.
        """
        self._hear(now_ms)
        if self._is_young(now_ms):
            return []
        found = sorted(self._orphans.values(), key=lambda orphan: (orphan.since_ms, orphan.notice.name.encode()))
        return [Orphan(orphan.notice, orphan.fence, now_ms - orphan.since_ms) for orphan in found[:count]]

    def is_orphan(self, name: str, now_ms: int) -> bool:
        self._forget(now_ms)
        return name in self._orphans

    # -------------------------------------------------------------------------------------------------------

    def _entry(self, name: str, now_ms: int) -> Entry | None:
        room = self._rooms.get(name)
        lease = self._leases.get(room.lease) if room is not None else None
        if room is None or lease is None:
            return None
        silent_ms = max(0, now_ms + self._ttl_ms - lease.until_ms)
        return Entry(room.notice, room.fence, room.lease, lease.process, len(room.seats), silent_ms)

    def _reserve(self, room: _Room, seat: str, now_ms: int) -> bool:
        others = len(room.seats) - (seat in room.seats)
        if room.notice.players + others >= room.notice.seats:
            return False
        room.seats[seat] = now_ms + self._seat_ms
        return True

    def _keep(self, lease: int, process: Process, now_ms: int) -> None:
        self._leases[lease] = _Lease(process, now_ms + self._ttl_ms)
        self._owned_until_ms = max(self._owned_until_ms, now_ms + self._ttl_ms)

    def _renew(self, lease: int, owned: Owned, now_ms: int) -> bool:
        room = self._rooms.get(owned.notice.name)
        if room is not None and (room.lease, room.fence) == (lease, owned.fence):
            seats = room.seats
        elif self._is_young(now_ms) and (room is None or room.fence < owned.fence):
            self._number, seats = max(self._number, owned.fence), {}
        else:
            return False
        self._keep_room(_Room(owned.notice, lease, owned.fence, now_ms + self._ttl_ms, seats))
        return True

    def _keep_room(self, room: _Room) -> None:
        self._rooms[room.notice.name] = room
        self._orphans.pop(room.notice.name, None)

    def _orphan(self, room: _Room, since_ms: int, now_ms: int) -> None:
        if since_ms + self._orphan_ms > now_ms and len(self._orphans) < ORPHANS_MAX:
            self._orphans[room.notice.name] = _Orphan(room.notice, room.fence, since_ms)

    def _next(self, now_ms: int) -> int:
        """Never less than the time: so a directory that has forgotten everything still gives greater numbers."""
        self._number = max(self._number + 1, now_ms)
        return self._number

    def _is_young(self, now_ms: int) -> bool:
        return now_ms < self._young_until_ms

    def _hear(self, now_ms: int) -> None:
        """A process is heard: was anybody, lately?"""
        was_owned = self._owned_until_ms > self._heard_ms
        if was_owned and now_ms - self._heard_ms > self._away_ms:
            self._young_until_ms = now_ms + self._ttl_ms
        self._heard_ms = now_ms
        self._forget(now_ms)

    def _forget(self, now_ms: int) -> None:
        self._leases = {lease: one for lease, one in self._leases.items() if one.until_ms > now_ms}
        orphans = self._orphans.items()
        self._orphans = {name: one for name, one in orphans if one.since_ms + self._orphan_ms > now_ms}
        lapsed = [(room.until_ms, name.encode(), name) for name, room in self._rooms.items() if room.until_ms <= now_ms]
        for until_ms, _, name in sorted(lapsed):
            self._orphan(self._rooms.pop(name), until_ms, now_ms)
        for room in self._rooms.values():
            room.seats = {seat: until_ms for seat, until_ms in room.seats.items() if until_ms > now_ms}
