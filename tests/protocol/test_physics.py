"""The shared space: what touches what, what bounces, and that nothing leaves the arena."""

from math import hypot

import pymunk
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import physics
from protocol.arena import Arena, Block, Place, Size, Wall
from protocol.kinds import Category, Kind
from protocol.motion import Helm, Input

TICK_S = 1 / 60
OPEN = Arena("Open", Size(1024, 1024), [Place(512, 512)])
WALLED = Arena(
    "Walled",
    Size(1024, 1024),
    [Place(512, 512)],
    walls=[Wall([(700, 100), (700, 900)], 10)],
    blocks=[Block([(100, 100), (200, 100), (200, 900), (100, 900)])],
)
SHIP = Kind(name="ship", category="ship", radius=16, mass=1, elasticity=0.6, drag=2.0, thrust=840, steered=True)
SHOT = Kind(name="shot", category="shot", radius=4, mass=0.3, elasticity=1.0, friction=0.0)
ROCK = Kind(name="rock", category="rock", shape="polygon", radius=40, mass=30)
CRATE = Kind(name="crate", category="crate", shape="box", radius=20, mass=6)
PICKUP = Kind(name="pickup", category="pickup", radius=14, mass=1, sensor=True)
CORNERS = [(-40.0, -40.0), (40.0, -40.0), (40.0, 40.0), (-40.0, 40.0)]

CATEGORIES = list(physics.COLLIDES)


def place(
    space: pymunk.Space, kind: Kind, at: tuple[float, float], velocity: tuple[float, float] = (0, 0), group: int = 0
) -> pymunk.Body:
    body, shape = physics.make_body(kind, CORNERS if kind.shape == "polygon" else None, group)
    body.position, body.velocity = at, velocity
    space.add(body, shape)
    return body


def step(space: pymunk.Space, ticks: int) -> None:
    for _ in range(ticks):
        space.step(TICK_S)


@pytest.mark.parametrize("one", CATEGORIES)
@pytest.mark.parametrize("other", CATEGORIES)
def test_who_touches_whom_is_mutual(one: Category, other: Category) -> None:
    touches = bool(physics.COLLIDES[one] & physics.CATEGORY_BITS[other])
    assert touches == bool(physics.COLLIDES[other] & physics.CATEGORY_BITS[one])


def test_every_category_has_a_bit_of_its_own() -> None:
    bits = [physics.WALL, *physics.CATEGORY_BITS.values()]
    assert all(bit.bit_count() == 1 for bit in bits)
    assert len(set(bits)) == len(bits)
    assert physics.CATEGORY_BITS.keys() == physics.COLLIDES.keys()


def test_only_pickups_know_no_walls() -> None:
    assert [category for category in CATEGORIES if not physics.COLLIDES[category] & physics.WALL] == ["pickup"]


def test_a_ship_bounces_off_a_wall() -> None:
    space = physics.make_space(WALLED)
    ship = place(space, SHIP, (600, 500), (300, 40))
    step(space, 60)
    assert ship.velocity.x == pytest.approx(-300 * SHIP.elasticity, rel=0.01)
    assert ship.position.x < 700 - 10 - 16


def test_a_ship_bounces_off_a_block_and_the_border() -> None:
    space = physics.make_space(WALLED)
    at_block, at_border = place(space, SHIP, (300, 500), (-300, 0)), place(space, SHIP, (500, 60), (0, -300))
    step(space, 60)
    assert at_block.velocity.x > 0
    assert at_block.position.x > 200 + 16
    assert at_border.velocity.y > 0


def test_a_shot_loses_nothing_when_it_bounces() -> None:
    space = physics.make_space(WALLED)
    shot = place(space, SHOT, (600, 500), (600, 300))
    step(space, 30)
    assert shot.velocity.x == pytest.approx(-600)
    assert shot.velocity.y == pytest.approx(300)


@settings(max_examples=30)
@given(angle=st.floats(0, 6.28), speed=st.floats(0, 900), kind=st.sampled_from([SHIP, SHOT, ROCK, CRATE]))
def test_nothing_leaves_the_arena_by_more_than_one_tick(angle: float, speed: float, kind: Kind) -> None:
    space = physics.make_space(OPEN)
    direction = pymunk.Vec2d(speed, 0).rotated(angle)
    body = place(space, kind, (512, 512), (direction.x, direction.y))
    slack_units = speed * TICK_S
    for _ in range(180):
        space.step(TICK_S)
        assert -slack_units <= body.position.x <= 1024 + slack_units
        assert -slack_units <= body.position.y <= 1024 + slack_units


@pytest.mark.parametrize("kind", [SHIP, SHOT], ids=lambda kind: kind.name)
@pytest.mark.parametrize("radius", [4.0, 10.0, 16.0])
def test_what_moves_less_than_both_radii_in_a_tick_never_tunnels(kind: Kind, radius: float) -> None:
    fastest = (radius + kind.radius) / TICK_S - 1
    arena = Arena("Wall", Size(1024, 1024), [Place(512, 512)], walls=[Wall([(700, 0), (700, 1024)], radius)])
    for offset in range(40):
        space = physics.make_space(arena)
        body = place(space, kind, (600 + offset / 2, 500), (fastest, 0))
        step(space, 15)
        assert body.position.x < 700


def test_a_ship_at_full_thrust_stays_out_of_a_wall() -> None:
    space, helm = physics.make_space(WALLED), Helm()
    ship = place(space, SHIP, (600, 500))
    for _ in range(300):
        ship.velocity = helm.steer(*ship.velocity, Input(move_x=127, buttons=2), SHIP, 60)
        space.step(TICK_S)
    assert ship.position.x == pytest.approx(700 - 10 - 16, abs=1.5)


