"""`ricochet bench directory`: what many rooms cost the directory, a real Redis, and whoever asks it.

joins    three real servers, and as many pretenders as it takes for 1,000 rooms: how long it takes to join a room by
         a process that hasn't it, from the first connection to the owner's welcome
load     10,000 rooms in 200 pretenders: how much of a core Redis takes, and how long a beat and a list do
"""

import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import trio
import typer
from msgspec import Struct
from rich.console import Console

from bench.cluster.bounded import until_a_signal
from bench.cluster.fleet import Fleet, Settings
from bench.cluster.ground import Loopback
from bench.cluster.joins import join_often
from bench.cluster.pretenders import SPREAD_S, Pretender, Took, pretenders_of, pretending, pretending_apart
from bench.cluster.redis import Redis, redis_at
from bench.percentiles import percentile
from bots.output import JsonFile, write_json
from protocol.errors import UserError
from server.logs import set_up

SERVERS: Final = 3
ROOMS_EACH: Final = 10
JOIN_MS_P99_MAX: Final = 50.0
JOINS_PER_S: Final = 20.0
READY_S_MAX: Final = 240.0
LIST_S_MAX: Final = 60.0
SETTLE_S: Final = 3.0
SHORT_OF_CPU: Final = 0.9


class Joining(Struct, frozen=True, kw_only=True):
    """How long joins took, in ms."""

    rooms: int
    joins: int
    failed: int
    moved_ms_p50: float | None
    moved_ms_p99: float | None
    welcome_ms_p50: float | None
    welcome_ms_p99: float | None
    own_late_ms_p50: float | None
    own_late_ms_p99: float | None
    """By how much the process that joins wakes up too late: so much of each answer's time may be its own."""
    own_cpu_share: float


class Load(Struct, frozen=True, kw_only=True):
    """What a directory of so many rooms takes."""

    rooms: int
    processes: int
    seconds: float
    redis_cpu_share: float
    own_cpu_share: float
    """Of the process that pretends: near 1, and it was itself what was slow."""
    redis_mb: float
    commands_per_s: float
    beats: int
    beat_ms_p50: float | None
    beat_ms_p99: float | None
    lists: int
    list_ms_p50: float | None
    list_ms_p99: float | None
    unanswered: int
    rooms_lost: int


class Measured(Struct, frozen=True, kw_only=True):
    """Both."""

    joining: Joining
    load: Load
    held: bool


def directory_command(
    rooms: Annotated[int, typer.Option(min=1, max=20_000, help="Registered while joins are measured.")] = 1000,
    joins: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 400,
    many: Annotated[int, typer.Option(min=1, max=50_000, help="Rooms, for the load of the directory.")] = 10_000,
    processes: Annotated[int, typer.Option(min=1, max=1000, help="Which have them.")] = 200,
    seconds: Annotated[float, typer.Option(min=1, max=600, help="For how long the load is measured.")] = 20.0,
    seed: Annotated[int, typer.Option(help="Of who goes where.")] = 1,
    json: JsonFile = None,
) -> None:
    """Measure joins by any process with 1,000 rooms, and the load of a directory of 10,000."""
    if sys.platform == "win32":
        raise UserError("bench directory needs Redis and signals as Linux has them")
    set_up("error", "auto")  # what each pretender finds is counted
    result = trio.run(measure, rooms, joins, many, processes, seconds, seed)
    if json is not None:
        write_json(json, result)
    for line in lines(result):
        Console(highlight=False, soft_wrap=True).print(line)
    if not result.held:
        raise typer.Exit(1)


async def measure(rooms: int, joins: int, many: int, processes: int, seconds: float, seed: int) -> Measured:
    """Raises UserError when it can't be measured."""
    with redis_at() as redis:
        joining = await until_a_signal(partial(_measure_joins, redis, rooms, joins, seed))
    with redis_at() as redis:
        load = await until_a_signal(partial(_measure_load, redis, many, processes, seconds))
    p99 = joining.welcome_ms_p99
    held = not joining.failed and p99 is not None and p99 < JOIN_MS_P99_MAX and not load.rooms_lost
    return Measured(joining=joining, load=load, held=held)


