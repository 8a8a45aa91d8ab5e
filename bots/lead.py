"""The tick clock of a client: which tick it should be sending inputs for, so that they arrive just in time.

    clock(t) = tick_rate * t + phase(t)        phase moves slowly, by running 1 to 5 % fast or slow

Each snapshot says how early the tightest of the latest inputs came: its slack. We choose the phase, the network does
not. So a slack, less the phase at which its input was taken, is a clean measurement of the way to the server, whatever
corrections were made since: none is counted twice. The slack to be expected now is a low percentile of these plus the
phase now.

The target is a guard of most of a tick, and more the more the measurements scatter. One low measurement is a spike and
ignored; several are the new truth at once. When all of half a second are far above the low, the network or the server's
clock has changed, and what was before is forgotten. Off by more than SNAP_TICKS the clock jumps. Where the news show
that it is beyond sense, it starts anew; and where no news come, nothing more is lived after SILENCE_S.

`assets/sdk/src/lead.ts` is the twin, and golden vectors hold the two together. Only here, where many clients share a
machine, each may aim at some more slack than it needs, lest they all be due at once. Time is an argument, in seconds of
any monotonic clock.
"""

from bisect import bisect_left, insort
from collections import deque
from math import floor, inf
from typing import Final, Protocol

GUARD_TICKS: Final = 0.75
"""Slack to aim for on a perfect network: on localhost, too, an input is ahead of its tick."""
SCATTER_GUARD: Final = 0.5
"""How much of the distance from the median to the low measurement is added to the guard."""
WAYS_KEPT: Final = 75
"""Measurements: 2.5 s of snapshots."""
WAYS_MIN: Final = 3
"""Nothing is done before there are so many."""
WAYS_RECENT: Final = 15
"""Half a second of them. With fewer the clock isn't slowed down, for the low one may still be to come."""
CHANGED_TICKS: Final = 3.0
LOW_SHARE: Final = 0.06
"""6 % of the measurements are lower than the low one."""
SPEED_MIN: Final = 0.01
SPEED_MAX: Final = 0.05
GAIN_PER_TICK: Final = 0.03
DEAD_BAND_TICKS: Final = 0.12
SNAP_TICKS: Final = 10.0
START_TICKS: Final = 2.0
"""PROTOCOL.md, section 3: the newest snapshot, plus the round trip, plus this."""
SENSE_TICKS: Final = 60.0
"""So much further ahead of the news than a round trip makes no sense; the server would soon refuse our inputs."""
BURST_S: Final = 0.025
"""News that come in one burst, after a sleep, count together: the newest says what time it is."""
SILENCE_S: Final = 0.5
PHASES_KEPT: Final = 256


class Clock(Protocol):
    """A client's clock, for whoever looks at it."""

    @property
    def speed(self) -> float: ...
    @property
    def snaps(self) -> int: ...
    def tick_at(self, now_s: float) -> float: ...
    def when(self, tick: float) -> float: ...
    def due(self, now_s: float) -> int: ...


