"""Processes, a directory, the network between them, and all that can go wrong there: on the mock clock, from one seed.

What is tested is real: the ledger, the memberships and the checkpoints. Clocks differ in what they show and in how fast
they run; requests and answers are late, lost, or arrive after their sender has given up; processes stand still and
crash; the directory is gone and comes back with nothing, stands still, and has its clock set forward. What an owner
writes down may land late, even when it is gone itself. No room may ever do a tick under a fence when another has done
one under a greater, and whoever goes on with a room goes on from what its last owner wrote last.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from random import Random
from typing import Any, TypeVar
from unittest.mock import patch

import trio
from trio._core import _run as runner
from trio.testing import MockClock

from server.cluster.checkpoints import Checkpoints
from server.cluster.directory import LocalDirectory, Unreachable
from server.cluster.ledger import Ledger
from server.cluster.membership import Membership
from server.cluster.records import Claimed, Entry, Heard, Notice, Orphan, Owned, Process, Taken, Timing, Way, Why
from server.store import Superseded
from tests.server.cluster.neighbours import Memory

T = TypeVar("T")
ROOMS = ("pinball", "belt", "pitch")
TICK_S = 0.2
TICK_S_MAX = 0.5
DRIFT_MAX = 0.004


class World:
    """One directory, three processes, and what happened."""

    def __init__(self, seed: int, nursery: trio.Nursery, timing: Timing, owners_timing: Timing | None = None) -> None:
        self.random, self.nursery, self.timing = Random(seed), nursery, timing
        self.absent_until_s = self.frozen_until_s = 0.0
        self.is_well = False
        self._is_gone = False
        self._ahead_s, self._pace = self.random.uniform(0, 1e6), 1 + self.random.uniform(-DRIFT_MAX, DRIFT_MAX)
        self._jumped_s = -1e9
        self.directory = self._new_directory(is_young=False)
        self.place = Memory()
        self.greatest = dict.fromkeys(ROOMS, 0)
        self.landed: dict[str, dict[int, int]] = {room: {} for room in ROOMS}
        """What was written down of each room, by fence: how many ticks it had lived."""
        self.astray: list[str] = []
        self.adopted = 0
        self.doubles: list[str] = []
        self.ticks = 0
        self.owners = [Owner(self, f"owner {number}", owners_timing or timing) for number in range(3)]

    def clock_s(self) -> float:
        """The directory's."""
        return trio.current_time() * self._pace + self._ahead_s

    def _new_directory(self, is_young: bool = True) -> LocalDirectory:
        return LocalDirectory(Ledger(self.timing, round(self.clock_s() * 1000), is_young), self.clock_s)

    def tick(self, name: str, fence: int, who: str) -> None:
        self.ticks += 1
        if fence < self.greatest[name]:
            self.doubles.append(f"{trio.current_time():.2f} {who} runs {name} by {fence} < {self.greatest[name]}")
        self.greatest[name] = max(self.greatest[name], fence)

    def revive(self, name: str, fence: int, content: bytes | None) -> int:
        """How many ticks the room has lived that goes on from `content`."""
        landed = self.landed[name]
        former = max((other for other in landed if other < fence), default=0)
        found = int(content) if content is not None else 0
        if found != landed.get(former, 0):
            self.astray.append(f"{trio.current_time():.2f} {name} by {fence}: {found}, and not {landed} of {former}")
        return found

    async def trouble(self, seconds: float) -> None:
        """One misfortune after the other, for so long; then all is well."""
        end_s = trio.current_time() + seconds
        kinds = (self._cut, self._cut, self._pause, self._crash, self._vanish, self._freeze, self._jump)
        while trio.current_time() < end_s:
            self.random.choice(kinds)()
            await trio.sleep(self.random.uniform(0.5, 8))
        self.absent_until_s = self.frozen_until_s = 0.0
        self.is_well = True
        for owner in self.owners:
            owner.cut_until_s = owner.paused_until_s = 0.0

    def _some_time(self) -> float:
        return trio.current_time() + self.random.choice((2.0, 8.0, 20.0, 40.0)) * self.random.random()

    def _cut(self) -> None:
        owner = self.random.choice(self.owners)
        owner.cut_until_s, owner.loses = self._some_time(), self.random.choice(("questions", "answers", "both"))

    def _pause(self) -> None:
        self.random.choice(self.owners).paused_until_s = self._some_time()

    def _crash(self) -> None:
        index = self.random.randrange(len(self.owners))
        self.owners[index].crash()
        self.owners[index] = fresh = Owner(self, self.owners[index].name + "'", self.owners[index].timing)
        self.nursery.start_soon(fresh.live)

    def _vanish(self) -> None:
        self.absent_until_s, self._is_gone = self._some_time(), True

    def reached(self) -> LocalDirectory:
        """After one that has gone it is another, which knows nothing."""
        if self._is_gone:
            self.directory, self._is_gone = self._new_directory(), False
        return self.directory

    def _freeze(self) -> None:
        self.frozen_until_s = self._some_time()

    def _jump(self) -> None:
        if trio.current_time() - self._jumped_s > 2 * self.timing.ttl_s:
            self._jumped_s = trio.current_time()
            self._ahead_s += self.random.choice((self.timing.away_s * self.random.random(), 60 * self.random.random()))


