"""The world follows the plan."""

import pytest

from protocol.blueprint import arena_of
from protocol.physics import WALL
from protocol.plan import Add, AnyStep, Change, Piece, Plan, Remove, apply
from server.build.works import Works
from server.games.build import CRATE, ROCK, Build
from server.room import Room
from tests.instruments.plans import ARENA
from tests.instruments.stepper import Stepper

ROCK_PIECE = Piece("rock", 800.0, 200.0, 0.0, ((-30.0, -30.0), (30.0, -30.0), (0.0, 30.0)))


class Yard:
    """A room, its works, and steps that are taken there."""

    def __init__(self) -> None:
        self.room: Room = Stepper(arena=ARENA, game=Build).room
        assert isinstance(self.room.game, Build)
        self.game = self.room.game
        self.works: Works = self.game.works

    @property
    def plan(self) -> Plan:
        return self.game.desk.plan

    def take(self, *steps: AnyStep) -> None:
        self.game.desk.plan = apply(self.plan, steps)[0]
        self.works.follow(self.plan)

    def spot(self, id: int) -> tuple[float, float]:
        entity = self.works.loose[id].entity
        return float(self.room.world.x[entity]), float(self.room.world.y[entity])

    def is_solid(self, x: float, y: float) -> bool:
        return self.room.world.nearest_distance(x, y, WALL) < 0


@pytest.fixture
def yard() -> Yard:
    return Yard()


def test_the_room_has_what_the_arena_has(yard: Yard) -> None:
    assert len(yard.room.world.solids) == len(ARENA.walls) + len(ARENA.blocks)
    assert (yard.spot(4), yard.spot(5)) == ((300.0, 700.0), (500.0, 800.0))
    assert yard.is_solid(200.0, 300.0)
    assert yard.room.arena == ARENA


def test_walls_move_and_go(yard: Yard) -> None:
    yard.take(Change(1, x=400.0))
    assert (yard.is_solid(200.0, 300.0), yard.is_solid(300.0, 300.0)) == (False, True)
    yard.take(Remove(1), Add(1, Piece("crate", 100.0, 500.0)))
    assert not yard.is_solid(300.0, 300.0)
    assert yard.spot(1) == (100.0, 500.0)
    yard.take(Remove(1), Add(1, Piece("wall", 100.0, 500.0, points=((-50.0, 0.0), (50.0, 0.0)))))
    assert yard.is_solid(100.0, 500.0)
    assert 1 not in yard.works.loose


def test_who_comes_is_welcomed_to_the_arena_as_it_is(yard: Yard) -> None:
    yard.take(Change(1, x=400.0), Add(100, ROCK_PIECE), Remove(5))
    assert yard.room.arena == arena_of(yard.plan, "Site") == yard.room.welcome(None, "").arena
    assert not yard.works.follow(yard.plan)


def test_a_rock_that_was_changed_is_put_down_anew_and_others_stay_where_they_are(yard: Yard) -> None:
    yard.take(Add(100, ROCK_PIECE))
    world = yard.room.world
    drifted = yard.works.loose[100].entity
    world.put(drifted, 850.0, 250.0)
    yard.take(Change(4, x=310.0))
    assert yard.spot(4) == (310.0, 700.0)
    assert yard.works.loose[100].entity == drifted
    yard.take(Remove(4))
    assert yard.spot(100) == (850.0, 250.0)
    assert int(world.variant[yard.works.loose[100].entity]) == 0, "it is the arena's first rock now"
    assert not world.alive[drifted]


def test_a_rock_that_only_has_another_number_drifts_and_turns_on(yard: Yard) -> None:
    yard.take(Add(100, ROCK_PIECE))
    world = yard.room.world
    world.set_velocity(yard.works.loose[100].entity, 60.0, -30.0)
    world._bodies[yard.works.loose[100].entity].angular_velocity = 2.0
    yard.room.advance(0.0)
    before = world.motion[:, yard.works.loose[100].entity].copy()
    yard.take(Remove(4))
    assert world.motion[:, yard.works.loose[100].entity].tolist() == before.tolist()
    yard.room.advance(0.0)
    assert float(world.spin[yard.works.loose[100].entity]) == 2.0


def test_tidy_puts_everything_back(yard: Yard) -> None:
    world = yard.room.world
    for loose in yard.works.loose.values():
        world.put(loose.entity, 700.0, 800.0)
        world.set_velocity(loose.entity, 50.0, 0.0)
    yard.works.tidy()
    assert (yard.spot(4), yard.spot(5)) == ((300.0, 700.0), (500.0, 800.0))
    assert float(world.vx[yard.works.loose[4].entity]) == 0.0
    assert sorted(int(world.kind[loose.entity]) for loose in yard.works.loose.values()) == [ROCK, CRATE]


def test_in_a_full_world_it_goes_without(yard: Yard) -> None:
    world = yard.room.world
    world._free = []
    yard.take(Add(100, ROCK_PIECE))
    assert yard.works.loose[100].entity == 0
    yard.take(Remove(100))
    assert 100 not in yard.works.loose


def test_what_the_world_was_too_full_for_is_put_where_the_plan_has_it_once_there_is_room(yard: Yard) -> None:
    world, free = yard.room.world, yard.room.world._free
    world._free = []
    yard.take(Add(100, ROCK_PIECE))
    world._free = free
    yard.take(Remove(4))
    assert yard.works.loose[100].variant == 0, "a rock before it has gone"
    assert yard.spot(100) == (800.0, 200.0)
