"""What a run has shown, as one object: what `ricochet swarm --json` writes and `Bot.statistics` returns.

A load tester that was itself the bottleneck says so: a swarm whose input clock woke up late, or whose process
had no core time left, reports `swarm_saturated` and why, and its numbers then say little about the server.
"""

from statistics import median
from typing import Final

from msgspec import Struct

from bots.metrics import ServerReport
from bots.netsim import PERFECT, Conditions
from bots.tally import BotRates, Percentiles, Tally

LATENESS_MS_MAX: Final = 8.0
"""Half a tick at 60 Hz, at the 99th percentile."""
CPU_SHARE_MAX: Final = 0.9


class Rate(Struct, frozen=True):
    """Over bots."""

    min: float | None
    median: float | None


class BytesPerSecond(Struct, frozen=True):
    """An average bot's, on the wire but for TCP's own; welcomes and handshakes aside."""

    up: float | None
    down: float | None


class Report(Struct, frozen=True, kw_only=True):
    """All percentiles are over every single measurement of every bot."""

    bots: int
    connected: int
    disconnects: dict[str, int]
    seconds: float
    snapshots_per_second: Rate
    snapshot_interval_ms: Percentiles
    rtt_ms: Percentiles
    input_slack_ms: Percentiles
    prediction_error_units: Percentiles
    bytes_per_second_per_bot: BytesPerSecond
    checksum_mismatches: int
    late_inputs_percent: float
    """Of the snapshots that spoke of our inputs, how many named one that was late."""
    network: Conditions
    """What was simulated on top of the real one."""
    server: ServerReport | None
    swarm_saturated: bool
    swarm_saturated_why: str
    swarm_lateness_ms: Percentiles
    swarm_cpu_share: float
    """Of one core, of the busiest process in its busiest five seconds."""


def report_of(
    tally: Tally, seconds: float, server: ServerReport | None = None, network: Conditions = PERFECT
) -> Report:
    """The report on a run of `seconds`."""
    why = saturated_why(tally)
    return Report(
        bots=tally.bots,
        connected=tally.connected,
        disconnects=tally.disconnects,
        seconds=round(seconds, 3),
        snapshots_per_second=_rate([rates.snapshots for rates in tally.rates]),
        snapshot_interval_ms=tally.snapshot_interval_ms.percentiles(),
        rtt_ms=tally.rtt_ms.percentiles(),
        input_slack_ms=tally.input_slack_ms.percentiles(),
        prediction_error_units=tally.prediction_error_units.percentiles(),
        bytes_per_second_per_bot=_bytes(tally.rates),
        checksum_mismatches=tally.checksum_mismatches,
        late_inputs_percent=round(100.0 * tally.input_slack_ms.share_below(0.0), 3),
        network=network,
        server=server,
        swarm_saturated=bool(why),
        swarm_saturated_why=why,
        swarm_lateness_ms=tally.pulse_lateness_ms.percentiles(),
        swarm_cpu_share=round(tally.cpu_share_max, 3),
    )


def saturated_why(tally: Tally) -> str:
    """Why the swarm itself was the bottleneck; empty when it was not."""
    lateness_ms = tally.pulse_lateness_ms.percentiles().p99
    if lateness_ms is not None and lateness_ms > LATENESS_MS_MAX:
        return (
            f"the bots' input clock was {lateness_ms:.1f} ms late at the 99th percentile (more than "
            f"{LATENESS_MS_MAX:g} ms): use fewer bots, more --processes, or another machine"
        )
    if tally.cpu_share_max > CPU_SHARE_MAX:
        return (
            f"a process of bots used {tally.cpu_share_max:.0%} of a core (more than {CPU_SHARE_MAX:.0%}): "
            "use fewer bots or more --processes"
        )
    return ""


def _rate(values: list[float]) -> Rate:
    return Rate(round(min(values), 3), round(median(values), 3)) if values else Rate(None, None)


def _bytes(rates: list[BotRates]) -> BytesPerSecond:
    if not rates:
        return BytesPerSecond(None, None)
    up, down = (sum(values) / len(rates) for values in zip(*((one.up, one.down) for one in rates), strict=True))
    return BytesPerSecond(round(up, 1), round(down, 1))
