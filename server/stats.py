"""The numbers of `/metrics` at one moment, and what has been between two moments. Pure.

Nothing is counted here: a sample is read off the same metric families that Prometheus is told. Counters become rates,
and histograms percentiles of what was observed between the two.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct, field
from prometheus_client.core import Metric

from protocol.stats import Percentiles

PREFIX: Final = "ricochet_"


class Buckets(Struct, frozen=True):
    """How often something was at most each of `bounds`, the last of which is infinite."""

    bounds: tuple[float, ...]
    counts: tuple[float, ...]

    def since(self, before: "Buckets | None") -> "Buckets":
        """What came after `before`."""
        if before is None or before.bounds != self.bounds:
            return self
        return Buckets(self.bounds, tuple(b - a for a, b in zip(before.counts, self.counts, strict=True)))

    @property
    def total(self) -> float:
        return self.counts[-1] if self.counts else 0.0

    def percentile(self, fraction: float) -> float:
        """As Prometheus estimates it: evenly spread within each bucket; what is beyond the last bound is at it."""
        wanted, low, below = fraction * self.total, 0.0, 0.0
        for bound, count in zip(self.bounds[:-1], self.counts[:-1], strict=True):
            if count >= wanted and count > below:
                return low + (bound - low) * (wanted - below) / (count - below)
            low, below = bound, count
        return low


class Sample(Struct, frozen=True):
    """By name, without what all of ours begin with."""

    gauges: dict[str, float] = field(default_factory=dict)
    counters: dict[str, float] = field(default_factory=dict)
    histograms: dict[str, Buckets] = field(default_factory=dict)


class Interval(Struct, frozen=True):
    """What has been between two samples."""

    seconds: float
    gauges: dict[str, float]
    totals: dict[str, float]
    rates: dict[str, float]
    histograms: dict[str, Buckets]


def sample_of(families: Iterable[Metric]) -> Sample:
    """What is told apart by labels is told together."""
    sample = Sample()
    for family in families:
        name = family.name.removeprefix(PREFIX)
        if family.type == "gauge":
            sample.gauges[name] = _sum(family, family.name)
        elif family.type == "counter":
            sample.counters[name] = _sum(family, f"{family.name}_total")
        elif family.type == "histogram":
            sample.histograms[name] = buckets_of(family)
    return sample


def interval(before: Sample, now: Sample, seconds: float) -> Interval:
    """A counter that has fallen belongs to a process that began anew: it counts from 0."""
    return Interval(
        seconds=seconds,
        gauges=now.gauges,
        totals=now.counters,
        rates={name: _rise(before.counters, name, total) / seconds for name, total in now.counters.items()},
        histograms={name: buckets.since(before.histograms.get(name)) for name, buckets in now.histograms.items()},
    )


def in_ms(buckets: Buckets) -> Percentiles | None:
    """None: there was nothing."""
    if not buckets.total:
        return None
    return Percentiles(*(round(buckets.percentile(fraction) * 1e3, 3) for fraction in (0.5, 0.99)))


def _sum(family: Metric, name: str) -> float:
    return sum(sample.value for sample in family.samples if sample.name == name)


def buckets_of(family: Metric) -> Buckets:
    """Of a histogram."""
    counts: dict[float, float] = {}
    for sample in family.samples:
        if sample.name.endswith("_bucket"):
            bound = float(sample.labels["le"])
            counts[bound] = counts.get(bound, 0.0) + sample.value
    bounds: Sequence[float] = sorted(counts)
    return Buckets(tuple(bounds), tuple(counts[bound] for bound in bounds))


def _rise(before: Mapping[str, float], name: str, total: float) -> float:
    was = before.get(name, 0.0)
    return total - was if total >= was else total
