"""`ricochet bench rooms`: many small rooms in one process, on one core; whether each of them holds its rate.

A real server with so many rooms on one core, a swarm of lean bots on the other: hello gives each bot the emptiest room.
How many ticks each room has lived is read from `/api/rooms`, how late ticks began and what they cost from `/metrics`.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final

import msgspec
import typer
from msgspec import Struct
from rich.console import Console

from bench.processes import Contesting, FailedError, contesting, pinned
from bench.run import METRICS_S_MAX, cores, read_metrics
from bots.metrics import percentiles_ms
from bots.output import JsonFile, write_json
from protocol.errors import UserError
from protocol.ticks import TICK_RATE_DEFAULT

JOIN_S_MAX: Final = 90.0
SETTLE_S: Final = 3.0
HELD_SHARE: Final = 0.995
"""A room that lives so much of its ticks holds its rate; the rest is how finely it is looked at."""


class Rooms(Struct, frozen=True, kw_only=True):
    """One measurement. Ticks are per second."""

    rooms: int
    bots: int
    seconds: float
    ticks_min: float
    """Of the slowest room."""
    ticks_mean: float
    lateness_ms_p50: float | None
    lateness_ms_p99: float | None
    duration_ms_p50: float | None
    duration_ms_p99: float | None
    ticks_shifted: float
    snapshots_per_bot_s: float
    cpu_share: float
    """Of the server's core."""
    cpu_us_per_tick: float
    """Everything included: sockets, snapshots, the game. Also where others kept the core busy."""
    swarm_cpu_share: float
    rss_mb: float
    held: bool


def rooms_command(
    rooms: Annotated[int, typer.Option(min=1, max=100, help="How many rooms.")] = 20,
    bots: Annotated[int, typer.Option(min=1, max=100, help="Bots in each of them.")] = 16,
    seconds: Annotated[float, typer.Option(min=1, max=600, help="How long it is measured.")] = 20.0,
    map_: Annotated[str, typer.Option("--map", help="The arena of all of them.")] = "pinball",
    json: JsonFile = None,
) -> None:
    """Many small rooms in one process, on one core: whether each holds its rate."""
    if sys.platform != "linux":
        raise UserError(f"bench rooms measures by way of /proc, which {sys.platform} doesn't have")
    try:
        result = measure(rooms, bots, seconds, map_)
    except (FailedError, OSError) as error:
        raise UserError(f"it could not be measured: {error}") from None
    if json is not None:
        write_json(json, result)
    _show(result, Console())


def measure(rooms: int, bots: int, seconds: float, map_name: str = "pinball", settle_s: float = SETTLE_S) -> Rooms:
    """Raises FailedError or OSError."""
    server_core, load_core = cores()
    command = [sys.executable, "-m", "ricochet", "serve", "--port", "0", "--map", map_name, "--seed", "1"]
    command += ["--rooms", str(rooms), "--rooms-max", str(rooms), "--match-s", "86400", "--log-level", "warning"]
    with (
        TemporaryDirectory(prefix="ricochet-bench-") as folder,
        contesting(command, server_core, Path(folder)) as server,
    ):
        server.wait_ready()
        with swarming(server.port, rooms * bots, load_core) as swarm:
            _wait_until(lambda: read_metrics(server.port).get("ricochet_players", 0) >= rooms * bots, swarm)
            time.sleep(settle_s)
            return _measured(server, swarm, rooms, rooms * bots, seconds)


