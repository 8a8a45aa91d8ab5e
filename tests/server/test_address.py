"""Steady viewers are addressed together, the others one by one, and nobody can tell which it was."""

from random import Random

import pytest

from protocol.limits import SUBPROTOCOL_JSON
from server import address as module
from server.viewers import Viewer
from tests.instruments.stepper import Client, Stepper, wander


def crowd(stepper: Stepper, players: int) -> list[Client]:
    clients = [stepper.join(f"P{n}") for n in range(players)]
    for n, client in enumerate(clients):
        client.pilot = wander(Random(n), fire=False)
    return clients


class Counted:
    """How many viewers `address` has shown one by one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.alone = 0
        show = Viewer.show

        def counting(viewer: Viewer, *words: object) -> bool:
            self.alone += 1
            return show(viewer, *words)  # type: ignore[arg-type]  # whatever it is called with

        monkeypatch.setattr(Viewer, "show", counting)


def test_after_the_first_snapshots_most_are_steady(monkeypatch: pytest.MonkeyPatch) -> None:
    stepper = Stepper(seed=3)
    clients = crowd(stepper, 8)
    stepper.step(60)
    counted, before = Counted(monkeypatch), stepper.room.statistics.snapshots
    stepper.step(240)
    snapshots = stepper.room.statistics.snapshots - before
    assert snapshots == 8 * 120
    assert counted.alone < snapshots / 10
    assert all(client.beliefs.mismatches == [] for client in clients)


def test_it_says_what_it_says_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    together, alone = Stepper(seed=5), Stepper(seed=5)
    for stepper in (together, alone):
        clients = crowd(stepper, 4)
        if stepper is alone:
            monkeypatch.setattr(Viewer, "steady_sight", lambda viewer, *seen: None)
        stepper.step(200)
        assert all(client.snapshots for client in clients)
    for one, other in zip(together.clients, alone.clients, strict=True):
        assert one.snapshots == other.snapshots


def test_a_blocked_viewer_a_json_viewer_and_one_without_ship_are_not_steady(monkeypatch: pytest.MonkeyPatch) -> None:
    stepper = Stepper(seed=3)
    blocked, sunk = stepper.join("Blocked"), stepper.join("Sunk")
    stepper.join("Plain", SUBPROTOCOL_JSON)
    stepper.step(30)
    stepper.room.world.remove(sunk.player.ship)
    sunk.player.ship = 0
    blocked.link.block()
    counted, before = Counted(monkeypatch), stepper.room.statistics.snapshots
    stepper.step(2)
    assert counted.alone == 3
    assert stepper.room.statistics.snapshots - before == 2


def test_nobody_to_address_is_no_work() -> None:
    room = Stepper().room
    assert module.address([], room.world, room.grid, room.publisher, room.game.hud_of) == 0
