"""Contacts of a world: what touches what, who is told of it, and what is pushed by it."""

import pytest

from protocol.physics import CATEGORY_BITS, WALL
from server.world import Contact, World
from tests.server.test_world import ARENA, CRATE, KINDS, PICKUP, ROCK, SHIP, SHOT, SQUARE, TICK_RATE, contacts_of


@pytest.fixture
def world() -> World:
    return World(ARENA, KINDS, TICK_RATE, entities_max=16)


def test_a_shot_at_a_wall_touches_the_arena_once_and_bounces(world: World) -> None:
    shot = world.spawn(SHOT, 500, 500, vx=900)
    assert contacts_of(world) == [Contact(shot, 0)]
    assert world.vx[shot] == pytest.approx(-900)


def test_a_shot_at_a_ship_is_told_and_pushes_nobody(world: World) -> None:
    ship = world.spawn(SHIP, 300, 500, owner=1)
    shot = world.spawn(SHOT, 200, 500, vx=900, owner=2)
    assert contacts_of(world, ticks=20) == [Contact(shot, ship)]
    assert (world.vx[ship], world.vx[shot]) == (0, 900)


def test_a_shot_never_touches_the_ship_of_its_own_player(world: World) -> None:
    world.spawn(SHIP, 300, 500, owner=2)
    world.spawn(SHOT, 200, 500, vx=900, owner=2)
    assert contacts_of(world, ticks=20) == []


def test_a_shot_at_a_crate_is_told_and_pushes_it(world: World) -> None:
    crate, shot = world.spawn(CRATE, 300, 500), world.spawn(SHOT, 200, 500, vx=900, owner=2)
    assert contacts_of(world, ticks=10) == [Contact(shot, crate)]
    assert world.vx[crate] > 0


def test_a_ship_on_a_pickup_is_told_and_not_stopped(world: World) -> None:
    pickup, ship = world.spawn(PICKUP, 300, 500), world.spawn(SHIP, 200, 500, vx=900, owner=1)
    [contact] = contacts_of(world, ticks=20)
    assert {contact.entity, contact.other} == {pickup, ship}
    assert world.vx[ship] == 900


def test_ships_and_rocks_push_each_other_and_nobody_is_told(world: World) -> None:
    world.spawn(SHIP, 200, 500, vx=400, owner=1)
    rock = world.spawn(ROCK, 300, 500, corners=SQUARE)
    assert contacts_of(world) == []
    assert world.vx[rock] > 0


def test_a_removed_body_is_never_touched_again(world: World) -> None:
    crate = world.spawn(CRATE, 300, 500)
    world.spawn(SHOT, 200, 500, vx=900)
    world.remove(crate)
    assert contacts_of(world, ticks=10) == []


def test_it_says_what_an_entity_touches(world: World) -> None:
    ship, other = world.spawn(SHIP, 300.0, 300.0), world.spawn(SHIP, 330.0, 300.0)
    alone, at_wall = world.spawn(SHIP, 400.0, 800.0), world.spawn(SHIP, 15.0, 500.0)
    world.step()
    assert world.touched_by(ship) == world.touched_by(other) == CATEGORY_BITS["ship"]
    assert (world.touched_by(alone), world.touched_by(at_wall)) == (0, WALL)


def test_contacts_are_told_of_the_pairs_that_were_asked_for() -> None:
    for told in (0, 1):
        world = World(ARENA, KINDS, TICK_RATE)
        if told:
            world.tell("ship", "ship")
        one, other = world.spawn(SHIP, 200, 200, vx=200.0), world.spawn(SHIP, 260, 200)
        contacts = [contact for _ in range(30) for contact in world.step()]
        assert len(contacts) == told
        assert all({contact.entity, contact.other} == {one, other} for contact in contacts)
