"""A tick clock on a ride: a client that sends its inputs, a server that says how early they came, a network between.

Rides are for the clock's tests, and written down as golden vectors for the browser's: for each ride, in order, what the
clock was told and what it then said.

    ["start", tick, rtt_s, now_s]
    ["took", tick, now_s]
    ["heard", tick, ack, slack_ms, rtt_s, now_s, clock, speed, snaps, due]     clock: 0.1 s later; due: in 1 s
"""

from collections.abc import Callable
from random import Random
from typing import Any, Final

from msgspec import Struct, field

from bots.lead import Lead

TICK_RATE: Final = 60
INTERVAL: Final = 2
"""Ticks from message to message and from snapshot to snapshot."""


class Ride(Struct):
    """What happened."""

    lead: Lead
    slacks: list[tuple[float, float]] = field(default_factory=list)
    """(second, slack in ms) of each tick, as the server saw it."""
    log: list[list[Any]] = field(default_factory=list)

    def late_share(self, after_s: float) -> float:
        slacks = [slack for at_s, slack in self.slacks if at_s >= after_s]
        return sum(slack < 0 for slack in slacks) / len(slacks)

    def median_ms(self, after_s: float) -> float:
        slacks = sorted(slack for at_s, slack in self.slacks if at_s >= after_s)
        return slacks[len(slacks) // 2]

    def hear(self, tick: int, ack: int, slack_ms: int | None, rtt_s: float, now_s: float) -> None:
        lead = self.lead
        lead.heard(tick, ack, slack_ms, rtt_s, now_s)
        said = [lead.tick_at(now_s + 0.1), lead.speed, lead.snaps, lead.due(now_s + 1.0)]
        self.log.append(["heard", tick, ack, slack_ms, rtt_s, now_s, *said])


def ride(
    seconds: float,
    one_way_s: Callable[[float], float],
    start_rtt_s: float = 0.0,
    server_shift_s: Callable[[float], float] = lambda now_s: 0.0,
    spare_ticks: float = 0.0,
) -> Ride:
    """A client that sends two inputs each two ticks to a server that is at tick n in second n / 60 + shift.

    Deliveries are in order, as on TCP.
    """
    return _Rider(one_way_s, server_shift_s, start_rtt_s, spare_ticks).ride(seconds)


class _Rider:
    """A ride under way."""

    def __init__(
        self,
        one_way_s: Callable[[float], float],
        server_shift_s: Callable[[float], float],
        start_rtt_s: float,
        spare_ticks: float,
    ) -> None:
        self._one_way_s, self._server_shift_s = one_way_s, server_shift_s
        self._lead = Lead(TICK_RATE, spare_ticks)
        self._lead.start(0, start_rtt_s, 0.0)
        self._ride = Ride(self._lead, log=[["start", 0, start_rtt_s, 0.0]])
        self._next_tick, self._pending, self._arrived_s = int(self._lead.tick_at(0.0)) + 1, 0, 0.0
        self._snapshots: list[tuple[float, int, float]] = []
        """(when it comes, ack, slack in ms) of those under way."""

    def ride(self, seconds: float) -> Ride:
        for step in range(int(seconds * 1000)):
            now_s = step / 1000.0
            while self._lead.due(now_s) >= self._next_tick:
                self._take(now_s)
            while self._snapshots and self._snapshots[0][0] <= now_s:
                _, ack, slack_ms = self._snapshots.pop(0)
                snaps = self._lead.snaps
                self._ride.hear(ack, ack, round(slack_ms), 2 * self._one_way_s(now_s), now_s)
                if self._lead.snaps > snaps:
                    self._post(now_s)
            if step % 33 == 0:
                self._hear_news_of_others(now_s)
        return self._ride

    def _hear_news_of_others(self, now_s: float) -> None:
        """Snapshots come from the first moment on, whether or not they tell of us."""
        tick = int((now_s - self._server_shift_s(now_s) - self._one_way_s(now_s)) * TICK_RATE)
        self._ride.hear(max(0, tick), 0, None, 2 * self._one_way_s(now_s), now_s)

    def _take(self, now_s: float) -> None:
        self._lead.took(self._next_tick, now_s)
        self._ride.log.append(["took", self._next_tick, now_s])
        self._next_tick, self._pending = self._next_tick + 1, self._pending + 1
        if self._pending == INTERVAL:
            self._post(now_s)

    def _post(self, now_s: float) -> None:
        if not self._pending:
            return
        self._arrived_s = max(self._arrived_s, now_s + self._one_way_s(now_s))
        ticks = range(self._next_tick - self._pending, self._next_tick)
        shift_s, arrived_s = self._server_shift_s(now_s), self._arrived_s
        slacks = [(tick / TICK_RATE + shift_s - arrived_s) * 1000.0 for tick in ticks]
        self._ride.slacks += [(now_s, slack) for slack in slacks]
        told_s = max(arrived_s, arrived_s + max(slacks) / 1000.0) + self._one_way_s(now_s)
        self._snapshots.append((told_s, self._next_tick - 1, min(slacks)))
        self._pending = 0


def jittery(latency_s: float, jitter_s: float, seed: int) -> Callable[[float], float]:
    rng = Random(seed)
    return lambda now_s: max(0.0, latency_s + rng.uniform(-jitter_s, jitter_s))


def lead(random: Random) -> dict[str, Any]:
    """The vectors: a shaken route, one that becomes slower at a blow, a server that stalls, and a clock gone astray."""
    shaken = jittery(0.07, 0.02, random.randrange(1000))
    rides = [
        ride(3.0, shaken, start_rtt_s=0.1),
        ride(4.0, lambda now_s: 0.020 if now_s < 1.5 else 0.090, start_rtt_s=0.04),
        ride(3.0, lambda now_s: 0.02, server_shift_s=lambda now_s: 0.4 if now_s > 1.5 else 0.0),
    ]
    for stray in (-40, 400):
        clock = Lead(TICK_RATE)
        clock.start(100, 0.05, 1.0)
        astray = Ride(clock, log=[["start", 100, 0.05, 1.0]])
        astray.hear(160 - stray, 90, -20, 0.05, 2.0)
        astray.hear(162 - stray, 90, -20, 0.05, 2.01)
        rides.append(astray)
    return {"rides": [one.log for one in rides]}
