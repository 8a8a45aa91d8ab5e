"""Geometry that brains have in common."""

from math import hypot

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bots.brains.flight import arrive, away_from_walls, meeting_s, past_ships, pull
from bots.walls import Walls
from tests.bots.stage import ARENA

spans = st.floats(-800, 800)
speeds = st.floats(-500, 500)


@given(spans, spans, speeds, speeds)
def test_a_shot_that_is_faster_always_meets(dx: float, dy: float, vx: float, vy: float) -> None:
    assume(hypot(dx, dy) > 0.001)
    time_s = meeting_s(dx, dy, vx, vy, 900.0)
    assert time_s is not None
    assert hypot(dx + vx * time_s, dy + vy * time_s) == pytest.approx(900.0 * time_s, abs=1e-6)


def test_what_is_faster_and_flies_away_is_never_met() -> None:
    assert meeting_s(100, 0, 1000, 0, 900) is None
    assert meeting_s(100, 0, 900, 0, 900) is None
    assert meeting_s(100, 0, -900, 0, 900) == pytest.approx(100 / 1800)


def test_pull_is_a_unit_vector_or_nothing() -> None:
    assert pull((1, 1), (4, 5)) == pytest.approx((0.6, 0.8))
    assert pull((1, 1), (1, 1)) == (0.0, 0.0)


def test_a_ship_turns_as_little_as_it_must_to_miss_a_wall() -> None:
    walls = Walls(ARENA)
    assert away_from_walls(walls, (500, 500), (1.0, 0.0)) == (1.0, 0.0)
    x, y = away_from_walls(walls, (930, 500), (1.0, 0.0))
    assert x < 0.5
    assert hypot(x, y) == pytest.approx(1.0)


def test_in_a_dead_end_it_turns_back() -> None:
    class Cell:
        def is_clear(self, ax: float, ay: float, bx: float, by: float, radius: float) -> bool:
            return False

    assert away_from_walls(Cell(), (0, 0), (1.0, 0.0)) == (-1.0, 0.0)


def test_a_ship_arrives_and_stops_there() -> None:
    x, vx = 0.0, 0.0
    for _ in range(240):
        stick, _ = arrive((x, 0.0), (vx, 0.0), (600.0, 0.0))
        vx = vx * (1 - 2.0 / 60) + stick * 840 / 60
        x += vx / 60
    assert x == pytest.approx(600.0, abs=5.0)
    assert vx == pytest.approx(0.0, abs=5.0)


def test_two_that_meet_head_on_both_give_way_to_the_right() -> None:
    one = past_ships([(50.0, 0.0)], (0.0, 0.0), (1.0, 0.0))
    other = past_ships([(0.0, 0.0)], (50.0, 0.0), (-1.0, 0.0))
    assert one[1] > 0.5
    assert other[1] < -0.5
    for place in ((-50.0, 0.0), (0.0, 50.0), (200.0, 0.0)):
        assert past_ships([place], (0.0, 0.0), (1.0, 0.0)) == (1.0, 0.0)
