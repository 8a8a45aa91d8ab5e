"""Prediction lived twice: what was foreseen is, to the bit, what the same engine then does; and going back is free."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bots.neighbourhood import BodyState, Neighbourhood, ShipState
from bots.prediction import (
    BODIES_MAX,
    BODY_TICKS_MAX,
    MARGIN_UNITS,
    REPLAY_TICKS_MAX,
    SOON_TICKS,
    Prediction,
    Reconciled,
)
from protocol.limits import INPUT_HOLD_TICKS_MAX
from protocol.motion import Button, Input
from protocol.snapshot import Own
from tests.bots.stage import ARENA, KINDS, SHIP
from tests.instruments import strategies as draw

START = Own(7, 940.0, 500.0, 0.0, 0.0, 0)
RIGHT = Input(127, 0)
BOOST_LEFT = Input(-127, 0, 0, 0, Button.BOOST)
WALL_LEFT = 1000.0 - 8.0 - SHIP.radius + 3.0
"""Where a ship's centre can't get beyond, from the left; some overlap is the solver's."""


def space() -> Neighbourhood:
    return Neighbourhood(ARENA, KINDS, SHIP, 60)


def started() -> Prediction:
    """With the ship at START."""
    prediction = Prediction(space(), 60)
    prediction.reconcile(START, 0)
    return prediction


def state_of(own: Own) -> ShipState:
    return ShipState(own.x, own.y, own.vx, own.vy, own.boost_ticks)


def own_of(state: ShipState, entity: int = 7) -> Own:
    return Own(entity, state.x, state.y, state.vx, state.vy, state.boost_ticks)


def lived(inputs: list[Input], start: Own = START) -> list[ShipState]:
    """What the server's ship does: one space, one ship, no interruption."""
    own_space = space()
    own_space.restore(state_of(start), ())
    return [own_space.step(now) for now in inputs]


def test_a_ship_flies_to_the_wall_and_bounces_off() -> None:
    states = lived([RIGHT] * 60)
    assert max(state.x for state in states) < WALL_LEFT
    assert min(state.vx for state in states) < 0 < states[0].vx


@given(st.lists(draw.inputs, min_size=1, max_size=80), st.integers(1, 10))
def test_what_was_foreseen_happens_to_the_bit(inputs: list[Input], lead: int) -> None:
    truth = lived(inputs)
    prediction = started()
    for tick, now in enumerate(inputs, 1):
        prediction.step(tick, now)
        answered = tick - lead
        if answered >= 1:
            assert prediction.reconcile(own_of(truth[answered - 1]), answered) == Reconciled(0.0, 0.0)
    assert prediction.state == truth[-1]


@given(st.lists(draw.inputs, min_size=10, max_size=40), st.integers(1, 9))
def test_an_answer_that_differs_is_taken_and_the_rest_lived_again(inputs: list[Input], answered: int) -> None:
    prediction = started()
    for tick, now in enumerate(inputs, 1):
        prediction.step(tick, now)
    foreseen = lived(inputs)[answered - 1]
    shoved = Own(7, foreseen.x - 30.0, foreseen.y + 40.0, -300.0, 20.0, foreseen.boost_ticks)
    done = prediction.reconcile(shoved, answered)
    assert done.error_units == done.surprise_units == pytest.approx(50.0)
    assert (done.replayed_ticks, done.bodies) == (len(inputs) - answered, 0)
    assert prediction.state == [state_of(shoved), *lived(inputs[answered:], shoved)][-1]


def test_what_was_foreseen_at_first_is_remembered() -> None:
    prediction = started()
    for tick in range(1, 7):
        prediction.step(tick, RIGHT)
    shoved = Own(7, 500.0, 500.0, 0.0, 0.0, 0)
    assert prediction.reconcile(shoved, 2).correction_units == pytest.approx(440.0, abs=10.0)
    done = prediction.reconcile(own_of(lived([RIGHT] * 2, shoved)[-1]), 4)
    assert done.error_units == 0.0
    assert done.surprise_units == pytest.approx(440.0, abs=10.0)


