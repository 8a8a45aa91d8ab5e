"""Rows and bodies: what is spawned, steered, stepped, touched and removed, and what the columns say of it."""

from math import cos, inf, nan, pi, sin, tau
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.arena import WALL_RADIUS_MIN, Arena, Block, Place, Size, Wall
from protocol.motion import Button, Helm, Input
from protocol.physics import CATEGORY_BITS
from protocol.reckoning import Published, reckon
from server.games.pieces import BALL_KIND, CRATE_KIND, PICKUP_KIND, ROCK_KIND, SHIP_KIND, SHOT_KIND
from server.world import Contact, World, WorldFullError

SHIP, SHOT, ROCK, CRATE, PICKUP = range(5)
KINDS = (SHIP_KIND, SHOT_KIND, ROCK_KIND, CRATE_KIND, PICKUP_KIND)
ARENA = Arena("Room", Size(1024, 1024), [Place(512, 512)], walls=[Wall([(600, 100), (600, 900)])])
SQUARE = [(-20.0, -20.0), (20.0, -20.0), (20.0, 20.0), (-20.0, 20.0)]
TICK_RATE = 60


@pytest.fixture
def world() -> World:
    return World(ARENA, KINDS, TICK_RATE, entities_max=16)


def contacts_of(world: World, ticks: int = 30) -> list[Contact]:
    return [contact for _ in range(ticks) for contact in world.step()]


# spawning and removing -------------------------------------------------------------------------------------


def test_a_new_entity_is_what_was_asked_for(world: World) -> None:
    rock = world.spawn(ROCK, 100, 200, vx=3, vy=-4, angle=1.5, variant=7, status=9, corners=SQUARE)
    assert rock == 1
    assert len(world) == 1
    assert world.alive.nonzero()[0].tolist() == [rock]
    row = (column[rock] for column in (world.kind, world.owner, world.variant, world.status, world.x, world.y))
    assert tuple(row) == (ROCK, 0, 7, 9, 100, 200)
    world.step()
    assert (world.x[rock], world.y[rock]) == (100 + 3 / 60, 200 - 4 / 60)
    assert (world.vx[rock], world.vy[rock], world.angle[rock], world.spin[rock]) == (3, -4, 1.5, 0)


def test_a_polygon_needs_its_corners(world: World) -> None:
    with pytest.raises(AssertionError, match="corners"):
        world.spawn(ROCK, 100, 200)


def test_a_removed_id_rests_until_it_is_released(world: World) -> None:
    first, second = world.spawn(SHOT, 100, 100), world.spawn(SHOT, 200, 100)
    world.remove(first)
    assert (len(world), bool(world.alive[first])) == (1, False)
    assert world.spawn(SHOT, 300, 100) not in (first, second)
    assert world.release() == [first]
    assert world.release() == []
    assert world.spawn(SHOT, 400, 100) == first
    world.step()
    assert world.x[first] == 400


def test_what_is_not_there_any_more_is_told_by_its_number(world: World) -> None:
    ship = world.spawn(0, 300, 300)
    world.remove(ship)
    for told, words in ((world.remove, ()), (world.put, (1.0, 1.0)), (world.set_velocity, (1.0, 1.0))):
        with pytest.raises(KeyError, match=f"there is no entity {ship}, or not any more"):
            told(ship, *words)
    assert world.removed == [ship]


def test_nothing_of_the_former_owner_of_an_id_remains(world: World) -> None:
    ship = world.spawn(SHIP, 100, 100, owner=3, variant=2, status=5)
    world.steer([ship], [(127, 0)], [1024], [True])
    world.step()
    world.remove(ship)
    world.release()
    crate = world.spawn(CRATE, 300, 300)
    assert crate == ship
    columns = (world.owner, world.variant, world.status, world.vx, world.vy, world.angle, world.spin)
    assert [column[crate] for column in columns] == [0] * 7
    assert world.move[crate].tolist() == [0, 0]
    world.step()
    assert (world.x[crate], world.y[crate], world.angle[crate]) == (300, 300, 0)


def test_a_full_world_refuses_and_goes_on(world: World) -> None:
    for n in range(15):
        world.spawn(PICKUP, 50 + 50 * n, 50)
    with pytest.raises(WorldFullError):
        world.spawn(PICKUP, 500, 500)
    assert world.refused == 1
    world.remove(4)
    with pytest.raises(WorldFullError):  # the id rests
        world.spawn(PICKUP, 500, 500)
    world.release()
    assert world.spawn(PICKUP, 500, 500) == 4
    assert len(world) == 15


def test_what_is_put_somewhere_rests_there(world: World) -> None:
    crate = world.spawn(CRATE, 100, 100, vx=500, vy=50)
    world.step()
    world.put(crate, 300, 400)
    world.step()
    columns = (world.x, world.y, world.vx, world.vy, world.spin)
    assert [column[crate] for column in columns] == [300, 400, 0, 0, 0]
    assert world.nearest_distance(300, 400, CATEGORY_BITS["crate"]) < 0


