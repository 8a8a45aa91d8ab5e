"""What bots measure while they play, in a form that adds up: across bots, processes and reconnections.

A `Spread` is a distribution held as counts of multiples of a step: bounded, exact to the step, and the sum of
two is a spread again. A `Tally` is what one process has measured; an `Account` is one bot's part of it.
"""

from collections.abc import Iterable
from math import floor
from typing import Final, Protocol

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from bots.prediction import Reconciled

MS_STEP = 0.1
UNITS_STEP = 0.01
GATHERED_MAX: Final = 65536


class Percentiles(Struct, frozen=True):
    """All None where nothing was measured."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    max: float | None = None


class Spread(Struct):
    """How often each value was measured, in whole `step`s."""

    step: float
    counts: dict[int, int] = field(default_factory=dict)

    def add(self, value: float) -> None:
        at = floor(value / self.step + 0.5)
        self.counts[at] = self.counts.get(at, 0) + 1

    def merge(self, other: "Spread") -> None:
        assert self.step == other.step
        for at, count in other.counts.items():
            self.counts[at] = self.counts.get(at, 0) + count

    def total(self) -> int:
        return sum(self.counts.values())

    def share_below(self, value: float) -> float:
        """The share of measurements under `value`, 0..1."""
        edge = floor(value / self.step + 0.5)
        return sum(count for at, count in self.counts.items() if at < edge) / max(1, self.total())

    def percentiles(self) -> Percentiles:
        if not self.counts:
            return Percentiles()
        ordered = sorted(self.counts.items())
        return Percentiles(*(self._at(ordered, share) for share in (0.5, 0.95, 0.99, 1.0)))

    def _at(self, ordered: list[tuple[int, int]], share: float) -> float:
        """The smallest value that at least `share` of all measurements don't exceed."""
        wanted, seen = share * self.total(), 0
        for at, count in ordered:
            seen += count
            if seen >= wanted:
                return round(at * self.step, 6)
        raise AssertionError("a share beyond 1")


class Gathering:
    """Measurements on their way into a `spread`, many at a time: adding them up together costs next to nothing."""

    def __init__(self, spread: Spread) -> None:
        self._spread = spread
        self._values: list[NDArray[np.float64]] = []
        self._count = 0

    def add(self, values: NDArray[np.float64]) -> None:
        """Those that are nan were not measured."""
        self._values.append(values)
        self._count += len(values)
        if self._count > GATHERED_MAX:
            self.sum_up()

    def sum_up(self) -> None:
        """All of them are in the spread then."""
        if self._values:
            values = np.concatenate(self._values)
            places = np.floor(values[~np.isnan(values)] / self._spread.step + 0.5).astype(np.int64)
            for at, count in zip(*(found.tolist() for found in np.unique(places, return_counts=True)), strict=True):
                self._spread.counts[at] = self._spread.counts.get(at, 0) + count
            self._values.clear()
            self._count = 0


class Traffic(Protocol):
    """Whatever counts the bytes of a connection."""

    @property
    def received_bytes(self) -> int: ...
    @property
    def sent_bytes(self) -> int: ...


class Account:
    """One bot: what came and went while it was welcome, and not the handshake and welcome before."""

    def __init__(self) -> None:
        self.snapshots = 0
        self._traffic: Traffic | None = None
        self._since_s = 0.0
        self._seconds = 0.0
        self._received_bytes = 0
        self._sent_bytes = 0

    @property
    def is_open(self) -> bool:
        return self._traffic is not None

    def open(self, traffic: Traffic, now_s: float) -> None:
        self._traffic, self._since_s = traffic, now_s
        self._received_bytes -= traffic.received_bytes
        self._sent_bytes -= traffic.sent_bytes

    def close(self, now_s: float) -> None:
        if self._traffic is not None:
            self._seconds += now_s - self._since_s
            self._received_bytes += self._traffic.received_bytes
            self._sent_bytes += self._traffic.sent_bytes
            self._traffic = None

    def rates(self, now_s: float) -> "BotRates | None":
        """The averages up to now; None for a bot that was never welcome."""
        seconds, received, sent = self._seconds, self._received_bytes, self._sent_bytes
        if self._traffic is not None:
            seconds += now_s - self._since_s
            received += self._traffic.received_bytes
            sent += self._traffic.sent_bytes
        return BotRates(self.snapshots / seconds, received / seconds, sent / seconds) if seconds > 0 else None


class BotRates(Struct, frozen=True):
    """One bot's averages over the time that it was welcome."""

    snapshots: float
    down: float
    up: float


class Tally(Struct):
    """What one process has measured."""

    snapshot_interval_ms: Spread = field(default_factory=lambda: Spread(MS_STEP))
    rtt_ms: Spread = field(default_factory=lambda: Spread(MS_STEP))
    input_slack_ms: Spread = field(default_factory=lambda: Spread(1.0))
    prediction_error_units: Spread = field(default_factory=lambda: Spread(UNITS_STEP))
    """How far a ship was from where it had been foreseen, when the server's answer came."""
    surprise_units: Spread = field(default_factory=lambda: Spread(UNITS_STEP))
    """The same for what had been foreseen at first."""
    correction_units: Spread = field(default_factory=lambda: Spread(UNITS_STEP))
    """How far a snapshot moved a ship from where it had just been."""
    replayed_ticks: int = 0
    bodies_left_out: int = 0
    """That ought to have been predicted, and were too much."""
    pulse_lateness_ms: Spread = field(default_factory=lambda: Spread(MS_STEP))
    """How late our own input clock stepped each player, its grain aside."""
    disconnects: dict[str, int] = field(default_factory=dict)
    """By reason."""
    checksum_mismatches: int = 0
    bots: int = 0
    connected: int = 0
    cpu_share_max: float = 0.0
    """Of one core, of the busiest process at its busiest."""
    rates: list[BotRates] = field(default_factory=list)

    def sum_up(self, accounts: Iterable[Account], now_s: float) -> None:
        """Take the sums that are only known at `now_s`."""
        accounts = list(accounts)
        self.bots = len(accounts)
        self.connected = sum(account.is_open for account in accounts)
        self.rates = [rates for account in accounts if (rates := account.rates(now_s)) is not None]

    def count_reconciled(self, reconciled: Reconciled) -> None:
        """A snapshot has been held against a prediction."""
        if reconciled.error_units is not None and reconciled.surprise_units is not None:
            self.prediction_error_units.add(reconciled.error_units)
            self.surprise_units.add(reconciled.surprise_units)
            self.correction_units.add(reconciled.correction_units)
        self.replayed_ticks += reconciled.replayed_ticks
        self.bodies_left_out += reconciled.bodies_left_out

    def count_end(self, reason: str, count: int = 1) -> None:
        """A connection has ended, and not because we wanted it to."""
        self.disconnects[reason] = self.disconnects.get(reason, 0) + count

    def merge(self, other: "Tally") -> None:
        for name in SPREADS:
            getattr(self, name).merge(getattr(other, name))
        for reason, count in other.disconnects.items():
            self.count_end(reason, count)
        self.replayed_ticks += other.replayed_ticks
        self.bodies_left_out += other.bodies_left_out
        self.checksum_mismatches += other.checksum_mismatches
        self.bots += other.bots
        self.connected += other.connected
        self.cpu_share_max = max(self.cpu_share_max, other.cpu_share_max)
        self.rates += other.rates


SPREADS: Final = tuple(name for name, kind in Tally.__annotations__.items() if kind is Spread)
