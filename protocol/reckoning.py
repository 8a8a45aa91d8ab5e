"""Where an entity is, ticks after it was published: what everyone believes until told otherwise.

With published position p, velocity v and thrust t, after n ticks at `tick_rate` R:

    u  = t * gain / (1 - keep)          terminal velocity (0 without thrust)
    K  = keep^n, S = keep + keep^2 + … + keep^n     by repeated multiplication and addition, n at most 600
    position = p + (n*u + (v - u)*S) / R
    velocity = u + (v - u)*K
    angle    = a + spin * n / R

which is `motion` in closed form: a ship that holds its stick costs nothing to publish, a rock that drifts
costs nothing for ever. Without drag, K = 1 and S = n. Walls are not known here; a bounce is published.

Both ends must get the same bits, because deltas are residuals against this: only + - * / in exactly this
order. The scalar and the row functions share the formulas below.
"""

from functools import lru_cache
from typing import Final, TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from protocol.kinds import Kind
from protocol.motion import keep_and_gain, thrust_of
from protocol.quantize import ANGLE_STEPS, POSITION_SCALE, SPIN_SCALE, nearest, wrap_angle

DECAY_TICKS_MAX: Final = 600
"""Powers of `keep` are tabled this far; later ticks use the last entry."""

Number = TypeVar("Number", float, NDArray[np.float64])


class Published(Struct):
    """One entity as everyone believes it: wire integers, and the tick at which they were true.

    The field order is the order of a record on the wire and in a checksum.
    """

    id: int
    kind: int
    variant: int
    owner: int
    status: int
    tick: int
    x: int
    y: int
    vx: int
    vy: int
    angle: int
    spin: int
    move_x: int
    move_y: int


class Reckoned(Struct):
    """A belief at one tick, in world units, units/s and 1/256 turns."""

    x: float
    y: float
    vx: float
    vy: float
    angle: float


@lru_cache(maxsize=64)
def decay_of(keep: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """keep^n and its running sums, n = 0..600."""
    powers, sums = [1.0], [0.0]
    for _ in range(DECAY_TICKS_MAX):
        powers.append(powers[-1] * keep)
        sums.append(sums[-1] + powers[-1])
    return tuple(powers), tuple(sums)


def decay_at(keep: float, ticks: int) -> tuple[float, float]:
    """(K, S) of the module's formulas."""
    if keep == 1.0:
        return 1.0, float(ticks)
    powers, sums = decay_of(keep)
    at = min(ticks, DECAY_TICKS_MAX)
    return powers[at], sums[at]


def position_after(p: Number, v: Number, u: Number, n: Number, s: Number, tick_rate: int) -> Number:
    return p + (n * u + (v - u) * s) / tick_rate


def velocity_after(v: Number, u: Number, k: Number) -> Number:
    return u + (v - u) * k


def angle_after(a: Number, spin: Number, n: Number, tick_rate: int) -> Number:
    """In 1/256 turns; `spin` in 1/4096 turns per second."""
    return a + spin * n / (tick_rate * (SPIN_SCALE // ANGLE_STEPS))


def terminal_velocity(thrust: Number, keep: float, gain: float) -> Number:
    assert keep < 1.0
    return thrust * gain / (1.0 - keep)


def reckon(published: Published, kind: Kind, tick: int, tick_rate: int) -> Reckoned:
    """What is believed of `published` at `tick` (not before its own)."""
    ticks = tick - published.tick
    assert ticks >= 0
    keep, gain = keep_and_gain(kind, tick_rate)
    k, s = decay_at(keep, ticks)
    ux = uy = 0.0
    if keep < 1.0:
        tx, ty = thrust_of(published.move_x, published.move_y)
        ux, uy = terminal_velocity(tx, keep, gain), terminal_velocity(ty, keep, gain)
    n = float(ticks)
    vx, vy = published.vx / kind.velocity_scale, published.vy / kind.velocity_scale
    return Reckoned(
        position_after(published.x / POSITION_SCALE, vx, ux, n, s, tick_rate),
        position_after(published.y / POSITION_SCALE, vy, uy, n, s, tick_rate),
        velocity_after(vx, ux, k),
        velocity_after(vy, uy, k),
        angle_after(float(published.angle), float(published.spin), n, tick_rate),
    )


def reckon_wire(published: Published, kind: Kind, tick: int, tick_rate: int) -> tuple[int, int, int, int, int]:
    """The belief at `tick` as wire integers (x, y, vx, vy, angle): what residuals are added to."""
    at = reckon(published, kind, tick, tick_rate)
    return (
        nearest(at.x * POSITION_SCALE),
        nearest(at.y * POSITION_SCALE),
        nearest(at.vx * kind.velocity_scale),
        nearest(at.vy * kind.velocity_scale),
        wrap_angle(nearest(at.angle)),
    )
