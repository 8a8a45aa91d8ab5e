"""`ricochet bench publish`: no sockets; what publishing costs, in bytes and in CPU for each part of the tick.

Five crowds (`bench.crowds`) live for a while in the server's own world, publisher and viewers (`bench.rehearsal`). All
times are the game's, but for the CPU's.
"""

import gc
import time
from collections.abc import Iterator, Sequence
from typing import Annotated, Final

import typer
from msgspec import Struct
from msgspec.structs import asdict
from rich.console import Console
from rich.table import Table

from bench.crowds import CROWDS, REST_NEWS_BYTES_S_MAX, SHIP_RECORD_BYTES_MAX, STRAY_UNITS_S, Crowd
from bench.rehearsal import Rehearsal
from bots.output import JsonFile, write_json
from protocol.errors import UserError
from protocol.quantize import POSITION_SCALE
from server.games.pieces import SHIP_KIND
from server.publisher import CELL_BYTES_MAX
from server.urgency import error_units_max

SEED: Final = 7
SETTLE_S: Final = 3.0
"""Until everyone has been told of everyone, of the game's time."""
ROUNDING_UNITS: Final = 0.5 / POSITION_SCALE
"""What is published anew is rounded."""
CELL_OVERHEAD_BYTES: Final = 16
"""Of a delta, what the budget doesn't count: the cell, lengths, a checksum."""
TABLE_COLUMNS: Final = 110
"""What the tables take; a narrower terminal breaks their lines, which is better than losing figures."""
NOT_MEASURED: Final = (
    "Not measured: sockets, sessions, the game's rules, and what a memory larger than the cache costs."
)


class Published(Struct, frozen=True, kw_only=True):
    """What one crowd cost."""

    crowd: str
    entities: int
    viewers: int
    snapshots_per_s: float
    bytes_per_viewer_s: float
    """WebSocket's framing included."""
    news_bytes_per_viewer_s: float
    """Of these, what tells of cells."""
    near_bytes_per_viewer_s: float
    """And of bodies that may soon touch the viewer's ship."""
    cell_bytes_most: int
    """The longest delta of a cell."""
    simulate_us: float
    """CPU for each snapshot, as are the next four."""
    compare_us: float
    choose_us: float
    encode_us: float
    address_us: float
    error_units: float
    """How far the judge's beliefs were from the truth at most, right after a snapshot."""
    error_between_units: float
    """And at the ticks between."""
    error_units_bound: float
    strangers: int
    """Entities that it ought to have known of and didn't, over all snapshots."""
    checksum_mismatches: int
    held: bool


def publish_command(
    crowds: Annotated[
        str | None,
        typer.Option(help=f"Which, with commas between: {', '.join(c.name for c in CROWDS)}. \\[default: all]"),
    ] = None,
    seconds: Annotated[float, typer.Option(min=1, max=600, help="Of the game's time, for each crowd.")] = 20.0,
    json: JsonFile = None,
) -> None:
    """Measure bytes and CPU of publishing, without sockets."""
    rows = []
    for crowd in _named(crowds):
        rows.append(measure(crowd, seconds))
        if json is not None:
            write_json(json, rows)
    _show(rows, Console())


def _named(words: str | None) -> Sequence[Crowd]:
    if words is None:
        return CROWDS
    known = {crowd.name: crowd for crowd in CROWDS}
    names = [word.strip() for word in words.split(",") if word.strip()]
    for name in names:
        if name not in known:
            raise UserError(f"there is no crowd {name!r}; there are {', '.join(known)}")
    if not names:
        raise UserError("--crowds names no crowd")
    return [known[name] for name in names]


def measure(crowd: Crowd, seconds: float, settle_s: float = SETTLE_S) -> Published:
    """Let `crowd` live for so many seconds of its own time."""
    rehearsal = Rehearsal(crowd, SEED, time.process_time_ns)
    for _ in range(crowd.rates.ticks_in(settle_s)):
        rehearsal.advance()
    rehearsal.clear()
    gc.collect()
    gc.freeze()
    try:
        for _ in range(crowd.rates.ticks_in(seconds)):
            rehearsal.advance()
    finally:
        gc.unfreeze()
    return judge(rehearsal, seconds)


