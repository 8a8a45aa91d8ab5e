"""The small world: what is restored decides all that follows, and a contact's middle is as good a start as any."""

from math import hypot
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.neighbourhood import BodyState, Neighbourhood, ShipState
from protocol.arena import Arena, Place, Rock, Size, Wall
from protocol.motion import Button, Input, coast, keep_and_gain
from server.games.melee import CRATE, KINDS, ROCK, SHIP
from server.games.pieces import BALL_KIND, SHIP_KIND
from server.world import World
from tests.instruments import strategies as draw

CORNERS = [(-40.0, -30.0), (35.0, -40.0), (45.0, 30.0), (-30.0, 42.0)]
ARENA = Arena(
    "Yard",
    Size(1024, 1024),
    [Place(100, 100)],
    walls=[Wall([(600.0, 200.0), (600.0, 500.0), (640.0, 800.0)])],
    rocks=[Rock(CORNERS, 300, 300)],
)
RATE = 60
AT_REST = ShipState(200.0, 300.0, 0.0, 0.0, 0)
RIGHT = Input(127, 0)


def neighbourhood() -> Neighbourhood:
    return Neighbourhood(ARENA, KINDS, SHIP_KIND, RATE)


def body(entity: int, kind: int, x: float, y: float, **state: float) -> BodyState:
    told = {"vx": 0.0, "vy": 0.0, "angle": 0.0, "spin": 0.0, **state}
    return BodyState(entity, kind, 0, x, y, told["vx"], told["vy"], told["angle"], told["spin"])


def lived(space: Neighbourhood, inputs: list[Input]) -> list[ShipState]:
    return [space.step(now) for now in inputs]


def apart(one: ShipState, other: ShipState) -> float:
    return hypot(one.x - other.x, one.y - other.y) + hypot(one.vx - other.vx, one.vy - other.vy)


bodies = [body(9, ROCK, 300, 310, spin=0.5, vx=-60.0), body(5, CRATE, 260, 370), body(7, SHIP, 380, 300, vx=-200.0)]


@given(st.lists(draw.inputs, max_size=40), st.permutations(bodies))
def test_what_follows_is_a_function_of_what_was_restored(before: list[Input], told: list[BodyState]) -> None:
    fresh, used = neighbourhood(), neighbourhood()
    used.restore(ShipState(560.0, 400.0, 300.0, 50.0, 0), bodies[:2])
    lived(used, before)
    fresh.restore(AT_REST, bodies)
    used.restore(AT_REST, told)
    assert lived(used, [RIGHT] * 60) == lived(fresh, [RIGHT] * 60)


def test_restored_at_any_tick_of_a_contact_with_a_wall_it_goes_on_as_it_would_have() -> None:
    random, worst = Random(2), 0.0
    for _ in range(10):
        start = ShipState(540.0, random.uniform(250, 750), random.uniform(0, 600), random.uniform(-300, 300), 0)
        inputs = [Input(127, random.choice((0, 50, 90, -90)))] * 60
        space, other = neighbourhood(), neighbourhood()
        space.restore(start, ())
        states = lived(space, inputs)
        for at in range(0, 50, 3):
            other.restore(states[at], ())
            worst = max(worst, *map(apart, lived(other, inputs[:9]), states[at + 1 : at + 10]))
    assert worst < 1e-9


def test_a_rock_is_pushed_as_on_the_server() -> None:
    world = World(ARENA, KINDS, RATE)
    ship = world.spawn(SHIP, AT_REST.x, AT_REST.y, owner=1)
    rock = world.spawn(ROCK, 300, 310, corners=CORNERS)
    crate = world.spawn(CRATE, 260, 600, vy=-120.0)
    space = neighbourhood()
    space.restore(AT_REST, [body(rock, ROCK, 300, 310), body(crate, CRATE, 260, 600, vy=-120.0)])
    for _ in range(90):
        world.steer([ship], [(127, 0)], [0], [False])
        world.step()
        state = space.step(RIGHT)
        assert hypot(state.x - world.x[ship], state.y - world.y[ship]) < 1e-9
    assert world.vx[rock] > 1.0


def test_a_ball_is_kicked_as_on_the_server() -> None:
    kinds = (SHIP_KIND, BALL_KIND)
    world, space = World(ARENA, kinds, RATE), Neighbourhood(ARENA, kinds, SHIP_KIND, RATE)
    ship, ball = world.spawn(0, AT_REST.x, AT_REST.y, owner=1), world.spawn(1, 300, 305, vx=-40.0)
    space.restore(AT_REST, [body(ball, 1, 300, 305, vx=-40.0)])
    for tick in range(70):
        boosts = tick == 10
        world.steer([ship], [(127, 0)], [0], [boosts])
        world.step()
        state = space.step(Input(127, 0, 0, Button.BOOST * boosts))
        assert (state.x, state.y) == (world.x[ship], world.y[ship])
        [told] = space.beside()
        assert (told.x, told.y, told.spin) == (world.x[ball], world.y[ball], world.spin[ball])
    assert world.vx[ball] > 100.0


def test_another_ship_holds_its_stick() -> None:
    space = neighbourhood()
    space.restore(AT_REST, [BodyState(7, SHIP, 0, 800.0, 900.0, 100.0, 0.0, 0.0, 0.0, 127, 0)])
    lived(space, [Input()] * 30)
    velocity, (keep, gain) = 100.0, keep_and_gain(SHIP_KIND, RATE)
    for _ in range(30):
        velocity = coast(velocity, 1.0, keep, gain)
    (_, other, _) = space._beside[0]
    assert other.velocity.x == pytest.approx(velocity)


def test_bodies_are_used_again() -> None:
    space = neighbourhood()
    for _ in range(50):
        space.restore(AT_REST, bodies)
        space.step(RIGHT)
    space.restore(AT_REST, ())
    assert space.is_alone
    assert sum(map(len, space._spare.values())) == len(bodies)


def test_what_may_touch_soon_is_near_or_comes_near() -> None:
    space = neighbourhood()
    for x, vx, seconds, may in (
        (240.0, 0.0, 0.0, True),
        (300.0, 0.0, 0.5, False),
        (300.0, -200.0, 0.5, True),
        (300.0, 200.0, 0.5, False),
        (300.0, -200.0, 0.1, False),
    ):
        assert space.may_touch(AT_REST, body(7, SHIP, x, 300.0, vx=vx), seconds, 10.0) is may
