"""What was promised is held against what was measured: both sides of each limit."""

from typing import Any

import pytest
from msgspec.structs import replace

from bench.figures import Figures
from bench.netlimits import Verdict, judge
from bench.netplay import Measured
from bench.netrow import NetRow, rows_of
from bots.netsim import Conditions
from bots.tally import Percentiles


def rows(rtt_ms: float, jitter_ms: float, stalls: bool = False, **changes: Any) -> list[NetRow]:
    """Rows that keep every promise, with `changes`."""
    network = Conditions(rtt_ms=rtt_ms, jitter_ms=jitter_ms, stalls_per_s=0.05 if stalls else 0.0, stall_ms=500.0)
    fine = Percentiles(0.01, 0.02, 0.03, 0.04)
    good: dict[str, Any] = dict.fromkeys(("own_error_units", "correction_shown_units", "remote_error_units"), fine)
    good |= {
        "remote_rock_error_units": fine,
        "slack_ticks": Percentiles(1.0, 1.5, 1.5, 1.5),
        "pulse_hits_percent": 97.0,
    }
    good |= {
        "stall_recovery_ms": Percentiles(10.0, 900.0, 900.0, 900.0),
        "stall_snaps": Percentiles(0.0, 1.0, 1.0, 1.0),
    }
    empty = rows_of(Measured(Figures(), Figures()), network, 30.0, 1)
    return [replace(row, **(good | changes)) for row in empty]


def broken(found: list[Verdict]) -> list[str]:
    return [verdict.what for verdict in found if not verdict.holds]


@pytest.mark.parametrize("stalls", [False, True])
@pytest.mark.parametrize(("rtt_ms", "jitter_ms"), [(0.0, 0.0), (150.0, 10.0), (250.0, 40.0)])
def test_what_is_good_holds(rtt_ms: float, jitter_ms: float, stalls: bool) -> None:
    found = judge(rows(rtt_ms, jitter_ms, stalls))
    assert found
    assert broken(found) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"own_error_units": Percentiles(0.0, 0.0, 0.06, 0.0)}, ["flight: own error p99, units"]),
        (
            {"own_error_units": Percentiles(0.0, 0.0, 1.9, 0.0)},
            [f"{s}: own error p99, units" for s in ("flight", "walls")],
        ),
        ({"pulse_hits_percent": 94.9}, ["150 ms, jitter 10 ms: pulses on target that hit, %"]),
        ({"pulse_hits_percent": None}, ["150 ms, jitter 10 ms: pulses on target that hit, %"]),
        ({"pulses_too_late": 1}, ["hits later than a quarter of a second"]),
        ({"ships_beyond_walls": 1}, ["ships drawn beyond a wall"]),
        ({"late_inputs_percent": 0.51}, ["150 ms, jitter 10 ms: late or missing inputs, %"]),
        ({"slack_ticks": Percentiles(0.4, 1.0, 1.0, 1.0)}, ["150 ms, jitter 10 ms: median slack, ticks"]),
        ({"slack_ticks": Percentiles(2.1, 2.2, 2.2, 2.2)}, ["150 ms, jitter 10 ms: median slack, ticks"]),
    ],
)
def test_what_is_not_is_named(changes: dict[str, Any], said: list[str]) -> None:
    assert broken(judge(rows(150.0, 10.0, **changes))) == said


def test_corrections_count_in_free_play_and_others_everywhere() -> None:
    assert len(broken(judge(rows(150.0, 10.0, correction_shown_units=Percentiles(0.0, 0.0, 0.0, 3.1))))) == 3
    assert len(broken(judge(rows(150.0, 10.0, remote_error_units=Percentiles(0.0, 3.1, 3.1, 3.1))))) == 4
    assert len(broken(judge(rows(150.0, 10.0, remote_rock_error_units=Percentiles(0.0, 1.1, 1.1, 1.1))))) == 4


def test_each_jitter_has_a_limit_of_its_own() -> None:
    assert broken(judge(rows(80.0, 40.0, late_inputs_percent=1.9))) == []
    assert len(broken(judge(rows(80.0, 40.0, late_inputs_percent=2.1)))) == 1
    assert len(broken(judge(rows(0.0, 0.0, late_inputs_percent=0.001)))) == 1


def test_pulses_hit_at_any_jitter() -> None:
    assert len(broken(judge(rows(150.0, 40.0, pulse_hits_percent=94.9)))) == 1
    assert broken(judge(rows(250.0, 40.0, pulse_hits_percent=60.0))) == []


def test_stalls_have_theirs() -> None:
    assert broken(judge(rows(80.0, 10.0, True, late_inputs_percent=5.0))) == []
    late = judge(rows(80.0, 10.0, True, stall_recovery_ms=Percentiles(0.0, 1001.0, 1001.0, 1001.0)))
    assert broken(late) == ["80 ms, jitter 10 ms, stalls: back to normal, p95, ms"]


def test_a_verdict_is_a_sentence() -> None:
    assert str(Verdict("slack", 1.0, (0.5, 2.0))) == "holds   slack: 1 (must be ≥ 0.5 and ≤ 2)"
    assert str(Verdict("error", None, (0.0, 2.0))) == "BROKEN  error: not measured (must be ≤ 2)"
