"""Where people were and where they were shot down, as one picture: the arena, warmer where ships were more often."""

from math import log1p
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.figure import Figure

from bots.replay.figures import Figures, Traces
from protocol.arena import Arena

BIN_UNITS: Final = 32.0
BINS_MAX: Final = 512
"""On each side."""
INCHES: Final = 10.0


def draw_heatmap(arena: Arena, traces: Traces, figures: Figures, path: Path) -> None:
    """Write a picture, a PNG or whatever else the name of `path` asks for."""
    width, height = arena.size.width, arena.size.height
    bins = [max(1, min(BINS_MAX, round(side / BIN_UNITS))) for side in (width, height)]
    x, y = np.array(traces.places or [(-1.0, -1.0)]).T
    counts, _, _ = np.histogram2d(x, y, bins=bins, range=((0.0, width), (0.0, height)))
    figure = Figure(figsize=(INCHES, INCHES * height / width + 1.0), layout="constrained")
    axes = figure.subplots()
    axes.set_facecolor("black")
    axes.imshow(
        np.vectorize(log1p, otypes=[float])(counts.T),
        extent=(0.0, width, height, 0.0),
        cmap="inferno",
        interpolation="bilinear",
    )
    for wall in arena.walls:
        points = [*wall.points, wall.points[0]] if wall.closed else wall.points
        axes.plot(*zip(*points, strict=True), color="0.75", linewidth=2, solid_capstyle="round")
    for block in arena.blocks:
        axes.fill(*zip(*block.points, strict=True), color="0.6")
    if traces.kills:
        kills_x, kills_y = np.array(traces.kills).T
        axes.scatter(kills_x, kills_y, marker="x", color="cyan", s=36, linewidths=1.5, label=f"{figures.kills} kills")
        axes.legend(loc="upper right", framealpha=0.8)
    minutes, seconds = divmod(round(figures.seconds), 60)
    axes.set_title(f"{figures.game} in {figures.arena}, {minutes}:{seconds:02} of {figures.recorded[:10]}")
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_xticks([])
    axes.set_yticks([])
    figure.savefig(path, dpi=100)
