"""The parent on the mock clock, with children that do as they are told by the test."""

import math
import signal
from collections.abc import AsyncIterator, Callable
from typing import Final

import pytest
import trio
import trio.testing
from trio.abc import Clock
from trio.testing import MockClock

from server.config import Config
from server.processes.parent import (
    ALIVE,
    OVERTIME_S,
    PAUSE_S_MAX,
    READY,
    SILENCE_S_MAX,
    STEADY_S,
    STOPPING,
    Parent,
)
from server.processes.shares import Share, shares_of

DRAIN_S: Final = 20.0


class Puppet:
    """A child. It says what it is told to, and ends when it is told to, or by SIGKILL."""

    def __init__(self, number: int, pid: int) -> None:
        self.number, self.pid = number, pid
        self.signals: list[int] = []
        self.is_closed = False
        self._say, self._heard = trio.open_memory_channel[list[str]](math.inf)
        self._status: int | None = None
        self._ended = trio.Event()

    def say(self, *words: str) -> None:
        self._say.send_nowait([*words])

    def end(self, status: int = 0) -> None:
        self._status = status
        self._ended.set()

    async def hear(self) -> list[str]:
        return await self._heard.receive()

    async def ended(self) -> int:
        await self._ended.wait()
        assert self._status is not None
        return self._status

    def tell(self, number: int) -> None:
        self.signals.append(number)
        if number == signal.SIGKILL:
            self.end(-number)

    def close(self) -> None:
        self.is_closed = True


class Stage:
    """A parent of three, and all children that it has started so far."""

    def __init__(self) -> None:
        self.puppets: list[Puppet] = []
        self.ready = 0
        self.status: int | None = None
        self.failing = 0
        """So many starts fail."""
        self.start_s = 0.0
        """So long does it take until one that was started is known."""
        shares = shares_of(Config(processes=3, directory="redis://127.0.0.1"), [8000, 8001, 8002])
        self.parent = Parent(shares, self._spawn, DRAIN_S, self._on_ready)

    async def run(self) -> None:
        self.status = await self.parent.run()

    async def _spawn(self, share: Share) -> Puppet:
        if self.failing:
            self.failing -= 1
            raise OSError("no more processes")
        self.puppets.append(puppet := Puppet(share.number, 100 + len(self.puppets)))
        await trio.sleep(self.start_s)
        return puppet

    def _on_ready(self) -> None:
        self.ready += 1

    @property
    def started(self) -> list[int]:
        return sorted(puppet.number for puppet in self.puppets)

    def of(self, number: int) -> Puppet:
        """The latest of that number."""
        return next(puppet for puppet in reversed(self.puppets) if puppet.number == number)

    async def settle(self) -> None:
        await trio.testing.wait_all_tasks_blocked()

    async def get_ready(self) -> None:
        await self.settle()
        self.of(1).say(READY)
        await self.settle()
        self.of(2).say(READY)
        self.of(3).say(READY)
        await self.settle()

    async def live(self, seconds: float, *, silent: int = 0) -> None:
        """All say that they live, but for one."""
        for _ in range(round(seconds)):
            await trio.sleep(1.0)
            for number, child in self.parent.children.items():
                if number != silent:
                    assert isinstance(child, Puppet)
                    child.say(ALIVE)
            await self.settle()


@pytest.fixture
async def stage(nursery: trio.Nursery) -> AsyncIterator[Stage]:
    stage = Stage()
    nursery.start_soon(stage.run)
    await stage.settle()
    yield stage
    nursery.cancel_scope.cancel()


async def test_the_first_starts_by_itself_and_the_others_together(stage: Stage, autojump_clock: Clock) -> None:
    assert stage.started == [1]
    await trio.sleep(600)
    assert stage.started == [1], "it may take its time until it is ready"
    stage.of(1).say("STATUS=nothing yet")
    await stage.settle()
    assert stage.started == [1]
    stage.of(1).say(READY, "STATUS=1 rooms, 0 people")
    await stage.settle()
    assert stage.started == [1, 2, 3]
    stage.of(2).say(READY)
    await stage.settle()
    assert stage.ready == 0
    stage.of(3).say(READY)
    await stage.settle()
    assert stage.ready == 1


async def test_who_ends_is_started_again_after_pauses_that_grow(stage: Stage, autojump_clock: Clock) -> None:
    await stage.get_ready()
    pauses = []
    for _ in range(7):
        dead = stage.of(2)
        dead.end(-signal.SIGKILL)
        since_s = trio.current_time()
        while stage.of(2) is dead:
            await trio.sleep(0.1)
            stage.of(1).say(ALIVE)
            stage.of(3).say(ALIVE)
        assert dead.is_closed
        pauses.append(trio.current_time() - since_s)
    assert pauses == pytest.approx([0.5, 1, 2, 4, 8, PAUSE_S_MAX, PAUSE_S_MAX], abs=0.11)
    stage.of(2).say(READY)
    await stage.live(STEADY_S + 1)
    dead = stage.of(2)
    dead.end(0)
    await trio.sleep(0.6)
    assert stage.of(2) is not dead, "who was steady is back soon, also who was asked to stop by others"
    assert (stage.ready, stage.status) == (1, None)
    assert [stage.of(n).signals for n in (1, 3)] == [[], []]


async def test_who_cant_be_started_again_is_tried_again(stage: Stage, autojump_clock: Clock) -> None:
    await stage.get_ready()
    stage.failing, dead = 2, stage.of(3)
    dead.end(1)
    await stage.live(4)
    assert stage.of(3) is not dead
    assert stage.failing == 0


