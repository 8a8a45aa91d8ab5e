"""The tick clock of a client: which tick it should be sending inputs for, so that they arrive just in time.

    clock(t) = tick_rate * t + phase(t)        phase moves slowly, by running 1 to 5 % fast or slow

Each snapshot says with how much slack the inputs came. A slack, less the phase at which those inputs were
sent, is a fact about the network and not about our corrections; the clock remembers these. So the slack to be
expected now is a low percentile of them plus the phase now, and a correction still in flight is counted once.

The target is a guard of most of a tick, and more the more the slacks scatter. One low slack is a spike and
ignored; several are the new truth at once. When all slacks of half a second are far above the low, the network
or the server's clock has changed, and what was before is forgotten. Off by more than SNAP_TICKS the clock jumps.
Time is an argument, in seconds of any monotonic clock.
"""

from bisect import bisect_left, insort
from collections import deque
from typing import Final

GUARD_TICKS: Final = 0.75
"""Slack to aim for on a perfect network: on localhost, too, an input is ahead of its tick."""
SCATTER_GUARD: Final = 0.75
"""How much of the distance from the median to the low slack is added to the guard."""
SLACKS_KEPT: Final = 75
"""2.5 s of snapshots."""
RECENT_SLACKS: Final = 15
CHANGED_TICKS: Final = 3.0
LOW_SHARE: Final = 0.06
"""6 % of the slacks are lower than the low slack."""
SPEED_MIN: Final = 0.01
SPEED_MAX: Final = 0.05
GAIN_PER_TICK: Final = 0.03
DEAD_BAND_TICKS: Final = 0.12
SNAP_TICKS: Final = 10.0
START_TICKS: Final = 2.0
"""PROTOCOL.md, section 3: the newest snapshot, plus the round trip, plus this."""


class Lead:
    """A client's clock, counted in ticks."""

    def __init__(self, tick_rate: int, newest_tick: int, rtt_s: float, now_s: float) -> None:
        self.speed = 1.0
        self.snaps = 0
        self._tick_rate = tick_rate
        self._base_tick = newest_tick + rtt_s * tick_rate + START_TICKS
        self._base_s = now_s
        self._phases: deque[tuple[float, float]] = deque([(now_s, self._phase(self._base_tick, now_s))])
        self._network: deque[float] = deque()
        """Slacks in ticks, less the phase of their inputs: the newest SLACKS_KEPT."""
        self._ordered: list[float] = []
        """The same, in ascending order."""
        self._recent: deque[float] = deque(maxlen=RECENT_SLACKS)

    def tick_at(self, now_s: float) -> float:
        """The clock, in ticks and parts of them."""
        return self._base_tick + (now_s - self._base_s) * self._tick_rate * self.speed

    def when(self, tick: float) -> float:
        """The second at which the clock shows `tick`, if it keeps its speed."""
        return self._base_s + (tick - self._base_tick) / (self._tick_rate * self.speed)

    def steer(self, slack_ms: float, rtt_s: float, now_s: float) -> None:
        """Learn from a snapshot's slack: its inputs left a round trip and the slack ago."""
        sent_s = now_s - rtt_s - max(0.0, slack_ms / 1000.0)
        slack = slack_ms * self._tick_rate / 1000.0 - self._phase_of_sender(sent_s)
        low = self._remember(slack)
        tick = self.tick_at(now_s)
        error = _target_ticks(self._ordered, low) - (low + self._phase(tick, now_s))
        if abs(error) > SNAP_TICKS:
            self._go_on_from(tick + error, now_s, 1.0)
            self.snaps += 1
        else:
            self._go_on_from(tick, now_s, 1.0 + _speed_for(error))
        self._phases.append((now_s, self._phase(self._base_tick, now_s)))

    def _remember(self, slack: float) -> float:
        """Add one, and forget those that hold no more; the low slack of those that do."""
        network, ordered, recent = self._network, self._ordered, self._recent
        if len(network) == SLACKS_KEPT:
            del ordered[bisect_left(ordered, network.popleft())]
        network.append(slack)
        recent.append(slack)
        insort(ordered, slack)
        low = _low_of(ordered)
        changed = low + CHANGED_TICKS
        if slack <= changed or len(recent) < RECENT_SLACKS or min(recent) <= changed:
            return low
        self._network = deque(recent)
        self._ordered = sorted(recent)
        return _low_of(self._ordered)

    def _phase(self, tick: float, now_s: float) -> float:
        return tick - now_s * self._tick_rate

    def _phase_of_sender(self, sent_s: float) -> float:
        phases = self._phases
        while len(phases) > 1 and phases[1][0] <= sent_s:
            phases.popleft()
        return phases[0][1]

    def _go_on_from(self, tick: float, now_s: float, speed: float) -> None:
        self._base_tick, self._base_s, self.speed = tick, now_s, speed


def _target_ticks(ordered: list[float], low: float) -> float:
    """The low slack to hold."""
    return GUARD_TICKS + SCATTER_GUARD * (ordered[len(ordered) // 2] - low)


def _low_of(ordered: list[float]) -> float:
    """A low percentile that one spike can't move: never the lowest of all, unless it is alone."""
    if len(ordered) == 1:
        return ordered[0]
    return ordered[int(len(ordered) * LOW_SHARE) or 1]


def _speed_for(error_ticks: float) -> float:
    """How much faster (slower, if negative) to run: 1 to 5 %, or 0 when near enough."""
    if abs(error_ticks) < DEAD_BAND_TICKS:
        return 0.0
    speed = min(SPEED_MAX, max(SPEED_MIN, abs(error_ticks) * GAIN_PER_TICK))
    return speed if error_ticks > 0 else -speed
