"""Living twice: whoever predicts, and is corrected late, ends exactly where one ends who hears of everything at once.

In two ways. A client is shoved about by what it can't foresee, beside rocks and crates, by a server that is the same
engine, left to itself; it is told the bare truth, late. And a real room is played, by any inputs at all; what it said
is told to two clients that send the same inputs: one is told at once, the other many ticks later, sometimes in bursts.
In both, whoever is late is compared while it still lives ahead of what it knows.

Exactly is to the last bit, or beside rocks to the last but one. What the engine remembers of contacts is in no message,
and matters where a body has several at once; so nothing is lived again that was right. When something wasn't, the
server is taken to remember as little as its message says: a shove is in the tick of a snapshot. What a real room tells
of rocks is rounded to 1/64 unit.

Who is shoved about is not looked at before the first news have come late. The beginning is told at once; it says what
a ship touches soon if it goes straight on, and what it boosts into meanwhile is foreseen with the next snapshot only.
"""

from collections.abc import Iterator, Sequence
from math import cos, hypot, sin, tau
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bots.common_room import CommonRoom
from bots.neighbourhood import BodyState, Neighbourhood, ShipState
from bots.neighbours import OTHERS_UNITS, neighbours, others
from bots.prediction import Prediction, Reconciled
from bots.view import View
from protocol.arena import Arena, Block, Place, Rock, Size, Wall
from protocol.messages import Welcome
from protocol.motion import Button, Input
from protocol.snapshot import Own, Snapshot
from tests.instruments import strategies as draw
from tests.instruments.engine_scenes import CRATE, KINDS, ROCK, SHIP
from tests.instruments.neighbourhood_scenes import YARD
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
BOOST = Input(-25, -124, edges=Button.BOOST)
BOOSTED_BEFORE_ANY_NEWS = example([(BOOST, 2), (Input(), 8)], 11, 555, 2)
"""Into a crate, in the ninth tick of ten; the first news come in the eleventh."""
TURNS = st.lists(st.tuples(draw.inputs, st.integers(1, 25)), min_size=3, max_size=10)
"""Each held for some ticks; edges are only pressed in the first."""
ROUNDING = 1e-9
"""What comes within reach is put in, and then our ship's contact with a wall, if it has one, is found anew: the same to
the last bit but one."""
ROCKS_UNITS = 0.25
"""A rock is told of to 1/64 unit, and a bounce off it makes more of that."""
ROCKS_SHARE = 0.95
"""Of lives that end within that. Who is thrown from one rock to the next and on makes of it whatever you like."""


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
        around = others(own, beside, self.view.solids(own.x, own.y, OTHERS_UNITS))
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


def held_for(ticks: int, turns: Sequence[tuple[Input, int]]) -> list[Input]:
    """At least so long: if need be, the last of them is held on."""
    inputs = list(held(turns))
    return inputs + [replace(inputs[-1], edges=0)] * (ticks - len(inputs))


def live_twice(arena: Arena, turns: Sequence[tuple[Input, int]], delay_ticks: int, seed: int) -> tuple[Told, float]:
    """(who was told late, how far from who was told at once it is), both after the last input."""
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
    ahead_units = hypot(late.state.x - at_once.state.x, late.state.y - at_once.state.y)
    return late, ahead_units


def holds(arena: Arena, turns: Sequence[tuple[Input, int]], delay_ticks: int, seed: int) -> None:
    """Late or not, they foresee the same now; and the same as the server, if nothing else had a say in it."""
    late, ahead_units = live_twice(arena, turns, delay_ticks, seed)
    assert ahead_units == 0.0
    assert not any(late.surprises())


def share_that_holds_among_rocks(lives: int) -> float:
    """Of so many lives, always the same ones, how many end within ROCKS_UNITS."""
    within = 0
    for life in range(lives):
        random = Random(life)
        turns = [(wild_input(random), random.randint(1, 25)) for _ in range(random.randint(3, 10))]
        _, ahead_units = live_twice(ROCKS, turns, random.randint(1, 20), life)
        within += ahead_units < ROCKS_UNITS
    return within / lives


def wild_input(random: Random) -> Input:
    move_x, move_y = random.randint(-127, 127), random.randint(-127, 127)
    return Input(move_x, move_y, random.randrange(4096), random.choice((0, 0, 2)), random.choice((0, 0, 2)))


