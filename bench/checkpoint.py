"""`ricochet bench checkpoint`: what a checkpoint costs the tick, and whether those who play notice.

capture    a full room (`bench.full_room`) is captured again and again: what keeps the game's thread busy
under load the server with a state_dir and without one, in turns, under the load of `ricochet bench server`: how
           late ticks begin
"""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Final, TypeVar

import typer
from msgspec import Struct
from rich.console import Console

from bench.comparison import Plan
from bench.contestants import Contestant, named
from bench.full_room import FullRoom
from bench.percentiles import percentile
from bench.row import Outcome, Row
from bench.scene import CLIENTS_MAX, CLIENTS_MIN, Scene
from bots.output import JsonFile, write_json
from protocol.errors import UserError
from server.checkpoint import SavedRoom, capture, seal

SEED: Final = 1
PLAY_S: Final = 3.0
"""Until the air is full."""
SETTLE_S: Final = 3.0
CAPTURE_MS_MAX: Final = 2.0
LATER_MS_MAX: Final = 4.0
"""How much later ticks may begin (p99) because checkpoints are made: as late as an attack may make them."""
KEPT: Final = "ricochet, kept"
Done = TypeVar("Done")


class Captured(Struct, frozen=True, kw_only=True):
    """A full room, so many times."""

    players: int
    entities: int
    times: int
    capture_ms_p50: float
    """Of CPU, in the game's thread."""
    capture_ms_p99: float
    seal_ms_p50: float
    """Of CPU, in another thread."""
    checkpoint_bytes: int


class Result(Struct, frozen=True, kw_only=True):
    """One measurement."""

    captured: Captured
    rows: list[Row]
    held: bool


def checkpoint_command(
    players: Annotated[int, typer.Option(min=4, max=CLIENTS_MAX, help="How many are in the room.")] = 1000,
    times: Annotated[int, typer.Option(min=1, max=10_000, help="How often it is captured.")] = 200,
    clients: Annotated[int, typer.Option(min=CLIENTS_MIN, max=CLIENTS_MAX, help="The load, for lateness.")] = 400,
    repeat: Annotated[int, typer.Option(min=0, max=100, help="Measure lateness so many times each; 0: not.")] = 2,
    seconds: Annotated[float, typer.Option(min=2, max=600, help="How long each of these lasts.")] = 10.0,
    json: JsonFile = None,
) -> None:
    """Measure what checkpoints cost the tick, and how late ticks are with and without."""
    captured = measure(players, times)
    rows = [outcome.row for outcome in compare(clients, repeat, seconds, _run)]
    result = judge(captured, rows)
    if json is not None:
        write_json(json, result)
    _show(result, Console())


def measure(players: int, times: int, play_s: float = PLAY_S) -> Captured:
    """Capture a full room so many times; between two of them it plays a tick, as it would."""
    full = FullRoom(players, SEED)
    full.play(play_s)
    gc.collect()
    gc.freeze()
    gc.disable()  # as it is in a server
    capture_ms, seal_ms, checkpoint = list[float](), list[float](), b""
    try:
        for _ in range(times):
            full.play(full.rates.tick_s)
            taken_ms, saved = _timed(lambda: capture(full.room, full.lobby.save_seats(full.room, full.now_s)))
            sealed_ms, checkpoint = _timed(_sealing(saved))
            capture_ms.append(taken_ms)
            seal_ms.append(sealed_ms)
    finally:
        gc.enable()
        gc.unfreeze()
    return Captured(
        players=players,
        entities=len(full.room.world),
        times=times,
        capture_ms_p50=percentile(capture_ms, 0.5) or 0.0,
        capture_ms_p99=percentile(capture_ms, 0.99) or 0.0,
        seal_ms_p50=percentile(seal_ms, 0.5) or 0.0,
        checkpoint_bytes=len(checkpoint),
    )


def _sealing(saved: SavedRoom) -> Callable[[], bytes]:
    return lambda: seal(saved)


def _timed(work: Callable[[], Done]) -> tuple[float, Done]:
    """(milliseconds of CPU, what came of it)."""
    began_ns = time.thread_time_ns()
    done = work()
    return (time.thread_time_ns() - began_ns) / 1e6, done


def compare(clients: int, repeat: int, seconds: float, run: Callable[[Plan, float], Outcome]) -> list[Outcome]:
    """Without and with, in turns, so that a machine that gets busier does so for both."""
    without = named("ricochet")
    contestants = (without, replace(without, name=KEPT, command=_kept(without)))
    plans = [Plan(contestant, clients, n) for n in range(1, repeat + 1) for contestant in contestants]
    return [run(plan, seconds) for plan in plans]


def _kept(contestant: Contestant) -> Callable[[Scene], list[str]]:
    return lambda scene: [*contestant.command(scene), "--state-dir", str(scene.folder / "state")]


def _run(plan: Plan, seconds: float) -> Outcome:
    from bench.run import run  # what it needs, not every machine has

    outcome = run(plan, seconds, SETTLE_S)
    if outcome.trouble:
        raise UserError(f"{plan.contestant.name}, {plan.clients} clients: {outcome.trouble}")
    return outcome


def judge(captured: Captured, rows: Sequence[Row]) -> Result:
    """What it came to."""
    without, kept = late_ms([row for row in rows if row.contestant != KEPT]), late_ms(of_kept(rows))
    is_later = without is not None and kept is not None and kept - without > LATER_MS_MAX
    return Result(
        captured=captured,
        rows=list(rows),
        held=captured.capture_ms_p50 <= CAPTURE_MS_MAX and not is_later and all(row.held for row in rows),
    )


def of_kept(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.contestant == KEPT]


def late_ms(rows: Sequence[Row]) -> float | None:
    """The median of the repetitions' p99."""
    return percentile([row.lateness_ms_p99 for row in rows if row.lateness_ms_p99 is not None], 0.5)


def _show(result: Result, console: Console) -> None:
    captured = result.captured
    lines = [
        f"a room of {captured.players} players and {captured.entities} entities, {captured.times} times:",
        f"  captured within {captured.capture_ms_p50:.2f} ms of the game's thread, p99 {captured.capture_ms_p99:.2f} "
        f"(must be ≤ {CAPTURE_MS_MAX:g})",
        f"  sealed within {captured.seal_ms_p50:.2f} ms of another thread; {captured.checkpoint_bytes:,} bytes",
        *(
            f"{row.contestant}, {row.clients} clients: ticks late p50 {row.lateness_ms_p50} ms, p99 "
            f"{row.lateness_ms_p99} ms; {row.us_per_client_tick} µs of CPU per client-tick"
            for row in result.rows
        ),
        "It held." if result.held else "It did not hold.",
        "Not measured: slow disks; a checkpoint that a disk can't keep up with is left out.",
    ]
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)
