"""What a server's /metrics page says, read between two moments: the beginning of a run and its end.

The page is Prometheus' text format. Of counters and histograms the difference counts, so that what happened
before the run is not held against it; gauges are as they were at the end.
"""

from math import inf

from msgspec import Struct

from bots.tally import Percentiles

Samples = dict[str, float]
"""Value by name, with its labels as written: `name{le="0.5"}`."""


class ServerReport(Struct, frozen=True, kw_only=True):
    """The server during a run; None where the page did not say. A percentile is the upper edge of its bucket."""

    tick_duration_ms: Percentiles
    tick_lateness_ms: Percentiles
    ticks_shifted: float | None
    cpu_seconds: float | None
    rss_bytes: float | None
    players: float | None
    rooms: float | None
    viewers_blocked: float | None
    inputs: float | None
    inputs_late: float | None
    inputs_missing: float | None
    checksum_mismatches: float | None
    sent_bytes: float | None
    received_bytes: float | None
    sent_messages: float | None
    received_messages: float | None


def parse_metrics(page: str) -> Samples:
    """The samples of a page; lines that aren't any are skipped."""
    samples: Samples = {}
    for line in page.splitlines():
        name, _, value = line.strip().rpartition(" ")
        if not name or name.startswith("#"):
            continue
        try:
            samples[name] = float(value)
        except ValueError:
            continue
    return samples


def server_report_of(before: Samples, after: Samples) -> ServerReport:
    """What happened between the two."""

    def grown(name: str) -> float | None:
        return None if name not in after else after[name] - before.get(name, 0.0)

    return ServerReport(
        tick_duration_ms=percentiles_ms("ricochet_tick_duration_seconds", before, after),
        tick_lateness_ms=percentiles_ms("ricochet_tick_lateness_seconds", before, after),
        ticks_shifted=grown("ricochet_ticks_shifted_total"),
        cpu_seconds=grown("process_cpu_seconds_total"),
        rss_bytes=after.get("process_resident_memory_bytes"),
        players=after.get("ricochet_players"),
        rooms=after.get("ricochet_rooms"),
        viewers_blocked=after.get("ricochet_viewers_blocked"),
        inputs=grown("ricochet_inputs_total"),
        inputs_late=grown("ricochet_inputs_late_total"),
        inputs_missing=grown("ricochet_inputs_missing_total"),
        checksum_mismatches=grown("ricochet_checksum_mismatches_total"),
        sent_bytes=grown("ricochet_sent_bytes_total"),
        received_bytes=grown("ricochet_received_bytes_total"),
        sent_messages=grown("ricochet_sent_messages_total"),
        received_messages=grown("ricochet_received_messages_total"),
    )


def percentiles_ms(histogram: str, before: Samples, after: Samples) -> Percentiles:
    """Of a histogram in seconds: for each share the upper edge of the bucket where it is reached, in ms."""
    edges = _bucket_counts(histogram, after)
    earlier = dict(_bucket_counts(histogram, before))
    counts = [(edge, count - earlier.get(edge, 0.0)) for edge, count in edges]
    total = counts[-1][1] if counts else 0.0
    if total <= 0:
        return Percentiles()
    return Percentiles(*(_edge_ms(counts, share * total) for share in (0.5, 0.95, 0.99, 1.0)))


def _bucket_counts(histogram: str, samples: Samples) -> list[tuple[float, float]]:
    """(upper edge in s, measurements up to it), ascending; summed over other labels."""
    counts: dict[float, float] = {}
    for name, value in samples.items():
        if name.startswith(histogram + "_bucket{"):
            edge = float(name.split('le="')[1].split('"')[0].replace("+Inf", "inf"))
            counts[edge] = counts.get(edge, 0.0) + value
    return sorted(counts.items())


def _edge_ms(counts: list[tuple[float, float]], wanted: float) -> float | None:
    """None beyond the last finite edge."""
    edge = next(edge for edge, count in counts if count >= wanted)
    return None if edge == inf else round(edge * 1000.0, 3)
