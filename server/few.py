"""What the publisher and `changes` do in columns, of a few entities, one by one: the same records, costs and bytes.

Below half a dozen rows a snapshot's changes are all calls of NumPy and no arithmetic, and in a small room there are
hardly ever more. Floats of Python's and of NumPy's are the same, so that what is believed is the same to the last bit;
a test holds the two together.
"""

from itertools import groupby
from math import floor, inf, pi
from operator import itemgetter
from typing import Final

import numpy as np

from protocol.motion import thrust_of
from protocol.packing import TURN, TURN_BIT, unsigned, zigzag
from protocol.quantize import ANGLE_STEPS, POSITION_SCALE, SPIN_SCALE, wrap_angle
from protocol.snapshot import FIELDS_PER_RECORD, Field
from server.beliefs import ANGLE, KIND, MOVE_X, MOVE_Y, SPIN, STATUS, TICK, VX, Beliefs, Floats, Ints, X, Y
from server.changes import AGE_TICKS_MAX, AGED_ERROR_MAX, Packed
from server.world import World

STEPS_PER_RADIAN: Final = ANGLE_STEPS / (2 * pi)
SPINS_PER_RADIAN: Final = SPIN_SCALE / (2 * pi)
FEW: Final = 6
"""No more are said one by one."""
_LEB: Final = tuple(unsigned(value) for value in range(1024))

Wire = tuple[int, int, int, int, int]
"""x, y, vx, vy, angle."""


class FewChanges:
    """`Changes` of a few: the entities `ids`, which ascend, with the true records of now. Who doesn't stray is told
    nothing but that it is as it is believed to be; the others get an older state in place of the truth if a turn up to
    `age_max` ticks ago explains it. `motion` is the world's."""

    def __init__(
        self,
        beliefs: Beliefs,
        ids: list[int],
        truth: list[list[int]],
        strays: list[bool],
        motion: Floats,
        tick: int,
        age_max: int,
    ) -> None:
        self.ids, self.lists, self._bodies = ids, truth, list[bytes]()
        for row, now, is_stray in zip(ids, truth, strays, strict=True):
            one = _One(beliefs, row)
            if is_stray:
                believed = one.explain(now, motion, tick, age_max)
            else:
                believed = one.rounded(tick)
                now[:] = one.before
                now[TICK], now[X : ANGLE + 1] = tick, believed
            self._bodies.append(_body(one.before, now, believed, tick))
        self.costs = [1 + len(body) for body in self._bodies]
        """What each costs, but for a long way from the id before."""

    @property
    def rows(self) -> Ints:
        return np.array(self.ids, dtype=np.int64)

    @property
    def records(self) -> Ints:
        return np.array(self.lists, dtype=np.int64).reshape(-1, FIELDS_PER_RECORD)

    @property
    def bytes(self) -> Ints:
        return np.array(self.costs, dtype=np.int64)

    def pack(self, at: Ints, ways: Ints) -> dict[int, Packed]:
        """As `Changes.pack`."""
        return self.packed(at.tolist(), ways.tolist())

    def packed(self, at: list[int], ways: list[int]) -> dict[int, Packed]:
        packed = {}
        for way, pairs in groupby(sorted(zip(ways, at, strict=True)), key=itemgetter(0)):
            ids, parts, before = list[int](), list[bytes](), 0
            for _, index in pairs:
                parts += _unsigned(self.ids[index] - before), self._bodies[index]
                ids.append(before := self.ids[index])
            packed[way] = Packed(ids, b"".join(parts))
        return packed


