"""How a ship moves in one tick: the rule that server, bots and browser all run.

    velocity = velocity * keep + thrust * gain        keep = 1 - drag/tick_rate, gain = Kind.thrust/tick_rate
    boost:     velocity = velocity + thrust * BOOST_SPEED, once per cool-down, while a direction is held

It is applied before the physics step; the step then moves the body and bounces it. Only + - * / and sqrt
on IEEE doubles, so that every language gets the same bits, and NumPy rows the same as floats.
"""

from enum import IntEnum
from functools import cache
from math import sqrt
from typing import Annotated, Final

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from protocol.kinds import Kind
from protocol.quantize import AIM_STEPS, MOVE_FULL

BOOST_SPEED: Final = 460.0
"""Units per second that a boost adds along the thrust."""
BOOST_COOLDOWN_S: Final = 1.5

_STICK_PLACES: Final = np.array((1, 256))

Axis = Annotated[int, Meta(ge=-MOVE_FULL, le=MOVE_FULL)]


class Button(IntEnum):
    """Bits of `Input.buttons` and `Input.edges`."""

    FIRE = 1
    BOOST = 2
    PULSE = 4


class Input(Struct, frozen=True):
    """What one player did in one tick, in wire integers.

    `buttons` are held now; `edges` were pressed since the previous input, even if released again.
    """

    move_x: Axis = 0
    move_y: Axis = 0
    aim: Annotated[int, Meta(ge=0, lt=AIM_STEPS)] = 0
    buttons: Annotated[int, Meta(ge=0, le=255)] = 0
    edges: Annotated[int, Meta(ge=0, le=255)] = 0

    def wants(self, button: Button) -> bool:
        """Held, or pressed and released between two inputs."""
        return bool((self.buttons | self.edges) & button)


def thrust_of(move_x: int, move_y: int) -> tuple[float, float]:
    """A stick position as a thrust vector of length 0..1: the corners of the square are pulled in to the circle."""
    length_squared = move_x * move_x + move_y * move_y
    if length_squared <= MOVE_FULL * MOVE_FULL:
        return move_x / MOVE_FULL, move_y / MOVE_FULL
    length = sqrt(length_squared)
    return move_x / length, move_y / length


def thrust_rows(move: NDArray[np.int64]) -> NDArray[np.float64]:
    """`thrust_of` for rows of (move_x, move_y), bit for bit."""
    return np.asarray(_thrusts().take(move.dot(_STICK_PLACES), axis=0))


@cache
def _thrusts() -> NDArray[np.float64]:
    """Of every position of the stick, at move_x + 256 * move_y, counted from the end where that is below 0. It is a
    megabyte, and to look a few ships up costs less than to work them out."""
    at = np.arange(-128, 128)
    move = np.roll(np.stack(np.broadcast_arrays(at, at[:, None]), axis=-1).reshape(-1, 2), -128 * 257, axis=0)
    length = np.sqrt(np.maximum((move * move).sum(axis=1), MOVE_FULL * MOVE_FULL))
    return np.asarray(move / length[:, None])


def keep_and_gain(kind: Kind, tick_rate: int) -> tuple[float, float]:
    """The two constants of the rule for one tick of `kind`."""
    return 1.0 - kind.drag / tick_rate, kind.thrust / tick_rate


def coast(velocity: float, thrust: float, keep: float, gain: float) -> float:
    """One axis of the rule."""
    return velocity * keep + thrust * gain


def boost_ticks_of(tick_rate: int) -> int:
    """The boost's cool-down in ticks."""
    return int(BOOST_COOLDOWN_S * tick_rate)


class Helm(Struct, array_like=True):
    """What steering remembers between ticks: the ship's velocity is the body's, this is the rest."""

    boost_ticks: int = 0
    """Ticks until the next boost may begin."""

    def steer(self, vx: float, vy: float, now: Input, kind: Kind, tick_rate: int) -> tuple[float, float]:
        """The velocity, in units/s, that goes into this tick's physics step."""
        keep, gain = keep_and_gain(kind, tick_rate)
        tx, ty = thrust_of(now.move_x, now.move_y)
        vx, vy = coast(vx, tx, keep, gain), coast(vy, ty, keep, gain)
        if self.boosts(now, tick_rate):
            vx, vy = vx + tx * BOOST_SPEED, vy + ty * BOOST_SPEED
        return vx, vy

    def boosts(self, now: Input, tick_rate: int) -> bool:
        """Count the cool-down, and say whether this tick starts a boost."""
        if self.boost_ticks > 0:
            self.boost_ticks -= 1
        if self.boost_ticks == 0 and now.wants(Button.BOOST) and (now.move_x or now.move_y):
            self.boost_ticks = boost_ticks_of(tick_rate)
            return True
        return False
