"""Bank shots: the paths over walls, and that a shot in the real engine takes them."""

from math import atan2, cos, hypot, sin

import pymunk
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bots.cushions import Cushions
from protocol.arena import Arena, Block, Place, Size, Wall
from protocol.kinds import Kind
from protocol.physics import make_body, make_space

SHOT_RADIUS = 4.0
SHOT = Kind(name="shot", category="shot", radius=SHOT_RADIUS, mass=0.1, elasticity=1.0, friction=0.0)
EMPTY = Arena("empty", Size(1000, 800), [Place(100, 100)])


def test_in_an_empty_room_each_side_of_the_border_is_a_cushion() -> None:
    banks = Cushions(EMPTY, SHOT_RADIUS).banks((300, 400), (700, 400), 5000)
    assert [(round(bank.x), round(bank.y)) for bank in banks[:2]] in ([(500, 4), (500, 796)], [(500, 796), (500, 4)])
    assert {(round(bank.x), round(bank.y)) for bank in banks[2:]} == {(4, 400), (996, 400)}
    assert banks[0].length == pytest.approx(hypot(400, 2 * 396))
    assert [bank.length for bank in banks] == sorted(bank.length for bank in banks)


def test_a_path_longer_than_asked_for_is_left_out() -> None:
    cushions = Cushions(EMPTY, SHOT_RADIUS)
    assert len(cushions.banks((300, 400), (700, 400), 900)) == 2
    assert cushions.banks((300, 400), (700, 400), 500) == []


def test_a_wall_has_a_thickness_and_two_sides() -> None:
    arena = Arena("wall", Size(1000, 800), [Place(100, 100)], walls=[Wall([(200, 300), (800, 300)], 10)])
    cushions = Cushions(arena, SHOT_RADIUS)
    below = cushions.banks((400, 500), (600, 500), 500)
    above = cushions.banks((400, 100), (600, 100), 500)
    assert (500, 314) in [(bank.x, bank.y) for bank in below]
    assert (500, 286) in [(bank.x, bank.y) for bank in above]
    assert all(round(bank.y) != 286 for bank in cushions.banks((400, 500), (600, 100), 2000))


def test_a_block_has_sides() -> None:
    arena = Arena(
        "block", Size(1000, 800), [Place(100, 100)], blocks=[Block([(400, 200), (600, 200), (600, 300), (400, 300)])]
    )
    banks = Cushions(arena, SHOT_RADIUS).banks((420, 500), (580, 500), 500)
    assert [(round(bank.x), round(bank.y)) for bank in banks] == [(500, 304)]


spots = st.tuples(st.floats(60, 940), st.floats(60, 740))


@given(spots, spots)
def test_a_shot_in_the_engine_goes_where_the_bank_says(me: tuple[float, float], target: tuple[float, float]) -> None:
    assume(hypot(me[0] - target[0], me[1] - target[1]) > 20)
    bank = Cushions(EMPTY, SHOT_RADIUS).banks(me, target, 5000)[0]
    space = make_space(EMPTY)
    body, shape = make_body(SHOT)
    space.add(body, shape)
    aim = atan2(bank.y - me[1], bank.x - me[0])
    body.position, body.velocity = me, (200 * cos(aim), 200 * sin(aim))
    nearest = min(_distances(space, body, target, int(bank.length / 200 * 240) + 60))
    assert nearest < 12.0


def _distances(space: pymunk.Space, body: pymunk.Body, target: tuple[float, float], steps: int) -> list[float]:
    distances = []
    for _ in range(steps):
        space.step(1 / 240)
        distances.append(hypot(body.position.x - target[0], body.position.y - target[1]))
    return distances