def _measured(server: Contesting, swarm: "subprocess.Popen[bytes]", rooms: int, bots: int, seconds: float) -> Rooms:
    load = Contesting(swarm, Path())
    before, began_s, ticks = read_metrics(server.port), time.monotonic(), ticks_of(read_rooms(server.port))
    cpu_s, load_cpu_s = server.cpu_s(), load.cpu_s()
    time.sleep(seconds)
    cpu_s, load_cpu_s = server.cpu_s() - cpu_s, load.cpu_s() - load_cpu_s
    lived, took_s = ticks_of(read_rooms(server.port)), time.monotonic() - began_s
    after = read_metrics(server.port)
    rates = [(lived[name] - tick) / took_s for name, tick in ticks.items()]
    late = percentiles_ms("ricochet_tick_lateness_seconds", before, after)
    long = percentiles_ms("ricochet_tick_duration_seconds", before, after)
    shifted = after["ricochet_ticks_shifted_total"] - before["ricochet_ticks_shifted_total"]
    snapshots = after["ricochet_snapshots_total"] - before["ricochet_snapshots_total"]
    return Rooms(
        rooms=rooms,
        bots=bots,
        seconds=took_s,
        ticks_min=min(rates),
        ticks_mean=sum(rates) / len(rates),
        lateness_ms_p50=late.p50,
        lateness_ms_p99=late.p99,
        duration_ms_p50=long.p50,
        duration_ms_p99=long.p99,
        ticks_shifted=shifted,
        snapshots_per_bot_s=snapshots / took_s / bots,
        cpu_share=cpu_s / seconds,
        cpu_us_per_tick=cpu_s * 1e6 / max(1, sum(lived[name] - tick for name, tick in ticks.items())),
        swarm_cpu_share=load_cpu_s / seconds,
        rss_mb=server.rss_mb(),
        held=min(rates) >= HELD_SHARE * TICK_RATE_DEFAULT and not shifted,
    )


@contextmanager
def swarming(port: int, bots: int, core: int) -> "Iterator[subprocess.Popen[bytes]]":
    """So many lean bots on `core`, as long as the context lasts."""
    words = ["-m", "ricochet", "swarm", f"http://127.0.0.1:{port}", "--bots", str(bots), "--seconds", "0", "--quiet"]
    with pinned(core):
        swarm = subprocess.Popen([sys.executable, *words, "--brain", "lean", "--with-parent"], stdin=subprocess.PIPE)
    try:
        yield swarm
    finally:
        swarm.kill()
        swarm.communicate()


def _wait_until(done: Any, swarm: "subprocess.Popen[bytes]") -> None:
    end_s = time.monotonic() + JOIN_S_MAX
    while not done():
        if time.monotonic() > end_s or swarm.poll() is not None:
            raise FailedError("the bots did not get into the game")
        time.sleep(0.25)


def read_rooms(port: int) -> list[dict[str, Any]]:
    """What `/api/rooms` says now. Raises FailedError."""
    connection = HTTPConnection("127.0.0.1", port, timeout=METRICS_S_MAX)
    try:
        connection.request("GET", "/api/rooms")
        return msgspec.json.decode(connection.getresponse().read(), type=list[dict[str, Any]])
    except (OSError, HTTPException, msgspec.DecodeError) as error:
        raise FailedError(f"its rooms could not be read: {error}") from None
    finally:
        connection.close()


def ticks_of(rooms: list[dict[str, Any]]) -> dict[str, int]:
    """By name."""
    return {room["name"]: room["tick"] for room in rooms}


def _show(result: Rooms, console: Console) -> None:
    lines = (
        f"{result.rooms} rooms with {result.bots} bots in all, {result.seconds:.0f} s: "
        f"{result.cpu_share:.0%} of a core for the server, {result.swarm_cpu_share:.0%} of the other for the bots",
        f"CPU for each tick of a room, everything included: {result.cpu_us_per_tick:.0f} µs",
        f"ticks/s of a room: {result.ticks_mean:.2f}, of the slowest {result.ticks_min:.2f}; "
        f"{result.ticks_shifted:.0f} ticks shifted",
        f"a tick began so late: {result.lateness_ms_p50} ms in the median, {result.lateness_ms_p99} ms in 99 of 100; "
        f"and took {result.duration_ms_p50} and {result.duration_ms_p99} ms",
        f"snapshots/s of a bot: {result.snapshots_per_bot_s:.1f}; memory {result.rss_mb:.0f} MB",
        "It held." if result.held else "It did not hold.",
    )
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)