def test_a_shot_never_touches_the_ship_of_its_owner() -> None:
    space = physics.make_space(OPEN)
    ship, shot = place(space, SHIP, (500, 500), group=7), place(space, SHOT, (400, 500), (600, 0), group=7)
    step(space, 20)
    assert (ship.position, ship.velocity) == ((500, 500), (0, 0))
    assert shot.velocity == (600, 0)


def test_a_shot_touches_the_ship_of_another() -> None:
    space = physics.make_space(OPEN)
    ship, shot = place(space, SHIP, (500, 500), group=7), place(space, SHOT, (400, 500), (600, 0), group=8)
    step(space, 20)
    assert ship.velocity.x > 0
    assert shot.velocity.x < 600


def test_shots_fly_through_each_other() -> None:
    space = physics.make_space(OPEN)
    one, other = place(space, SHOT, (400, 500), (600, 0)), place(space, SHOT, (600, 500), (-600, 0))
    step(space, 30)
    assert (one.velocity, other.velocity) == ((600, 0), (-600, 0))


@pytest.mark.parametrize("visitor", [SHIP, SHOT, ROCK, CRATE], ids=lambda kind: kind.name)
def test_a_pickup_never_pushes(visitor: Kind) -> None:
    space = physics.make_space(OPEN)
    pickup, body = place(space, PICKUP, (500, 500)), place(space, visitor, (420, 500), (300, 0))
    step(space, 30)
    assert body.velocity == (300, 0)
    assert (pickup.position, pickup.velocity) == ((500, 500), (0, 0))


def test_a_pickup_feels_a_ship_nonetheless() -> None:
    space = physics.make_space(OPEN)
    touched = []
    space.on_collision(
        physics.CATEGORY_BITS["ship"],
        physics.CATEGORY_BITS["pickup"],
        begin=lambda arbiter, *_: touched.append(arbiter),
    )
    place(space, PICKUP, (500, 500))
    place(space, SHIP, (420, 500), (300, 0))
    step(space, 30)
    assert len(touched) == 1


def test_a_ship_does_not_turn_and_a_rock_does() -> None:
    space = physics.make_space(OPEN)
    ship, rock = place(space, SHIP, (400, 470), (500, 0)), place(space, ROCK, (500, 500))
    step(space, 60)
    assert (ship.angle, ship.angular_velocity) == (0, 0)
    assert rock.velocity.x > 0
    assert rock.angular_velocity != 0


def test_what_drifts_keeps_its_speed() -> None:
    space = physics.make_space(OPEN)
    rock = place(space, ROCK, (300, 300), (30, 40))
    step(space, 300)
    assert hypot(*rock.velocity) == 50


def test_a_box_is_twice_its_radius_wide() -> None:
    _, shape = physics.make_body(CRATE)
    assert isinstance(shape, pymunk.Poly)
    assert sorted(shape.get_vertices()) == [(-20, -20), (-20, 20), (20, -20), (20, 20)]


def test_a_polygon_without_corners_is_our_mistake() -> None:
    with pytest.raises(AssertionError, match="rock is a polygon"):
        physics.make_body(ROCK)


def test_two_spaces_from_one_arena_live_the_same_life() -> None:
    ends = []
    for _ in range(2):
        space = physics.make_space(WALLED)
        bodies = [place(space, kind, (400 + 70 * i, 400), (300, 50 * i)) for i, kind in enumerate((SHIP, ROCK, CRATE))]
        step(space, 600)
        ends.append([(*body.position, *body.velocity, body.angle) for body in bodies])
    assert ends[0] == ends[1]


def test_the_reach_of_a_body_is_a_circle_around_all_of_it() -> None:
    corners = [(-30.0, -40.0), (20.0, 0.0), (0.0, 20.0)]
    box = Kind(name="crate", category="crate", shape="box", radius=20, mass=6)
    rock = Kind(name="rock", category="rock", shape="polygon", radius=48, mass=30)
    for kind, points in ((SHIP, None), (box, None), (rock, corners)):
        body, shape = physics.make_body(kind, points)
        reach, slack = physics.reach_of(kind, points), 1e-9
        farthest = 0.0
        for turn in range(360):
            body.angle = turn * 0.0175
            bounds = shape.cache_bb()
            farthest = max(farthest, bounds.right, -bounds.left)
        assert farthest <= reach + slack
        assert farthest > reach - 0.5


@pytest.mark.parametrize("closed", [False, True])
def test_a_wall_of_two_pieces_is_as_smooth_as_one(closed: bool) -> None:
    """Whoever flies along it is not caught by the crack between them, nor thrown off at the far end."""

    def flown(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        space = physics.make_space(Arena("Lane", Size(1024, 1024), [], walls=[Wall(points, closed=closed)]))
        body, shape = physics.make_body(SHIP)
        space.add(body, shape)
        body.position, body.velocity, helm, places = (200.0, 460.0), (300.0, 0.0), Helm(), []
        for _ in range(90):
            body.velocity = helm.steer(*body.velocity, Input(90, 90), SHIP, 60)
            physics.step(space, 60)
            places.append((body.position.x, body.position.y))
        return places

    back = [(900.0, 700.0), (100.0, 700.0)] if closed else []
    whole = flown([(100.0, 500.0), (900.0, 500.0), *back])
    pieces = flown([(100.0, 500.0), (301.0, 500.0), (302.0, 500.0), (900.0, 500.0), *back])
    assert max(y for _, y in whole) < 470.0
    assert whole[-1][0] > 500.0
    for one, other in zip(whole, pieces, strict=True):
        assert one == pytest.approx(other, abs=1e-6)
