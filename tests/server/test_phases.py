"""Phases: no two rooms at once, gaps that stay even, and a phase that is a moment."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.phases import Phases


def gaps(phases: Phases) -> list[float]:
    around = [*phases.taken, phases.taken[0] + 1.0]
    return [later - sooner for sooner, later in pairwise(around)]


@pytest.mark.parametrize("rooms", range(1, 41))
def test_rooms_that_come_are_spread_evenly(rooms: int) -> None:
    phases = Phases(60)
    for _ in range(rooms):
        phases.take()
    assert len(set(phases.taken)) == rooms
    assert max(gaps(phases)) <= 2 * min(gaps(phases))


@given(st.lists(st.integers(0, 30), max_size=200))
def test_whoever_comes_and_goes_no_two_are_at_once(steps: list[int]) -> None:
    phases, held = Phases(60), list[float]()
    for step in steps:
        if step < len(held):
            phases.give_back(held.pop(step))
        else:
            held.append(phases.take())
        assert sorted(held) == phases.taken
        assert len(set(held)) == len(held)
        assert all(0.0 <= phase < 1.0 for phase in held)


@given(st.floats(0.0, 0.999), st.floats(0.0, 1e6))
def test_a_phase_is_a_moment_in_each_tick(phase: float, now_s: float) -> None:
    phases = Phases(60)
    wait_s = phases.wait_s(phase, now_s)
    assert 0.0 <= wait_s < 1 / 60 + 1e-9
    beat = (now_s + wait_s) * 60 - phase
    assert beat == pytest.approx(round(beat), abs=1e-6)
