"""A run as pictures: one SVG of four distributions."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bots.tally import Spread, Tally


def draw_tally(tally: Tally, path: Path) -> None:
    """Write the distributions of `tally` to `path`."""
    figure = Figure(figsize=(11, 7), layout="constrained")
    axes = figure.subplots(2, 2).flat
    for ax, spread, title in zip(
        axes,
        (tally.snapshot_interval_ms, tally.rtt_ms, tally.input_slack_ms, tally.prediction_error_units),
        ("Snapshot interval, ms", "Round trip, ms", "Input slack, ms", "Prediction error, units"),
        strict=True,
    ):
        _draw_survival(ax, spread, title)
    figure.savefig(path)


def _draw_survival(ax: Axes, spread: Spread, title: str) -> None:
    """The share of measurements at or above each value, on a log scale: its tail is what players feel."""
    ordered = sorted(spread.counts.items())
    total, above = spread.total(), spread.total()
    values, shares = [], []
    for at, count in ordered:
        values.append(at * spread.step)
        shares.append(above / total)
        above -= count
    ax.step(values, shares, where="post")
    if values:
        ax.set_yscale("log")
    ax.set_title(title)
    ax.set_ylabel("share at or above")
    ax.grid(alpha=0.3)
