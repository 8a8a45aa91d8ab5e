"""Turns are a gap apart whatever happens, in the order in which they were asked for, and not too far off."""

from functools import partial
from itertools import pairwise

import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock, wait_all_tasks_blocked

from server.net.turns import Turns


class Crowd:
    """Those who ask for turns; what they got, and when."""

    def __init__(self, turns: Turns, nursery: trio.Nursery) -> None:
        self.turns, self._nursery = turns, nursery
        self.taken: list[tuple[int, float]] = []
        self.refused: list[int] = []

    @property
    def taken_s(self) -> list[float]:
        return [at_s for _, at_s in self.taken]

    async def come(self, *names: int) -> None:
        for name in names:
            self._nursery.start_soon(self._ask, name)
            await wait_all_tasks_blocked()

    async def _ask(self, name: int) -> None:
        if await self.turns.take():
            self.taken.append((name, trio.current_time()))
        else:
            self.refused.append(name)


async def test_who_comes_alone_need_not_wait(nursery: trio.Nursery, mock_clock: MockClock) -> None:
    crowd = Crowd(Turns(0.1), nursery)
    for pause_s in (0.0, 0.1, 1.9):
        mock_clock.jump(pause_s)
        await crowd.come(0)
    assert crowd.taken_s == pytest.approx([0.0, 0.1, 2.0])


async def test_a_crowd_stands_in_line_as_it_came(nursery: trio.Nursery, autojump_clock: MockClock) -> None:
    crowd = Crowd(Turns(0.1), nursery)
    await crowd.come(*range(4))
    assert len(crowd.turns) == 3
    await trio.sleep(1.0)
    assert [name for name, _ in crowd.taken] == [0, 1, 2, 3]
    assert crowd.taken_s == pytest.approx([0.0, 0.1, 0.2, 0.3])


async def test_who_would_wait_too_long_hears_so_and_takes_no_turn(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    crowd = Crowd(Turns(1.0, wait_s_max=2.0), nursery)
    await crowd.come(*range(5))
    assert crowd.refused == [3, 4]
    await trio.sleep(1.5)
    await crowd.come(5)
    await trio.sleep(5.0)
    assert [name for name, _ in crowd.taken] == [0, 1, 2, 5]
    assert crowd.taken_s == pytest.approx([0.0, 1.0, 2.0, 3.0])


async def test_after_a_moment_in_which_nothing_ran_there_is_one_at_a_time(
    nursery: trio.Nursery, mock_clock: MockClock
) -> None:
    crowd = Crowd(Turns(0.1), nursery)
    await crowd.come(*range(6))
    mock_clock.jump(5.0)
    await wait_all_tasks_blocked()
    assert len(crowd.taken) == 2
    mock_clock.jump(0.19)
    await wait_all_tasks_blocked()
    assert len(crowd.taken) == 2, "the thread was busy, so it is left alone for another gap"
    mock_clock.jump(0.02)
    await wait_all_tasks_blocked()
    assert len(crowd.taken) == 3
    nursery.cancel_scope.cancel()


async def test_where_turns_come_later_fewer_may_wait_and_who_waited_too_long_is_told(
    nursery: trio.Nursery, mock_clock: MockClock
) -> None:
    crowd = Crowd(Turns(1.0, wait_s_max=4.0), nursery)
    await crowd.come(*range(5))
    assert (len(crowd.turns), crowd.refused) == (4, [])
    mock_clock.jump(3.0)
    await wait_all_tasks_blocked()
    assert [name for name, _ in crowd.taken] == [0, 1], "two gaps late, so there are two until the next"
    await crowd.come(5)
    assert crowd.refused == [5], "three times two is longer than four"
    mock_clock.jump(2.5)
    await wait_all_tasks_blocked()
    assert [name for name, _ in crowd.taken] == [0, 1], "who waited for more than five has given up"
    assert sorted(crowd.refused) == [2, 3, 4, 5]
    assert len(crowd.turns) == 0


async def test_whoever_leaves_gives_its_turn_to_the_next(nursery: trio.Nursery, autojump_clock: MockClock) -> None:
    crowd = Crowd(Turns(0.1), nursery)
    await crowd.come(0)
    with trio.move_on_after(0.05):
        await crowd.turns.take()
    assert len(crowd.turns) == 0
    await crowd.come(1, 2)
    await trio.sleep(1.0)
    assert crowd.taken_s == pytest.approx([0.0, 0.1, 0.2])


async def test_an_empty_line_costs_nothing(autojump_clock: MockClock) -> None:
    turns, before = Turns(0.1), trio.lowlevel.current_statistics().tasks_living
    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(turns.take)
    await wait_all_tasks_blocked()
    assert trio.lowlevel.current_statistics().tasks_living == before


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0.0, 0.05), st.integers(0, 3), st.booleans()), max_size=40))
def test_no_two_begin_within_the_gap(moments: list[tuple[float, int, bool]]) -> None:
    """At each moment, after a pause, some come, and perhaps one who doesn't wait long."""

    async def scene() -> list[float]:
        async with trio.open_nursery() as nursery:
            crowd = Crowd(Turns(0.01, wait_s_max=0.1), nursery)
            for pause_s, count, is_hasty in moments:
                await trio.sleep(pause_s)
                await crowd.come(*range(count))
                if is_hasty:
                    with trio.move_on_after(0.013):
                        await crowd._ask(-1)
        assert len(crowd.turns) == 0
        return crowd.taken_s

    taken_s = trio.run(partial(scene), clock=MockClock(autojump_threshold=0.0))
    assert all(later - earlier > 0.00999 for earlier, later in pairwise(taken_s))