class Owner:
    """A process: its membership, and rooms that tick. It wants all there are. It is its own way to the directory."""

    def __init__(self, world: World, name: str, timing: Timing) -> None:
        self.world, self.name, self.timing = world, name, timing
        self.cut_until_s = self.paused_until_s = 0.0
        self.loses = "both"
        self.running: dict[str, int] = {}
        """By room, under which fence."""
        self.lived: dict[str, int] = {}
        """By room, how many ticks, those of its former owners included."""
        self._checkpoints, self._writing = Checkpoints(world.place), set[str]()
        self._ahead_s, pace = world.random.uniform(0, 1e6), 1 + world.random.uniform(-DRIFT_MAX, DRIFT_MAX)
        about = Process(f"https://{name}.example")
        clock = lambda: trio.current_time() * pace + self._ahead_s  # noqa: E731
        self.membership = Membership(self, lambda: about, lambda room: None, self._stop, timing, clock)
        self._life = trio.CancelScope()

    async def live(self) -> None:
        with self._life:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self.membership.run)
                nursery.start_soon(self._look_around)
                nursery.start_soon(self._write_down)
                for room in ROOMS:
                    nursery.start_soon(self._play, room)

    def crash(self) -> None:
        self._life.cancel()

    def _stop(self, room: str) -> None:
        self.running.pop(room, None)

    async def _play(self, room: str) -> None:
        random = self.world.random
        while True:
            await trio.sleep(TICK_S * random.uniform(0.5, 1.5))
            await self._awake()
            if room in self.running:
                if self.membership.holds(room):
                    await trio.sleep(random.choice((0.0, TICK_S_MAX * random.random())))
                    if room in self.running:
                        self.lived[room] += 1
                        self.world.tick(room, self.running[room], self.name)
            elif random.random() < 0.2:
                await self._claim(room)

    async def _look_around(self) -> None:
        while True:
            await trio.sleep(self.world.random.uniform(0.5, 1.5))
            await self._awake()
            with suppress(Unreachable):
                for orphan in await self.orphans(9):
                    if orphan.notice.name not in self.running:
                        self.world.adopted += await self._claim(orphan.notice.name)

    async def _write_down(self) -> None:
        while True:
            await trio.sleep(self.world.random.uniform(0.5, 8))
            await self._awake()
            for room, fence in self.running.items():
                if room not in self._writing and self.membership.holds(room):
                    self._writing.add(room)
                    self.world.nursery.start_soon(self._write, room, fence, self.lived[room])

    async def _write(self, room: str, fence: int, lived: int) -> None:
        """One after the other, however late."""
        is_late = self.world.random.random() < 0.4
        await trio.sleep(self.world.random.uniform(0, 40) if is_late else 0.01)
        with suppress(Superseded):
            self._checkpoints.write(room, fence, b"%d" % lived)
            self.world.landed[room][fence] = lived
        self._writing.discard(room)

    async def _claim(self, room: str) -> bool:
        try:
            claimed = await self.membership.claim(Notice(room, seats=8))
        except Unreachable:
            return False
        if claimed.why is Why.GRANTED:
            content = self._checkpoints.newest(room, claimed.fence)
            self.lived[room] = self.world.revive(room, claimed.fence, content)
            self.running[room] = claimed.fence
        return claimed.why is Why.GRANTED

    async def _awake(self) -> None:
        while trio.current_time() < self.paused_until_s:  # noqa: ASYNC110  # it may have become later
            await trio.sleep_until(self.paused_until_s)

    # the way to the directory ------------------------------------------------------------------------------

    async def _carry(self, ask: Callable[[], Awaitable[T]]) -> T:
        await self._awake()
        if trio.current_time() < self.world.absent_until_s:
            raise Unreachable("refused", is_absent=not self._is_cut("questions"))
        answers: list[Any] = []
        arrived = trio.Event()
        self.world.nursery.start_soon(self._deliver, ask, answers, arrived)
        with trio.move_on_after(self.timing.answer_s):
            await arrived.wait()
        await self._awake()
        if answers:
            return answers[0]  # type: ignore[no-any-return]
        raise Unreachable("no answer")

    async def _deliver(self, ask: Callable[[], Awaitable[T]], answers: list[Any], arrived: trio.Event) -> None:
        if self._is_cut("questions"):
            return
        await trio.sleep(self._delay_s())
        while trio.current_time() < self.world.frozen_until_s:  # noqa: ASYNC110  # it may have become later
            await trio.sleep_until(self.world.frozen_until_s)
        if trio.current_time() < self.world.absent_until_s:
            return
        self.world.reached()
        answer = await ask()
        await trio.sleep(self._delay_s())
        if not self._is_cut("answers"):
            answers.append(answer)
            arrived.set()

    def _is_cut(self, what: str) -> bool:
        return trio.current_time() < self.cut_until_s and self.loses in (what, "both")

    def _delay_s(self) -> float:
        random = self.world.random
        is_late = random.random() < 0.1 and not self.world.is_well
        return random.uniform(0, 25) if is_late else random.uniform(0.001, 0.02)

    async def join(self, process: Process) -> int:
        return await self._carry(lambda: self.world.directory.join(process))

    async def beat(self, lease: int, process: Process, rooms: Sequence[Owned], taken: Sequence[Taken]) -> Heard:
        return await self._carry(lambda: self.world.directory.beat(lease, process, rooms, taken))

    async def claim(self, lease: int, notice: Notice, is_new: bool) -> Claimed:
        return await self._carry(lambda: self.world.directory.claim(lease, notice, is_new))

    async def claim_new(self, lease: int, notices: Sequence[Notice]) -> list[Claimed]:
        return await self._carry(lambda: self.world.directory.claim_new(lease, notices))

    async def release(self, lease: int, name: str, fence: int) -> None:
        await self._carry(lambda: self.world.directory.release(lease, name, fence))

    async def leave(self, lease: int, hands_over: bool) -> None:
        await self._carry(lambda: self.world.directory.leave(lease, hands_over))

    async def lead(self, name: str, seat: str, asker: str) -> Way:
        return await self._carry(lambda: self.world.directory.lead(name, seat, asker))

    async def find(self, name: str) -> Entry | None:
        return await self._carry(lambda: self.world.directory.find(name))

    async def listed(self, count: int) -> list[Entry]:
        return await self._carry(lambda: self.world.directory.listed(count))

    async def processes(self) -> dict[int, Process]:
        return await self._carry(self.world.directory.processes)

    async def orphans(self, count: int) -> list[Orphan]:
        return await self._carry(lambda: self.world.directory.orphans(count))

    async def is_orphan(self, name: str) -> bool:
        return await self._carry(lambda: self.world.directory.is_orphan(name))

    async def key(self) -> bytes:
        return await self._carry(self.world.directory.key)

    async def run(self) -> None:
        await self.world.directory.run()


def lived(seed: int, timing: Timing, owners_timing: Timing | None = None, seconds: float = 200.0) -> World:
    """A world after so many seconds of trouble, and after all has been well for long enough."""
    state = runner._r.getstate()
    runner._r.seed(seed)
    try:
        with patch.object(runner, "_ALLOW_DETERMINISTIC_SCHEDULING", True):
            return trio.run(_live, seed, timing, owners_timing, seconds, clock=MockClock(autojump_threshold=0))
    finally:
        runner._r.setstate(state)


async def _live(seed: int, timing: Timing, owners_timing: Timing | None, seconds: float) -> World:
    async with trio.open_nursery() as nursery:
        world = World(seed, nursery, timing, owners_timing)
        for owner in world.owners:
            nursery.start_soon(owner.live)
        await world.trouble(seconds)
        await trio.sleep(5 * timing.ttl_s)
        nursery.cancel_scope.cancel()
    return world
