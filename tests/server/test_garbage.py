"""The collector runs after ticks, when there is time, and not in between; what is old is looked at rarely."""

import gc

import pytest

from server import garbage
from server.garbage import LATE_S_MAX, PARTED_MAX, POSTPONED_S_MAX, YOUNG_OBJECTS, Collector, Work

RATE = 10


@pytest.fixture
def collector() -> Collector:
    return Collector(0.0)


def works(collector: Collector, ticks: int, lateness_s: float = 0.0) -> list[tuple[int, Work]]:
    due = ((tick, collector.due(tick / RATE, lateness_s, made=0, parted=0, playing=1)) for tick in range(1, ticks + 1))
    return [(tick, work) for tick, work in due if work is not None]


def test_the_young_once_a_second(collector: Collector) -> None:
    assert works(collector, 3 * RATE) == [(RATE, Work.YOUNG), (2 * RATE, Work.YOUNG), (3 * RATE, Work.YOUNG)]


def test_the_young_at_once_when_there_are_many(collector: Collector) -> None:
    assert collector.due(0.1, 0.0, YOUNG_OBJECTS - 1, 0, 1) is None
    assert collector.due(0.1, 0.0, YOUNG_OBJECTS, 0, 1) is Work.YOUNG


def test_a_late_loop_collects_later_but_not_never(collector: Collector) -> None:
    [(first, _)] = works(collector, int(POSTPONED_S_MAX * RATE), lateness_s=2 * LATE_S_MAX)
    assert first == POSTPONED_S_MAX * RATE


def test_all_when_many_have_gone(collector: Collector) -> None:
    assert collector.due(0.1, 0.0, 0, PARTED_MAX - 1, 1) is None
    assert collector.due(0.1, 0.0, 0, PARTED_MAX, 1) is Work.ALL
    assert collector.due(0.1, 0.0, 0, PARTED_MAX + 1, 1) is None, "they are counted from the last time on"


def test_all_when_the_last_has_gone_and_only_once(collector: Collector) -> None:
    assert collector.due(0.1, 0.0, 0, 3, 1) is None
    assert collector.due(0.1, 0.0, 0, 4, 0) is Work.ALL
    assert collector.due(0.1, 0.0, 0, 4, 0) is None


class Ring:
    """Garbage that only the collector finds."""

    alive = 0

    def __init__(self) -> None:
        self.me = self
        Ring.alive += 1

    def __del__(self) -> None:
        Ring.alive -= 1


def test_the_young_are_collected_and_the_old_with_all() -> None:
    try:
        garbage.settle()
        assert not gc.isenabled()
        Ring()
        kept = Ring()
        garbage.collect(Work.YOUNG)
        assert Ring.alive == 1
        del kept
        garbage.collect(Work.YOUNG)
        assert Ring.alive == 1, "old"
        garbage.collect(Work.ALL)
        assert Ring.alive == 0
        assert gc.get_freeze_count() > 0
    finally:
        garbage.unsettle()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_what_start_up_made_is_never_looked_at() -> None:
    old = Ring()
    gc.collect()
    del old
    try:
        garbage.settle()
        garbage.collect(Work.ALL)
        assert Ring.alive == 1
    finally:
        garbage.unsettle()
    gc.collect()
    assert Ring.alive == 0
