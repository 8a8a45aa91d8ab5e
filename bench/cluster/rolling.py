"""`ricochet bench rolling`: three servers under load are restarted one after the other, as a deployment does.

Each is sent SIGTERM, lets its matches be played to their ends, keeps its rooms, ends, and is started again. What counts
is what players saw: whether each match that began came to its podium, and whether each of them is back in the seat that
was theirs.
"""

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import trio
import typer
from msgspec import Struct
from rich.console import Console

from bench.cluster.bounded import until_a_signal
from bench.cluster.crowd import Crowd
from bench.cluster.drill import JOIN_S_MAX, SETTLE_S, Plan, wait_open
from bench.cluster.fleet import Fleet, Member, Settings
from bench.cluster.ground import ground_of
from bench.cluster.postgres import postgres_at
from bench.cluster.redis import redis_at
from bots.output import JsonFile, write_json
from protocol.errors import UserError

BACK_S_MAX: Final = 60.0
"""From the moment that the server is there again."""
LOOK_EVERY_S: Final = 0.05


class Restart(Struct, frozen=True, kw_only=True):
    """Of one server."""

    number: int
    rooms: int
    bots: int
    """Who played there."""
    drained_s: float
    """From SIGTERM until it had ended."""
    status: int
    away_s: float
    """From then on until it took connections again."""
    missing: int
    """Bots that were not back."""
    anew: int
    """And those that were back as somebody else."""
    back_s: float | None
    """From the end of the server until the last of its bots played again."""


class Rolling(Struct, frozen=True, kw_only=True):
    """All of them."""

    ground: str
    rooms: int
    bots: int
    restarts: list[Restart]
    matches_played: int
    matches_cut_short: int
    ends: dict[str, int]
    """Why conversations ended, and how many of them."""
    double_owners: int
    checksum_mismatches: int
    trouble: list[str]

    def breaches(self) -> Iterator[str]:
        """What doesn't hold, a sentence each."""
        for restart in self.restarts:
            if restart.missing:
                yield f"server {restart.number}: {restart.missing} of {restart.bots} bots did not come back"
            if restart.anew:
                yield f"server {restart.number}: {restart.anew} bots came back as somebody else"
            if restart.status:
                yield f"server {restart.number} ended with status {restart.status}"
        if self.matches_cut_short or not self.matches_played:
            yield f"{self.matches_cut_short} matches were cut short, {self.matches_played} played"
        if self.double_owners:
            yield f"{self.double_owners} times two processes showed the same room"
        if self.checksum_mismatches:
            yield f"{self.checksum_mismatches} checksums did not match"

    def lines(self) -> Iterator[str]:
        """The figures that count come last."""
        yield f"{len(self.restarts)} servers in {self.ground}, {self.rooms} rooms, {self.bots} bots"
        for restart in self.restarts:
            back = "never" if restart.back_s is None else f"{restart.back_s:.1f} s after its end"
            yield (
                f"server {restart.number}: {restart.rooms} rooms with {restart.bots} bots; ended "
                f"{restart.drained_s:.1f} s after SIGTERM, there again {restart.away_s:.1f} s later; bots back {back}"
            )
        yield from (f"{count} conversations ended: {why}" for why, count in self.ends.items())
        yield from (f"it does not hold: {breach}" for breach in self.breaches())
        lost = sum(restart.missing + restart.anew for restart in self.restarts)
        yield (
            f"restarts={len(self.restarts)} bots={self.bots} matches_played={self.matches_played} "
            f"matches_cut_short={self.matches_cut_short} players_lost={lost}"
        )


def rolling_command(
    bots: Annotated[int, typer.Option(min=1, max=2000, help="How many play.")] = 150,
    rooms: Annotated[int, typer.Option(min=3, max=99, help="In how many rooms, all processes together.")] = 30,
    match_s: Annotated[float, typer.Option(min=10, max=600, help="How long a match is.")] = 20.0,
    loopback: Annotated[bool, typer.Option("--loopback", help="No namespaces, even where they are allowed.")] = False,
    seed: Annotated[int, typer.Option(help="Of what the bots do.")] = 1,
    json: JsonFile = None,
) -> None:
    """Restart three servers under load, one after the other: whether a match is cut short, or a player lost."""
    if sys.platform != "linux":
        raise UserError(f"bench rolling needs signals and sockets as Linux has them, and this is {sys.platform}")
    console = Console(highlight=False, soft_wrap=True)
    plan = Plan(bots=bots, rooms=rooms, match_s=match_s, drain_s=match_s + 15, loopback=loopback, seed=seed)
    result = trio.run(run, plan, lambda what: console.print(f"· {what}", style="dim"))
    if json is not None:
        write_json(json, result)
    for line in result.lines():
        console.print(line)
    if any(result.breaches()):
        raise typer.Exit(1)