def judge(rehearsal: Rehearsal, seconds: float) -> Published:
    """What it came to."""
    crowd, judge, viewers = rehearsal.crowd, rehearsal.judge, len(rehearsal.taps)
    total, header = (sum(getattr(tap, name) for tap in rehearsal.taps) for name in ("bytes", "header_bytes"))
    costs_us = {f"{part}_us": ns / 1000 / rehearsal.snapshots for part, ns in asdict(rehearsal.costs).items()}
    bound = bound_units(crowd)
    near = rehearsal.near_bytes / viewers / seconds
    news = (total - header) / viewers / seconds - near
    return Published(
        crowd=crowd.name,
        entities=crowd.entities,
        viewers=viewers,
        snapshots_per_s=rehearsal.snapshots / seconds,
        bytes_per_viewer_s=total / viewers / seconds,
        news_bytes_per_viewer_s=news,
        near_bytes_per_viewer_s=near,
        cell_bytes_most=rehearsal.cell_bytes_most,
        **costs_us,
        error_units=judge.error_units,
        error_between_units=judge.error_between_units,
        error_units_bound=bound,
        strangers=judge.strangers,
        checksum_mismatches=judge.checksum_mismatches,
        held=judge.error_units <= bound
        and not judge.strangers
        and not judge.checksum_mismatches
        and rehearsal.cell_bytes_most <= CELL_BYTES_MAX + CELL_OVERHEAD_BYTES
        and total / viewers / seconds <= crowd.bytes_per_viewer_s_max
        and (crowd.hold_ticks > 0 or news <= REST_NEWS_BYTES_S_MAX),
    )


def bound_units(crowd: Crowd) -> float:
    """How wrong a ship may be right after a snapshot: its tolerance, or what `server.urgency` promises of a crowd that
    may want to say more than the budget holds."""
    together = CELL_BYTES_MAX // SHIP_RECORD_BYTES_MAX
    if not crowd.in_one_cell:
        return SHIP_KIND.tolerance_units + ROUNDING_UNITS
    return error_units_max(SHIP_KIND, STRAY_UNITS_S, crowd.rates.snapshot_rate, crowd.ships - 1, together)


def _show(rows: Sequence[Published], console: Console) -> None:
    bytes_table = Table(title="Bytes and beliefs")
    for heading in (
        "crowd",
        "entities",
        "viewers",
        "B/s",
        "news",
        "near",
        "cell most",
        "error",
        "between",
        "bound",
        "held",
    ):
        bytes_table.add_column(heading, justify="right")
    cpu_table = Table(title="CPU for each snapshot, µs; for each viewer")
    for heading in ("crowd", "simulate", "compare", "choose", "encode", "address", "all", "per viewer"):
        cpu_table.add_column(heading, justify="right")
    for row in rows:
        bytes_table.add_row(*_bytes_of(row))
        cpu_table.add_row(*_cpu_of(row))
    console.width = max(console.width, TABLE_COLUMNS)
    console.print(bytes_table)
    console.print(cpu_table)
    for crowd in CROWDS:
        if any(row.crowd == crowd.name for row in rows):
            console.print(f"{crowd.name}: {crowd.title}", highlight=False, soft_wrap=True)
    console.print(NOT_MEASURED, highlight=False, soft_wrap=True)


def _bytes_of(row: Published) -> Iterator[str]:
    yield from (row.crowd, f"{row.entities:,}", f"{row.viewers:,}")
    told = (row.bytes_per_viewer_s, row.news_bytes_per_viewer_s, row.near_bytes_per_viewer_s, row.cell_bytes_most)
    yield from (f"{figure:,.0f}" for figure in told)
    yield from (f"{row.error_units:.2f}", f"{row.error_between_units:.2f}", f"{row.error_units_bound:.2f}")
    yield "yes" if row.held else "no"


def _cpu_of(row: Published) -> Iterator[str]:
    parts_us = [row.simulate_us, row.compare_us, row.choose_us, row.encode_us, row.address_us]
    yield row.crowd
    yield from (f"{part_us:,.0f}" for part_us in parts_us)
    yield f"{sum(parts_us):,.0f}"
    yield f"{sum(parts_us) / row.viewers:.2f}"
