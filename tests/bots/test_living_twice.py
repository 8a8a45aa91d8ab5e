"""Living twice: whoever predicts, and is corrected late, ends exactly where one ends who hears of everything at once.

A real room is played once, by any inputs at all. What it said is then told to two clients that send the same inputs:
one is told at once, the other many ticks later, now and then in bursts. The second lives ahead of what it knows.
"""

from collections.abc import Iterator, Sequence
from math import hypot
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.common_room import CommonRoom
from bots.neighbourhood import ShipState
from bots.neighbours import neighbours, others
from bots.prediction import Prediction, Reconciled
from bots.view import View
from protocol.arena import Arena, Block, Place, Rock, Size, Wall
from protocol.messages import Welcome
from protocol.motion import Input
from protocol.snapshot import Snapshot
from tests.instruments import strategies as draw
from tests.instruments.stepper import Stepper

CORNERS = [(-40.0, -30.0), (35.0, -40.0), (45.0, 30.0), (-30.0, 42.0)]
OPEN = Arena("Open", Size(8192, 8192), [Place(4096, 4096)])
WALLS = Arena(
    "Walls",
    Size(512, 512),
    [Place(256, 256)],
    walls=[Wall([(160, 160), (352, 160), (400, 256), (352, 352)]), Wall([(60, 300), (150, 460)], 24)],
    blocks=[Block([(420, 400), (480, 430), (440, 490)])],
)
ROCKS = Arena(
    "Rocks",
    Size(1024, 1024),
    [Place(512, 512)],
    rocks=[Rock(CORNERS, 512 + x, 512 + y) for x in (-130, 0, 130) for y in (-130, 0, 130) if x or y],
    crates=[Place(400, 700)],
)
TURNS = st.lists(st.tuples(draw.inputs, st.integers(1, 25)), min_size=3, max_size=10)
"""Each held for some ticks; edges are only pressed in the first."""
NEARLY_UNITS = 1e-9
"""What is left of a contact when it is lived from its middle on: impulses are found anew, and rounded otherwise."""


class Told:
    """One client: what it has been told so far, and what it foresees."""

    def __init__(self, welcome: Welcome) -> None:
        self.view = View(welcome.kinds, welcome.tick_rate, welcome.hud)
        self.prediction = Prediction(CommonRoom(welcome).make_neighbourhood(), welcome.tick_rate)
        self.reconciled: list[Reconciled] = []

    def tell(self, snapshot: Snapshot) -> None:
        assert self.view.apply(snapshot) == []
        assert snapshot.own is not None
        own, beside = snapshot.own, neighbours(snapshot.own, snapshot.near or (), self.view.entity)
        around = lambda: others(own, beside, self.view.sightings())  # noqa: E731
        self.reconciled.append(self.prediction.reconcile(own, snapshot.tick, beside, around))

    @property
    def state(self) -> ShipState:
        assert self.prediction.state is not None
        return self.prediction.state

    def surprises(self) -> list[float]:
        return [done.surprise_units for done in self.reconciled if done.surprise_units is not None]


def held(turns: Sequence[tuple[Input, int]]) -> Iterator[Input]:
    for now, ticks in turns:
        yield now
        yield from [Input(now.move_x, now.move_y, now.aim, now.buttons & 2)] * (ticks - 1)


def live_twice(arena: Arena, turns: Sequence[tuple[Input, int]], delay_ticks: int, seed: int) -> tuple[Told, Told]:
    """(who was told at once, who was told late), both after the last input and the same snapshots."""
    stepper = Stepper(arena=arena)
    client = stepper.join()
    stepper.until(lambda: bool(client.snapshots))
    begun = client.snapshots.pop()
    inputs = dict(enumerate(held(turns), stepper.room.tick + 1))
    client.pilot = lambda tick: inputs.get(tick, Input())
    stepper.step(len(inputs))
    at_once, late, random = Told(client.welcome), Told(client.welcome), Random(seed)
    for told in (at_once, late):
        told.tell(begun)
    untold = list(client.snapshots)
    for tick, now in inputs.items():
        at_once.prediction.step(tick, now)
        late.prediction.step(tick, now)
        for snapshot in client.snapshots:
            if snapshot.tick == tick:
                at_once.tell(snapshot)
        if random.random() < 0.7:  # else a burst is coming
            while untold and untold[0].tick + delay_ticks <= tick:
                late.tell(untold.pop(0))
    ahead = hypot(late.state.x - at_once.state.x, late.state.y - at_once.state.y)
    if arena is not ROCKS:
        assert ahead < NEARLY_UNITS, "it was there before it was told"
    for snapshot in untold:
        late.tell(snapshot)
    assert late.view.tick == at_once.view.tick
    return at_once, late


def holds(arena: Arena, turns: Sequence[tuple[Input, int]], delay_ticks: int, seed: int) -> None:
    at_once, late = live_twice(arena, turns, delay_ticks, seed)
    assert late.state == at_once.state
    if arena is OPEN:
        assert not any(late.surprises())
    elif arena is WALLS:
        assert max(late.surprises(), default=0.0) < NEARLY_UNITS


arenas = pytest.mark.parametrize("arena", [OPEN, WALLS, ROCKS], ids=lambda arena: arena.name)


@arenas
@settings(max_examples=15, deadline=None)
@given(TURNS, st.integers(1, 20), st.integers(0, 99))
def test_prediction_ends_where_the_truth_does(
    arena: Arena, turns: list[tuple[Input, int]], delay_ticks: int, seed: int
) -> None:
    holds(arena, turns, delay_ticks, seed)


@pytest.mark.slow
@arenas
@settings(max_examples=1000, deadline=None)
@given(TURNS, st.integers(1, 20), st.integers(0, 99))
def test_prediction_ends_where_the_truth_does_a_thousand_times(
    arena: Arena, turns: list[tuple[Input, int]], delay_ticks: int, seed: int
) -> None:
    holds(arena, turns, delay_ticks, seed)


def test_rocks_are_foreseen_nearly_to_the_pixel() -> None:
    """Straight into a rock, along it and off again."""
    right = [(Input(127, 20), 30), (Input(-127, 0), 20), (Input(0, 127), 40), (Input(127, -127), 40)]
    at_once, late = live_twice(ROCKS, right, 9, 1)
    assert any(done.bodies and done.correction_units for done in late.reconciled)
    assert late.state == at_once.state
    assert max(late.surprises()) < 0.2
