"""World units to wire integers: one rounding rule, angles that wrap, and half a step of error at most."""

from math import floor, pi, tau

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import quantize

scaled = st.floats(-1e9, 1e9)
radians = st.floats(-1000, 1000)


@pytest.mark.parametrize(
    ("value", "integer"),
    [(0.0, 0), (0.49, 0), (0.5, 1), (1.5, 2), (2.5, 3), (-0.49, 0), (-0.5, 0), (-0.51, -1), (-1.5, -1), (-2.5, -2)],
)
def test_halves_go_up_and_never_to_the_even_one(value: float, integer: int) -> None:
    assert quantize.nearest(value) == integer


@given(scaled)
def test_the_rule_is_the_one_of_the_page(value: float) -> None:
    assert quantize.nearest(value) == floor(value + 0.5)
    assert abs(quantize.nearest(value) - value) <= 0.5 + 1e-6


@given(st.lists(scaled, max_size=20))
def test_rows_are_rounded_like_numbers(values: list[float]) -> None:
    rows = quantize.nearest_rows(np.array(values, dtype=np.float64))
    assert rows.tolist() == [quantize.nearest(value) for value in values]


@given(st.integers(-(2**40), 2**40))
def test_a_wrapped_angle_is_the_same_direction_in_one_byte(steps: int) -> None:
    wrapped = quantize.wrap_angle(steps)
    assert -128 <= wrapped <= 127
    assert (steps - wrapped) % quantize.ANGLE_STEPS == 0


@pytest.mark.parametrize(
    ("steps", "wrapped"), [(127, 127), (128, -128), (255, -1), (256, 0), (-128, -128), (-129, 127)]
)
def test_where_angles_wrap(steps: int, wrapped: int) -> None:
    assert quantize.wrap_angle(steps) == wrapped


def turn_between(a: float, b: float) -> float:
    """The angle between two directions, 0..π."""
    return abs((a - b + pi) % tau - pi)


@given(radians)
def test_an_angle_comes_back_within_half_a_step(angle: float) -> None:
    steps = quantize.angle_to_wire(angle)
    assert -128 <= steps <= 127
    assert turn_between(quantize.angle_from_wire(steps), angle) <= tau / 512 + 1e-9


@given(radians)
def test_an_aim_comes_back_within_half_a_step(angle: float) -> None:
    steps = quantize.aim_to_wire(angle)
    assert 0 <= steps < quantize.AIM_STEPS
    assert turn_between(quantize.aim_from_wire(steps), angle) <= tau / 8192 + 1e-9


@given(st.integers(-128, 127))
def test_an_angle_on_the_wire_stands_for_itself(steps: int) -> None:
    assert quantize.angle_to_wire(quantize.angle_from_wire(steps)) == steps


@given(st.integers(0, 4095))
def test_an_aim_on_the_wire_stands_for_itself(steps: int) -> None:
    assert quantize.aim_to_wire(quantize.aim_from_wire(steps)) == steps


def test_a_quarter_turn_is_a_quarter_of_the_steps() -> None:
    assert quantize.angle_to_wire(pi / 2) == 64
    assert quantize.aim_to_wire(pi / 2) == 1024


@pytest.mark.parametrize(
    ("stick", "wire"),
    [((0.0, 0.0), (0, 0)), ((1.0, -1.0), (127, -127)), ((9.0, -9.0), (127, -127)), ((0.5, -0.5), (64, -63))],
)
def test_a_stick_is_held_to_its_square(stick: tuple[float, float], wire: tuple[int, int]) -> None:
    assert quantize.move_to_wire(*stick) == wire
