"""Samples of `/metrics` and what is between two of them: nothing is counted twice, nothing is counted here."""

from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.parser import text_string_to_metric_families

from server.statistics import Statistics
from server.stats import Buckets, Sample, in_ms, interval, sample_of
from server.telemetry import TICK_BUCKETS_S, Telemetry


def buckets(observed: list[float], bounds: tuple[float, ...] = (1.0, 2.0, 4.0, float("inf"))) -> Buckets:
    return Buckets(bounds, tuple(float(sum(value <= bound for value in observed)) for bound in bounds))


def test_a_sample_says_what_metrics_say() -> None:
    telemetry = Telemetry(lambda: Statistics(players=3, inputs=70), lambda: 5)
    telemetry.tick_done(0.002, 0.0001)
    sample = sample_of(telemetry.families())
    text = telemetry.exposition()[0].decode()
    said = {s.name: s.value for family in text_string_to_metric_families(text) for s in family.samples if not s.labels}
    ours = {f"ricochet_{name}": value for name, value in sample.gauges.items()}
    ours |= {f"ricochet_{name}_total": value for name, value in sample.counters.items()}
    assert (ours["ricochet_players"], ours["ricochet_inputs_total"], ours["ricochet_connections"]) == (3, 70, 5)
    named = {name for name in said if name.startswith("ricochet_") and "_seconds_" not in name}
    assert named == {name for name in ours if not name.startswith("ricochet_process_")}
    assert all(said[name] == ours[name] for name in named)
    assert sample.gauges["process_resident_memory_bytes"] > 0
    assert "process_cpu_seconds" in sample.counters
    duration = sample.histograms["tick_duration_seconds"]
    assert duration.bounds == (*TICK_BUCKETS_S, float("inf"))
    assert duration.total == said["ricochet_tick_duration_seconds_count"] == 1


def test_what_labels_tell_apart_is_summed() -> None:
    chats = CounterMetricFamily("ricochet_chats", "Lines", labels=["to"])
    chats.add_metric(["room"], 3)
    chats.add_metric(["team"], 4)
    waiting = GaugeMetricFamily("ricochet_waiting", "Waiting", labels=["why"])
    waiting.add_metric(["a"], 1)
    waiting.add_metric(["b"], 1)
    assert sample_of([chats, waiting]) == Sample({"waiting": 2}, {"chats": 7})


def test_counters_become_rates_and_gauges_stay() -> None:
    before = Sample({"players": 1}, {"inputs": 100, "gone": 5}, {"late": buckets([0.5])})
    now = Sample({"players": 2}, {"inputs": 160, "new": 3}, {"late": buckets([0.5, 3.0, 3.0])})
    been = interval(before, now, 0.5)
    assert (been.gauges, been.totals) == ({"players": 2}, {"inputs": 160, "new": 3})
    assert been.rates == {"inputs": 120, "new": 6}
    assert been.histograms["late"] == buckets([3.0, 3.0])


def test_a_counter_that_began_anew_counts_from_nothing() -> None:
    assert interval(Sample(counters={"inputs": 1000}), Sample(counters={"inputs": 10}), 0.5).rates == {"inputs": 20}


def test_no_ticks_have_no_percentiles() -> None:
    assert in_ms(buckets([])) is None
    assert in_ms(Buckets((), ())) is None


@pytest.mark.parametrize(
    ("observed", "fraction", "found"),
    [
        ([0.5] * 10, 0.5, 0.5),
        ([0.5] * 10, 1.0, 1.0),
        ([1.5, 1.5, 3.0, 3.0], 0.5, 2.0),
        ([1.5, 1.5, 3.0, 3.0], 0.75, 3.0),
        ([100.0], 0.99, 4.0),
    ],
)
def test_percentiles_are_as_prometheus_has_them(observed: list[float], fraction: float, found: float) -> None:
    assert buckets(observed).percentile(fraction) == pytest.approx(found)


@given(
    st.lists(st.floats(0.0, 1.0), min_size=1, max_size=60),
    st.lists(st.floats(0.0, 1.0), max_size=60),
    st.floats(0.01, 1.0),
)
def test_the_true_percentile_is_in_the_same_bucket(new: list[float], old: list[float], fraction: float) -> None:
    bounds = (*TICK_BUCKETS_S, float("inf"))
    since = buckets(old + new, bounds).since(buckets(old, bounds))
    assert since == buckets(new, bounds)
    rank = next(n for n in range(len(new)) if n + 1 >= fraction * len(new))
    true = sorted(new)[rank]
    at = bisect_left(bounds, true)
    low, high = bounds[at - 1] if at else 0.0, bounds[at]
    assert low - 1e-12 <= since.percentile(fraction) <= high + 1e-12
