"""`ricochet bench stall`: does it hurt players that others stop reading, and are those right when they read again?

A real server on one core; on the other, players whose every snapshot is timed, and clients that neither read nor
write for a while (`bench.sleepers`). Three windows: before, meanwhile, after.
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import msgspec
import typer
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from bench.contestants import named
from bench.intervals import Watch
from bench.percentiles import percentile
from bench.processes import Contesting, FailedError, contesting, pinned
from bench.run import cores
from bench.scene import CLIENTS_MAX, CLIENTS_MIN, Scene
from bench.sleepers import Slept
from bots.output import JsonFile, write_json
from protocol.errors import UserError

SETTLE_S: Final = 3.0
BESIDE_S: Final = 10.0
"""How long the windows before and after are, unless the stall is shorter."""
STEP_S: Final = 2.0
"""How often memory is looked at."""
GROWTH_MS_MAX: Final = 2.0
GROWTH_MB_MAX: Final = 32.0
RIGHT_S_MAX: Final = 1.0
NOT_MEASURED: Final = (
    "Not measured: real networks, and players who shoot. The generator shares its core with the sleepers."
)


class Window(Struct, frozen=True):
    """What the players saw in one stretch of time."""

    interval_ms_p50: float | None
    interval_ms_p99: float | None
    snapshots_per_client_s_min: float
    rss_mb: float
    """The server's, at most."""


class Stall(Struct, frozen=True, kw_only=True):
    """One measurement."""

    players: int
    stalled: int
    seconds: float
    before: Window
    during: Window
    after: Window
    p99_growth_ms: float | None
    rss_growth_mb: float
    right_s_max: float | None
    """When the last of those who slept was right again; None: one never was."""
    unread_snapshots_max: int
    checksum_mismatches: int
    disconnected: list[str]
    generator_saturated: bool
    held: bool


def stall_command(
    players: Annotated[int, typer.Option(min=CLIENTS_MIN, max=CLIENTS_MAX, help="How many play.")] = 300,
    stalled: Annotated[int, typer.Option(min=1, max=CLIENTS_MAX, help="How many stop reading.")] = 100,
    seconds: Annotated[float, typer.Option(min=0.5, max=55, help="For how long.")] = 30.0,
    json: JsonFile = None,
) -> None:
    """Measure what clients that stop reading do to those that play."""
    if sys.platform != "linux":
        raise UserError(f"bench stall measures by way of epoll and /proc, which {sys.platform} doesn't have")
    if players + stalled > CLIENTS_MAX:
        raise UserError(f"a room has {CLIENTS_MAX} places, not {players + stalled}")
    try:
        result = measure(players, stalled, seconds)
    except (FailedError, OSError) as error:
        raise UserError(f"it could not be measured: {error}") from None
    if json is not None:
        write_json(json, result)
    _show(result, Console())


def measure(players: int, stalled: int, seconds: float, settle_s: float = SETTLE_S) -> Stall:
    """Raises FailedError or OSError."""
    server_core, load_core = cores()
    contestant = named("ricochet")
    beside_s = min(BESIDE_S, seconds)
    with TemporaryDirectory(prefix="ricochet-bench-") as name, pinned(load_core):
        folder, scene = Path(name), Scene(players + stalled, Path(name))
        with contesting(contestant.command(scene), server_core, folder) as server:
            server.wait_ready()
            words = [sys.executable, "-m", "bench.sleepers", str(server.port), str(stalled), str(seconds)]
            (folder / "sleepers").mkdir()
            with contesting(words, load_core, folder / "sleepers") as sleepers, _watch(scene, server) as load:
                sleepers.wait_ready()
                load.join(players)
                load.play(settle_s)
                before, saturated = _look(load, server, beside_s)
                sleepers.mark()
                during, saturated_during = _look(load, server, seconds)
                after, _ = _look(load, server, beside_s)
                slept = msgspec.convert(sleepers.stop(), Slept)
                lost = list(load.lost.elements())
            server.stop()
    return judge(players, seconds, (before, during, after), slept, lost, saturated or saturated_during)