@pytest.mark.parametrize("bad", [nan, inf, -inf])
def test_what_is_no_number_never_gets_in(world: World, bad: float) -> None:
    ship = world.spawn(0, 300, 300)
    for wrong in (
        lambda: world.spawn(0, bad, 300),
        lambda: world.spawn(0, 300, 300, vy=bad),
        lambda: world.spawn(0, 300, 300, angle=bad),
        lambda: world.put(ship, 300, bad),
        lambda: world.set_velocity(ship, bad, 0),
    ):
        with pytest.raises(ValueError, match="finite numbers"):
            wrong()
    assert len(world) == 1
    world.step()
    assert (world.x[ship], world.y[ship]) == (300, 300)


def test_the_nearest_of_some_categories(world: World) -> None:
    assert world.nearest_distance(100, 500, CATEGORY_BITS["ship"]) == 1000
    world.spawn(SHIP, 200, 500, owner=1)
    world.spawn(CRATE, 150, 500)
    assert world.nearest_distance(100, 500, CATEGORY_BITS["ship"]) == pytest.approx(100 - SHIP_KIND.radius)
    both = CATEGORY_BITS["ship"] | CATEGORY_BITS["crate"]
    assert world.nearest_distance(100, 500, both) == pytest.approx(50 - CRATE_KIND.radius - 1)


# moving ----------------------------------------------------------------------------------------------------

sticks = st.tuples(st.integers(-127, 127), st.integers(-127, 127))


@settings(max_examples=25)
@given(st.lists(st.tuples(sticks, st.integers(0, 4095), st.booleans()), min_size=1, max_size=8), st.integers(1, 120))
def test_steering_rows_is_steering_one_by_one_to_the_last_bit(
    ships: list[tuple[tuple[int, int], int, bool]], tick_rate: int
) -> None:
    world = World(ARENA, KINDS, tick_rate, entities_max=16)
    rows = [world.spawn(SHIP, 60 + 50 * n, 60 + 50 * n, vx=13.7 * n, vy=-7.1, owner=n) for n in range(len(ships))]
    boosts, expected = [], []
    for row, ((move_x, move_y), aim, boost) in zip(rows, ships, strict=True):
        now = Input(move_x, move_y, aim, int(Button.BOOST) if boost else 0)
        boosts.append(Helm().boosts(now, tick_rate))
        expected.append(Helm().steer(world.vx[row], world.vy[row], now, SHIP_KIND, tick_rate))
    world.steer(rows, [move for move, _, _ in ships], [aim for _, aim, _ in ships], boosts)
    assert [(world.vx[row], world.vy[row]) for row in rows] == expected
    assert [world.angle[row] for row in rows] == [aim * (tau / 4096) for _, aim, _ in ships]


def test_steering_moves_only_who_is_steered(world: World) -> None:
    crate, ship, other = world.spawn(CRATE, 100, 500, vx=7), world.spawn(SHIP, 200, 500), world.spawn(SHIP, 300, 500)
    world.steer([ship], [(0, 127)], [2048], [False])
    world.step()
    gain = SHIP_KIND.thrust / TICK_RATE
    assert [world.vx[row] for row in (crate, ship, other)] == [7, 0, 0]
    assert [world.vy[row] for row in (crate, ship, other)] == [0, gain, 0]
    assert world.angle[ship] == pi


def test_steering_nobody_is_nothing(world: World) -> None:
    world.steer([], [], [], [])
    world.step()


def test_a_ship_does_not_turn_when_it_is_hit(world: World) -> None:
    ship = world.spawn(SHIP, 300, 300, owner=1)
    world.spawn(ROCK, 250, 310, vx=400, corners=SQUARE)
    world.steer([ship], [(0, 0)], [100], [False])
    for _ in range(20):
        world.step()
    assert world.vx[ship] > 100
    assert (world.angle[ship], world.spin[ship]) == (100 * (tau / 4096), 0)


def test_the_border_holds_whatever_is_fast(world: World) -> None:
    random = Random(1)
    for n in range(15):
        sort = (SHOT, CRATE, SHIP)[n % 3]
        world.spawn(sort, 60 + 32 * n, random.uniform(50, 950), vx=random.choice((-2000, 2000)), vy=900, owner=n)
    deep = 2500 / TICK_RATE  # a step may end this far inside of something solid
    for _ in range(300):
        world.step()
        assert ((abs(world.x[1:] - 512) < 512 + deep) & (abs(world.y[1:] - 512) < 512 + deep)).all()


@pytest.mark.parametrize("tick_rate", [30, 60])
@pytest.mark.parametrize("radius", [WALL_RADIUS_MIN, 24])
@pytest.mark.parametrize("speed", [900, 1170])
def test_no_shot_is_through_a_wall_in_one_tick(speed: float, radius: float, tick_rate: int) -> None:
    """Contacts are found after a step: thinner walls let a fourth of the fastest shots out on the far side."""
    arena = Arena("Wall", Size(1024, 1024), [], [Wall([(500, 100), (500, 900)], radius)])
    world, random = World(arena, KINDS, tick_rate, entities_max=101), Random(1)
    for n in range(100):
        angle = random.uniform(-0.7, 0.7)
        world.spawn(SHOT, random.uniform(380, 480), 150 + 7 * n, vx=speed * cos(angle), vy=speed * sin(angle))
    contacts = contacts_of(world, ticks=12)
    assert {contact.entity for contact in contacts} == set(range(1, 101))
    assert (world.x[1:] < 500).all()
    assert (world.vx[1:] < 0).all()
    speeds = np.hypot(world.vx[1:], world.vy[1:])
    assert speeds == pytest.approx(np.full(100, speed))


