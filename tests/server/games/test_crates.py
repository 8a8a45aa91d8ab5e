"""Crates by themselves: how they break, what they drop, and that they keep their books when the world is full."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import pytest

from protocol.arena import Arena, Place, Size
from protocol.ticks import Rates
from server.game import Player, Stage
from server.games.crates import CRATE_BACK_S, CRATE_HULL, PICKUP_LIFE_S, Crates
from server.games.pieces import CRATE_KIND, PICKUP_KIND
from server.rewind import Past
from server.world import World

CRATE, PICKUP = range(2)
PLACES = [Place(100, 100), Place(300, 100, 0.5)]


class BareStage:
    """A stage with a world of a few entities and nobody on it."""

    def __init__(self, entities_max: int) -> None:
        self.arena = Arena("Depot", Size(512, 512), [Place(256, 256)], crates=PLACES)
        self.rates, self.random, self.tick = Rates(), Random(1), 0
        self.world = World(self.arena, (CRATE_KIND, PICKUP_KIND), self.rates.tick_rate, entities_max)
        self.players: Mapping[int, Player] = {}
        self.options: Mapping[str, Any] = {}

    def say(self, name: str, body: dict[str, Any], to: object = None, spectators: bool = False) -> None:
        raise AssertionError("crates say nothing")

    def say_near(self, name: str, body: dict[str, Any], x: float, y: float, half_units: float) -> None:
        raise AssertionError("crates say nothing")

    def conclude(self, scores: object, team_scores: object = None) -> None:
        raise AssertionError("crates end no match")

    def tell(self, message: object, may_be_lost: bool = False) -> None:
        raise AssertionError("crates tell nothing")

    def rearrange(self, arena: Arena) -> None:
        raise AssertionError("crates build nothing")

    @property
    def pressing(self) -> Sequence[Player]:
        return ()

    def rewound(self, player: Player) -> Past:
        raise AssertionError("crates see nothing")


def depot(entities_max: int = 16) -> tuple[BareStage, Crates]:
    stage = BareStage(entities_max)
    as_stage: Stage = stage
    crates = Crates(as_stage, CRATE, PICKUP, sorts=3)
    crates.put_all()
    return stage, crates


def test_every_place_gets_its_crate() -> None:
    stage, crates = depot()
    assert [(stage.world.x[row], stage.world.y[row], stage.world.angle[row]) for row in crates.hulls] == [
        (place.x, place.y, place.angle) for place in PLACES
    ]
    assert set(crates.hulls.values()) == {CRATE_HULL}


def test_a_crate_shows_its_hull_until_it_breaks() -> None:
    stage, crates = depot()
    crate = next(iter(crates.hulls))
    shown = []
    for _ in range(4):
        crates.hit(crate, 12)
        shown.append(int(stage.world.status[crate]))
    assert shown == [11, 7, 4, 0]
    crates.hit(crate, 12)
    assert crate not in crates.hulls
    [pickup] = crates.pickups
    assert (stage.world.x[pickup], stage.world.y[pickup]) == (100, 100)
    assert crates.due == [(stage.rates.ticks_in(CRATE_BACK_S), 0)]


def test_every_sort_is_dropped_in_time() -> None:
    stage, crates = depot()
    sorts = set()
    for _ in range(40):
        crates.hit(next(iter(crates.hulls)), CRATE_HULL)
        [pickup] = crates.pickups
        sorts.add(crates.take(pickup))
        stage.tick = crates.due[0][0]
        crates.expire()
        stage.world.release()
    assert sorts == {0, 1, 2}


def test_time_brings_crates_back_and_takes_pickups() -> None:
    stage, crates = depot()
    for crate in list(crates.hulls):
        crates.hit(crate, CRATE_HULL)
        stage.tick += 10
    for tick in range(stage.rates.ticks_in(max(CRATE_BACK_S, PICKUP_LIFE_S)) + 11):
        stage.tick = tick
        crates.expire()
        assert len(crates.hulls) == (tick >= 1200) + (tick >= 1210)
        assert len(crates.pickups) == 2 - len(crates.hulls)
    assert len(stage.world) == 2


@pytest.mark.parametrize("entities_max", [1, 2, 3])
def test_a_full_world_is_tried_again(entities_max: int) -> None:
    stage, crates = depot(entities_max)
    assert len(crates.hulls) == entities_max - 1
    assert len(crates.hulls) + len(crates.due) == len(PLACES)
    for crate in list(crates.hulls):
        crates.hit(crate, CRATE_HULL)  # its id rests, so that there is no room for a pickup
    assert crates.pickups == {}
    stage.world.release()
    stage.tick = stage.rates.ticks_in(CRATE_BACK_S)
    crates.expire()
    assert len(crates.hulls) == entities_max - 1
    assert len(crates.hulls) + len(crates.due) == len(PLACES)


def test_all_are_removed() -> None:
    stage, crates = depot()
    crates.hit(next(iter(crates.hulls)), CRATE_HULL)
    crates.remove_all()
    assert len(stage.world) == 0
    assert (crates.hulls, crates.pickups, crates.due) == ({}, {}, [])