async def run(plan: Plan, say: Callable[[str], None] = lambda what: None) -> Rolling:
    """All of it; a signal ends it. Raises UserError when there is nothing to measure."""
    return await until_a_signal(partial(_run, plan, say))


async def _run(plan: Plan, say: Callable[[str], None]) -> Rolling:
    with (
        ground_of(plan.processes, loopback=plan.loopback) as ground,
        TemporaryDirectory(prefix="ricochet-rolling-") as name,
        redis_at(ground.host, keeps=True) as redis,
        postgres_at(ground.host) as postgres,
    ):
        settings = Settings(
            folder=Path(name),
            directory=redis.url,
            standings=postgres.make("ricochet"),
            rooms=plan.rooms_each,
            flags=plan.flags,
        )
        fleet = Fleet(ground, settings)
        try:
            say(f"starting {plan.processes} servers in {ground.name}")
            await fleet.start()
            rooms = await wait_open(fleet, plan.rooms)
            addresses = [(place.host, place.port) for place in ground.places]
            crowd = Crowd(addresses, sorted(rooms), plan.bots, plan.seed)
            restarts = await _restart_all(fleet, crowd, say)
        finally:
            await fleet.end()
        return _judged(ground.name, crowd, restarts, fleet.trouble())


async def _restart_all(fleet: Fleet, crowd: Crowd, say: Callable[[str], None]) -> list[Restart]:
    restarts = []
    async with trio.open_nursery() as nursery:
        nursery.start_soon(crowd.run)
        if not await crowd.wait(lambda guest: guest.is_playing, JOIN_S_MAX):
            raise UserError("the bots did not get into the game")
        await trio.sleep(SETTLE_S)
        for member in fleet.members:
            say(f"server {member.number} is restarted")
            restarts.append(await _restart(member, crowd))
        await trio.sleep(SETTLE_S)
        nursery.cancel_scope.cancel()
    return restarts


async def _restart(member: Member, crowd: Crowd) -> Restart:
    rooms = set(await member.rooms())
    guests = [guest for guest in crowd.guests if guest.owner == member.url]
    numbers = [guest.number for guest in guests]
    began_s = time.monotonic()
    for guest in guests:
        guest.forget()
    status = await member.stop()
    ended_s = time.monotonic()
    await member.start()
    there_s = time.monotonic()
    with trio.move_on_after(BACK_S_MAX):
        while any(guest.back_s is None for guest in guests):  # noqa: ASYNC110  # nothing announces it
            await trio.sleep(LOOK_EVERY_S)
    backs = [guest.back_s for guest in guests if guest.back_s is not None]
    all_back = len(backs) == len(guests)
    return Restart(
        number=member.number,
        rooms=len(rooms),
        bots=len(guests),
        drained_s=ended_s - began_s,
        status=status,
        away_s=there_s - ended_s,
        missing=len(guests) - len(backs),
        anew=sum(guest.back_s is not None and guest.number != was for guest, was in zip(guests, numbers, strict=True)),
        back_s=max(backs) - ended_s if all_back and backs else None,
    )


def _judged(ground: str, crowd: Crowd, restarts: list[Restart], trouble: list[str]) -> Rolling:
    ends: dict[str, int] = {}
    for guest in crowd.guests:
        for end in guest.ends:
            ends[end] = ends.get(end, 0) + 1
    return Rolling(
        ground=ground,
        rooms=len(crowd.rooms),
        bots=len(crowd.guests),
        restarts=restarts,
        matches_played=sum(matches.played for matches in crowd.matches.values()),
        matches_cut_short=sum(matches.cut_short for matches in crowd.matches.values()),
        ends=ends,
        double_owners=len(crowd.sightings.double_owners()),
        checksum_mismatches=crowd.tally.checksum_mismatches,
        trouble=trouble,
    )