def test_no_shot_is_through_the_thinnest_block() -> None:
    block = Block([(500, 100), (532, 100), (532, 900), (500, 900)])
    world, random = (
        World(Arena("Block", Size(1024, 1024), [], [], [block]), KINDS, TICK_RATE, entities_max=101),
        Random(1),
    )
    for n in range(100):
        world.spawn(SHOT, random.uniform(380, 480), 150 + 7 * n, vx=1170)
    contacts_of(world, ticks=12)
    assert (world.x[1:] < 500).all()
    assert (world.vx[1:] < 0).all()


# columns ---------------------------------------------------------------------------------------------------


def test_columns_follow_the_bodies_through_coming_and_going() -> None:
    world, random = World(ARENA, KINDS, TICK_RATE, entities_max=64), Random(2)
    spots: dict[int, tuple[float, float]] = {}
    for tick in range(200):
        if len(world) < 50:
            entity = world.spawn(PICKUP, random.uniform(50, 550), random.uniform(50, 950), vx=1.0, vy=0.5)
            spots[entity] = float(world.x[entity]), float(world.y[entity])
        if random.random() < 0.5:
            del spots[gone := random.choice(list(spots))]
            world.remove(gone)
        if tick % 5 == 0:
            world.release()
            assert world.extent == max(spots, default=0) + 1
        assert world.extent > max(spots, default=0)
        world.step()
        spots = {entity: (x + 1 / 60, y + 0.5 / 60) for entity, (x, y) in spots.items()}
        assert world.alive.nonzero()[0].tolist() == sorted(spots)
        assert {entity: (world.x[entity], world.y[entity]) for entity in spots} == spots


def test_checksums_tell_worlds_apart(world: World) -> None:
    def checksum(vx: float, status: int = 0) -> int:
        other = World(ARENA, KINDS, TICK_RATE, entities_max=32)
        other.spawn(CRATE, 300, 300, vx=vx, status=status)
        other.step()
        return other.checksum()

    assert checksum(1.0) == checksum(1.0)
    assert len({checksum(1.0), checksum(1.0 + 1e-12), checksum(1.0, status=1), world.checksum()}) == 4


def test_a_body_that_was_used_before_flies_like_a_new_one(world: World) -> None:
    """The first shot ends in a wall, with the solver still pushing it out; the second takes its body over."""
    first = world.spawn(SHOT, 560, 500, vx=1100)
    while abs(world.vx[first] - 1100) < 1:
        world.step()
    world.remove(first)
    world.release()
    second = world.spawn(SHOT, 300, 300, vx=60, vy=30, owner=3)
    world.step()
    assert (world.x[second], world.y[second]) == (301.0, 300.5)
    assert (world.vx[second], world.vy[second], world.spin[second]) == (60.0, 30.0, 0.0)


def test_another_number_is_another_entity_and_changes_nothing_else() -> None:
    lived, kept = (World(ARENA, (BALL_KIND, ROCK_KIND), TICK_RATE, entities_max=4) for _ in range(2))
    for world in (lived, kept):
        world.spawn(1, 500, 500, vx=200.0, vy=30.0, variant=2, status=5, corners=SQUARE)
        world.spawn(0, 562, 510, vx=-90.0)
        world.step()
    rock = kept.renumber(1, variant=1)
    assert (rock, kept.removed, [*kept.corners], int(kept.variant[rock])) == (3, [1], [3], 1)
    assert kept.traits[[0, 2, 3], rock].tolist() == lived.traits[[0, 2, 3], 1].tolist()
    with pytest.raises(WorldFullError):
        kept.renumber(2, variant=0)
    for _ in range(40):
        assert lived.step() == kept.step() == []
        assert kept.motion[:, [rock, 2]].tolist() == lived.motion[:, [1, 2]].tolist()
    kept.release()
    assert kept.motion[:, kept.renumber(2, variant=0)].tolist() == lived.motion[:, 2].tolist()


def test_what_nobody_steers_loses_speed_as_it_is_reckoned_to() -> None:
    world = World(ARENA, (BALL_KIND,), TICK_RATE)
    ball = world.spawn(0, 100, 500, vx=160.0, vy=-80.0)
    believed = Published(ball, 0, 0, 0, 0, 0, 800, 4000, 2560, -1280, 0, 0, 0, 0)
    for _ in range(120):
        world.step()
    reckoned = reckon(believed, BALL_KIND, 120, TICK_RATE)
    assert (world.x[ball], world.y[ball]) == pytest.approx((reckoned.x, reckoned.y))
    assert (world.vx[ball], world.vy[ball]) == pytest.approx((reckoned.vx, reckoned.vy))
    assert world.vx[ball] < 120.0
    world.remove(ball)
    world.step()
