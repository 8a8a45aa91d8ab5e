"""Rows of `bench netcode` as a table and as a plot."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.table import Table

from bench.netrow import NetRow
from bench.touch import SITUATIONS

COLUMNS: Final[dict[str, Callable[[NetRow], str]]] = {
    "RTT\nms": lambda row: f"{row.rtt_ms:g}",
    "jitter\nms": lambda row: f"{row.jitter_ms:g}{' stalls' if row.stalls else ''}",
    "\nsituation": lambda row: row.situation,
    "own err.\np99": lambda row: _said(row.own_error_units.p99, 3),
    "at first\np99": lambda row: _said(row.surprise_units.p99, 2),
    "shown\np99": lambda row: _said(row.correction_shown_units.p99, 3),
    "\nmax": lambda row: _said(row.correction_shown_units.max, 2),
    "ships\np95": lambda row: _said(row.remote_error_units.p95, 2),
    "\np99": lambda row: _said(row.remote_error_units.p99, 2),
    "rocks\np95": lambda row: _said(row.remote_rock_error_units.p95, 2),
    "slack\np50": lambda row: _said(row.slack_ticks.p50, 2),
    "late\n%": lambda row: _said(row.late_inputs_percent, 2),
    "ack ms\np50": lambda row: _said(row.input_to_ack_ms.p50, 0),
    "picture\nticks old": lambda row: _said(row.picture_age_ticks.p50, 1),
    "pulses\n% hit": lambda row: _said(row.pulse_hits_percent, 1),
}
_OF_THE_NETWORK: Final = 5
"""So many of the last columns are the same for all situations, and shown once."""


def table_of(rows: Sequence[NetRow]) -> Table:
    """Four lines for each network."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for at, heading in enumerate(COLUMNS):
        table.add_column(heading, justify="left" if at == 2 else "right", no_wrap=True)
    for row in rows:
        cells = [cell(row) for cell in COLUMNS.values()]
        if row.situation != SITUATIONS[0]:
            cells[:2], cells[-_OF_THE_NETWORK:] = [""] * 2, [""] * _OF_THE_NETWORK
        table.add_row(*cells, end_section=row.situation == SITUATIONS[-1])
    return table


def _said(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


PLOTS: Final[dict[str, Callable[[NetRow], float | None]]] = {
    "own error in contact, p99 units": lambda row: row.own_error_units.p99 if row.situation == "contact" else None,
    "ships in flight as drawn, p95 units": lambda row: (
        row.remote_error_units.p95 if row.situation == "flight" else None
    ),
    "late or missing inputs, %": lambda row: row.late_inputs_percent,
    "pulses on target that hit, %": lambda row: row.pulse_hits_percent,
}


def draw(rows: Sequence[NetRow], path: Path) -> None:
    """Four figures over the round trip, a line for each jitter. Raises OSError when `path` can't be written."""
    from matplotlib.figure import Figure  # it takes a second to load

    figure = Figure(figsize=(11, 7), layout="constrained")
    for ax, (title, value) in zip(figure.subplots(2, 2).flat, PLOTS.items(), strict=True):
        for jitter_ms in sorted({row.jitter_ms for row in rows}):
            points = {row.rtt_ms: value(row) for row in rows if row.jitter_ms == jitter_ms and value(row) is not None}
            ax.plot(list(points), list(points.values()), "o-", label=f"jitter {jitter_ms:g} ms")
        ax.set_title(title)
        ax.set_xlabel("round trip, ms")
        ax.grid(alpha=0.3)
        ax.legend()
    figure.savefig(path)
