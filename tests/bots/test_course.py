"""A shot's course is what the server's world does with the shot; golden vectors hold the browser to the same."""

from math import hypot
from typing import Any

import pytest

from bots.course import COURSE_TICKS_MAX, LOOSE_MAX, At, Course, Flight, Loose, Range
from server.games.pieces import GUN
from server.world import World
from tests.instruments.engine_scenes import ARENA, CRATE, HEXAGON, KINDS, ROCK, SHOT
from tests.instruments.shot_scenes import FLIGHT, YARD

RIGHT = At(700.0, 700.0, 900.0, 0.0, 0)


def loose(kind: int, x: float, y: float, **state: float) -> Loose:
    at_rest: dict[str, Any] = {"vx": 0.0, "vy": 0.0, "angle": 0.0, "spin": 0.0}
    return Loose(KINDS[kind], 0, x, y, **at_rest | state)


def fly(start: At = RIGHT, ticks: int = 30, *about: Loose, flight: Flight = FLIGHT) -> Course:
    return Range(YARD, 60).fly(flight, start, 50, ticks, about)


def test_it_flies_straight_on_between_ticks_as_well_and_back_before_its_first_tick() -> None:
    course = fly(ticks=20)
    places = [course.at(tick) for tick in (50, 51, 52.5, 49)]
    assert [at.x for at in places if at] == [700.0, 715.0, 737.5, 685.0]
    assert course.last_tick == 70
    assert course.at(70.01) is None


def test_it_bounces_off_the_border_faster_each_time_and_a_fourth_bounce_ends_it() -> None:
    course = fly(At(200.0, 150.0, -900.0, 0.0, 0), COURSE_TICKS_MAX)
    speeds = [hypot(at.vx, at.vy) for tick in range(50, course.last_tick + 1) if (at := course.at(tick))]
    assert sorted({round(speed) for speed in speeds})[:2] == [900, 990]
    assert fly(At(30.0, 600.0, -900.0, 0.0, 3)).last_tick < 55


def test_it_bounces_off_a_rock_and_ends_at_a_crate() -> None:
    off = fly(RIGHT, 30, loose(ROCK, 900.0, 700.0)).at(80)
    assert off is not None
    assert off.bounces == 1
    assert fly(RIGHT, 30, loose(CRATE, 900.0, 700.0)).last_tick < 64


def test_one_course_leaves_no_trace_in_the_next() -> None:
    here = Range(YARD, 60)
    plain = here.fly(FLIGHT, RIGHT, 0, 90).at(90)
    for _ in range(3):
        here.fly(FLIGHT, RIGHT, 0, 30, [loose(ROCK, 900.0, 700.0, vx=-40.0, spin=1.0)])
    assert here.fly(FLIGHT, RIGHT, 0, 90).at(90) == plain


def test_what_a_course_costs_is_bounded() -> None:
    slow = At(700.0, 700.0, 1.0, 0.0, 0)
    assert fly(slow, 10 * COURSE_TICKS_MAX).last_tick == 50 + COURSE_TICKS_MAX
    crates = [loose(CRATE, 760.0 + 45.0 * number, 500.0) for number in range(LOOSE_MAX)]
    assert fly(RIGHT, 30, *crates, loose(CRATE, 900.0, 700.0)).last_tick == 80, "one more than are looked at"


def test_a_shot_that_stands_still_at_a_wall_ends() -> None:
    assert fly(At(3.0, 600.0, -0.5, 0.0, 0)).last_tick == 50


@pytest.mark.parametrize("turn", [(800.0, 400.0), (-600.0, 650.0), (90.0, -890.0)])
def test_it_is_where_the_server_has_it(turn: tuple[float, float]) -> None:
    """Up to the first bounce, after which the game makes it faster."""
    world = World(ARENA, KINDS, 60)
    shot = world.spawn(SHOT, 700.0, 700.0, vx=turn[0], vy=turn[1])
    world.spawn(ROCK, 850.0, 760.0, corners=HEXAGON)
    course = fly(At(700.0, 700.0, *turn, 0), 102, loose(ROCK, 850.0, 760.0))
    for tick in range(51, course.last_tick + 1):
        at = course.at(tick)
        assert at is not None
        if world.step():
            assert at.bounces == 1
            assert hypot(at.vx, at.vy) == pytest.approx(GUN.speed * 1.1)
            break
        assert (at.x, at.y) == (world.x[shot], world.y[shot])
    else:
        raise AssertionError("it never met anything")
