"""A network makes four rows, each with what belongs to its situation."""

import msgspec

from bench.figures import Figures
from bench.netplay import Measured
from bench.netrow import rows_of
from bench.touch import SITUATIONS
from bots.netsim import Conditions

NETWORK = Conditions(rtt_ms=80.0, jitter_ms=10.0, stalls_per_s=0.05, stall_ms=500.0)


def test_what_belongs_to_a_situation_is_apart_and_the_rest_is_in_all() -> None:
    crowd, alone = Figures(ticks=100, ticks_late=1), Figures(pulses_on_target=4, pulses_hit=3, rewinds=8)
    alone.stamps_refused = 2
    crowd.own_error["walls"].add(0.25)
    crowd.correction["contact"].add(9.0)
    crowd.correction["walls"].add(7.0)
    alone.correction["walls"].add(0.5)
    crowd.slack_ticks.add(1.25)
    crowd.body_ticks, crowd.snapshots = 30, 12
    crowd.own_shot_error.add(0.5)
    crowd.shots_matched, crowd.shots_unforeseen, crowd.shots_dropped = 3, 1, 2
    rows = list(rows_of(Measured(crowd, alone), NETWORK, 30.0, 7))
    assert [row.situation for row in rows] == list(SITUATIONS)
    for row in rows:
        assert (row.rtt_ms, row.jitter_ms, row.stalls, row.seconds, row.seed) == (80.0, 10.0, True, 30.0, 7)
        assert (row.late_inputs_percent, row.slack_ticks.p50, row.body_ticks_per_snapshot) == (1.0, 1.25, 2.5)
        assert (row.pulse_hits_percent, row.pulses_on_target, row.stamps_refused_percent) == (75.0, 4, 25.0)
        assert (row.own_shot_error_units.max, row.own_shots_foreseen_percent, row.own_shots_dropped) == (0.5, 75.0, 2)
    flight, walls, _, contact = rows
    assert (flight.own_error_units.p99, walls.own_error_units.p99) == (None, 0.25)
    assert (walls.correction_shown_units.max, walls.correction_in_crowd_units.max) == (0.5, 7.0)
    assert contact.correction_shown_units.max == contact.correction_in_crowd_units.max == 9.0


def test_a_row_is_an_object_with_the_four_percentiles() -> None:
    [row, *_] = msgspec.json.decode(
        msgspec.json.encode(list(rows_of(Measured(Figures(), Figures()), NETWORK, 30.0, 1)))
    )
    for name in ("own_error_units", "remote_error_units", "correction_shown_units", "slack_ticks"):
        assert row[name] == {"p50": None, "p95": None, "p99": None, "max": None}
    assert row["pulse_hits_percent"] is None