@pytest.mark.parametrize("status", [0, 2])
async def test_a_mistake_in_the_settings_ends_it(stage: Stage, autojump_clock: Clock, status: int) -> None:
    stage.of(1).end(status)
    await stage.settle()
    assert stage.status == status
    assert stage.started == [1]
    assert stage.ready == 0


async def test_a_mistake_of_one_of_them_ends_all(stage: Stage, autojump_clock: Clock) -> None:
    stage.of(1).say(READY)
    await stage.settle()
    stage.of(2).end(2)
    await stage.settle()
    assert [stage.of(n).signals for n in (1, 3)] == [[signal.SIGTERM]] * 2
    stage.of(3).end()
    stage.of(1).end()
    await stage.settle()
    assert (stage.status, stage.ready, stage.started) == (2, 0, [1, 2, 3])


@pytest.mark.parametrize(
    ("statuses", "worst"),
    [
        ((0, 0, 0), 0),
        ((0, 3, 1), 3),
        ((-signal.SIGSEGV, 2, 0), 128 + signal.SIGSEGV),
        pytest.param((0, -signal.SIGTERM, -signal.SIGINT), 0, id="told before they could end by themselves"),
        ((0, -signal.SIGHUP, 0), 128 + signal.SIGHUP),
    ],
)
async def test_signals_are_passed_on_and_the_worst_status_is_ours(
    stage: Stage, autojump_clock: Clock, statuses: tuple[int, ...], worst: int
) -> None:
    await stage.get_ready()
    stage.parent.stop(signal.SIGTERM)
    stage.parent.stop(signal.SIGINT)
    for number, status in enumerate(statuses, 1):
        assert stage.of(number).signals == [signal.SIGTERM, signal.SIGINT]
        assert stage.status is None
        stage.of(number).end(status)
        await stage.settle()
    assert stage.status == worst
    assert stage.started == [1, 2, 3]
    assert all(puppet.is_closed for puppet in stage.puppets)


async def test_it_waits_for_drains_but_not_for_ever(stage: Stage, autojump_clock: Clock) -> None:
    await stage.get_ready()
    stage.parent.stop()
    for number in (1, 2):
        stage.of(number).say(STOPPING)
    stage.of(3).say(ALIVE)
    await trio.sleep(SILENCE_S_MAX + 1)
    assert stage.of(3).signals[-1] == signal.SIGKILL, "it neither drains nor lives"
    await trio.sleep(DRAIN_S + OVERTIME_S - SILENCE_S_MAX - 2)
    assert stage.of(1).signals == [signal.SIGTERM]
    stage.of(2).end()
    await trio.sleep(2)
    assert stage.of(1).signals[-1] == signal.SIGKILL
    assert stage.status == 128 + signal.SIGKILL


async def test_who_was_never_ready_and_doesnt_end_is_killed_too(stage: Stage, autojump_clock: Clock) -> None:
    stage.parent.stop()
    await trio.sleep(DRAIN_S + OVERTIME_S + 1)
    assert stage.of(1).signals == [signal.SIGTERM, signal.SIGKILL]
    assert stage.status == 128 + signal.SIGKILL


async def test_who_stands_still_is_killed_and_started_again(stage: Stage, autojump_clock: Clock) -> None:
    await stage.get_ready()
    still = stage.of(2)
    await stage.live(3 * SILENCE_S_MAX, silent=2)
    assert still.signals == [signal.SIGKILL]
    assert stage.of(2) is not still
    assert [stage.of(n).signals for n in (1, 3)] == [[], []]
    assert stage.ready == 1


@pytest.mark.parametrize("stops", [False, True])
async def test_when_all_of_them_were_stopped_for_a_while_that_counts_against_nobody(
    stage: Stage, mock_clock: MockClock, stops: bool
) -> None:
    """As by a pause of their container: they wake together, and the parent first."""
    await stage.get_ready()
    if stops:
        stage.parent.stop()
        for number in (1, 2, 3):
            stage.of(number).say(STOPPING)
    for _ in range(3):
        await stage.settle()
        mock_clock.jump(10 * SILENCE_S_MAX)
        await stage.settle()
    assert signal.SIGKILL not in [said for puppet in stage.puppets for said in puppet.signals]


async def test_who_drains_by_itself_is_given_its_time(stage: Stage, autojump_clock: Clock) -> None:
    await stage.get_ready()
    drains = stage.of(2)
    drains.say(STOPPING)
    await stage.live(DRAIN_S, silent=2)
    drains.say(ALIVE)
    await stage.live(OVERTIME_S - 1, silent=2)
    assert drains.signals == []
    await stage.live(2, silent=2)
    assert drains.signals == [signal.SIGKILL]


@pytest.mark.parametrize("moment", ["while one is being started", "in a pause"])
async def test_nobody_is_started_once_it_stops(stage: Stage, autojump_clock: Clock, moment: str) -> None:
    await stage.get_ready()
    stage.start_s, dead = 0.2, stage.of(2)
    dead.end(1)
    if moment == "in a pause":
        await stage.settle()
        stage.parent.stop()
        stage.of(1).end()
        stage.of(3).end()
        await stage.live(2 * PAUSE_S_MAX)
        assert stage.of(2) is dead
    else:
        await _until(lambda: stage.of(2) is not dead)
        stage.parent.stop()
        assert stage.of(2).signals == []
        await trio.sleep(0.2)
        assert stage.of(2).signals == [signal.SIGTERM]
        for number in (1, 2, 3):
            stage.of(number).end()
        await stage.settle()
    assert stage.status == 0


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110  # each look is a moment of the mock clock
        await trio.sleep(0.01)