class Life:
    """A server of one ship and some bodies, left to itself but for shoves, and a client of it that is told late."""

    def __init__(self, random: Random, bodies: int, late_ticks: int, shoves_every: int = 2) -> None:
        self.corrected = 0
        """How often what was foreseen was moved."""
        self._random, self._late_ticks, self._shoves_every = random, late_ticks, shoves_every
        self._server = Neighbourhood(YARD, KINDS, KINDS[SHIP], 60)
        self.client = Prediction(Neighbourhood(YARD, KINDS, KINDS[SHIP], 60), 60)
        self._told: list[tuple[ShipState, tuple[BodyState, ...]]] = []
        self._restore(*self._beginning(bodies))
        self._tell(0)

    @property
    def state(self) -> ShipState:
        """The server's."""
        return self._told[-1][0]

    def live(self, now: Input, may_shove: bool) -> None:
        tick = len(self._told)
        self.client.step(tick, now)
        self._told.append((self._server.step(now), self._server.beside()))
        if may_shove and tick % self._shoves_every == 0 and self._random.random() < 0.03 * self._shoves_every:
            self._shove()
        if tick >= self._late_ticks and (tick - self._late_ticks) % 2 == 0:
            self._tell(tick - self._late_ticks)

    def _tell(self, tick: int) -> None:
        own, bodies = self._told[tick]
        done = self.client.reconcile(Own(99, own.x, own.y, own.vx, own.vy, own.boost_ticks), tick, bodies)
        self.corrected += done.correction_units > 0.0

    def _shove(self) -> None:
        """What no client can foresee: it is somewhere else all of a sudden."""
        own, bodies = self._told.pop()
        uniform = self._random.uniform
        moved = replace(own, x=own.x + uniform(-4, 4), vx=own.vx + uniform(-40, 40), vy=own.vy + uniform(-40, 40))
        self._restore(moved, bodies)

    def _restore(self, own: ShipState, bodies: Sequence[BodyState]) -> None:
        self._server.restore(own, bodies)
        self._told.append((own, tuple(bodies)))

    def _beginning(self, count: int) -> tuple[ShipState, list[BodyState]]:
        """Bodies all around, which drift."""
        uniform = self._random.uniform
        x, y, bodies = uniform(150, 1450), uniform(150, 1050), []
        for number in range(count):
            turn, far = (number + uniform(0, 0.5)) / count * tau, uniform(90, 150)
            kind, variant = (ROCK, number // 2 % 2) if number % 2 == 0 else (CRATE, 0)
            drift = uniform(-30, 30), uniform(-30, 30)
            place = x + far * cos(turn), y + far * sin(turn)
            bodies.append(BodyState(10 + number, kind, variant, *place, *drift, turn, uniform(0, 1)))
        return ShipState(x, y, uniform(-300, 300), uniform(-300, 300), 0), bodies


def lives_twice(turns: Sequence[tuple[Input, int]], late_ticks: int, seed: int, bodies: int) -> Life:
    """Shoves end, and then the last of them, or the beginning, has been told of late before the client is looked at."""
    life, inputs = Life(Random(seed), bodies, late_ticks), held_for(late_ticks, turns)
    for number, now in enumerate(inputs):
        life.live(now, number < len(inputs) - late_ticks - 2)
    client, server = life.client.state, life.state
    assert client is not None
    if bodies:
        assert hypot(client.x - server.x, client.y - server.y) < ROUNDING
        assert hypot(client.vx - server.vx, client.vy - server.vy) < ROUNDING
    else:
        assert client == server
    return life


@settings(max_examples=25, deadline=None)
@given(TURNS, st.integers(1, 14), st.integers(0, 2**32), st.integers(0, 3))
@BOOSTED_BEFORE_ANY_NEWS
def test_whoever_is_shoved_about_ends_where_the_server_is(
    turns: list[tuple[Input, int]], late_ticks: int, seed: int, bodies: int
) -> None:
    lives_twice(turns, late_ticks, seed, bodies)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(TURNS, st.integers(1, 14), st.integers(0, 2**32), st.integers(0, 3))
@BOOSTED_BEFORE_ANY_NEWS
def test_whoever_is_shoved_about_ends_where_the_server_is_a_thousand_times(
    turns: list[tuple[Input, int]], late_ticks: int, seed: int, bodies: int
) -> None:
    lives_twice(turns, late_ticks, seed, bodies)


def test_whoever_is_shoved_about_is_corrected() -> None:
    turns = [(Input(127, 20), 30), (Input(-127, 0), 30), (Input(0, 127), 40), (Input(127, -127), 40)]
    assert sum(lives_twice(turns, 9, seed, 3).corrected > 1 for seed in range(8)) == 8


arenas = pytest.mark.parametrize("arena", [OPEN, WALLS], ids=lambda arena: arena.name)


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
    late, ahead_units = live_twice(ROCKS, right, 9, 1)
    assert any(done.bodies and done.correction_units for done in late.reconciled)
    assert ahead_units < 0.2
    assert max(late.surprises()) < 0.2


def test_among_rocks_it_ends_where_rounding_leaves_it() -> None:
    assert share_that_holds_among_rocks(40) >= ROCKS_SHARE


@pytest.mark.slow
def test_among_rocks_it_ends_where_rounding_leaves_it_a_thousand_times() -> None:
    assert share_that_holds_among_rocks(1000) >= ROCKS_SHARE
