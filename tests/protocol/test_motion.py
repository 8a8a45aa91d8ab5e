"""How a ship moves in one tick: the stick's circle, drag, thrust, the boost and its cool-down."""

from math import hypot

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.kinds import Kind
from protocol.motion import (
    BOOST_SPEED,
    Button,
    Helm,
    Input,
    boost_ticks_of,
    coast,
    keep_and_gain,
    thrust_of,
    thrust_rows,
)
from tests.instruments import strategies as draw

SHIP = Kind(name="ship", category="ship", radius=16, mass=1, drag=2.0, thrust=840, steered=True)
RATE = 60
RIGHT = Input(move_x=127)
BOOST_RIGHT = Input(move_x=127, buttons=Button.BOOST)


@given(draw.axes, draw.axes)
def test_a_stick_never_pushes_harder_than_one_and_always_where_it_points(move_x: int, move_y: int) -> None:
    x, y = thrust_of(move_x, move_y)
    assert hypot(x, y) <= 1 + 1e-15
    assert x * move_y == pytest.approx(y * move_x)
    assert x * move_x >= 0 <= y * move_y


@pytest.mark.parametrize(
    ("move", "thrust"),
    [
        ((0, 0), (0, 0)),
        ((127, 0), (1, 0)),
        ((0, -127), (0, -1)),
        ((127, 127), (0.5**0.5, 0.5**0.5)),
        ((64, 0), (64 / 127, 0)),
    ],
)
def test_the_corners_of_the_stick_are_pulled_in(move: tuple[int, int], thrust: tuple[float, float]) -> None:
    assert thrust_of(*move) == pytest.approx(thrust, abs=0)


@given(st.lists(st.tuples(draw.axes, draw.axes), min_size=1))
def test_rows_of_sticks_are_the_same_bits(moves: list[tuple[int, int]]) -> None:
    rows = thrust_rows(np.array(moves, dtype=np.int64))
    assert [tuple(row) for row in rows.tolist()] == [thrust_of(*move) for move in moves]


@given(draw.speeds, draw.speeds, draw.inputs, draw.tick_rates)
def test_steering_is_the_rule_of_the_page(vx: float, vy: float, now: Input, tick_rate: int) -> None:
    keep, gain = 1 - SHIP.drag / tick_rate, SHIP.thrust / tick_rate
    tx, ty = thrust_of(now.move_x, now.move_y)
    expected = vx * keep + tx * gain, vy * keep + ty * gain
    helm = Helm()
    if (now.buttons | now.edges) & 2 and (now.move_x, now.move_y) != (0, 0):
        expected = expected[0] + tx * 460, expected[1] + ty * 460
    assert helm.steer(vx, vy, now, SHIP, tick_rate) == expected


@given(draw.speeds, draw.speeds, st.lists(draw.inputs, min_size=1, max_size=40))
def test_a_ship_flies_as_all_ships_at_once_do(vx: float, vy: float, flight: list[Input]) -> None:
    keep, gain = keep_and_gain(SHIP, RATE)
    rows, cooling, helm = np.array([[vx, vy]]), 0, Helm()
    for now in flight:
        thrust = thrust_rows(np.array([[now.move_x, now.move_y]]))
        rows = rows * keep + thrust * gain
        cooling = max(0, cooling - 1)
        if cooling == 0 and now.wants(Button.BOOST) and (now.move_x or now.move_y):
            rows, cooling = rows + thrust * BOOST_SPEED, 90
        vx, vy = helm.steer(vx, vy, now, SHIP, RATE)
        assert (vx, vy) == tuple(rows[0].tolist())
        assert helm.boost_ticks == cooling


def test_a_held_stick_ends_at_the_terminal_speed() -> None:
    helm, vx = Helm(), 0.0
    for _ in range(1000):
        vx, _ = helm.steer(vx, 0.0, RIGHT, SHIP, RATE)
    assert vx == pytest.approx(SHIP.thrust / SHIP.drag)


def test_a_let_go_stick_ends_at_rest() -> None:
    keep, gain = keep_and_gain(SHIP, RATE)
    velocity = 900.0
    for _ in range(1000):
        velocity = coast(velocity, 0.0, keep, gain)
    assert velocity == pytest.approx(0.0, abs=1e-9)


def boosts_of(inputs: list[Input], helm: Helm) -> list[int]:
    """At which of `inputs` a boost began."""
    return [at for at, now in enumerate(inputs) if helm.boosts(now, RATE)]


def test_a_held_boost_comes_again_after_its_cool_down() -> None:
    assert boost_ticks_of(RATE) == 90
    assert boosts_of([BOOST_RIGHT] * 200, Helm()) == [0, 90, 180]


def test_a_tap_boosts_even_if_released_between_two_inputs() -> None:
    assert boosts_of([Input(move_x=1, edges=Button.BOOST)], Helm()) == [0]


def test_a_tap_that_comes_too_early_is_lost() -> None:
    assert boosts_of([BOOST_RIGHT, *[RIGHT] * 50, BOOST_RIGHT, *[RIGHT] * 100], Helm()) == [0]


def test_without_a_direction_there_is_no_boost_and_no_cool_down() -> None:
    helm = Helm()
    assert boosts_of([Input(buttons=Button.BOOST)] * 3, helm) == []
    assert helm.boost_ticks == 0


def test_a_boost_adds_its_speed_along_the_stick() -> None:
    keep, gain = keep_and_gain(SHIP, RATE)
    assert Helm().steer(100.0, 0.0, BOOST_RIGHT, SHIP, RATE) == (100.0 * keep + gain + BOOST_SPEED, 0.0)


def test_a_button_is_wanted_when_held_or_pressed_and_buttons_do_not_mix() -> None:
    for button, other in ((Button.FIRE, Button.BOOST), (Button.BOOST, Button.FIRE)):
        for now in (Input(buttons=button), Input(edges=button), Input(buttons=255)):
            assert now.wants(button)
        assert not Input(buttons=other, edges=other).wants(button)
        assert not Input().wants(button)


@pytest.mark.parametrize(
    "beyond", [{"move_x": 128}, {"move_y": -128}, {"aim": 4096}, {"aim": -1}, {"buttons": 256}, {"edges": -1}]
)
def test_an_input_is_held_to_its_ranges(beyond: dict[str, int]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(beyond, Input)