def _watch(scene: Scene, server: Contesting) -> Watch:
    return Watch(named("ricochet").dialect(scene), server.port)


def _look(load: Watch, server: Contesting, seconds: float) -> tuple[Window, bool]:
    """(what was seen, whether the generator was the bottleneck) in so many seconds."""
    intervals_ms: list[float] = []
    snapshots: dict[int, int] = {}
    rss_mb, is_saturated, began_s = server.rss_mb(), False, time.monotonic()
    while (left_s := seconds - (time.monotonic() - began_s)) > 0.01:
        measured = load.play(min(STEP_S, left_s))
        intervals_ms += load.intervals_ms
        for client in load.clients:
            snapshots[client.number] = snapshots.get(client.number, 0) + client.snapshots
        rss_mb = max(rss_mb, server.rss_mb())
        is_saturated |= measured.is_saturated
    least = min(snapshots.values(), default=0) / (time.monotonic() - began_s)
    return Window(percentile(intervals_ms, 0.5), percentile(intervals_ms, 0.99), least, rss_mb), is_saturated


def judge(
    players: int,
    seconds: float,
    windows: tuple[Window, Window, Window],
    slept: Slept,
    lost: list[str],
    generator_saturated: bool,
) -> Stall:
    """What the three windows and the sleepers come to. `lost` has a reason for each player that was lost."""
    before, during, after = windows
    right_s = [at_s for at_s in slept.right_s if at_s is not None]
    growth_mb = max(during.rss_mb, after.rss_mb) - before.rss_mb
    growth_ms = (
        None
        if before.interval_ms_p99 is None or during.interval_ms_p99 is None
        else during.interval_ms_p99 - before.interval_ms_p99
    )
    right_s_max = max(right_s, default=None) if len(right_s) == len(slept.right_s) else None
    disconnected = slept.disconnected + lost
    return Stall(
        players=players,
        stalled=len(slept.right_s),
        seconds=seconds,
        before=before,
        during=during,
        after=after,
        p99_growth_ms=growth_ms,
        rss_growth_mb=growth_mb,
        right_s_max=right_s_max,
        unread_snapshots_max=slept.unread_snapshots_max,
        checksum_mismatches=slept.checksum_mismatches,
        disconnected=disconnected,
        generator_saturated=generator_saturated,
        held=growth_ms is not None
        and growth_ms < GROWTH_MS_MAX
        and growth_mb < GROWTH_MB_MAX
        and right_s_max is not None
        and right_s_max <= RIGHT_S_MAX
        and not slept.checksum_mismatches
        and not disconnected,
    )


def _show(result: Stall, console: Console) -> None:
    table = Table(title=f"{result.players} play, {result.stalled} stop reading for {result.seconds:g} s")
    for heading in ("", "interval ms p50", "p99", "snapshots/s least", "RSS MB"):
        table.add_column(heading, justify="right")
    for name in ("before", "during", "after"):
        window: Window = getattr(result, name)
        figures = (window.interval_ms_p50, window.interval_ms_p99, window.snapshots_per_client_s_min, window.rss_mb)
        table.add_row(name, *("–" if figure is None else f"{figure:.1f}" for figure in figures))
    console.print(table)
    growth = "unknown" if result.p99_growth_ms is None else f"{result.p99_growth_ms:+.2f} ms"
    right = "never, some of them" if result.right_s_max is None else f"within {result.right_s_max:.2f} s"
    lines = (
        f"p99 {growth} (must be < {GROWTH_MS_MAX:g}), RSS {result.rss_growth_mb:+.1f} MB (< {GROWTH_MB_MAX:g})",
        f"right again {right} (≤ {RIGHT_S_MAX:g}), after at most {result.unread_snapshots_max} unread snapshots; "
        f"{result.checksum_mismatches} checksum mismatches, {len(result.disconnected)} disconnected",
        *(["The generator was saturated: the intervals say little."] if result.generator_saturated else []),
        "It held." if result.held else "It did not hold.",
        NOT_MEASURED,
    )
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)
