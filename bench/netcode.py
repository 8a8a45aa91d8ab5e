"""`ricochet bench netcode`: how local it feels, by network and by what a ship touches.

Scripted players at the ends of simulated networks (`bench.netplay`), in the game's own time: the real rooms, sessions,
messages and players, and no sockets. So it is the same on every machine, and says nothing about sockets, the system's
timers, or a browser's frames.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from bench.netboard import draw, table_of
from bench.netlimits import judge
from bench.netplay import measure
from bench.netrow import NetRow, rows_of
from bots.netsim import Conditions
from bots.output import JsonFile, to_be_written, write_json
from protocol.errors import UserError
from server.venue import find_arena

RTTS_MS: Final = (20.0, 80.0, 150.0, 250.0)
JITTERS_MS: Final = (0.0, 10.0, 40.0)
STALLS_PER_S: Final = 0.05
"""On each way."""
STALL_MS: Final = 500.0
NOT_MEASURED: Final = (
    "Not measured: sockets, the system's timers and a browser's render frames, for it is all in the game's own time."
)
TABLE_COLUMNS: Final = 130
"""What the table takes; a narrower terminal breaks its lines, which is better than losing figures."""


def netcode_command(
    rtt: Annotated[
        str | None,
        typer.Option(help="Round trips in ms, with commas between. \\[default: 20,80,150,250; and localhost]"),
    ] = None,
    jitter: Annotated[
        str | None, typer.Option(help="How much longer they may take, in ms, with commas. \\[default: 0,10,40]")
    ] = None,
    stalls: Annotated[bool, typer.Option("--stalls", help="Let the network stall for 500 ms now and then.")] = False,
    seconds: Annotated[float, typer.Option(min=1, max=3600, help="Of the game's time, for each network.")] = 30.0,
    seed: Annotated[int, typer.Option(help="Of chance.")] = 1,
    map: Annotated[str, typer.Option(help="Where to play.")] = "pinball",
    json: JsonFile = None,
    plot: Annotated[Path | None, typer.Option(callback=to_be_written, help="Draw the figures into this file.")] = None,
) -> None:
    """Measure how well players foresee themselves and see others, over simulated networks."""
    arena, console = find_arena(map), Console()
    networks = list(_networks(_numbers(rtt), _numbers(jitter), stalls))
    rows: list[NetRow] = []
    for network in networks:
        with console.status(f"{network}, {len(rows) // 4 + 1} of {len(networks)}"):
            rows += rows_of(measure(arena, network, seconds, seed), network, seconds, seed)
        if json is not None:
            write_json(json, rows)
    if plot is not None:
        try:
            draw(rows, plot)
        except (OSError, ValueError) as error:
            raise UserError(f"{plot} can't be written: {str(error).lower()}") from None
    _show(rows, console)


def _networks(rtts: Sequence[float] | None, jitters: Sequence[float] | None, stalls: bool) -> Iterator[Conditions]:
    """All pairs; and localhost, if nothing else was asked for."""
    stalls_per_s = STALLS_PER_S if stalls else 0.0
    pairs = [(rtt, jitter) for rtt in rtts or RTTS_MS for jitter in (JITTERS_MS if jitters is None else jitters)]
    if rtts is None and jitters is None:
        pairs.insert(0, (0.0, 0.0))
    for rtt_ms, jitter_ms in pairs:
        yield Conditions(rtt_ms=rtt_ms, jitter_ms=jitter_ms, stalls_per_s=stalls_per_s, stall_ms=STALL_MS)


def _numbers(words: str | None) -> list[float] | None:
    if words is None:
        return None
    try:
        return [float(word) for word in words.split(",")]
    except ValueError:
        raise UserError(f"{words!r} is not numbers with commas between") from None


def _show(rows: Sequence[NetRow], console: Console) -> None:
    console.width = max(console.width, TABLE_COLUMNS)
    console.print(table_of(rows))
    verdicts = judge(rows)
    for verdict in verdicts:
        console.print(str(verdict), highlight=False, soft_wrap=True)
    if verdicts:
        broken = sum(not verdict.holds for verdict in verdicts)
        console.print("It held." if not broken else f"It did not hold: {broken} of {len(verdicts)}.", highlight=False)
    console.print(NOT_MEASURED, highlight=False, soft_wrap=True)
