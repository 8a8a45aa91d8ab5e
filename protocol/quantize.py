"""World units to wire integers and back.

Rule: every number about an entity crosses the wire as an integer, and both ends compute with what the
integer says, never with what was rounded away. Rounding is `floor(value * scale + 0.5)`, which is the same
in every language (Python's `round` and C's `rint` are not).

    position    1/8 of a unit
    velocity    1/`Kind.velocity_scale` of a unit per second
    angle       1/256 of a turn, -128..127
    spin        1/4096 of a turn per second
    aim         1/4096 of a turn, 0..4095 (inputs only)
    move        1/127 of full thrust, -127..127 per axis
    seen        1/16 of a tick (inputs only)
"""

from math import floor, tau
from typing import Final

import numpy as np
from numpy.typing import NDArray

POSITION_SCALE: Final = 8
ANGLE_STEPS: Final = 256
SPIN_SCALE: Final = 4096
AIM_STEPS: Final = 4096
MOVE_FULL: Final = 127
SEEN_SCALE: Final = 16
SEEN_MAX: Final = 65535


def nearest(value: float) -> int:
    """The integer that stands for `value`, already scaled."""
    return floor(value + 0.5)


def nearest_rows(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """`nearest` for an array."""
    return np.floor(values + 0.5).astype(np.int64)


def wrap_angle(steps: int) -> int:
    """`steps` of 1/256 turn, brought into -128..127."""
    return (steps + 128) % ANGLE_STEPS - 128


def angle_to_wire(radians: float) -> int:
    return wrap_angle(nearest(radians * (ANGLE_STEPS / tau)))


def angle_from_wire(steps: float) -> float:
    return steps * (tau / ANGLE_STEPS)


def aim_to_wire(radians: float) -> int:
    return nearest(radians * (AIM_STEPS / tau)) % AIM_STEPS


def aim_from_wire(steps: int) -> float:
    return steps * (tau / AIM_STEPS)


def move_to_wire(x: float, y: float) -> tuple[int, int]:
    """A stick at (`x`, `y`), each -1..1, as wire integers."""
    return _axis(x), _axis(y)


def seen_to_wire(ticks: float) -> int:
    """How many `ticks` before its input's a picture was; at least 1, for 0 says that nobody looked at one."""
    return max(1, min(SEEN_MAX, nearest(ticks * SEEN_SCALE)))


def _axis(value: float) -> int:
    return nearest(max(-1.0, min(1.0, value)) * MOVE_FULL)
