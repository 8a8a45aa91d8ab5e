"""What happens to a cluster in a drill, one thing after another, and what is measured of it.

    it plays        real Redis, PostgreSQL and servers, a crowd of bots, an observer beside each server
    a crash         one server is killed with -9; its rooms must come up in the others. Then it is started again
    a partition     another is cut off, until its rooms have come up elsewhere; then it is let back
    no directory    Redis is killed, and is back after ten seconds: once with what it had, once with nothing

Every wait is bounded, and everything that was started is ended, whatever goes wrong.
"""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import trio
from msgspec import Struct

from bench.cluster.bounded import until_a_signal
from bench.cluster.crowd import Crowd
from bench.cluster.fleet import Fleet, Member, Settings
from bench.cluster.ground import Ground, ground_of
from bench.cluster.lease import lease_end_s, rooms_known
from bench.cluster.losing import Watch, told_of
from bench.cluster.observer import Spans, observing
from bench.cluster.postgres import postgres_at
from bench.cluster.redis import Redis, redis_at
from bench.cluster.verdict import Drill, Loss, Outage
from protocol.errors import UserError

OPEN_S_MAX: Final = 90.0
"""Until all rooms run and every server lists them: a new directory gives nothing away for a TTL."""
JOIN_S_MAX: Final = 120.0
SETTLE_S: Final = 4.0
"""Of play, before and after something happens."""
LOOK_EVERY_S: Final = 0.1
AWAY_S: Final = 10.0
HEAL_S_MAX: Final = 40.0
NEWCOMERS: Final = 6
NEWCOMER_S_MAX: Final = 4.0

Say = Callable[[str], None]


