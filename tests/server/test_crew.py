"""All ships steer as one would, whoever has come and gone, and a boost cools down for each alone."""

from math import tau
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from protocol.messages import Leave
from protocol.motion import Button, Helm, Input
from protocol.quantize import AIM_STEPS
from server.games.pieces import SHIP_KIND
from server.world import Held, World
from tests.instruments.stepper import Stepper, wander


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_every_ship_steers_by_the_rule(seed: int) -> None:
    stepper, random = Stepper(seed=1), Random(seed)
    clients = [stepper.join(f"P{n}") for n in range(5)]
    for n, client in enumerate(clients):
        client.pilot = wander(Random(seed + n), fire=False)
    clients[random.randrange(5)].say(Leave(), stepper.now_s)
    room, helms = stepper.room, {player.id: Helm() for player in stepper.room.players.values()}
    drive, driven = World.drive, list[Held]()

    def checked(world: World, held: Held, boosting: NDArray[np.bool_]) -> None:
        before = {player.id: (world.vx[player.ship], world.vy[player.ship]) for player in room.players.values()}
        drive(world, held, boosting)
        for player in room.players.values():
            if player.ship:
                helm = helms[player.id]
                expected = helm.steer(*before[player.id], player.now, SHIP_KIND, room.rates.tick_rate)
                assert (world.vx[player.ship], world.vy[player.ship]) == expected
                assert helm.boost_ticks == player.helm.boost_ticks
                assert tuple(world.move[player.ship]) == (player.now.move_x, player.now.move_y)
                assert world.angle[player.ship] == player.now.aim * (tau / AIM_STEPS)
            else:
                helms[player.id] = Helm()
        driven.append(held)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(World, "drive", checked)
        stepper.step(60)
    assert len(driven) == 60


def test_what_is_held_is_worked_out_anew_when_something_of_it_changes() -> None:
    stepper = Stepper(seed=1)
    ann, _ = stepper.join("Ann"), stepper.join("Bob")
    drive, driven = World.drive, list[Held]()

    def noted(world: World, held: Held, boosting: NDArray[np.bool_]) -> None:
        driven.append(held)
        drive(world, held, boosting)

    def steers_anew(ticks: int) -> int:
        driven.clear()
        stepper.step(ticks)
        return len({*map(id, driven)})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(World, "drive", noted)
        stepper.step(20)
        assert steers_anew(20) == 1, "nobody does anything else"
        room, player = stepper.room, ann.player
        ann.pilot = lambda tick: Input(move_x=99)
        stepper.step(20)
        before = driven[-1]
        room.world.remove(player.ship)
        room.world.release()
        player.ship = room.world.spawn(0, 300, 300, owner=player.id)
        assert player.ship in before.rows, "it has the number of the one before"
        stepper.step(1)
        assert driven[-1] is not before
        assert room.world.move[player.ship].tolist() == [99, 0]


def test_whoever_presses_is_known_in_the_order_in_which_they_came() -> None:
    stepper = Stepper()
    ann, bob, cid = (stepper.join(name) for name in ("Ann", "Bob", "Cid"))
    ann.say(Leave(), stepper.now_s)
    dan = stepper.join("Dan")  # in the slot that was Ann's
    for client in (dan, bob):
        client.pilot = lambda tick: Input(buttons=Button.FIRE)
    cid.pilot = lambda tick: Input(move_x=100)
    stepper.step(5)
    assert stepper.room.pressing == [bob.player, dan.player]
    assert cid.player.now == Input(move_x=100)


def test_who_has_a_ship_that_was_removed_is_told_of_in_the_same_tick() -> None:
    stepper = Stepper()
    ann, bob = stepper.join("Ann"), stepper.join("Bob")
    stepper.step(4)
    lost = ann.player.ship
    stepper.room.world.remove(lost)
    with pytest.raises(ValueError, match=f"entity {lost} was removed, and is still the ship of 'Ann'"):
        stepper.step(1)
    ann.player.ship = 0
    stepper.step(4)
    assert bob.told.own is not None
