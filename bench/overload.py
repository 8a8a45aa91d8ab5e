"""`ricochet bench overload`: what becomes of a game whose core can't carry it, and how soon it is over.

A real server on one core, and clients on the other, as in `bench server`. What the game costs is measured first. Then
so many processes that do nothing but compute join it on its core as leave it half of what it needs, or less; and then
they end. The scheduler shares a core evenly: a game that needs 50 % and has three such neighbours gets 25 %.
"""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import typer
from msgspec import Struct
from rich.console import Console

from bench.contestants import named
from bench.generator import Load
from bench.processes import FailedError, contesting, pinned
from bench.run import cores, read_metrics
from bench.scene import CLIENTS_MAX, CLIENTS_MIN, TICK_RATE, Scene
from bots.output import JsonFile, write_json
from protocol.errors import UserError

SETTLE_S: Final = 3.0
CALM_S: Final = 5.0
STEP_S: Final = 0.2
"""The grain of what is seen."""
OVERLOAD_FACTOR: Final = 2.0
NEIGHBOURS_MAX: Final = 30
FULL_SHARE: Final = 0.9
"""A step with so much of its ticks is at full speed."""
RECOVERY_S_MAX: Final = 1.0
NOT_MEASURED: Final = "Not measured: a server that shares all its cores with others, or that swaps."


class Overload(Struct, frozen=True, kw_only=True):
    """One measurement. Ticks are seen by a client, by the snapshots that it is sent."""

    clients: int
    seconds: float
    calm_cpu_share: float
    """Of a core, without neighbours."""
    neighbours: int
    load_factor: float
    """What the game needs, in times of what its neighbours leave it."""
    calm_ticks_per_s: float
    overload_ticks_per_s: float
    overload_ticks_per_s_least: float
    """In any second of it."""
    snapshots_per_client_s_min: float
    """In the overload."""
    ticks_shifted: float
    recovery_s: float | None
    """From the end of the overload to where a second at full speed begins; None: not seen."""
    disconnected: dict[str, int]
    """How many, by reason."""
    held: bool


def overload_command(
    clients: Annotated[int, typer.Option(min=CLIENTS_MIN, max=CLIENTS_MAX, help="How many play.")] = 400,
    seconds: Annotated[float, typer.Option(min=1, max=600, help="How long the overload lasts.")] = 20.0,
    json: JsonFile = None,
) -> None:
    """Give the game half of the core that it needs, for a while, and see what becomes of it."""
    if sys.platform != "linux":
        raise UserError(f"bench overload measures by way of epoll and /proc, which {sys.platform} doesn't have")
    try:
        result = measure(clients, seconds)
    except (FailedError, OSError) as error:
        raise UserError(f"it could not be measured: {error}") from None
    if json is not None:
        write_json(json, result)
    _show(result, Console())


def measure(
    clients: int,
    seconds: float,
    settle_s: float = SETTLE_S,
    calm_s: float = CALM_S,
    neighbours_max: int = NEIGHBOURS_MAX,
) -> Overload:
    """Raises FailedError or OSError."""
    server_core, load_core = cores()
    contestant = named("ricochet")
    with TemporaryDirectory(prefix="ricochet-bench-") as name, pinned(load_core):
        scene = Scene(clients, Path(name))
        with contesting(contestant.command(scene), server_core, scene.folder) as server:
            server.wait_ready()
            with Load(contestant.dialect(scene), server.port) as load:
                seen = Seen(load)
                load.join(clients)
                seen.play(settle_s)
                cpu_s, began_s = server.cpu_s(), time.monotonic()
                calm = seen.play(calm_s)
                share = (server.cpu_s() - cpu_s) / (time.monotonic() - began_s)
                neighbours = min(neighbours_max, max(1, ceil(OVERLOAD_FACTOR / max(share, 0.01)) - 1))
                shifted = read_metrics(server.port)["ricochet_ticks_shifted_total"]
                with computing(neighbours, server_core):
                    busy = seen.play(seconds)
                    snapshots_min = seen.snapshots_min / seconds
                after = seen.play(RECOVERY_S_MAX + calm_s)
                shifted = read_metrics(server.port)["ricochet_ticks_shifted_total"] - shifted
            server.stop()
    recovery_s = recovery_of(after)
    return Overload(
        clients=clients,
        seconds=seconds,
        calm_cpu_share=share,
        neighbours=neighbours,
        load_factor=share * (neighbours + 1),
        calm_ticks_per_s=_mean(calm),
        overload_ticks_per_s=_mean(busy),
        overload_ticks_per_s_least=min(map(_mean, _seconds_of(busy)), default=0.0),
        snapshots_per_client_s_min=snapshots_min,
        ticks_shifted=shifted,
        recovery_s=recovery_s,
        disconnected=dict(load.lost),
        held=not load.lost and recovery_s is not None and recovery_s <= RECOVERY_S_MAX,
    )


class Seen:
    """What the clients see of the game's speed, step by step."""

    def __init__(self, load: Load) -> None:
        self.snapshots_min = 0
        """Of a client in the latest `play`."""
        self._load = load

    def play(self, seconds: float) -> list[float]:
        """The ticks per second in each step of so many seconds."""
        rates, began_s, snapshots = [], time.monotonic(), Counter[int]()
        while time.monotonic() - began_s < seconds:
            tick, step_s = self._load.newest_tick or 0, time.monotonic()
            self._load.play(STEP_S)
            rates.append(((self._load.newest_tick or 0) - tick) / (time.monotonic() - step_s))
            snapshots.update({client.number: client.snapshots for client in self._load.clients})
        self.snapshots_min = min(snapshots.values(), default=0)
        return rates


@contextmanager
def computing(count: int, core: int) -> Iterator[None]:
    """So many processes on `core` that do nothing but compute, as long as the context lasts."""
    with pinned(core):
        processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def recovery_of(rates: Sequence[float]) -> float | None:
    """How many seconds after the first of these steps a second at full speed begins."""
    for at, second in enumerate(_seconds_of(rates)):
        if _mean(second) >= FULL_SHARE * TICK_RATE:
            return at * STEP_S
    return None


def _seconds_of(rates: Sequence[float]) -> list[Sequence[float]]:
    """Every stretch of steps that makes a second."""
    steps = round(1 / STEP_S)
    return [rates[at : at + steps] for at in range(len(rates) - steps + 1)]


def _mean(rates: Sequence[float]) -> float:
    return sum(rates) / len(rates) if rates else 0.0


def _show(result: Overload, console: Console) -> None:
    lost = sum(result.disconnected.values())
    recovery = "was not seen" if result.recovery_s is None else f"took {result.recovery_s:.1f} s"
    lines = (
        f"{result.clients} clients need {result.calm_cpu_share:.0%} of a core. With {result.neighbours} neighbours for "
        f"{result.seconds:g} s that was {result.load_factor:.1f} times what the core could carry.",
        f"ticks/s: {result.calm_ticks_per_s:.1f} before, {result.overload_ticks_per_s:.1f} in the overload "
        f"(in its slowest second {result.overload_ticks_per_s_least:.1f}); {result.ticks_shifted:.0f} ticks shifted",
        f"snapshots/s of a client in the overload, at least: {result.snapshots_per_client_s_min:.1f}",
        f"disconnected: {lost or 'nobody'}{'; ' + ', '.join(result.disconnected) if lost else ''}",
        f"recovery {recovery} (must be ≤ {RECOVERY_S_MAX:g} s)",
        "It held." if result.held else "It did not hold.",
        NOT_MEASURED,
    )
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)
