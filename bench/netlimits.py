"""What must hold for a game to feel local at 150 ms, and whether it does: one line for each promise."""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from bench.netrow import NetRow
from bench.touch import Situation

FAR_RTT_MS: Final = 150.0
CALM_JITTER_MS: Final = 10.0
WILD_JITTER_MS: Final = 40.0
OWN_ERROR_P99_UNITS_MAX: Final[dict[Situation, float]] = {"flight": 0.05, "walls": 0.1, "rocks": 2.0, "contact": 8.0}
CORRECTION_UNITS_MAX: Final = 3.0
"""In free play against walls and rocks."""
SHIPS_P95_UNITS_MAX: Final = 3.0
ROCKS_P95_UNITS_MAX: Final = 1.0
LATE_PERCENT_MAX: Final = 0.5
LATE_PERCENT_WILD_MAX: Final = 2.0
SLACK_TICKS: Final = (0.5, 2.0)
PULSE_PERCENT_MIN: Final = 95.0
RECOVERY_MS_MAX: Final = 1000.0
SNAPS_MAX: Final = 1.0


class Verdict(Struct, frozen=True):
    """One promise. `value` None: not measured, and so not kept."""

    what: str
    value: float | None
    bounds: tuple[float, float]

    @property
    def holds(self) -> bool:
        return self.value is not None and self.bounds[0] <= self.value <= self.bounds[1]

    def __str__(self) -> str:
        least, most = self.bounds
        limits = [f"≥ {least:g}"] if least > 0.0 else []
        limits += [f"≤ {most:g}"] if most < float("inf") else []
        value = "not measured" if self.value is None else f"{self.value:.3g}"
        return f"{'holds ' if self.holds else 'BROKEN'}  {self.what}: {value} (must be {' and '.join(limits)})"


def judge(rows: Sequence[NetRow]) -> list[Verdict]:
    """Of every network that something was promised for."""
    verdicts: list[Verdict] = []
    for row in rows:
        if not row.stalls and (row.rtt_ms, row.jitter_ms) == (FAR_RTT_MS, CALM_JITTER_MS):
            verdicts += _near_and_far(row)
        if not row.stalls and row.rtt_ms == FAR_RTT_MS and row.situation == "contact":
            name = f"{row.rtt_ms:g} ms, jitter {row.jitter_ms:g} ms"
            hits = row.pulse_hits_percent
            verdicts.append(Verdict(f"{name}: pulses on target that hit, %", hits, (PULSE_PERCENT_MIN, 100.0)))
    for network in [row for row in rows if row.situation == "flight"]:
        verdicts += _clock(network) if not network.stalls else _stalls(network)
    return verdicts


def _near_and_far(row: NetRow) -> Iterator[Verdict]:
    """At 150 ms, of one situation; the pulse once."""
    situation = row.situation
    yield _most(f"{situation}: own error p99, units", row.own_error_units.p99, OWN_ERROR_P99_UNITS_MAX[situation])
    if situation != "contact":
        correction = row.correction_shown_units.max
        yield _most(f"{situation}: largest correction shown in free play, units", correction, CORRECTION_UNITS_MAX)
    yield _most(f"{situation}: remote ships p95, units", row.remote_error_units.p95, SHIPS_P95_UNITS_MAX)
    if row.remote_rock_error_units.p95 is not None:
        yield _most(f"{situation}: rocks p95, units", row.remote_rock_error_units.p95, ROCKS_P95_UNITS_MAX)
    if situation == "contact":
        yield _most("ships drawn beyond a wall", row.ships_beyond_walls, 0.0)
        yield _most("hits later than a quarter of a second", row.pulses_too_late, 0.0)


def _clock(row: NetRow) -> Iterator[Verdict]:
    name = f"{row.rtt_ms:g} ms, jitter {row.jitter_ms:g} ms"
    if row.jitter_ms <= WILD_JITTER_MS:
        is_local = row.rtt_ms == row.jitter_ms == 0.0
        most = 0.0 if is_local else LATE_PERCENT_MAX if row.jitter_ms <= CALM_JITTER_MS else LATE_PERCENT_WILD_MAX
        yield _most(f"{name}: late or missing inputs, %", row.late_inputs_percent, most)
        yield Verdict(f"{name}: median slack, ticks", row.slack_ticks.p50, SLACK_TICKS)


def _stalls(row: NetRow) -> Iterator[Verdict]:
    name = f"{row.rtt_ms:g} ms, jitter {row.jitter_ms:g} ms, stalls"
    yield _most(f"{name}: back to normal, p95, ms", row.stall_recovery_ms.p95, RECOVERY_MS_MAX)
    yield _most(f"{name}: visible snaps for each, p95", row.stall_snaps.p95, SNAPS_MAX)


def _most(what: str, value: float | None, most: float) -> Verdict:
    return Verdict(what, value, (0.0, most))