class Plan(Struct, frozen=True, kw_only=True):
    """How large, and at what rates: two cores carry three servers and their players."""

    bots: int = 300
    rooms: int = 30
    processes: int = 3
    tick_rate: int = 20
    snapshot_rate: int = 5
    seed: int = 1
    loopback: bool = False
    away_s: float = AWAY_S
    match_s: float = 86_400.0
    """Scores begin anew with each match."""
    drain_s: float = 0.0

    @property
    def flags(self) -> tuple[str, ...]:
        rates = ("--tick-rate", str(self.tick_rate), "--snapshot-rate", str(self.snapshot_rate))
        times = ("--match-s", str(self.match_s), "--drain-s", str(self.drain_s))
        return (*rates, *times, "--map", "pinball", "--seed", str(self.seed))

    @property
    def rooms_each(self) -> int:
        """Of each process."""
        return -(-self.rooms // self.processes)


async def run(plan: Plan, say: Say = lambda what: None) -> Drill:
    """All of it; a signal ends it, and whatever it has started. Raises UserError when there is nothing to measure."""
    return await until_a_signal(partial(_run, plan, say))


async def _run(plan: Plan, say: Say) -> Drill:
    with (
        ground_of(plan.processes, loopback=plan.loopback) as ground,
        TemporaryDirectory(prefix="ricochet-cluster-") as name,
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
            return await _Drilling(plan, ground, fleet, redis, settings.folder, say).run()
        finally:
            await fleet.end()


class _Drilling:
    """One drill, once all servers take connections."""

    def __init__(self, plan: Plan, ground: Ground, fleet: Fleet, redis: Redis, folder: Path, say: Say) -> None:
        self._plan, self._ground, self._fleet, self._redis = plan, ground, fleet, redis
        self._folder, self._say = folder, say
        self._seen: list[Spans] = []
        self._losses: list[Loss] = []
        self._outages: list[Outage] = []

    async def run(self) -> Drill:
        rooms = await wait_open(self._fleet, self._plan.rooms)
        addresses = [(place.host, place.port) for place in self._ground.places]
        self._crowd = crowd = Crowd(addresses, sorted(rooms), self._plan.bots, self._plan.seed)
        joined_s = None
        async with trio.open_nursery() as nursery:
            for member in self._fleet.members:
                self._observe(nursery, member)
            nursery.start_soon(crowd.run)
            self._say(f"{self._plan.bots} bots join {len(rooms)} rooms")
            began_s = time.monotonic()
            if await crowd.wait(lambda guest: guest.is_playing, JOIN_S_MAX):
                joined_s = time.monotonic() - began_s
                await trio.sleep(SETTLE_S)
                await self._crash(nursery, self._fleet.members[0])
                await self._partition(self._fleet.members[1])
                for remembers in (True, False):
                    await self._outage(remembers)
            nursery.cancel_scope.cancel()
        for spans in self._seen:
            for room, seen in spans.items():
                crowd.sightings.take_in(room, seen)
        return Drill(
            ground=self._ground.name,
            processes=self._plan.processes,
            rooms=len(rooms),
            bots=self._plan.bots,
            joined_s=joined_s,
            losses=self._losses,
            outages=self._outages,
            double_owners=crowd.sightings.double_owners(),
            sightings=sum(map(len, crowd.sightings.spans.values())),
            checksum_mismatches=crowd.tally.checksum_mismatches,
            trouble=self._fleet.trouble(),
        )

    def _observe(self, nursery: trio.Nursery, member: Member) -> None:
        spans: Spans = {}
        self._seen.append(spans)
        nursery.start_soon(observing, member, spans, self._folder)

    # what happens ------------------------------------------------------------------------------------------

    async def _crash(self, nursery: trio.Nursery, member: Member) -> None:
        self._say(f"kill -9 to server {member.number}")
        watch = await self._watch("kill -9", member)
        await member.kill()
        await self._wait_back(watch)
        self._say(f"server {member.number} is started again")
        await member.start()
        self._observe(nursery, member)
        await self._all_known()

    async def _partition(self, member: Member) -> None:
        self._say(f"server {member.number} is cut off")
        watch = await self._watch("cut off", member)
        member.cut()
        try:
            await self._wait_back(watch)
        finally:
            member.mend()
        self._say(f"server {member.number} is let back")
        await self._all_known()

    async def _watch(self, how: str, member: Member) -> Watch:
        rooms = set(await member.rooms()) & self._crowd.books.keys()
        return Watch(how, member, rooms, self._crowd, self._plan.tick_rate, self._redis)

    async def _wait_back(self, watch: Watch) -> None:
        lease_end = lease_end_s(self._redis, watch.member.url)
        others = [member for member in self._fleet.members if member is not watch.member]
        self._losses.append(await watch.wait(lease_end, others))

    async def _all_known(self) -> None:
        """Until every server lists all rooms, and for a moment longer."""
        with trio.move_on_after(HEAL_S_MAX):
            while True:
                lists = [await member.listed() for member in self._fleet.members]
                if all(listed >= set(self._crowd.rooms) for listed in lists):
                    break
                await trio.sleep(LOOK_EVERY_S)
        await trio.sleep(SETTLE_S)

    async def _outage(self, remembers: bool) -> None:
        self._say(f"Redis is killed for {self._plan.away_s:g} s{'' if remembers else ', and will have forgotten all'}")
        ends, ticks, began_s = self._ends(), await self._ticks(), time.monotonic()
        self._redis.kill()
        await trio.sleep(self._plan.away_s / 2)
        shut_out = await self._newcomers()
        await trio.sleep_until(trio.current_time() + max(0.0, began_s + self._plan.away_s - time.monotonic()))
        later, away_s = await self._ticks(), time.monotonic() - began_s
        self._redis.start(keeps=True, forgets=not remembers)
        healed_s = await self._wait_healed()
        await trio.sleep(SETTLE_S)
        self._outages.append(
            Outage(
                remembers=remembers,
                seconds=away_s,
                ticks_min=min(((later.get(room, tick) - tick) / away_s for room, tick in ticks.items()), default=0.0),
                disturbed=self._ends() - ends,
                joins=NEWCOMERS,
                shut_out=shut_out,
                healed_s=healed_s,
            )
        )

    async def _wait_healed(self) -> float | None:
        began_s = time.monotonic()
        with trio.move_on_after(HEAL_S_MAX):
            while not rooms_known(self._redis) >= set(self._crowd.rooms):  # noqa: ASYNC110  # it tells nobody
                await trio.sleep(LOOK_EVERY_S)
            return time.monotonic() - began_s
        return None

    async def _newcomers(self) -> list[str]:
        """Some come to rooms by processes that haven't them, and go again; what became of each who didn't get in."""
        owners = {room: who for room, who in (await self._fleet.rooms()).items() if room in self._crowd.books}
        rooms = sorted(owners)[:: max(1, len(owners) // NEWCOMERS)][:NEWCOMERS]
        crowds = []
        for number, room in enumerate(rooms):
            wrong = next(member for member in self._fleet.members if member.number not in owners[room])
            crowds.append(Crowd([(wrong.place.host, wrong.place.port)], [room], 1, self._plan.seed + number))
        async with trio.open_nursery() as nursery:
            for crowd in crowds:
                nursery.start_soon(crowd.run)
            with trio.move_on_after(NEWCOMER_S_MAX):
                for crowd in crowds:
                    await crowd.wait(lambda guest: guest.is_playing, NEWCOMER_S_MAX)
            guests = [guest for crowd in crowds for guest in crowd.guests]
            shut_out = [f"{guest.room}: {told_of(guest)}" for guest in guests if not guest.is_playing]
            for guest in guests:
                guest.connection.leave()
            await trio.sleep(LOOK_EVERY_S)
            nursery.cancel_scope.cancel()
        return shut_out

    async def _ticks(self) -> dict[str, int]:
        """Of rooms that are played."""
        running = [await member.rooms() for member in self._fleet.members]
        return {room: tick for rooms in running for room, tick in rooms.items() if room in self._crowd.books}

    def _ends(self) -> int:
        return sum(len(guest.ends) for guest in self._crowd.guests)


async def wait_open(fleet: Fleet, rooms: int) -> set[str]:
    """Until at least so many run, and every server lists all of them: their names. Raises UserError."""
    with trio.move_on_after(OPEN_S_MAX):
        while True:
            ticks = [await member.rooms() for member in fleet.members]
            names = {name for running in ticks for name in running}
            run = len(names) >= rooms and all(all(running.values()) for running in ticks)
            if run and all([await member.listed() == names for member in fleet.members]):
                return names
            await trio.sleep(LOOK_EVERY_S)
    raise UserError(f"the servers did not open their rooms: {fleet.trouble()[:1]}")