async def _measure_joins(redis: Redis, rooms: int, joins: int, seed: int) -> Joining:
    with TemporaryDirectory(prefix="ricochet-bench-") as name:
        settings = Settings(folder=Path(name), directory=redis.url, standings="off", rooms=ROOMS_EACH, keeps=False)
        fleet = Fleet(Loopback(SERVERS), settings)
        there = max(1, rooms - SERVERS * ROOMS_EACH)
        try:
            await fleet.start()
            async with pretending_apart(there, max(1, there // 50), redis.url, READY_S_MAX):
                await _wait_listed(fleet)
                told = await join_often(fleet.members, joins, JOINS_PER_S, seed)
        finally:
            await fleet.end()
    moved, welcome = [join.moved_s * 1e3 for join in told.done], [join.welcome_s * 1e3 for join in told.done]
    late = [late_s * 1e3 for late_s in told.late_s]
    return Joining(
        rooms=there + SERVERS * ROOMS_EACH,
        joins=joins,
        failed=told.failed,
        moved_ms_p50=percentile(moved, 0.5),
        moved_ms_p99=percentile(moved, 0.99),
        welcome_ms_p50=percentile(welcome, 0.5),
        welcome_ms_p99=percentile(welcome, 0.99),
        own_late_ms_p50=percentile(late, 0.5),
        own_late_ms_p99=percentile(late, 0.99),
        own_cpu_share=told.cpu_share,
    )


async def _wait_listed(fleet: Fleet) -> None:
    """Until each server has its rooms. Raises UserError."""
    with trio.move_on_after(LIST_S_MAX):
        while not all([len(await member.rooms()) >= ROOMS_EACH for member in fleet.members]):  # noqa: ASYNC110
            await trio.sleep(0.2)
        await trio.sleep(SETTLE_S)
        return
    raise UserError("the servers did not open their rooms")


async def _pretend(nursery: trio.Nursery, redis: Redis, rooms: int, processes: int) -> tuple[list[Pretender], Took]:
    """Raises UserError when they don't get what they claim."""
    took = Took()
    pretenders = pretenders_of(rooms, processes, redis.url, took)
    with trio.move_on_after(READY_S_MAX):
        await nursery.start(pretending, pretenders, SPREAD_S)
        return pretenders, took
    raise UserError(f"{rooms} rooms were not registered within {READY_S_MAX:g} s")


async def _measure_load(redis: Redis, rooms: int, processes: int, seconds: float) -> Load:
    async with trio.open_nursery() as nursery:
        pretenders, took = await _pretend(nursery, redis, rooms, processes)
        await trio.sleep(SETTLE_S)
        took.clear()
        before, own_s, began_s = redis.figures(), time.process_time(), time.monotonic()
        await trio.sleep(seconds)
        after, own_s, took_s = redis.figures(), time.process_time() - own_s, time.monotonic() - began_s
        nursery.cancel_scope.cancel()
    grown = {name: after[name] - before[name] for name in before}
    beats_ms, lists_ms = [one * 1e3 for one in took.beats_s], [one * 1e3 for one in took.lists_s]
    return Load(
        rooms=rooms,
        processes=processes,
        seconds=took_s,
        redis_cpu_share=(grown["used_cpu_user"] + grown["used_cpu_sys"]) / took_s,
        own_cpu_share=own_s / took_s,
        redis_mb=after["used_memory"] / 1e6,
        commands_per_s=grown["total_commands_processed"] / took_s,
        beats=len(beats_ms),
        beat_ms_p50=percentile(beats_ms, 0.5),
        beat_ms_p99=percentile(beats_ms, 0.99),
        lists=len(lists_ms),
        list_ms_p50=percentile(lists_ms, 0.5),
        list_ms_p99=percentile(lists_ms, 0.99),
        unanswered=took.unanswered,
        rooms_lost=sum(len(pretender.lost) for pretender in pretenders),
    )


def lines(result: Measured) -> list[str]:
    joining, load = result.joining, result.load
    moved, welcome = (
        _ms(joining.moved_ms_p50, joining.moved_ms_p99),
        _ms(joining.welcome_ms_p50, joining.welcome_ms_p99),
    )
    redis = f"Redis took {load.redis_cpu_share:.0%} of a core and {load.redis_mb:.1f} MB"
    short = ", so they were themselves what was slow" if load.own_cpu_share > SHORT_OF_CPU else ""
    return [
        f"{joining.rooms} rooms registered; {joining.joins} joins by way of another process, {joining.failed} failed",
        f"until told where it is: {moved}; until welcome there: {welcome} (must be < {JOIN_MS_P99_MAX:g})",
        f"who joined took {joining.own_cpu_share:.0%} of a core, and was itself late by "
        f"{_ms(joining.own_late_ms_p50, joining.own_late_ms_p99)}",
        f"{load.rooms} rooms in {load.processes} processes: {redis}, {load.commands_per_s:.0f} commands a second "
        "with those of its scripts",
        f"{load.beats} beats: {_ms(load.beat_ms_p50, load.beat_ms_p99)}; {load.lists} lists: "
        f"{_ms(load.list_ms_p50, load.list_ms_p99)}; {load.unanswered} without an answer, {load.rooms_lost} rooms lost",
        f"the pretenders took {load.own_cpu_share:.0%} of a core{short}",
        "It held." if result.held else "It did not hold.",
    ]


def _ms(p50: float | None, p99: float | None) -> str:
    return "nothing" if p50 is None or p99 is None else f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"
