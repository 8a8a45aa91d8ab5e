"""All ships steer as one would, whoever has come and gone, and a boost cools down for each alone."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.messages import Leave
from protocol.motion import Button, Helm, Input
from server.games.pieces import SHIP_KIND
from server.world import World
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
    steer = World.steer
    steered: list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = []

    def checked(world: World, ships: object, *words: object) -> None:
        before = {player.id: (world.vx[player.ship], world.vy[player.ship]) for player in room.players.values()}
        steer(world, ships, *words)  # type: ignore[arg-type]  # whatever it is called with
        for player in room.players.values():
            if player.ship:
                helm = helms[player.id]
                expected = helm.steer(*before[player.id], player.now, SHIP_KIND, room.rates.tick_rate)
                assert (world.vx[player.ship], world.vy[player.ship]) == expected
                assert helm.boost_ticks == player.helm.boost_ticks
            else:
                helms[player.id] = Helm()
        steered.append(np.array(ships))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(World, "steer", checked)
        stepper.step(60)
    assert len(steered) == 60


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
