"""Shots by themselves: when they are fired, how they bounce, and when they end."""

from math import hypot

import pytest
from msgspec.structs import replace

from protocol.motion import Button, Input
from server.games.ball import Ball
from server.games.pieces import GUN
from server.games.shots import Shots
from tests.instruments.stepper import Client, Stepper, arena_named

BOUNCY = replace(GUN, bounces_max=2)


@pytest.fixture
def stepper() -> Stepper:
    return Stepper(arena=arena_named("pitch"), game=Ball)


def shots_of(stepper: Stepper) -> Shots:
    game = stepper.room.game
    assert isinstance(game, Ball)
    return game.shots


def armed(stepper: Stepper) -> Client:
    client = stepper.join()
    client.pilot = lambda tick: Input(aim=1024, buttons=Button.FIRE)
    return client


def test_a_gun_loads_for_as_long_as_it_says(stepper: Stepper) -> None:
    armed(stepper)
    born = set()
    for _ in range(55):
        stepper.step()
        born |= set(shots_of(stepper).flying)
    assert len(born) == 1 + 54 // 18


def test_a_shot_leaves_the_muzzle_where_its_ship_aims(stepper: Stepper) -> None:
    client = armed(stepper)
    stepper.step(2)
    [shot] = shots_of(stepper).flying
    world, ship = stepper.room.world, client.player.ship
    assert world.owner[shot] == client.player.id
    assert (world.vx[shot], world.vy[shot]) == pytest.approx((0.0, GUN.speed))
    assert world.x[shot] == pytest.approx(world.x[ship])
    assert world.y[shot] > world.y[ship] + GUN.muzzle_units


def test_each_bounce_makes_it_faster_and_one_too_many_ends_it(stepper: Stepper) -> None:
    client = stepper.join()
    stepper.step()
    shots, world = Shots(stepper.room, BOUNCY), stepper.room.world
    shot = shots.fire(client.player)
    for bounces in (1, 2):
        stepper.room.tick += 10
        shots.bounce(shot)
        shots.bounce(shot)  # a corner is one bounce
        assert world.status[shot] == bounces
        assert hypot(world.vx[shot], world.vy[shot]) == pytest.approx(GUN.speed * (1 + GUN.speed_per_bounce * bounces))
    stepper.room.tick += 10
    shots.bounce(shot)
    assert not world.alive[shot]
    assert shots.flying == {}


def test_what_comes_towards_it_in_a_corner_makes_it_no_faster_than_walls_hold(stepper: Stepper) -> None:
    client = stepper.join()
    stepper.step()
    shots, world = Shots(stepper.room, BOUNCY), stepper.room.world
    shot = shots.fire(client.player)
    stepper.room.tick += 10
    shots.bounce(shot)
    world.set_velocity(shot, 0.0, -1450.0)  # by a crate in full flight
    stepper.room.tick += 1
    shots.bounce(shot)
    assert world.vy[shot] == pytest.approx(-GUN.speed * (1 + GUN.speed_per_bounce))
    assert world.status[shot] == 1


def test_they_end_in_the_order_in_which_they_were_fired(stepper: Stepper) -> None:
    client = stepper.join()
    shots, life = Shots(stepper.room, GUN), stepper.rates.ticks_in(GUN.life_s)
    first = shots.fire(client.player)
    stepper.room.tick += 5
    second = shots.fire(client.player)
    stepper.room.tick += life - 5
    shots.expire()
    assert list(shots.flying) == [second]
    shots.end_all()
    assert not stepper.room.world.alive[[first, second]].any()


def test_who_has_left_is_forgotten(stepper: Stepper) -> None:
    for name in ("Ann", "Bob", "Cat"):
        client = armed(stepper)
        stepper.step(2)
        assert client.player.name == "Ann"
        if name != "Cat":
            player = client.player
            stepper.drop(client)
            stepper.room.leave(player)
    stepper.step(40)
    assert len(shots_of(stepper).loaded) <= 2
