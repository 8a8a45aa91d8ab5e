"""What is left to deliver takes turns: fair to those it is of, and to everybody else."""

from collections import Counter
from collections.abc import Iterator

import trio
import trio.testing

from server.net.backlog import TOGETHER, Backlog, counting, current_backlog
from server.statistics import Statistics


class Left:
    """What one of them has left."""

    def __init__(self, count: int, told: list[str], name: str) -> None:
        self._left: Iterator[int] = iter(range(count - 1, -1, -1))
        self._told, self._name = told, name

    def step(self) -> bool:
        self._told.append(self._name)
        return next(self._left) > 0


async def test_one_of_each_in_turn(nursery: trio.Nursery) -> None:
    told, backlog = list[str](), Backlog()
    backlog.put(Left(3, told, "a").step)
    backlog.put(Left(1, told, "b").step)
    backlog.put(Left(2, told, "c").step)
    assert len(backlog) == 3
    nursery.start_soon(backlog.run)
    await trio.testing.wait_all_tasks_blocked()
    assert "".join(told) == "abcaca"
    assert len(backlog) == 0


async def test_others_go_first_again_and_again(nursery: trio.Nursery, mock_clock: trio.testing.MockClock) -> None:
    """Also where the clock stands still."""
    told, backlog = list[str](), Backlog()
    for name in "ab":
        backlog.put(Left(100, told, name).step)
    nursery.start_soon(backlog.run)
    most = before = 0
    while len(told) < 200:
        await trio.lowlevel.checkpoint()
        most, before = max(most, len(told) - before), len(told)
    assert most <= 2 * TOGETHER, "it may be last in one round of trio's and first in the next"
    assert Counter(told) == {"a": 100, "b": 100}


async def test_a_slow_one_is_alone_in_its_turn(nursery: trio.Nursery, mock_clock: trio.testing.MockClock) -> None:
    told, backlog = list[str](), Backlog()

    def be_slow() -> bool:
        told.append("slow")
        mock_clock.jump(0.01)
        return len(told) < 10

    backlog.put(be_slow)
    nursery.start_soon(backlog.run)
    most = before = 0
    while len(told) < 10:
        await trio.lowlevel.checkpoint()
        most, before = max(most, len(told) - before), len(told)
    assert most <= 2


async def test_it_begins_again(nursery: trio.Nursery) -> None:
    told, backlog = list[str](), Backlog()
    nursery.start_soon(backlog.run)
    for name in "ab":
        await trio.testing.wait_all_tasks_blocked()
        backlog.put(Left(2, told, name).step)
    await trio.testing.wait_all_tasks_blocked()
    assert "".join(told) == "aabb"


async def test_how_many_have_something_left_is_counted() -> None:
    counted = counting(Statistics)
    assert counted().lanes_behind == 0
    current_backlog().put(Left(2, [], "a").step)
    assert counted().lanes_behind == 1
