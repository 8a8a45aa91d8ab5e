"""`ricochet bench scaling`: how many times the rooms of one process two carry, on two cores and with one directory.

There is no third core from which bots could play, so nobody fills a core and counts rooms. What is compared is the CPU
that a room's tick takes, everything included: of one process without a directory, on either core, and of two at once
with Redis between them. Each one's bots play from the other's core, few enough that no core is full. What two processes
take from each other (caches, memory, the kernel, Redis) makes a tick dearer; so each carries `alone / together` of what
it would by itself, and both the sum of the two.
"""

import os
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final

import typer
from msgspec import Struct
from rich.console import Console

from bench.cluster.redis import redis_at
from bench.processes import Contesting, FailedError, contesting
from bench.rooms import read_rooms, swarming
from bench.run import cores, read_metrics
from bots.output import JsonFile, write_json
from protocol.errors import UserError

WORTH_IT: Final = 1.8
"""Times the rooms of one, at least."""
JOIN_S_MAX: Final = 60.0
SETTLE_S: Final = 3.0
LOOK_EVERY_S: Final = 0.25
FULL_SHARE: Final = 0.95
"""Of a core: what is measured on a fuller one is something else."""


class Lived(Struct, frozen=True, kw_only=True):
    """One process, measured once."""

    core: int
    is_alone: bool
    cpu_us_per_tick: float
    cpu_share: float
    ticks_min: float
    """A second, of the slowest room."""


class Scaling(Struct, frozen=True, kw_only=True):
    """All of it."""

    rooms: int
    bots: int
    lived: list[Lived]

    def us(self, core: int, *, is_alone: bool) -> float:
        """Of CPU for each tick of a room, in the median."""
        return statistics.median(
            one.cpu_us_per_tick for one in self.lived if (one.core, one.is_alone) == (core, is_alone)
        )

    @property
    def times(self) -> float:
        """What two carry, in what one does."""
        both = {one.core for one in self.lived}
        return sum(self.us(core, is_alone=True) / self.us(core, is_alone=False) for core in both)

    @property
    def is_full(self) -> bool:
        return any(one.cpu_share > FULL_SHARE for one in self.lived)

    @property
    def held(self) -> bool:
        return self.times >= WORTH_IT and not self.is_full


def scaling_command(
    rooms: Annotated[int, typer.Option(min=1, max=100, help="In each process.")] = 5,
    bots: Annotated[int, typer.Option(min=1, max=100, help="In each room.")] = 10,
    seconds: Annotated[float, typer.Option(min=1, max=120, help="Of each run.")] = 10.0,
    repeat: Annotated[int, typer.Option(min=1, max=20)] = 2,
    json: JsonFile = None,
) -> None:
    """How many times the rooms of one process two carry, on two cores."""
    if sys.platform != "linux":
        raise UserError(f"bench scaling measures by way of /proc, which {sys.platform} doesn't have")
    if len(os.sched_getaffinity(0)) < 2:
        raise UserError("bench scaling needs two cores")
    try:
        result = measure(rooms, bots, seconds, repeat)
    except (FailedError, OSError) as error:
        raise UserError(f"it could not be measured: {error}") from None
    if json is not None:
        write_json(json, result)
    for line in lines(result):
        Console(highlight=False, soft_wrap=True).print(line)
    if not result.held:
        raise typer.Exit(1)


def measure(rooms: int, bots: int, seconds: float, repeat: int, settle_s: float = SETTLE_S) -> Scaling:
    """In turns, so that a machine that drifts does so for all. Raises FailedError, OSError or UserError."""
    one, other = cores()
    lived: list[Lived] = []
    for _ in range(repeat):
        for on in ([one], [one, other], [other]):
            lived += _live(on, (one, other), rooms, bots, seconds, settle_s)
    return Scaling(rooms=rooms, bots=bots, lived=lived)


def _live(
    on: Sequence[int], both: tuple[int, int], rooms: int, bots: int, seconds: float, settle_s: float
) -> list[Lived]:
    """A process on each core of `on`."""
    with ExitStack() as stack:
        words = ["--rooms", str(rooms), "--rooms-max", str(rooms), "--match-s", "86400", "--log-level", "warning"]
        if len(on) > 1:
            words += ["--directory", stack.enter_context(redis_at()).url]
        servers = []
        for core in on:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="ricochet-bench-")))
            command = [sys.executable, "-m", "ricochet", "serve", "--port", "0", "--seed", "1", *words]
            servers.append(stack.enter_context(contesting(command, core, folder)))
        for server in servers:
            server.wait_ready()
        for server, core in zip(servers, on, strict=True):
            stack.enter_context(swarming(server.port, rooms * bots, sum(both) - core))
        for server in servers:
            _wait_players(server, rooms * bots)
        time.sleep(settle_s)
        return _measured(servers, on, seconds)


def _wait_players(server: Contesting, players: int) -> None:
    """Raises FailedError."""
    end_s = time.monotonic() + JOIN_S_MAX
    while read_metrics(server.port).get("ricochet_players", 0) < players:
        if time.monotonic() > end_s:
            raise FailedError("the bots did not get into the game")
        time.sleep(LOOK_EVERY_S)


def _measured(servers: Sequence[Contesting], on: Sequence[int], seconds: float) -> list[Lived]:
    before = [(server.cpu_s(), own_ticks(read_rooms(server.port))) for server in servers]
    began_s = time.monotonic()
    time.sleep(seconds)
    after = [(server.cpu_s(), own_ticks(read_rooms(server.port))) for server in servers]
    took_s = time.monotonic() - began_s
    return [
        Lived(
            core=core,
            is_alone=len(on) == 1,
            cpu_us_per_tick=(cpu_s - cpu_before_s) * 1e6 / max(1, sum(ticks[name] - was[name] for name in was)),
            cpu_share=(cpu_s - cpu_before_s) / took_s,
            ticks_min=min(ticks[name] - was[name] for name in was) / took_s,
        )
        for core, (cpu_before_s, was), (cpu_s, ticks) in zip(on, before, after, strict=True)
    ]


def own_ticks(rooms: list[dict[str, Any]]) -> dict[str, int]:
    """By name, of the rooms that run there; those of the other process are listed, too."""
    return {room["name"]: room["tick"] for room in rooms if "tick" in room}


def lines(result: Scaling) -> list[str]:
    ticks = min(one.ticks_min for one in result.lived)
    share = max(one.cpu_share for one in result.lived)
    return [
        f"{result.rooms} rooms of {result.bots} in each process; µs of CPU for each tick of a room, in the median:",
        *(
            f"core {core}: {result.us(core, is_alone=True):.0f} alone, {result.us(core, is_alone=False):.0f} beside "
            "the other"
            for core in sorted({one.core for one in result.lived})
        ),
        f"at most {share:.0%} of a core for a process; the slowest room did {ticks:.1f} ticks a second",
        f"two processes carry {result.times:.2f} times the rooms of one (must be >= {WORTH_IT:g})",
        "It held." if result.held else "It did not hold.",
    ]
