"""The swarm on a terminal: a live table while it runs, the same table as a summary at the end."""

from rich.markup import escape
from rich.table import Table

from bots.report import Report
from bots.tally import Percentiles


def board_of(report: Report) -> Table:
    """One row for each thing measured."""
    table = Table(title=f"{report.connected} of {report.bots} bots, {report.seconds:.0f} s", title_justify="left")
    table.add_column("")
    for column in ("p50", "p95", "p99", "max"):
        table.add_column(column, justify="right")
    for name, measured in (
        ("snapshot interval, ms", report.snapshot_interval_ms),
        ("round trip, ms", report.rtt_ms),
        ("input slack, ms", report.input_slack_ms),
        ("prediction error, units", report.prediction_error_units),
        ("swarm lateness, ms", report.swarm_lateness_ms),
    ):
        table.add_row(name, *_cells(measured))
    if report.server is not None:
        table.add_row("server tick, ms", *_cells(report.server.tick_duration_ms))
        table.add_row("server lateness, ms", *_cells(report.server.tick_lateness_ms))
    table.caption = "\n".join(_lines(report))
    table.caption_justify = "left"
    return table


def _cells(measured: Percentiles) -> list[str]:
    values = (measured.p50, measured.p95, measured.p99, measured.max)
    return ["–" if value is None else f"{value:.2f}" for value in values]


def _lines(report: Report) -> list[str]:
    rate, size = report.snapshots_per_second, report.bytes_per_second_per_bot
    lines = [
        f"{_number(rate.median)} snapshots/s (least {_number(rate.min)}); "
        f"bytes/s for each bot: {_number(size.up)} up, {_number(size.down)} down",
        f"{report.late_inputs_percent:.2f} % late inputs, {report.checksum_mismatches} checksum mismatches, "
        f"swarm at {report.swarm_cpu_share:.0%} of a core",
    ]
    if not report.network.is_perfect:
        lines.append(f"simulated on top of the network: {report.network}")
    lines += [f"disconnected {count} times: {escape(reason)}" for reason, count in report.disconnects.items()]
    if report.swarm_saturated:
        lines.append(f"[bold]The swarm was the bottleneck:[/bold] {report.swarm_saturated_why}")
    return lines


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
