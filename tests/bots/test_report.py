"""The report: its keys, which other programs read, and its honesty."""

import msgspec

from bots.report import CPU_SHARE_MAX, LATENESS_MS_MAX, Report, report_of
from bots.tally import BotRates, Tally

PERCENTILES = {"p50", "p95", "p99", "max"}


def plain(report: Report) -> dict[str, object]:
    return msgspec.json.decode(msgspec.json.encode(report), type=dict[str, object])


def test_it_has_the_keys_that_were_promised() -> None:
    tally = Tally(bots=2, connected=2, rates=[BotRates(30.0, 4000.0, 900.0), BotRates(28.0, 2000.0, 700.0)])
    tally.rtt_ms.add(12.34)
    tally.count_end("1006 the connection broke", 1)
    report = plain(report_of(tally, 60.0))
    for name in ("snapshot_interval_ms", "rtt_ms", "input_slack_ms", "prediction_error_units"):
        measured = report[name]
        assert isinstance(measured, dict)
        assert set(measured) == PERCENTILES
    assert report["rtt_ms"] == {"p50": 12.3, "p95": 12.3, "p99": 12.3, "max": 12.3}
    assert report["snapshots_per_second"] == {"min": 28.0, "median": 29.0}
    assert report["bytes_per_second_per_bot"] == {"up": 800.0, "down": 3000.0}
    assert report["disconnects"] == {"1006 the connection broke": 1}
    assert (report["bots"], report["connected"], report["seconds"]) == (2, 2, 60.0)
    assert report["checksum_mismatches"] == 0
    assert report["late_inputs_percent"] == 0.0
    assert report["server"] is None
    assert report["swarm_saturated"] is False
    assert report["swarm_saturated_why"] == ""


def test_an_empty_run_is_reported_without_inventing_numbers() -> None:
    report = plain(report_of(Tally(), 1.0))
    assert report["rtt_ms"] == {"p50": None, "p95": None, "p99": None, "max": None}
    assert report["snapshots_per_second"] == {"min": None, "median": None}


def test_late_inputs_are_a_share_and_one_without_slack_is_in_time() -> None:
    tally = Tally()
    for slack_ms in (-1, 0, 6, 7):
        tally.input_slack_ms.add(slack_ms)
    assert report_of(tally, 1.0).late_inputs_percent == 25.0
    for slack_ms in (-2, 8):
        tally.input_slack_ms.add(slack_ms)
    assert report_of(tally, 1.0).late_inputs_percent == 33.333


def test_a_swarm_that_was_as_late_and_as_busy_as_it_may_be_was_no_bottleneck() -> None:
    tally = Tally(cpu_share_max=CPU_SHARE_MAX)
    tally.pulse_lateness_ms.add(LATENESS_MS_MAX)
    assert report_of(tally, 1.0).swarm_saturated_why == ""


def test_a_swarm_that_woke_up_late_says_so() -> None:
    tally = Tally()
    for _ in range(50):
        tally.pulse_lateness_ms.add(LATENESS_MS_MAX + 1)
    report = report_of(tally, 1.0)
    assert report.swarm_saturated
    assert "9.0 ms late" in report.swarm_saturated_why


def test_a_swarm_without_core_time_left_says_so() -> None:
    report = report_of(Tally(cpu_share_max=0.97), 1.0)
    assert report.swarm_saturated
    assert "97% of a core" in report.swarm_saturated_why
