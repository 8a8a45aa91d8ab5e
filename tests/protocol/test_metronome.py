"""An alarm rings when it is time, whatever clock the run has, and leaves nothing behind."""

from collections.abc import Awaitable, Callable
from math import inf

import pytest
import trio
import trio.testing
from trio.testing import MockClock

from protocol.metronome import Alarm, Metronome, run

Scene = Callable[[], Awaitable[None]]


def run_with_a_mock_clock(scene: Scene) -> None:
    trio.run(scene, clock=MockClock(autojump_threshold=0.0))


@pytest.fixture(params=[run, run_with_a_mock_clock], ids=["metronome", "another clock"])
def perform(request: pytest.FixtureRequest) -> Callable[[Scene], None]:
    how: Callable[[Scene], None] = request.param
    return how


def test_it_waits_until_then_again_and_again(perform: Callable[[Scene], None]) -> None:
    async def scene() -> None:
        alarm, began_s = Alarm(), trio.current_time()
        for n in range(1, 6):
            await alarm.wait(began_s + n * 0.003)
            assert trio.current_time() >= began_s + n * 0.003

    perform(scene)


def test_a_moment_that_has_passed_lets_others_run_all_the_same(perform: Callable[[Scene], None]) -> None:
    async def scene() -> None:
        turns = 0

        async def count() -> None:
            nonlocal turns
            while True:
                turns += 1
                await trio.lowlevel.checkpoint()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(count)
            for _ in range(3):
                await Alarm().wait(-1.0)
            assert turns >= 2
            nursery.cancel_scope.cancel()

    perform(scene)


@pytest.mark.parametrize(("first_s", "then_s"), [(0.005, 0.03), (3600.0, 0.005)], ids=["later", "sooner"])
def test_it_may_be_set_anew_while_somebody_waits(
    perform: Callable[[Scene], None], first_s: float, then_s: float
) -> None:
    async def scene() -> None:
        alarm, began_s = Alarm(), trio.current_time()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(alarm.wait, began_s + first_s)
            await trio.testing.wait_all_tasks_blocked()
            alarm.set(began_s + then_s)
        assert began_s + then_s <= trio.current_time() < began_s + 3600.0

    perform(scene)


def test_to_set_it_while_nobody_waits_does_nothing(perform: Callable[[Scene], None]) -> None:
    async def scene() -> None:
        alarm = Alarm()
        alarm.set(trio.current_time() - 1.0)
        with trio.move_on_after(0.002) as patience:
            await alarm.wait(inf)
        assert patience.cancelled_caught

    perform(scene)


def test_who_is_cancelled_is_not_woken(perform: Callable[[Scene], None]) -> None:
    async def scene() -> None:
        alarm, began_s = Alarm(), trio.current_time()
        with trio.CancelScope() as scope:
            scope.cancel()
            await alarm.wait(began_s + 0.004)
        assert scope.cancelled_caught
        await trio.sleep(0.006)
        await alarm.wait(began_s + 0.01)
        assert trio.current_time() >= began_s + 0.01

    perform(scene)


def test_all_whose_time_has_come_go_on_and_other_sleeps_do_too(perform: Callable[[Scene], None]) -> None:
    async def scene() -> None:
        at_s, woken = trio.current_time() + 0.004, list[int]()

        async def wait(number: int) -> None:
            await (Alarm().wait(at_s) if number % 2 else trio.sleep_until(at_s))
            woken.append(number)

        async with trio.open_nursery() as nursery:
            for number in range(8):
                nursery.start_soon(wait, number)
        assert sorted(woken) == [*range(8)]

    perform(scene)


def test_what_was_noted_for_a_moment_that_has_passed_is_forgotten() -> None:
    async def scene() -> None:
        metronome, alarm = trio.lowlevel.current_clock(), Alarm()
        assert isinstance(metronome, Metronome)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(alarm.wait, inf)
            await trio.testing.wait_all_tasks_blocked()
            for n in range(1000):
                alarm.set(trio.current_time() + n * 1e-6)
            await trio.sleep(0.002)
            assert len(metronome._noted) <= 1

    run(scene)
