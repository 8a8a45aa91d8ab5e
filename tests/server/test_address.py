"""Steady viewers are addressed together, the others one by one, and nobody can tell which it was."""

import re
from collections.abc import Iterable
from random import Random
from typing import Any, ClassVar

import numpy as np
import pytest

from protocol.limits import SUBPROTOCOL_JSON
from server.address import Mailing, Seers, address
from server.game import Game, Player
from server.games.ball import Ball
from server.games.build import Build
from server.games.melee import Melee
from server.games.plain import Plain
from server.owed import Common
from server.viewers import Viewer
from tests.instruments.stepper import Client, Stepper, arena_named, wander


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
    assert counted.alone < snapshots / 50, "not even for those to whom other cells come into sight"
    assert all(client.beliefs.mismatches == [] for client in clients)


def test_it_says_what_it_says_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    together, alone = Stepper(seed=5), Stepper(seed=5)
    for stepper in (together, alone):
        clients = crowd(stepper, 4)
        if stepper is alone:
            monkeypatch.setattr(Mailing, "steady", lambda mailing, news: np.zeros(4, dtype=bool))
        stepper.step(200)
        assert all(client.snapshots for client in clients)
    for one, other in zip(together.clients, alone.clients, strict=True):
        assert one.snapshots == other.snapshots


def test_who_is_blocked_in_a_passage_is_told_of_it_later(monkeypatch: pytest.MonkeyPatch) -> None:
    stepper, blocked = Stepper(seed=5), list[Client]()
    clients = crowd(stepper, 6)
    stepper.step(60)
    steady = Mailing.steady

    def block_one(mailing: Mailing, news: Iterable[int]) -> Any:
        told = steady(mailing, news)
        for at in [] if blocked else mailing._passages:
            client = next(one for one in clients if one.player is mailing._seers.players[at])
            client.link.block()
            blocked.append(client)
        return told

    monkeypatch.setattr(Mailing, "steady", block_one)
    while not blocked:
        stepper.step(2)
    received = [len(client.snapshots) for client in blocked]
    stepper.step(10)
    assert [len(client.snapshots) for client in blocked] == received
    for client in blocked:
        client.link.unblock()
    stepper.step(2)
    for client in blocked:
        assert len(client.snapshots) > received[0]
        assert not [*stepper.differences(client)]


def test_a_sight_that_changes_altogether_is_told_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """More cells leave it than a head can say."""
    monkeypatch.setattr("server.address.LEFT_MAX", 2)
    stepper = Stepper(seed=5)
    (client,) = crowd(stepper, 1)
    stepper.step(60)
    counted, grid = Counted(monkeypatch), stepper.room.grid
    stepper.step(2)
    assert counted.alone == 0
    x, _ = client.player.eye
    stepper.room.world.put(client.player.ship, grid.width - x, 100.0)
    stepper.step(2)
    assert counted.alone == 1
    assert not [*stepper.differences(client)]


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
    assert counted.alone == 2, "for the blocked one nothing is made"
    assert stepper.room.statistics.snapshots - before == 2


def test_nobody_to_address_is_no_work() -> None:
    room = Stepper().room
    nobody = Seers([], room.inputs, Common())
    assert address(nobody, [], room.world, room.grid, room.publisher, room.game) == 0


def test_who_is_owed_something_is_steady_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    stepper = Stepper(seed=3)
    clients = crowd(stepper, 4)
    stepper.step(60)
    counted = Counted(monkeypatch)
    stepper.room.say("tune", {"name": "la"})
    stepper.step(2)
    assert counted.alone == 0
    assert all(client.events[-1].name == "tune" for client in clients)


def test_whose_input_did_not_come_is_told_so_with_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    stepper = Stepper(seed=3)
    silent, *others = crowd(stepper, 4)
    stepper.step(60)
    counted, silent.pilot = Counted(monkeypatch), None
    stepper.step(4)
    assert counted.alone == 0
    assert silent.told.slack_ms is None
    assert all(client.told.slack_ms is not None for client in others)
    assert not [*stepper.differences(silent)]


def test_who_sees_the_same_stays_steady_and_nobody_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is arithmetic for all of them is what `Viewer.sight` says of each."""
    stepper = Stepper(seed=5)
    crowd(stepper, 6)
    stepper.step(60)
    stayed, lingered = [0, 0], 0
    steady = Mailing.steady

    def checked(mailing: Mailing, news: Iterable[int]) -> Any:
        nonlocal lingered
        seers, (stay, near) = mailing._seers, mailing._stay()
        for at, viewer in enumerate(seers.viewers):
            x, y = mailing._states[:2, at].tolist()
            sight = viewer.sight(mailing._grid, x, y)
            assert bool(stay[at]) == (sight is viewer.seen)
            assert stay[at] or mailing._grid.block(*near[:, at].tolist()) is sight
            stayed[bool(stay[at])] += 1
            lingered += bool(stay[at]) and viewer.seen is not mailing._grid.around(x, y)
        return steady(mailing, news)

    monkeypatch.setattr(Mailing, "steady", checked)
    stepper.step(300)
    assert min(stayed) > 0
    assert lingered > 0
    assert all(client.beliefs.mismatches == [] for client in stepper.clients)


@pytest.mark.parametrize(("game", "arena"), [(Melee, "pinball"), (Ball, "pitch"), (Build, "pinball")])
def test_a_game_tells_of_every_hud_that_changes(game: type[Game], arena: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stepper = Stepper(9, arena_named(arena), game)
    clients = [stepper.join(f"P{n}") for n in range(6)]
    for n, client in enumerate(clients):
        client.pilot = wander(Random(n))
    steady = Mailing.steady

    def checked(mailing: Mailing, news: Iterable[int]) -> Any:
        told = steady(mailing, news)
        for at in told.nonzero()[0].tolist():
            seers = mailing._seers
            assert stepper.room.game.hud_of(seers.players[at]) == seers.viewers[at].hud
        return told

    monkeypatch.setattr(Mailing, "steady", checked)
    stepper.step(1500)


class Gauge(Plain):
    name = "gauge"
    hud = ("fuel", "is_it")
    gives: ClassVar[Any] = (1, 0)

    def hud_of(self, player: Player) -> tuple[int, ...]:
        said: tuple[int, ...] = self.gives
        return said


@pytest.mark.parametrize("gives", [(np.int64(7), True), [7, 1]])
def test_what_is_as_good_as_an_integer_is_told_as_one(monkeypatch: pytest.MonkeyPatch, gives: Any) -> None:
    monkeypatch.setattr(Gauge, "gives", gives)
    stepper = Stepper(game=Gauge)
    client = stepper.join()
    stepper.step(2)
    assert [(type(value), value) for value in client.told.hud or ()] == [(int, 7), (int, 1)]


@pytest.mark.parametrize("gives", [(1,), (1, 2, 3), (1.5, 2), ("x", "y"), None])
def test_what_is_not_is_told_with_the_line_that_gave_it(monkeypatch: pytest.MonkeyPatch, gives: Any) -> None:
    monkeypatch.setattr(Gauge, "gives", gives)
    stepper = Stepper(game=Gauge)
    stepper.join()
    line, said = Gauge.hud_of.__code__.co_firstlineno, re.escape(repr(gives))
    with pytest.raises(TypeError, match=rf"^test_address\.py, line {line}: hud_of gave {said}, and not an integer for"):
        stepper.step(2)
