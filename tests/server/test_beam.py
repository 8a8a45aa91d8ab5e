"""A beam: where it ends, at walls, and at what was elsewhere or has turned since."""

from math import cos, pi, sin

import numpy as np
import pymunk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.arena import Arena, Place, Size, Wall
from protocol.physics import WALL, make_body, make_space
from server.beam import Beam
from tests.server.test_world import KINDS, ROCK, SHIP

ARENA = Arena("box", Size(1024, 1024), [Place(100, 100)], walls=[Wall([(600.0, 100.0), (600.0, 900.0)], 16)])
BAR = [(-40.0, -5.0), (40.0, -5.0), (40.0, 5.0), (-40.0, 5.0)]


@pytest.fixture
def space() -> pymunk.Space:
    return make_space(ARENA)


def test_it_goes_as_far_as_it_reaches(space: pymunk.Space) -> None:
    beam = Beam((100.0, 500.0), pi / 2, 200.0, 4.0)
    assert beam.share_to_wall(space, WALL) == 1.0
    assert beam.at(1.0) == pytest.approx((100.0, 700.0))
    assert beam.at(0.25) == pytest.approx((100.0, 550.0))


def test_a_wall_ends_it_sooner_the_thicker_it_is(space: pymunk.Space) -> None:
    thin, thick = (Beam((100.0, 500.0), 0.0, 800.0, radius).share_to_wall(space, WALL) for radius in (0.0, 8.0))
    assert thin * 800.0 == pytest.approx(600.0 - 16.0 - 100.0)
    assert thick * 800.0 == pytest.approx(600.0 - 16.0 - 8.0 - 100.0)


@given(st.floats(-pi, pi), st.floats(-300.0, 300.0), st.floats(-300.0, 300.0))
def test_whoever_was_in_its_way_is_hit_wherever_they_are_now(aim: float, x: float, y: float) -> None:
    body, shape = make_body(KINDS[SHIP])
    body.position = x, y
    shape.cache_bb()
    was = 500.0 + 150.0 * cos(aim), 500.0 + 150.0 * sin(aim)
    share = Beam((500.0, 500.0), aim, 400.0, 2.0).share_to(body, was, 0.0)
    assert share * 400.0 == pytest.approx(150.0 - KINDS[SHIP].radius - 2.0)
    assert Beam((500.0, 500.0), aim + pi, 400.0, 2.0).share_to(body, was, 0.0) == 1.0


def test_what_has_turned_since_is_hit_as_it_was() -> None:
    body, shape = make_body(KINDS[ROCK], BAR)
    body.position, body.angle = (0.0, 0.0), pi / 2
    shape.cache_bb()
    beam = Beam((200.0, 500.0), 0.0, 400.0, 0.0)
    lay, stands = beam.share_to(body, (400.0, 500.0), pi / 2), beam.share_to(body, (400.0, 500.0), 0.0)
    assert lay * 400.0 == pytest.approx(200.0 - 40.0 - 1.0)
    assert stands * 400.0 == pytest.approx(200.0 - 5.0 - 1.0)


def test_only_what_is_beside_its_way_may_be_hit() -> None:
    beam = Beam((0.0, 0.0), 0.0, 100.0, 4.0)
    x, y = np.array([50.0, 50.0, 50.0, -30.0, -10.0, 130.0]), np.array([0.0, 19.0, 21.0, 0.0, 0.0, 0.0])
    assert beam.near(x, y, np.full(6, 16.0)) == [0, 1, 4]
