"""The tick clocks of many clients as columns: `Lead`, which is the algorithm and says why, for hundreds at once.

Each clock has a seat, and every column one item for each seat. What happens to many clocks in one moment costs two
dozen array operations, however many they are; a test tells the same news to these clocks and to `Lead`s and finds no
difference. In a seat whose clock hasn't been started there is nothing of sense.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bots.lead import (
    BURST_S,
    CHANGED_TICKS,
    DEAD_BAND_TICKS,
    GAIN_PER_TICK,
    GUARD_TICKS,
    LOW_SHARE,
    PHASES_KEPT,
    SCATTER_GUARD,
    SENSE_TICKS,
    SILENCE_S,
    SNAP_TICKS,
    SPEED_MAX,
    SPEED_MIN,
    START_TICKS,
    WAYS_KEPT,
    WAYS_MIN,
    WAYS_RECENT,
)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
NO_TICK: Final = -1


class Leads:
    """So many clocks, each for itself."""

    def __init__(self, seats: int) -> None:
        self.speed = np.ones(seats)
        """1: real time."""
        self.snaps: Ints = np.zeros(seats, np.int64)
        """Jumps made, beside the first start."""
        self._tick_rate, self._spare_ticks = np.ones(seats), np.zeros(seats)
        self._began_s, self._base_tick, self._base_s = np.zeros(seats), np.zeros(seats), np.zeros(seats)
        self._pace = np.ones(seats)
        """Ticks a second."""
        self._last_tick: Ints = np.zeros(seats, np.int64)
        self._phase_ticks: Ints = np.full((seats, PHASES_KEPT), NO_TICK, np.int64)
        self._phases = np.zeros((seats, PHASES_KEPT))
        """The phase at which the input of `_phase_ticks` was taken, at the place of the tick."""
        self._ways = np.full((seats, WAYS_KEPT), np.inf)
        """Slacks in ticks, less the phase of their inputs: a ring of the newest, and infinity where there is none."""
        self._count: Ints = np.zeros(seats, np.int64)
        self._at: Ints = np.zeros(seats, np.int64)
        """Where the next goes."""

    def begin(self, seat: int, tick_rate: int, spare_ticks: float) -> None:
        """There is another clock in this seat from now on, which hasn't been started yet."""
        self._tick_rate[seat], self._spare_ticks[seat], self.snaps[seat] = tick_rate, spare_ticks, -1

    def start(self, seat: int, tick: int, rtt_s: float, now_s: float) -> None:
        """Set one by the newest news, of `tick`."""
        self.snaps[seat] += 1
        self._began_s[seat] = now_s
        self._ways[seat], self._count[seat], self._at[seat], self._phase_ticks[seat] = np.inf, 0, 0, NO_TICK
        seats = np.array([seat])
        self._go_on_from(seats, self._first_ticks(seats, np.array([tick]), np.array([rtt_s])), now_s, 1.0)
        self._hear(seats, now_s)

    def tick_at(self, seats: Ints, now_s: float) -> Floats:
        """What these show, in ticks and parts of them."""
        return np.asarray((now_s - self._base_s.take(seats)) * self._pace.take(seats) + self._base_tick.take(seats))

    def when(self, seats: Ints, ticks: Ints | Floats) -> Floats:
        """The second at which each shows its tick, if it keeps its speed; never, while no news come."""
        when_s = (ticks - self._base_tick.take(seats)) / self._pace.take(seats) + self._base_s.take(seats)
        when_s[ticks > self._last_tick.take(seats)] = np.inf
        return np.asarray(when_s)

    def due(self, seats: Ints, now_s: float) -> Ints:
        """The newest tick of each to be lived by now."""
        return np.minimum(np.floor(self.tick_at(seats, now_s)).astype(np.int64), self._last_tick.take(seats))

    def took(self, seats: Ints, ticks: Ints, now_s: float) -> None:
        """The inputs for these ticks were taken."""
        places = seats, ticks % PHASES_KEPT
        self._phase_ticks[places], self._phases[places] = ticks, self._phase(seats, now_s)

    def heard(
        self, seats: Ints, ticks: Ints, acks: Ints, slacks_ms: Floats, rtts_s: Floats, now_s: float
    ) -> NDArray[np.bool_]:
        """The snapshots of `ticks` acknowledged the inputs for `acks`, and told the slacks (nan: none). Each is of
        another seat. Who of them jumped."""
        shown, rates = self.tick_at(seats, now_s), self._tick_rate.take(seats)
        ahead = shown - ticks
        jumped = (ahead < 0.0) | (ahead > rtts_s * rates + SENSE_TICKS)
        for at in jumped.nonzero()[0].tolist():
            self.start(int(seats[at]), int(ticks[at]), float(rtts_s[at]), now_s)
        firsts = self._first_ticks(seats, ticks, rtts_s)
        in_burst = ~jumped & (now_s - self._began_s.take(seats) < BURST_S) & (firsts > shown)
        if in_burst.any():
            self._go_on_from(seats[in_burst], firsts[in_burst], now_s, 1.0)
        self._hear(seats, now_s)
        places = seats, acks % PHASES_KEPT
        steers = ~jumped & (self._phase_ticks[places] == acks) & np.isfinite(slacks_ms)
        at = steers.nonzero()[0]
        if len(at):
            ways = slacks_ms.take(at) * rates.take(at) / 1000.0 - self._phases[places].take(at)
            jumped[at] = self._steer(seats.take(at), ways, now_s)
        return jumped

    def _steer(self, seats: Ints, ways: Floats, now_s: float) -> NDArray[np.bool_]:
        """Who jumped."""
        low, middle = self._remember(seats, ways)
        ticks, counts = self.tick_at(seats, now_s), self._count.take(seats)
        target = GUARD_TICKS + SCATTER_GUARD * (middle - low)
        error = target + self._spare_ticks.take(seats) - (low + self._phase(seats, now_s))
        knows = counts >= WAYS_MIN
        jumps = knows & (np.abs(error) > SNAP_TICKS)
        turns = knows & ((error > 0.0) | (counts >= WAYS_RECENT))
        self.snaps[seats] += jumps
        speed = np.where(jumps, 1.0, 1.0 + _speeds_for(error))
        goes_on = jumps | turns
        self._go_on_from(seats[goes_on], np.where(jumps, ticks + error, ticks)[goes_on], now_s, speed[goes_on])
        self._hear(seats, now_s)
        return np.asarray(jumps)

    def _remember(self, seats: Ints, ways: Floats) -> tuple[Floats, Floats]:
        """Add one for each, and forget those that hold no more; the low one and the middle one of those that do."""
        at = self._at.take(seats)
        self._ways[seats, at] = ways
        self._at[seats] = (at + 1) % WAYS_KEPT
        self._count[seats] = np.minimum(self._count.take(seats) + 1, WAYS_KEPT)
        low, middle = self._low_and_middle(seats)
        changed = (ways > low + CHANGED_TICKS) & (self._count.take(seats) >= WAYS_RECENT)
        if changed.any():
            newest = (self._at.take(seats)[:, None] - np.arange(WAYS_RECENT, 0, -1)) % WAYS_KEPT
            recent = self._ways[seats[:, None], newest]
            changed &= recent.min(axis=1) > low + CHANGED_TICKS
            forget = seats[changed]
            self._ways[forget], self._ways[forget, :WAYS_RECENT] = np.inf, recent[changed]
            self._count[forget] = self._at[forget] = WAYS_RECENT
            low, middle = self._low_and_middle(seats)
        return low, middle

    def _low_and_middle(self, seats: Ints) -> tuple[Floats, Floats]:
        """A low percentile that one spike can't move: never the lowest of all, unless it is alone; and the median."""
        ordered, counts, rows = np.sort(self._ways.take(seats, axis=0), axis=1), self._count.take(seats), _rows(seats)
        low = np.minimum(np.maximum((counts * LOW_SHARE).astype(np.int64), 1), counts - 1)
        return ordered[rows, low], ordered[rows, counts // 2]

    def _hear(self, seats: Ints, now_s: float) -> None:
        """There are news: so much more may be lived without any."""
        horizon = self.tick_at(seats, now_s) + SILENCE_S * self._tick_rate.take(seats)
        self._last_tick[seats] = np.floor(horizon).astype(np.int64)

    def _first_ticks(self, seats: Ints, ticks: Ints, rtts_s: Floats) -> Floats:
        return np.asarray(ticks + rtts_s * self._tick_rate.take(seats) + START_TICKS + self._spare_ticks.take(seats))

    def _phase(self, seats: Ints, now_s: float) -> Floats:
        return self.tick_at(seats, now_s) - now_s * self._tick_rate.take(seats)

    def _go_on_from(self, seats: Ints, ticks: Floats, now_s: float, speed: Floats | float) -> None:
        self._base_tick[seats], self._base_s[seats], self.speed[seats] = ticks, now_s, speed
        self._pace[seats] = self._tick_rate.take(seats) * speed


class OneLead:
    """One of these clocks, for whoever looks at it as at a `Lead`."""

    def __init__(self, leads: Leads, seat: int) -> None:
        self._leads, self._seat, self._seats = leads, seat, np.array([seat])

    @property
    def speed(self) -> float:
        return float(self._leads.speed[self._seat])

    @property
    def snaps(self) -> int:
        return int(self._leads.snaps[self._seat])

    def tick_at(self, now_s: float) -> float:
        return float(self._leads.tick_at(self._seats, now_s)[0])

    def when(self, tick: float) -> float:
        return float(self._leads.when(self._seats, np.array([tick]))[0])

    def due(self, now_s: float) -> int:
        return int(self._leads.due(self._seats, now_s)[0])


def _rows(seats: Ints) -> Ints:
    return np.arange(len(seats))


def _speeds_for(error_ticks: Floats) -> Floats:
    """How much faster (slower, if negative) to run: 1 to 5 %, or 0 when near enough."""
    size = np.abs(error_ticks)
    speed = np.minimum(SPEED_MAX, np.maximum(SPEED_MIN, size * GAIN_PER_TICK))
    return np.where(size < DEAD_BAND_TICKS, 0.0, np.copysign(speed, error_ticks))