def beside(count: int) -> list[BodyState]:
    """Ships that our own at START may touch soon."""
    return [BodyState(20 + n, 0, 0, 900.0 - 40.0 * n, 500.0, 0.0, 0.0, 0.0, 0.0) for n in range(count)]


def test_what_may_touch_us_is_lived_with_us_at_every_snapshot() -> None:
    prediction = started()
    for tick in range(1, 21):
        prediction.step(tick, Input(-127, 0))
    first, again = (prediction.reconcile(START, 0, beside(1)) for _ in range(2))
    assert (first.replayed_ticks, first.bodies, first.bodies_left_out) == (20, 1, 0)
    assert first.correction_units > 1.0
    assert again == Reconciled(None, None, 0.0, 20, 1, 0)
    assert prediction.state is not None
    assert prediction.state.x > lived([Input(-127, 0)] * 20)[-1].x + 1.0, "it was in the way"


def test_what_was_foreseen_of_us_and_of_what_is_beside_us_is_not_lived_again() -> None:
    """Until something is told to be otherwise: a place, a stick, or who there is."""
    told = [BodyState(20, 0, 0, 900.0, 500.0, 0.0, 0.0, 0.0, 0.0)]
    server, prediction = space(), started()
    server.restore(state_of(START), told)
    prediction.reconcile(START, 0, told)
    for tick in range(1, 9):
        own = server.step(RIGHT)
        prediction.step(tick, RIGHT)
        assert prediction.reconcile(own_of(own), tick, server.beside()) == Reconciled(0.0, 0.0, bodies=1)
    still = told[0]
    for otherwise in ([replace(still, x=900.1)], [replace(still, move_x=9)], [replace(still, entity=21)]):
        prediction = started()
        prediction.reconcile(START, 0, told)
        prediction.step(1, RIGHT)
        prediction.step(2, RIGHT)
        first = lived([RIGHT])[0]
        assert prediction.reconcile(own_of(first), 1, otherwise).replayed_ticks == 1


def test_what_was_beside_us_and_is_gone_is_forgotten() -> None:
    prediction = started()
    prediction.reconcile(START, 0, beside(1))
    for tick in range(1, 9):
        prediction.step(tick, Input(-127, 0))
    truth = lived([Input(-127, 0)] * 8)
    assert prediction.reconcile(own_of(truth[0]), 1).replayed_ticks == 7
    assert prediction.state == truth[-1]


def test_what_is_only_published_is_lived_with_too_where_it_may_be_touched() -> None:
    far = BodyState(30, 0, 0, 300.0, 500.0, 0.0, 0.0, 0.0, 0.0)
    prediction = started()
    assert prediction.reconcile(START, 0, (), [far]).bodies == 0
    assert prediction.reconcile(START, 0, (), [*beside(1), far]).bodies == 2
    assert prediction.reconcile(START, 0, beside(1), [far]).bodies == 2


def test_where_we_boosted_or_turned_what_is_farther_off_matters() -> None:
    """The server doesn't know yet, and takes us to stay where we are."""
    ahead = BodyState(30, 0, 0, 850.0, 500.0, 0.0, 0.0, 0.0, 0.0)
    for now, ticks, bodies in ((Input(), 14, 0), (Input(-127, 0), 2, 0), (Input(-127, 0), 14, 1), (BOOST_LEFT, 1, 1)):
        prediction = started()
        for tick in range(1, ticks + 1):
            prediction.step(tick, now)
        assert prediction.reconcile(START, 0, (), [ahead]).bodies == bodies


@pytest.mark.parametrize(("silent_ticks", "is_right"), [(3, True), (SOON_TICKS, False)])
def test_what_we_boost_into_is_foreseen_once_a_snapshot_has_come_since(silent_ticks: int, is_right: bool) -> None:
    """The nearest that isn't lived with before: until the next snapshot of a steady flow it is out of reach."""
    ahead = BodyState(30, 0, 0, START.x - 2 * SHIP.radius - MARGIN_UNITS - 1.0, START.y, 0.0, 0.0, 0.0, 0.0)
    server, prediction = space(), started()
    server.restore(state_of(START), [ahead])
    assert prediction.reconcile(START, 0, [ahead]).bodies == 0
    for tick in range(1, 13):
        truth = server.step(BOOST_LEFT)
        prediction.step(tick, BOOST_LEFT)
        if tick == silent_ticks:
            assert (prediction.state == truth) is is_right
            assert prediction.reconcile(START, 0, [ahead]).bodies == 1
        assert prediction.state == truth or tick < silent_ticks


