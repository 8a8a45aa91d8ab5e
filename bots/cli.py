"""`ricochet swarm`: bots, and what they measured. `ricochet netsim`: a bad network, for a person to play through.

On a terminal the swarm shows a live table; in a pipe it is quiet and prints the summary. Ctrl-C and SIGTERM end it
cleanly: every bot leaves, the report is written, the status is 0. A swarm of which nobody ever came in says why, and
its status is 2.
"""

import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import trio
import typer
from rich.console import Console
from rich.live import Live

from bots.address import Address, parse_address
from bots.board import board_of
from bots.brains import BRAINS, brain_named
from bots.metrics import server_report_of
from bots.netsim import Conditions
from bots.output import JsonFile, unwritten, write_json
from bots.relay import Relay
from bots.report import Report, report_of
from bots.swarm import Listener, Plan, play, play_apart, read_metrics
from bots.tally import Tally
from protocol import metronome
from protocol.errors import UserError
from protocol.messages import is_good_name

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

Latency = Annotated[float, typer.Option(min=0, help="Added to the round trip, in ms: half of it on each way.")]
Jitter = Annotated[float, typer.Option(min=0, help="A round trip takes up to so many ms longer, each time anew.")]
Stalls = Annotated[
    float, typer.Option(min=0, help="How often a second, on each way, everything waits, as after a loss.")
]
StallMs = Annotated[float, typer.Option(min=0, help="How many ms a stall takes.")]
Bandwidth = Annotated[float, typer.Option(min=0, help="Bytes a second on each way; 0: no limit.")]
Disconnects = Annotated[float, typer.Option(min=0, help="How often a minute each connection breaks.")]


@app.command()
def swarm(
    url: Annotated[str, typer.Argument(help="The server: http://host:port, or its ws:// or wss:// address.")],
    bots: Annotated[int, typer.Option(min=1, help="How many.")] = 10,
    seconds: Annotated[float, typer.Option(min=0, help="For how long; 0: until stopped.")] = 10.0,
    brain: Annotated[str, typer.Option(help=f"What they do: {', '.join(BRAINS)}.")] = "auto",
    rooms: Annotated[int, typer.Option(min=0, help="Spread them over so many rooms that they open; 0: no.")] = 0,
    spectators: Annotated[int, typer.Option(min=0, help="So many of them only watch, one player after another.")] = 0,
    processes: Annotated[int, typer.Option(min=1, help="Share the bots out among so many processes.")] = 1,
    json: JsonFile = None,
    report: Annotated[Path | None, typer.Option(help="Write the report and pictures into this folder.")] = None,
    latency: Latency = 0.0,
    jitter: Jitter = 0.0,
    stalls: Stalls = 0.0,
    stall_ms: StallMs = 200.0,
    bandwidth: Bandwidth = 0.0,
    disconnects: Disconnects = 0.0,
    seed: Annotated[int | None, typer.Option(help="The same seed, the same characters and networks.")] = None,
    name_prefix: Annotated[str, typer.Option(help="Bots are named so, and numbered.")] = "bot",
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing.")] = False,
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True, help="End when stdin does.")] = False,
) -> None:
    """Send bots to a server, and report how it played."""
    plan = Plan(
        url=url,
        bots=bots,
        seconds=seconds,
        brain=brain,
        seed=secrets.randbits(32) if seed is None else seed,
        name_prefix=name_prefix,
        rooms=rooms,
        spectators=spectators,
        network=_conditions(latency, jitter, stalls, stall_ms, bandwidth, disconnects),
    )
    _check(plan)
    if report is not None:
        _make(report)
    result, tally = metronome.run(_run, plan, processes, quiet, with_parent)
    if json is not None:
        write_json(json, result)
    if report is not None:
        _write_folder(result, tally, report)
    if not quiet:
        Console().print(board_of(result))
    if tally.disconnects and not tally.rates:
        raise UserError(f"no bot came in: {max(tally.disconnects, key=tally.disconnects.__getitem__)}")


@app.command()
def netsim(
    url: Annotated[str, typer.Argument(help="The server: http://host:port.")],
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = 8001,
    latency: Latency = 0.0,
    jitter: Jitter = 0.0,
    stalls: Stalls = 0.0,
    stall_ms: StallMs = 200.0,
    bandwidth: Bandwidth = 0.0,
    disconnects: Disconnects = 0.0,
    seed: Annotated[int | None, typer.Option(help="The same seed, the same network.")] = None,
) -> None:
    """Put a bad network in front of a server, to play through, until Ctrl-C."""
    network = _conditions(latency, jitter, stalls, stall_ms, bandwidth, disconnects)
    seed = secrets.randbits(32) if seed is None else seed
    trio.run(_carry_until_stopped, network, parse_address(url), host, port, seed)


