"""A flock, as its players, their lanes and the pulse see it."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from bots.act import Stick
from bots.flock.ears import Ears
from bots.flock.hands import Hands
from bots.flock.table import Table
from bots.lane import Lane
from bots.leads import OneLead
from bots.link import Link
from bots.pace import think_tick, think_ticks
from bots.pings import Pings
from bots.slices import Slices, slice_snapshot
from bots.tally import Account, Gathering, Tally
from bots.view import View
from protocol.heads import NOTHING_NEAR, tail
from protocol.input_rows import ENTRIES_MAX, pack
from protocol.messages import Message
from protocol.motion import Input
from protocol.snapshot import Snapshot
from protocol.ticks import Rates

NOTE_S = 1.0
"""So often what was counted in bulk is noted down for each."""


class Flyer(Protocol):
    """A player, as a flock sees it."""

    name: str
    account: Account
    pings: Pings
    stick: Stick

    def say(self, message: Message) -> None: ...
    def decide(self, tick: int) -> Input: ...
    def disagree(self, cells: Sequence[int]) -> None: ...
    def pulse(self, now_s: float) -> None: ...
    @property
    def due_s(self) -> float: ...


class Perch:
    """One player's seat, from the start of its clock to its end."""

    def __init__(self, flock: "Flock", seat: int, player: Flyer, view: View, lane: Lane) -> None:
        self.seat, self.player, self.view, self.lane = seat, player, view, lane
        self.lead = OneLead(flock.table.leads, seat)
        self.decided = Input()
        self.packed = pack(self.decided)
        self._flock = flock

    @property
    def tick(self) -> int:
        """The newest that has been lived."""
        return int(self._flock.table.next_tick[self.seat]) - 1

    @property
    def due_s(self) -> float:
        table = self._flock.table
        return float(min(table.due_s[self.seat], table.ping_s[self.seat]))

    def brief(self) -> None:
        """Tell the player's view what was heard in bulk since it was last told."""
        table = self._flock.table
        newest = table.newest[self.seat]
        if newest is not None:
            hud, table.newest[self.seat], table.huds[self.seat] = table.huds[self.seat], None, None
            slices = newest if isinstance(newest, Slices) else slice_snapshot(newest + NOTHING_NEAR + tail(0, b""))
            assert slices is not None, "its head was read"
            slices.hud = hud
            self.view.stand_at(slices)

    def hear(self, snapshot: Snapshot | Slices, now_s: float) -> None:
        """The view has taken one in that came the usual way."""
        self._flock.hear(self, snapshot, now_s)

    def leave(self) -> None:
        self._flock.leave(self)


