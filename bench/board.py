"""Rows as a table and as a plot: what is shown is the median of the repetitions, and its spread."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.table import Table

from bench.percentiles import Spread, spread_of
from bench.row import REFERENCE, Row
from bench.scene import TICK_RATE

NOT_MEASURED: Final = (
    "Shots, rocks and kills: nobody fires, for the other servers have none; Ricochet runs its whole game all the same.",
    "Networks: it is loopback, so no loss, no delay and no TLS, and the kernel's share is smaller than over a wire.",
    "More than one core: a contestant has one, and the generator the other.",
    "Players coming and going, and clients that read slowly: all join first, and all read at once.",
    "Lateness of Ricochet finer than its metrics tell it: the upper edge of a bucket counts.",
    "What a client pays: the generator steps over frames and decodes nothing.",
)


def table_of(rows: Sequence[Row]) -> Table:
    """One line for each contestant and number of clients, numbers ascending; the median of the repetitions, and their
    least and most behind it where that says something."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), title_justify="left", caption_justify="left")
    table.add_column("\nclients", justify="right")
    table.add_column("\ncontestant", no_wrap=True)
    table.add_column("µs of CPU per\nclient-tick", justify="right", no_wrap=True)
    table.add_column(f"times\n{REFERENCE}", justify="right")
    table.add_column("per snap-\nshot", justify="right", no_wrap=True)
    table.add_column("bytes/s\n/client", justify="right")
    table.add_column("late ms\np50", justify="right")
    table.add_column("\np99", justify="right", no_wrap=True)
    table.add_column("snaps/s\nleast", justify="right")
    table.add_column("RSS MB\nmost", justify="right")
    table.add_column("\nheld", no_wrap=True)
    table.title = _unusual_rate(rows)
    table.caption = "\n".join(_notes(rows)) or None
    for clients in sorted({row.clients for row in rows}):
        here = [row for row in rows if row.clients == clients]
        for name in dict.fromkeys(row.contestant for row in here):
            table.add_row(*_cells(name, here))
        table.add_section()
    return table


def _unusual_rate(rows: Sequence[Row]) -> str | None:
    """Said where it isn't the usual one."""
    rates = sorted({row.tick_rate for row in rows} - {TICK_RATE})
    return f"At {', '.join(map(str, rates))} ticks, snapshots and inputs per second" if rates else None


def _notes(rows: Sequence[Row]) -> Iterator[str]:
    if any(row.generator_saturated for row in rows):
        yield "* The generator was saturated at least once: the line says little."
    if not all(row.held for row in rows):
        yield "≥ It had no more CPU to spend, and left out ticks or clients that count all the same; see per snapshot."


def _cells(name: str, here: Sequence[Row]) -> list[str]:
    """A line of the table; `here` are all rows of that number of clients."""
    mine = [row for row in here if row.contestant == name]
    cost = _spread(row.us_per_client_tick for row in mine)
    reference = _spread(row.us_per_client_tick for row in here if row.contestant == REFERENCE)
    held = sum(row.held for row in mine)
    is_held = "yes" if held == len(mine) else f"{held}/{len(mine)}" if held else "no"
    return [
        str(mine[0].clients),
        name,
        ("" if held else "≥ ") + _said(cost, 1) if cost else "–",
        f"{cost.median / reference.median:.2f}" if cost and reference and reference.median else "–",
        _alone("median", (row.us_per_snapshot for row in mine), 1),
        _alone("median", (row.bytes_per_client_s for row in mine), 0),
        _alone("median", (row.lateness_ms_p50 for row in mine), 2),
        _said(_spread(row.lateness_ms_p99 for row in mine), 1),
        _alone("least", (row.snapshots_per_client_s_min for row in mine), 1),
        _alone("most", (row.rss_mb for row in mine), 0),
        is_held + "*" * any(row.generator_saturated for row in mine),
    ]


def _spread(values: Iterable[float | None]) -> Spread | None:
    return spread_of([value for value in values if value is not None])


def _alone(which: str, values: Iterable[float | None], digits: int) -> str:
    spread = _spread(values)
    return "–" if spread is None else f"{getattr(spread, which):,.{digits}f}"


def _said(spread: Spread | None, digits: int) -> str:
    if spread is None:
        return "–"
    median = f"{spread.median:,.{digits}f}"
    if spread.least == spread.most:
        return median
    return f"{median} ({spread.least:,.{digits}f}–{spread.most:,.{digits}f})"


def draw(rows: Sequence[Row], path: Path) -> None:
    """CPU per client-tick over the number of clients, the median with a bar from least to most; where a contestant
    didn't hold, its mark is hollow. Raises OSError when `path` can't be written."""
    from matplotlib.figure import Figure  # it takes a second to load

    figure = Figure(figsize=(8, 5), layout="constrained")
    ax = figure.subplots()
    for name in dict.fromkeys(row.contestant for row in rows):
        points = [
            (clients, spread, all(row.held for row in rows if (row.contestant, row.clients) == (name, clients)))
            for clients in sorted({row.clients for row in rows})
            if (spread := _spread(r.us_per_client_tick for r in rows if (r.contestant, r.clients) == (name, clients)))
        ]
        counts, medians = [at for at, _, _ in points], [spread.median for _, spread, _ in points]
        bars = ax.errorbar(
            counts,
            medians,
            yerr=[
                [spread.median - spread.least for _, spread, _ in points],
                [spread.most - spread.median for _, spread, _ in points],
            ],
            label=name,
            capsize=3,
            linewidth=2.5 if name == REFERENCE else 1.2,
        )
        colour = bars.lines[0].get_color()
        for at, spread, is_held in points:
            ax.plot(at, spread.median, "o", color=colour, markerfacecolor=colour if is_held else "white")
    ax.set_xlabel("clients")
    ax.set_ylabel("µs of CPU per client and tick")
    ax.set_title(_unusual_rate(rows) or "")
    ax.set_ylim(bottom=0)
    ax.grid(alpha=0.3)
    if rows:
        ax.legend()
    figure.savefig(path)