class Lead:
    """A client's clock, counted in ticks."""

    def __init__(self, tick_rate: int, spare_ticks: float = 0.0) -> None:
        """`spare_ticks` is how much more slack it aims at than it needs."""
        self.speed = 1.0
        """1: real time."""
        self.snaps = 0
        """Jumps made, beside the first start."""
        self.started = False
        self._tick_rate, self._spare_ticks = tick_rate, spare_ticks
        self._began_s = -inf
        self._base_tick = self._base_s = 0.0
        self._last_tick = 0
        self._phases: list[tuple[int, float]] = [(-1, 0.0)] * PHASES_KEPT
        """(tick, phase at which its input was taken), at the place of the tick."""
        self._ways: deque[float] = deque()
        """Slacks in ticks, less the phase of their inputs: the newest WAYS_KEPT."""
        self._ordered: list[float] = []
        """The same, in ascending order."""
        self._recent: deque[float] = deque(maxlen=WAYS_RECENT)

    def start(self, tick: int, rtt_s: float, now_s: float) -> None:
        """Set the clock by the newest news, of `tick`."""
        self.snaps += self.started
        self.started, self._began_s = True, now_s
        self._ways.clear()
        self._ordered.clear()
        self._recent.clear()
        self._phases = [(-1, 0.0)] * PHASES_KEPT
        self._go_on_from(self._first_tick(tick, rtt_s), now_s, 1.0)
        self._hear(now_s)

    def tick_at(self, now_s: float) -> float:
        """The clock, in ticks and parts of them."""
        return self._base_tick + (now_s - self._base_s) * self._tick_rate * self.speed

    def when(self, tick: float) -> float:
        """The second at which the clock shows `tick`, if it keeps its speed; never, while no news come."""
        if tick > self._last_tick:
            return inf
        return self._base_s + (tick - self._base_tick) / (self._tick_rate * self.speed)

    def due(self, now_s: float) -> int:
        """The newest tick to be lived by now."""
        return min(floor(self.tick_at(now_s)), self._last_tick)

    def took(self, tick: int, now_s: float) -> None:
        """The input for `tick` was taken."""
        self._phases[tick % PHASES_KEPT] = tick, self._phase(now_s)

    def heard(self, tick: int, ack: int, slack_ms: float | None, rtt_s: float, now_s: float) -> None:
        """The snapshot of `tick` acknowledged our input for tick `ack`, and told the slack."""
        first, ahead = self._first_tick(tick, rtt_s), self.tick_at(now_s) - tick
        if not self.started or ahead < 0.0 or ahead > rtt_s * self._tick_rate + SENSE_TICKS:
            self.start(tick, rtt_s, now_s)
            return
        if now_s - self._began_s < BURST_S and first > self.tick_at(now_s):
            self._go_on_from(first, now_s, 1.0)
        self._hear(now_s)
        taken, phase = self._phases[ack % PHASES_KEPT]
        if slack_ms is not None and taken == ack:
            self._steer(slack_ms * self._tick_rate / 1000.0 - phase, now_s)

    def _steer(self, way: float, now_s: float) -> None:
        low, tick = self._remember(way), self.tick_at(now_s)
        if len(self._ways) < WAYS_MIN:
            return
        error = _target_ticks(self._ordered, low) + self._spare_ticks - (low + self._phase(now_s))
        if abs(error) > SNAP_TICKS:
            self._go_on_from(tick + error, now_s, 1.0)
            self.snaps += 1
        elif error > 0.0 or len(self._ways) >= WAYS_RECENT:
            self._go_on_from(tick, now_s, 1.0 + _speed_for(error))
        self._hear(now_s)

    def _remember(self, way: float) -> float:
        """Add one, and forget those that hold no more; the low one of those that do."""
        ways, ordered, recent = self._ways, self._ordered, self._recent
        if len(ways) == WAYS_KEPT:
            del ordered[bisect_left(ordered, ways.popleft())]
        ways.append(way)
        recent.append(way)
        insort(ordered, way)
        low = _low_of(ordered)
        changed = low + CHANGED_TICKS
        if way <= changed or len(recent) < WAYS_RECENT or min(recent) <= changed:
            return low
        self._ways = deque(recent)
        self._ordered = sorted(recent)
        return _low_of(self._ordered)

    def _hear(self, now_s: float) -> None:
        """There are news: so much more may be lived without any."""
        self._last_tick = floor(self.tick_at(now_s) + SILENCE_S * self._tick_rate)

    def _first_tick(self, tick: int, rtt_s: float) -> float:
        return tick + rtt_s * self._tick_rate + START_TICKS + self._spare_ticks

    def _phase(self, now_s: float) -> float:
        return self.tick_at(now_s) - now_s * self._tick_rate

    def _go_on_from(self, tick: float, now_s: float, speed: float) -> None:
        self._base_tick, self._base_s, self.speed = tick, now_s, speed


def _target_ticks(ordered: list[float], low: float) -> float:
    """The low slack to hold."""
    return GUARD_TICKS + SCATTER_GUARD * (ordered[len(ordered) // 2] - low)


def _low_of(ordered: list[float]) -> float:
    """A low percentile that one spike can't move: never the lowest of all, unless it is alone."""
    return ordered[min(int(len(ordered) * LOW_SHARE) or 1, len(ordered) - 1)]


def _speed_for(error_ticks: float) -> float:
    """How much faster (slower, if negative) to run: 1 to 5 %, or 0 when near enough."""
    if abs(error_ticks) < DEAD_BAND_TICKS:
        return 0.0
    speed = min(SPEED_MAX, max(SPEED_MIN, abs(error_ticks) * GAIN_PER_TICK))
    return speed if error_ticks > 0 else -speed