class _One:
    """What was believed of one entity."""

    def __init__(self, beliefs: Beliefs, row: int) -> None:
        self._beliefs, self._row = beliefs, row
        self.before: list[int] = beliefs.table[row].tolist()
        self._motion: list[float] = beliefs.motion[:, row].tolist()
        self._kind = self.before[KIND]
        self._scale: float = beliefs.constants.scales[self._kind]

    def rounded(self, tick: int) -> Wire:
        """`Beliefs.rounded`."""
        constants = self._beliefs.constants
        px, py, pa, ux, uy, ua, wx, wy, _ = self._motion
        rate, scale, n = constants.tick_rate, self._scale, float(tick - self.before[TICK])
        power, total = constants.decay_one(self._kind, tick - self.before[TICK])
        return (
            floor(((n * ux + wx * total) / rate + px) * POSITION_SCALE + 0.5),
            floor(((n * uy + wy * total) / rate + py) * POSITION_SCALE + 0.5),
            floor((wx * power + ux) * scale + 0.5),
            floor((wy * power + uy) * scale + 0.5),
            wrap_angle(floor(n * ua / rate + pa + 0.5)),
        )

    def explain(self, record: list[int], motion: Floats, tick: int, age_max: int) -> Wire:
        """`changes.aged`: `record` gets an older state if that explains it. What is believed at its tick."""
        before = self.before
        if record[MOVE_X : MOVE_Y + 1] == before[MOVE_X : MOVE_Y + 1] or not self._beliefs.constants.drags[self._kind]:
            return self.rounded(tick)
        best, least, older = 0, inf, None
        truth: list[float] = motion[:5, self._row].tolist()
        for age in range(1, min(age_max, AGE_TICKS_MAX, tick - before[TICK]) + 1):
            believed = self.rounded(tick - age)
            wrong = self._wrong(record, believed, age, truth)
            if wrong < least:
                best, least, older = age, wrong, believed
        if older is None or least >= AGED_ERROR_MAX:
            return self.rounded(tick)
        record[TICK], record[X:ANGLE] = tick - best, older[:4]
        return older

    def _wrong(self, record: list[int], believed: Wire, age: int, truth: list[float]) -> float:
        """`changes._wrong`: `truth` is x, y, angle, vx, vy."""
        constants, kind = self._beliefs.constants, self._kind
        power, total = constants.decay_one(kind, age)
        gain, loss, drag = constants.gains[kind], constants.losses[kind], constants.drags[kind]
        apart = 0.0
        for axis, thrust in enumerate(thrust_of(record[MOVE_X], record[MOVE_Y])):
            u = thrust * gain / loss
            w = believed[2 + axis] / self._scale - u
            place = believed[axis] / POSITION_SCALE + (age * u + w * total) / constants.tick_rate
            later = abs(truth[3 + axis] - (u + w * power)) / drag
            apart = max(apart, abs(truth[axis] - place) + later)
        tolerance: float = constants.tolerances[kind]
        return apart / tolerance


def truth_of(world: World, row: int, scale: float, tick: int) -> list[int]:
    """The record of one that would be published now, exact to the quantum; `scale` is of its kind's velocities."""
    x, y, angle, vx, vy, spin = world.motion[:, row].tolist()
    return [
        row,
        *world.traits[:, row].tolist(),
        tick,
        floor(x * POSITION_SCALE + 0.5),
        floor(y * POSITION_SCALE + 0.5),
        floor(vx * scale + 0.5),
        floor(vy * scale + 0.5),
        wrap_angle(floor(angle * STEPS_PER_RADIAN + 0.5)),
        floor(spin * SPINS_PER_RADIAN + 0.5),
        *world.move[row].tolist(),
    ]


def _body(before: list[int], now: list[int], believed: Wire, tick: int) -> bytes:
    """What follows the id of one whose state was `before`, and `believed` at the tick of its state `now`."""
    dx, dy, dvx, dvy = now[X] - believed[0], now[Y] - believed[1], now[VX] - believed[2], now[VX + 1] - believed[3]
    dangle, age = wrap_angle(now[ANGLE] - believed[4]), tick - now[TICK]
    moves = now[MOVE_X : MOVE_Y + 1] != before[MOVE_X : MOVE_Y + 1]
    mask = (
        Field.POSITION.value * bool(dx or dy)
        | Field.VELOCITY.value * bool(dvx or dvy)
        | Field.ANGLE.value * bool(dangle)
        | Field.SPIN.value * (now[SPIN] != before[SPIN])
        | Field.MOVE.value * moves
        | Field.STATUS.value * (now[STATUS] != before[STATUS])
        | Field.AGE.value * bool(age)
    )
    move = bytes((now[MOVE_X] & 255, now[MOVE_Y] & 255)) if moves else b""
    if mask == TURN:
        return bytes((TURN_BIT + age, dangle & 255)) + move
    parts = [bytes((mask,))]
    if mask & Field.POSITION:
        parts += _signed(dx), _signed(dy)
    if mask & Field.VELOCITY:
        parts += _signed(dvx), _signed(dvy)
    if mask & Field.ANGLE:
        parts.append(bytes((dangle & 255,)))
    if mask & Field.SPIN:
        parts.append(_signed(now[SPIN]))
    parts.append(move)
    if mask & Field.STATUS:
        parts.append(_signed(now[STATUS]))
    if mask & Field.AGE:
        parts.append(_unsigned(age))
    return b"".join(parts)


def _signed(value: int) -> bytes:
    return _unsigned(zigzag(value))


def _unsigned(value: int) -> bytes:
    return _LEB[value] if value < len(_LEB) else unsigned(value)
