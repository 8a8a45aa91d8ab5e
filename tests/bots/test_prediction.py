"""Prediction lived twice: what was foreseen is, to the bit, what the same engine then does; and going back is free."""

from math import pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.prediction import REPLAY_TICKS_MAX, Prediction, ShipSpace, ShipState, Walls
from protocol.motion import Button, Input
from protocol.snapshot import Own
from tests.bots.stage import ARENA, SHIP
from tests.instruments import strategies as draw

START = Own(7, 940.0, 500.0, 0.0, 0.0, 0)
RIGHT = Input(127, 0)
WALL_LEFT = 1000.0 - 8.0 - SHIP.radius + 3.0
"""Where a ship's centre can't get beyond, from the left; some overlap is the solver's."""


def space() -> ShipSpace:
    return ShipSpace(ARENA, SHIP, 60)


def own_of(state: ShipState, entity: int = 7) -> Own:
    return Own(entity, state.x, state.y, state.vx, state.vy, state.boost_ticks)


def lived(inputs: list[Input]) -> list[ShipState]:
    """What the server's ship does: one space, one ship, no interruption."""
    state, states, own_space = ShipState(START.x, START.y, START.vx, START.vy, START.boost_ticks), [], space()
    for now in inputs:
        state = own_space.after(state, now)
        states.append(state)
    return states


def test_a_ship_flies_to_the_wall_and_bounces_off() -> None:
    states = lived([RIGHT] * 60)
    assert max(state.x for state in states) < WALL_LEFT
    assert min(state.vx for state in states) < 0 < states[0].vx


@given(st.lists(draw.inputs, min_size=1, max_size=80), st.integers(1, 10))
def test_what_was_foreseen_happens_to_the_bit(inputs: list[Input], lead: int) -> None:
    truth = lived(inputs)
    prediction = Prediction(space())
    prediction.reconcile(START, 0)
    for tick, now in enumerate(inputs, 1):
        prediction.step(tick, now)
        answered = tick - lead
        if answered >= 1:
            assert prediction.reconcile(own_of(truth[answered - 1]), answered) == 0.0
    assert prediction.state == truth[-1]


@given(st.lists(draw.inputs, min_size=10, max_size=40), st.integers(1, 9))
def test_an_answer_that_differs_is_taken_and_the_rest_lived_again(inputs: list[Input], answered: int) -> None:
    prediction = Prediction(space())
    prediction.reconcile(START, 0)
    for tick, now in enumerate(inputs, 1):
        prediction.step(tick, now)
    foreseen = lived(inputs)[answered - 1]
    shoved = Own(7, foreseen.x - 30.0, foreseen.y + 40.0, -300.0, 20.0, foreseen.boost_ticks)
    assert prediction.reconcile(shoved, answered) == pytest.approx(50.0)
    state, fresh = ShipState(shoved.x, shoved.y, shoved.vx, shoved.vy, shoved.boost_ticks), space()
    for now in inputs[answered:]:
        state = fresh.after(state, now)
    assert prediction.state == state


def test_a_ship_that_is_put_elsewhere_takes_nothing_of_its_past_with_it() -> None:
    """Pushed out of a wall that it is leaving anyway: its velocity does not tell, and its body remembers the push."""
    used, elsewhere = space(), ShipState(500.0, 500.0, 10.0, 0.0, 0)
    used.after(ShipState(WALL_LEFT + 5.0, 500.0, -600.0, 0.0, 0), Input())
    assert used.after(elsewhere, RIGHT) == space().after(elsewhere, RIGHT)


def test_an_answer_in_the_middle_of_a_contact_costs_little() -> None:
    """What the engine remembers of the contact is not in the answer."""
    grinding = [Input(127, 90)] * 60
    truth = lived(grinding)
    for answered in range(1, 55):
        prediction = Prediction(space())
        prediction.reconcile(own_of(truth[answered - 1]), answered)
        for tick in range(answered + 1, answered + 5):
            prediction.step(tick, grinding[0])
        error_units = prediction.reconcile(own_of(truth[answered + 3]), answered + 4)
        assert error_units is not None
        assert error_units < 3.0


def test_a_boost_and_its_cooldown_are_foreseen() -> None:
    prediction = Prediction(space())
    prediction.reconcile(Own(7, 300.0, 500.0, 0.0, 0.0, 0), 0)
    prediction.step(1, Input(127, 0, 0, 0, Button.BOOST))
    assert prediction.state is not None
    assert prediction.state.vx > 400.0
    assert prediction.state.boost_ticks == 90


def test_without_a_ship_nothing_is_foreseen_and_inputs_are_kept_for_the_next_one() -> None:
    prediction = Prediction(space())
    assert prediction.reconcile(None, 10) is None
    prediction.step(11, RIGHT)
    prediction.step(12, RIGHT)
    assert prediction.state is None
    assert prediction.reconcile(START, 11) is None
    once = lived([RIGHT])[0]
    assert prediction.state == once


def test_another_ship_is_not_an_error() -> None:
    prediction = Prediction(space())
    prediction.reconcile(START, 0)
    prediction.step(1, RIGHT)
    assert prediction.reconcile(Own(8, 100.0, 100.0, 0.0, 0.0, 0), 1) is None


def test_a_tick_that_was_left_out_is_not_measured() -> None:
    prediction = Prediction(space())
    prediction.reconcile(START, 0)
    prediction.step(5, RIGHT)
    assert prediction.reconcile(START, 3) is None
    assert prediction.state == lived([RIGHT])[0]


def test_lines_are_clear_unless_a_wall_is_in_the_way() -> None:
    walls = Walls(ARENA)
    assert walls.is_clear(900, 100, 1100, 100, 4)
    assert not walls.is_clear(900, 500, 1100, 500, 4)
    assert not walls.is_clear(900, 205, 1100, 205, 16)
    assert walls.is_clear(980, 100, 980, 900, 4)
    assert walls.is_clear(500, 500, 900, 500 + pi, 4)


def test_after_long_without_an_answer_only_the_newest_inputs_are_measured() -> None:
    """The inputs before the newest 120 are forgotten, and with them what they led to."""
    prediction, last = Prediction(space()), 3 * REPLAY_TICKS_MAX
    prediction.reconcile(START, 0)
    for tick in range(1, last + 1):
        prediction.step(tick, Input())
    assert prediction.reconcile(START, last - REPLAY_TICKS_MAX) is None
    assert prediction.reconcile(START, last) == 0.0
