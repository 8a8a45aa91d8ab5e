"""`ricochet bench cores`: what a second core could take from one busy room, if something else wrote to its sockets.

One crowded room on one core, 700 and 1,400 clients, 30 snapshots a second; its snapshots go each of the ways of
`bench.senders`, in turns, so that a machine that drifts does so for all. The other core has whoever writes, and the
clients. It says how much of the game's core a client takes, and so how many a core would hold; whether that is worth
building is a matter of `WORTH_IT`.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import product
from typing import Annotated, Final

import msgspec
import typer
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from bench.busy_room import Busy
from bench.percentiles import Spread, spread_of
from bench.run import cores
from bench.scene import CLIENTS_MAX, CLIENTS_MIN, TICK_RATE
from bench.senders import WAYS
from bots.output import JsonFile, write_json
from protocol.errors import UserError

RUN_S_MAX: Final = 120.0
FULL_SHARE: Final = 0.9
"""Of a core, that ticks may keep busy: more, and they begin late."""
WORTH_IT: Final = 1.3
"""Times as many clients as now."""
NOT_MEASURED: Final = (
    "Not measured: trio and the sweep between ticks, a peer that doesn't read, a network card. The clients share the "
    "writer's core."
)

Measure = Callable[[str, int, float], Busy]


class Line(Struct, frozen=True, kw_only=True):
    """One way with so many clients, of all repetitions."""

    way: str
    clients: int
    game_cpu_us: Spread
    other_cpu_us: Spread
    busy_ms: Spread
    written_p99_ms: Spread
    late_ticks: int
    held: int
    """How many clients a core would hold, by the median of what ticks keep it busy."""
    gain: float
    """Of those, for each that it holds now."""
    read_bytes: float


class Cores(Struct, frozen=True, kw_only=True):
    """All of it."""

    lines: list[Line]
    worth_it: list[str]
    """Ways that give WORTH_IT or more at every number of clients, and whose last byte is out before the next tick."""
    runs: list[Busy]


def cores_command(
    clients: Annotated[str, typer.Option(help="How many play in the room, with commas between.")] = "700,1400",
    repeat: Annotated[int, typer.Option(min=1, max=20)] = 3,
    seconds: Annotated[float, typer.Option(min=0.5, max=60, help="Of each run.")] = 2.0,
    json: JsonFile = None,
) -> None:
    """Measure what a second core could take from one busy room."""
    if sys.platform != "linux":
        raise UserError(f"bench cores measures by way of memfd and thread affinity, which {sys.platform} doesn't have")
    console = Console()
    if len(os.sched_getaffinity(0)) < 2:
        raise UserError("bench cores needs two cores")
    crowds = crowds_of(clients)
    runs = []
    for number, count, way in product(range(repeat), crowds, WAYS):
        console.print(f"{number + 1}/{repeat}: {count} clients, {way}", style="dim", highlight=False)
        runs.append(run(way, count, seconds))
    result = judge(runs)
    if json is not None:
        write_json(json, result)
    _show(result, console)


def crowds_of(words: str) -> list[int]:
    """Raises UserError."""
    try:
        crowds = [int(word) for word in words.split(",")]
    except ValueError:
        raise UserError(f"{words!r} is not numbers with commas between") from None
    if not all(CLIENTS_MIN <= count <= CLIENTS_MAX for count in crowds):
        raise UserError(f"a room has {CLIENTS_MIN} to {CLIENTS_MAX} clients, not {words}")
    return crowds


def run(way: str, clients: int, seconds: float) -> Busy:
    """Once, in a process of its own. Raises UserError."""
    game_core, other_core = cores()
    words = [way, str(clients), str(seconds), str(game_core), str(other_core)]
    command = [sys.executable, "-m", "bench.busy_room", *words]
    try:
        told = subprocess.run(command, capture_output=True, timeout=RUN_S_MAX, check=False)
    except subprocess.TimeoutExpired:
        raise UserError(f"{clients} clients, {way}: it did not end within {RUN_S_MAX:g} s") from None
    if told.returncode != 0:
        raise UserError(f"{clients} clients, {way}: {told.stderr.decode(errors='replace').strip()[-400:]}")
    return msgspec.json.decode(told.stdout, type=Busy)


def judge(runs: Sequence[Busy]) -> Cores:
    """Put together what belongs together."""
    tables: dict[tuple[int, str], list[Busy]] = {(each.clients, each.way): [] for each in runs}
    for each in runs:
        tables[each.clients, each.way].append(each)
    now = {clients: held_of(found) for (clients, way), found in tables.items() if way == WAYS[0]}
    in_order = sorted(tables.items(), key=_in_order)
    lines = [_line(way, clients, found, now[clients]) for (clients, way), found in in_order]
    promising = [way for way in WAYS[1:-1] if all(_is_worth_it(line) for line in lines if line.way == way)]
    return Cores(lines=lines, worth_it=promising, runs=list(runs))


def _in_order(item: tuple[tuple[int, str], list[Busy]]) -> tuple[int, int]:
    (clients, way), _ = item
    return clients, WAYS.index(way)


def held_of(runs: Sequence[Busy]) -> int:
    """By what a tick of so many takes. Part of it is the same for any number, so it is a guess for far larger ones."""
    busy = spread_of([each.busy_ms for each in runs])
    assert busy is not None
    return round(runs[0].clients * FULL_SHARE * 1e3 / TICK_RATE / busy.median)


def _line(way: str, clients: int, runs: Sequence[Busy], held_now: int) -> Line:
    held = held_of(runs)
    return Line(
        way=way,
        clients=clients,
        game_cpu_us=_spread([each.game_cpu_us for each in runs]),
        other_cpu_us=_spread([each.other_cpu_us for each in runs]),
        busy_ms=_spread([each.busy_ms for each in runs]),
        written_p99_ms=_spread([each.written_p99_ms for each in runs]),
        late_ticks=sum(each.late_ticks for each in runs),
        held=held,
        gain=held / held_now,
        read_bytes=_spread([each.read_bytes for each in runs]).median,
    )


def _is_worth_it(line: Line) -> bool:
    return line.gain >= WORTH_IT and line.written_p99_ms.median < 1e3 / TICK_RATE


def _spread(values: Sequence[float]) -> Spread:
    spread = spread_of(values)
    assert spread is not None
    return spread


def _show(result: Cores, console: Console) -> None:
    table = Table("clients", "way", box=None)
    for title in ("µs of the game's core", "µs elsewhere", "tick busy, ms", "last byte p99, ms", "late", "holds", "×"):
        table.add_column(title, justify="right")
    for line in result.lines:
        spreads = (line.game_cpu_us, line.other_cpu_us, line.busy_ms, line.written_p99_ms)
        told = [f"{each.median:.1f} ({each.least:.1f}–{each.most:.1f})" for each in spreads]
        table.add_row(str(line.clients), line.way, *told, str(line.late_ticks), str(line.held), f"{line.gain:.2f}")
    console.print(table)
    size = max(line.read_bytes for line in result.lines)
    console.print(f"A client reads {size:.0f} bytes a tick. Figures are medians, with the least and the most.")
    worth = ", ".join(result.worth_it) or "no way"
    console.print(f"{worth}: {WORTH_IT} times as many clients as now, or more, and out before the next tick.")
    console.print(NOT_MEASURED, soft_wrap=True)
