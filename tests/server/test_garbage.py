"""The collector runs after ticks, when there is time, and not in between."""

import gc

from server import garbage
from server.garbage import LATE_S_MAX, POSTPONED_S_MAX, Sweeping


def collections(ticks: int, lateness_s: float = 0.0, ticks_per_s: int = 10) -> list[tuple[int, int]]:
    """(tick, generation) of each collection in so many ticks."""
    sweeping = Sweeping(ticks_per_s)
    due = ((tick, sweeping.generation_due(lateness_s)) for tick in range(1, ticks + 1))
    return [(tick, generation) for tick, generation in due if generation is not None]


def test_the_young_often_and_all_rarely() -> None:
    generations = [generation for _, generation in collections(6000)]
    ten_seconds = [0] * 9 + [1]
    assert generations == ten_seconds * 59 + [0] * 9 + [2]


def test_a_late_loop_collects_later_but_not_never() -> None:
    first, _ = collections(200, lateness_s=2 * LATE_S_MAX)[0]
    assert first == 10 + POSTPONED_S_MAX * 10 - 1


def test_what_is_owed_longest_is_collected_first_and_once() -> None:
    sweeping = Sweeping(1)
    late = [sweeping.generation_due(1.0) for _ in range(3)]
    assert late == [None] * 3
    assert sweeping.generation_due(0.0) == 0


def test_settled_garbage_is_left_alone() -> None:
    try:
        garbage.settle()
        assert not gc.isenabled()
        assert gc.get_freeze_count() > 0
    finally:
        garbage.unsettle()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