@app.command(hidden=True)
def share(plan: str) -> None:
    """Play one share of a larger swarm; a tally a second, as JSON, on stdout."""
    metronome.run(_play_share, msgspec.json.decode(plan, type=Plan))


def _conditions(
    latency: float, jitter: float, stalls: float, stall_ms: float, bandwidth: float, disconnects: float
) -> Conditions:
    return Conditions(
        rtt_ms=latency,
        jitter_ms=jitter,
        stalls_per_s=stalls,
        stall_ms=stall_ms,
        bandwidth_bytes_per_s=bandwidth,
        disconnects_per_minute=disconnects,
    )


async def _carry_until_stopped(network: Conditions, server: Address, host: str, port: int, seed: int) -> None:
    """Raises UserError when nothing can be carried."""
    await read_metrics(server)
    relay, stop = Relay(network), trio.Event()
    with _bare_ends():
        async with trio.open_nursery() as nursery:
            await nursery.start(_stop_on_signals, stop)
            await nursery.start(relay.run)
            try:
                port = await nursery.start(relay.listen, host, port, server.host, server.port, seed)
            except OSError as error:
                raise UserError(f"can't listen at {host}:{port}: {error.strerror or error}") from None
            ours = msgspec.structs.replace(server, host=host, port=port)
            print(f"A bad network is ready: {ours.page_url} ({network}) leads to {server.page_url}", flush=True)
            await stop.wait()
            nursery.cancel_scope.cancel()


def _check(plan: Plan) -> None:
    parse_address(plan.url)
    brain_named(plan.brain)
    if plan.spectators > plan.bots or (plan.spectators and plan.rooms):
        raise UserError("spectators are some of the bots, and watch where the server puts them: not with --rooms")
    longest = f"{plan.name_prefix}{plan.bots}"
    if not is_good_name(longest):
        raise UserError(f"{longest!r} is not a name: 1 to 20 printable characters, no blank at either end")


async def _run(plan: Plan, processes: int, quiet: bool, with_parent: bool) -> tuple[Report, Tally]:
    address = parse_address(plan.url)
    before, began_s = await read_metrics(address), time.monotonic()
    with _live_board(plan, began_s, quiet) as on_second:
        tally = await _play_until_stopped(plan, processes, on_second, with_parent)
    seconds = time.monotonic() - began_s
    try:
        server = server_report_of(before, await read_metrics(address))
    except UserError:
        server = None
    return report_of(tally, seconds, server, plan.network), tally


async def _play_share(plan: Plan) -> None:
    _print_tally(await _play_until_stopped(plan, 1, _print_tally))


async def _play_until_stopped(plan: Plan, processes: int, on_second: Listener, with_parent: bool = False) -> Tally:
    """Play to the end of the plan, or to a signal, or to the end of whoever holds our stdin. Raises UserError."""
    stop = trio.Event()
    with _bare_ends():
        async with trio.open_nursery() as nursery:
            await nursery.start(_stop_on_signals, stop)
            if with_parent:
                nursery.start_soon(_stop_with_parent, stop)
            if processes == 1:
                tally = await play(plan, on_second, stop)
            else:
                tally = await play_apart(plan, processes, on_second, stop)
            nursery.cancel_scope.cancel()
    return tally


@contextmanager
def _bare_ends() -> Iterator[None]:
    """What the user can mend, and a second signal's end, come out of the nursery's wrapping."""
    try:
        yield
    except BaseExceptionGroup as group:
        for kind in (SystemExit, UserError):
            if (ours := group.subgroup(kind)) is not None:
                raise ours.exceptions[0] from None
        raise


def _print_tally(tally: Tally) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(tally) + b"\n")
    sys.stdout.buffer.flush()


async def _stop_on_signals(stop: trio.Event, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
    """The first signal ends the run cleanly, a second one at once."""
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        task_status.started()
        async for number in signals:
            if stop.is_set():
                raise SystemExit(128 + number)
            stop.set()


async def _stop_with_parent(stop: trio.Event) -> None:
    """A parent that was killed can't tell us to end, but its end of our stdin is closed then."""
    await trio.to_thread.run_sync(os.read, sys.stdin.fileno(), 1, abandon_on_cancel=True)
    stop.set()


@contextmanager
def _live_board(plan: Plan, began_s: float, quiet: bool) -> Iterator[Listener]:
    """Shows what it is told, on a terminal."""
    console = Console()
    if quiet or not console.is_terminal:
        yield lambda tally: None
        return

    def report(tally: Tally) -> Report:
        return report_of(tally, time.monotonic() - began_s, network=plan.network)

    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield lambda tally: live.update(board_of(report(tally)), refresh=True)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritten(folder, error) from None


def _write_folder(result: Report, tally: Tally, folder: Path) -> None:
    from bots.plots import draw_tally

    write_json(folder / "swarm.json", result)
    draw_tally(tally, folder / "swarm.svg")
