"""What Prometheus reads: the names that operators and the swarm count on, with the numbers of this moment."""

import itertools
from dataclasses import fields

from prometheus_client.parser import text_string_to_metric_families

from server.statistics import Statistics
from server.telemetry import COUNTERS, GAUGES, TICK_BUCKETS_S, Telemetry


def samples(telemetry: Telemetry) -> dict[str, float]:
    """Every sample without labels, and buckets as `name{le}`."""
    text = telemetry.exposition()[0].decode()
    return {
        sample.name + "".join(f"{{{value}}}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_counters_and_gauges_are_read_when_asked() -> None:
    now = Statistics(players=3, inputs_late=5)
    telemetry = Telemetry(lambda: now, lambda: 7)
    first = samples(telemetry)
    now.players, now.inputs_late = 4, 6
    second = samples(telemetry)
    assert (first["ricochet_players"], second["ricochet_players"]) == (3, 4)
    assert (first["ricochet_inputs_late_total"], second["ricochet_inputs_late_total"]) == (5, 6)
    assert second["ricochet_connections"] == 7


def test_every_statistic_is_exported_once() -> None:
    assert set(COUNTERS) | set(GAUGES) == {field.name for field in fields(Statistics)}
    assert not set(COUNTERS) & set(GAUGES)


def test_ticks_are_counted_by_how_long_and_how_late() -> None:
    telemetry = Telemetry(Statistics, lambda: 0)
    telemetry.tick_done(duration_s=0.0012, lateness_s=0.0041)
    found = samples(telemetry)
    assert found["ricochet_tick_duration_seconds_count"] == 1
    assert found["ricochet_tick_duration_seconds_bucket{0.001}"] == 0
    assert found["ricochet_tick_duration_seconds_bucket{0.0015}"] == 1
    assert found["ricochet_tick_lateness_seconds_bucket{0.004}"] == 0
    assert found["ricochet_tick_lateness_seconds_bucket{0.005}"] == 1


def test_how_long_ticks_took_is_told_without_all_else() -> None:
    telemetry = Telemetry(Statistics, lambda: 0)
    for _ in range(100):
        telemetry.tick_done(duration_s=0.0012, lateness_s=0.0041)
    durations = telemetry.durations()
    assert durations.total == 100
    assert 0.001 < durations.percentile(0.99) <= 0.0015


def test_percentiles_can_be_read_to_the_millisecond() -> None:
    below_5_ms = [bucket for bucket in TICK_BUCKETS_S if bucket <= 0.005]
    assert all(b - a <= 0.001 for a, b in itertools.pairwise(below_5_ms))


def test_the_process_itself_is_measured() -> None:
    found = samples(Telemetry(Statistics, lambda: 0))
    assert found["process_resident_memory_bytes"] > 0
    assert "process_cpu_seconds_total" in found