@pytest.mark.parametrize(
    ("ticks", "bodies_max", "bodies"),
    [(4, BODIES_MAX, BODIES_MAX), (4, 3, 3), (4, 0, 0), (64, BODIES_MAX, BODY_TICKS_MAX // 64), (119, BODIES_MAX, 2)],
)
def test_the_cost_of_a_snapshot_is_bounded(ticks: int, bodies_max: int, bodies: int) -> None:
    prediction = started()
    for tick in range(1, ticks + 1):
        prediction.step(tick, Input())
    done = prediction.reconcile(START, 0, beside(BODIES_MAX + 2), bodies_max=bodies_max)
    assert (done.replayed_ticks, done.bodies) == (ticks, bodies)
    assert done.bodies * done.replayed_ticks <= BODY_TICKS_MAX
    assert done.bodies_left_out == BODIES_MAX - bodies


def test_a_boost_and_its_cooldown_are_foreseen() -> None:
    prediction = Prediction(space(), 60)
    prediction.reconcile(Own(7, 300.0, 500.0, 0.0, 0.0, 0), 0)
    prediction.step(1, Input(127, 0, 0, 0, Button.BOOST))
    assert prediction.state is not None
    assert prediction.state.vx > 400.0
    assert prediction.state.boost_ticks == 90


def test_without_a_ship_nothing_is_foreseen_and_inputs_are_kept_for_the_next_one() -> None:
    prediction = Prediction(space(), 60)
    assert prediction.reconcile(None, 10) == Reconciled()
    prediction.step(11, RIGHT)
    prediction.step(12, RIGHT)
    assert prediction.state is None
    assert prediction.reconcile(START, 11).error_units is None
    once = lived([RIGHT])[0]
    assert prediction.state == once


def test_another_ship_is_not_an_error() -> None:
    prediction = started()
    prediction.step(1, RIGHT)
    assert prediction.reconcile(Own(8, 100.0, 100.0, 0.0, 0.0, 0), 1).error_units is None


def test_ticks_that_were_left_out_are_held_as_the_server_holds_them() -> None:
    prediction = started()
    prediction.step(1, Input(127, 0, 9, Button.FIRE, Button.FIRE))
    prediction.step(21, Input(0, 127))
    held = [Input(127, 0)] * (1 + INPUT_HOLD_TICKS_MAX)
    assert prediction.state == lived([*held, *[Input()] * 4, Input(0, 127)])[-1]
    assert prediction.reconcile(own_of(lived(held)[-1]), 1 + INPUT_HOLD_TICKS_MAX).error_units == 0.0


def test_after_a_silence_what_is_held_counts_from_the_last_input_and_not_from_the_last_news() -> None:
    left, up = Input(-127, 0), Input(0, 127)
    truth = lived([left] * (1 + INPUT_HOLD_TICKS_MAX) + [Input()] * 19 + [up])
    prediction = started()
    prediction.step(1, left)
    for tick in (10, 30):
        prediction.reconcile(own_of(truth[tick - 1]), tick)
    prediction.step(36, up)
    assert prediction.state == truth[-1]


def test_before_the_first_input_nothing_is_held() -> None:
    prediction = Prediction(space(), 60)
    prediction.reconcile(START, 500)
    prediction.step(512, RIGHT)
    assert prediction.state == lived([*[Input()] * 11, RIGHT])[-1]


def test_after_long_without_an_answer_only_the_newest_inputs_are_measured() -> None:
    """The inputs before the newest 120 are forgotten, and with them what they led to."""
    prediction, last = started(), 3 * REPLAY_TICKS_MAX
    for tick in range(1, last + 1):
        prediction.step(tick, Input())
    assert prediction.reconcile(START, last - REPLAY_TICKS_MAX).error_units is None
    assert prediction.reconcile(START, last).error_units == 0.0
