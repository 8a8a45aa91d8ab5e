"""Reading /metrics between two moments."""

from bots.metrics import parse_metrics, percentiles_ms, server_report_of
from bots.tally import Percentiles

BEFORE = """
# HELP ricochet_tick_duration_seconds How long.
# TYPE ricochet_tick_duration_seconds histogram
ricochet_tick_duration_seconds_bucket{le="0.001"} 100.0
ricochet_tick_duration_seconds_bucket{le="0.002"} 100.0
ricochet_tick_duration_seconds_bucket{le="0.05"} 100.0
ricochet_tick_duration_seconds_bucket{le="+Inf"} 100.0
ricochet_ticks_shifted_total 7.0
process_cpu_seconds_total 1.5
"""
AFTER = """
ricochet_tick_duration_seconds_bucket{le="0.001"} 160.0
ricochet_tick_duration_seconds_bucket{le="0.002"} 197.0
ricochet_tick_duration_seconds_bucket{le="0.05"} 200.0
ricochet_tick_duration_seconds_bucket{le="+Inf"} 200.0
ricochet_ticks_shifted_total 9.0
process_cpu_seconds_total 4.0
process_resident_memory_bytes 7.5e+07
ricochet_players 12.0
not a sample at all
"""


def test_percentiles_are_of_what_happened_between() -> None:
    before, after = parse_metrics(BEFORE), parse_metrics(AFTER)
    assert percentiles_ms("ricochet_tick_duration_seconds", before, after) == Percentiles(1.0, 2.0, 50.0, 50.0)
    assert percentiles_ms("ricochet_tick_duration_seconds", {}, after) == Percentiles(1.0, 2.0, 50.0, 50.0)
    assert percentiles_ms("ricochet_tick_duration_seconds", after, after) == Percentiles()
    assert percentiles_ms("nothing_of_the_kind", before, after) == Percentiles()


def test_beyond_the_last_edge_nobody_knows() -> None:
    after = parse_metrics('x_bucket{le="1.0"} 1\nx_bucket{le="+Inf"} 2')
    assert percentiles_ms("x", {}, after) == Percentiles(1000.0, None, None, None)


def test_counters_are_differences_and_gauges_are_what_they_are() -> None:
    report = server_report_of(parse_metrics(BEFORE), parse_metrics(AFTER))
    assert report.ticks_shifted == 2.0
    assert report.cpu_seconds == 2.5
    assert report.rss_bytes == 75_000_000
    assert report.players == 12
    assert report.inputs_late is None


def test_labels_are_summed() -> None:
    after = parse_metrics('x_bucket{room="a",le="1.0"} 1\nx_bucket{room="b",le="1.0"} 3\nx_bucket{le="2.0",room="b"} 4')
    assert percentiles_ms("x", {}, after) == Percentiles(1000.0, 1000.0, 1000.0, 1000.0)