class Flock:
    """With room for so many, who measure the same `tally`; `clock` tells the seconds of the pulse. It is the tray of
    their lanes."""

    def __init__(self, tally: Tally, seats: int, clock: Callable[[], float]) -> None:
        self.seats: list[int] = []
        self.received: list[bytes] = []
        self.table = Table(seats)
        self._intervals_ms, self._slacks_ms = Gathering(tally.snapshot_interval_ms), Gathering(tally.input_slack_ms)
        self._lateness_ms = Gathering(tally.pulse_lateness_ms)
        self.ears = Ears(self.table, self._intervals_ms, self._slacks_ms, self._disagree)
        self.grounded: set[Flyer] = set()
        """Who belongs to it and does not fly now, and so must be stepped one by one."""
        self._hands = Hands(self.table, self._lateness_ms, clock, self._think, self._post)
        self._tally, self._clock = tally, clock
        self._perches: list[Perch | None] = [None] * seats
        self._free = [*reversed(range(seats))]
        self._extent = 0
        """Every seat that is taken is before this one."""
        self._noted_s = -np.inf

    # who is there ------------------------------------------------------------------------------------------

    def enter(
        self, player: Flyer, view: View, link: Link, rates: Rates, spare_ticks: float, now_s: float
    ) -> Perch | None:
        """The clock of `player` starts with the snapshot that its view has just taken in; None: it must fly alone."""
        tick_rate, together = rates.tick_rate, rates.snapshot_interval
        if not self._free or together > ENTRIES_MAX or not isinstance(link, Lane):
            return None
        table, seat = self.table, self._free.pop()
        self._extent = max(self._extent, seat + 1)
        table.leads.begin(seat, tick_rate, spare_ticks)
        table.leads.start(seat, view.tick, player.pings.rtt_s, now_s)
        perch = self._perches[seat] = Perch(self, seat, player, view, link)
        self.grounded.discard(player)
        next_tick = int(perch.lead.tick_at(now_s)) + 1
        table.take_cells[seat], table.applied[seat], table.snapshot_s[seat] = view.take_cells, view.tick, now_s
        table.next_tick[seat], table.together[seat] = next_tick, together
        table.think_ticks[seat] = think_ticks(tick_rate)
        table.think_tick[seat] = think_tick(player.name, next_tick, tick_rate)
        table.ping_s[seat], table.rtt_s[seat] = player.pings.due_s, player.pings.rtt_s
        table.schedule(np.array([seat]), now_s)
        link.lend(self, seat)
        return perch

    def leave(self, perch: Perch) -> None:
        """Its clock has stopped."""
        self._hear()
        perch.brief()
        self._note_down(perch)
        perch.lane.lend(None)
        self._perches[perch.seat] = None
        self.table.empty(perch.seat)
        self._free.append(perch.seat)
        self.grounded.add(perch.player)

    def may_write(self, seat: int, fd: int) -> None:
        self.table.fds[seat] = fd

    # what they are told ------------------------------------------------------------------------------------

    def settle(self) -> None:
        """See to all that has come; the clocks hear of it at the next step."""
        if self.seats:
            seats, received = self.seats, self.received
            self.seats, self.received = [], []
            for seat, rest in self.ears.take(seats, received, self._clock()):
                if (perch := self._perches[seat]) is not None:
                    perch.lane.take(rest)

    def hear(self, perch: Perch, snapshot: Snapshot | Slices, now_s: float) -> None:
        """One that came by itself."""
        self.ears.take_one(perch.seat, snapshot.tick, snapshot.ack, snapshot.slack_ms, now_s)

    def _hear(self) -> None:
        now_s = self._clock()
        for steered, jumped in self.ears.hear(now_s):
            if len(jumped):  # the next tick may be some time off
                self._hands.post(jumped, self.table.next_tick.take(jumped) - 1)
            self.table.schedule(steered, now_s)

    def _disagree(self, seat: int, cells: Sequence[int]) -> None:
        perch = self._perches[seat]
        assert perch is not None
        perch.player.disagree(cells)

    # what they do ------------------------------------------------------------------------------------------

    @property
    def due_s(self) -> float:
        """When somebody is, next."""
        some = slice(self._extent)
        return float(min(self.table.due_s[some].min(), self.table.ping_s[some].min())) if self._extent else np.inf

    def step(self, now_s: float, wake_s: float) -> bool:
        """Whoever is due by now, whom the pulse meant to step at `wake_s` or later, does what it has to; whether there
        was anybody."""
        self._hear()
        some = slice(self._extent)
        due = (self.table.due_s[some] <= now_s).nonzero()[0]
        if len(due):
            self._hands.live(due, now_s, wake_s)
        asking = (self.table.ping_s[some] <= now_s).nonzero()[0]
        for seat in asking.tolist():
            self._ping(seat, wake_s)
        if now_s - self._noted_s >= NOTE_S:
            self._noted_s = now_s
            self.note_down()
        return bool(len(due) or len(asking))

    def _ping(self, seat: int, wake_s: float) -> None:
        perch, now_s = self._perches[seat], self._clock()
        assert perch is not None
        self._tally.pulse_lateness_ms.add((now_s - max(float(self.table.ping_s[seat]), wake_s)) * 1000.0)
        perch.player.say(perch.player.pings.ask(now_s))
        self.table.ping_s[seat], self.table.rtt_s[seat] = perch.player.pings.due_s, perch.player.pings.rtt_s

    def _think(self, seat: int, tick: int) -> int:
        perch = self._perches[seat]
        assert perch is not None
        if (decided := perch.player.decide(tick)) is not perch.decided:
            perch.decided, perch.packed = decided, pack(decided)
        return perch.packed

    def _post(self, seat: int, frame: bytes) -> None:
        perch = self._perches[seat]
        assert perch is not None
        perch.lane.post_frame(frame)

    # what is counted ---------------------------------------------------------------------------------------

    def note_down(self) -> None:
        """What was counted in bulk, for each, and in the tally."""
        for gathering in (self._intervals_ms, self._slacks_ms, self._lateness_ms):
            gathering.sum_up()
        for perch in self._perches[: self._extent]:
            if perch is not None:
                self._note_down(perch)

    def _note_down(self, perch: Perch) -> None:
        table, seat = self.table, perch.seat
        perch.player.account.snapshots += int(table.snapshots[seat])
        perch.lane.received_bytes += int(table.received_bytes[seat])
        perch.lane.sent_bytes += int(table.sent_bytes[seat])
        table.snapshots[seat] = table.received_bytes[seat] = table.sent_bytes[seat] = 0
