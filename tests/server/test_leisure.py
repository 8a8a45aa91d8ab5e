"""What can wait is done between ticks, in order, and not for ever later."""

from functools import partial

from server.leisure import GAP_S_MIN, JOBS_MAX, LATE_S_MAX, POSTPONED_S_MAX, Leisure
from server.statistics import Faults


class Idle:
    """Leisure, and what was done at it."""

    def __init__(self) -> None:
        self.is_calm, self.now_s, self.done = False, 100.0, list[int]()
        self.faults = Faults()
        self.leisure = Leisure(lambda: self.is_calm, lambda: self.now_s, self.faults)

    def put(self, *numbers: int) -> None:
        for number in numbers:
            self.leisure.put(partial(self.done.append, number))

    def tick(self, lateness_s: float = 0.0, gap_s: float = 1.0) -> None:
        self.leisure.tick_done(lateness_s, lambda: gap_s)


def test_while_nothing_ticks_it_is_done_at_once() -> None:
    idle = Idle()
    idle.is_calm = True
    idle.put(1)
    assert idle.done == [1]


def test_else_one_after_each_tick_that_leaves_time() -> None:
    idle = Idle()
    idle.put(1, 2, 3)
    assert idle.done == []
    idle.tick()
    assert idle.done == [1]
    idle.tick(lateness_s=2 * LATE_S_MAX)
    idle.tick(gap_s=GAP_S_MIN / 2)
    assert idle.done == [1]
    idle.is_calm = True
    idle.put(4)
    assert idle.done == [1], "nobody is overtaken"
    for _ in range(4):
        idle.tick()
    assert (idle.done, len(idle.leisure)) == ([1, 2, 3, 4], 0)


def test_what_has_waited_long_is_done_whether_there_is_time_or_not_or_any_tick() -> None:
    idle = Idle()
    idle.put(1, 2)
    idle.now_s += POSTPONED_S_MAX
    idle.put(3)
    idle.tick(lateness_s=1.0, gap_s=0.0)
    assert idle.done == [1]
    idle.leisure.sweep()
    assert idle.done == [1, 2]


def test_no_more_wait_than_may() -> None:
    idle = Idle()
    idle.put(*range(JOBS_MAX + 2))
    assert (idle.done, len(idle.leisure)) == ([0, 1], JOBS_MAX)


def test_a_mistake_is_counted_and_the_next_is_done() -> None:
    idle = Idle()
    idle.leisure.put(partial(idle.done.remove, 7))
    idle.put(1)
    idle.tick()
    idle.tick()
    assert (idle.done, idle.faults.chores_failed) == ([1], 1)
