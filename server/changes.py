"""What a `changed` record costs and says, of many entities at once: `protocol.snapshot.change_of` in columns.

Of every ship that turned, the news is only when and whereto: where it was going until then is believed already. So if
the belief at the tick of the turn, with the new stick from there on, leads to where the ship is now, the new published
state is that belief: older than the snapshot by `age` ticks, and without residuals. Else it is the truth, as of now.
"""

from itertools import pairwise
from typing import Final

import numpy as np
from msgspec import Struct

from protocol.packing import INTEGER_BYTES_MAX, RAW_FIELDS, TURN, TURN_BIT, UNSIGNED_FIELDS
from protocol.quantize import POSITION_SCALE
from protocol.snapshot import FIELD_NAMES
from server.beliefs import (
    ANGLE,
    KIND,
    MOVE_X,
    MOVE_Y,
    SPIN,
    STATUS,
    TICK,
    Beliefs,
    Constants,
    Floats,
    Ints,
    X,
    wrap_rows,
)

AGE_TICKS_MAX: Final = 8
"""A turn is looked for so many ticks back at most."""
AGED_ERROR_MAX: Final = 0.5
"""How wrong an aged state may be, in tolerances, where it will be in the end."""
_NAMES: Final = [name for names in FIELD_NAMES.values() for name in names]
_WIDTHS: Final = [len(names) for names in FIELD_NAMES.values()]
_FIELD_OF: Final = np.repeat(np.arange(len(_WIDTHS)), _WIDTHS)
"""Which of the fields each integer after the mask belongs to. A field's bit in the mask is its place among them."""
_FIELD_STARTS: Final = np.cumsum([0, *_WIDTHS[:-1]])
_IS_RAW, _IS_UNSIGNED = (np.isin(_NAMES, names)[:, None] for names in (RAW_FIELDS, UNSIGNED_FIELDS))
_SHIFTS: Final = np.where(_IS_RAW | _IS_UNSIGNED, 0, 1)
_SIGNS: Final = np.where(_IS_RAW | _IS_UNSIGNED, 0, -1)
_BITS: Final = np.where(_IS_RAW, 255, -1)
_BYTES_MAX: Final = np.where(_IS_RAW, 1, INTEGER_BYTES_MAX)
_ANGLE_AT, _SPIN_AT, _STATUS_AT, _AGE_AT = (_NAMES.index(name) for name in ("dangle", "spin", "status", "age"))
_STARTS: Final[Ints] = np.array([1 << 7 * digit for digit in range(1, INTEGER_BYTES_MAX)])
"""From here on an unsigned integer takes one byte more."""
_DIGITS: Final = np.arange(INTEGER_BYTES_MAX)


class Packed(Struct):
    """Changes of some entities, by id."""

    rows: list[int]
    changed: bytes


class Changes:
    """New published states of entities, in the order of `rows`, which ascend.

    `records` are the states, `(n, 14)`; `believed` is what everyone makes of the states before at the ticks of these
    (`Beliefs.rounded`); `bytes` is what each costs, but for a long way from the id before.
    """

    def __init__(self, beliefs: Beliefs, rows: Ints, records: Ints, believed: Ints, tick: int) -> None:
        self.rows, self.records = rows, records
        before, now = beliefs.table.take(rows, axis=0).T, records.T
        self._integers: Ints = np.empty((2 + len(_NAMES), len(rows)), dtype=np.int64)
        """The id, the mask, and all fields, as they are written; and how many bytes each takes."""
        self._lengths: Ints = np.ones(self._integers.shape, dtype=np.int64)
        fields = self._integers[2:]
        np.subtract(now[X : ANGLE + 1], believed.T, out=fields[:_SPIN_AT])
        fields[_ANGLE_AT] = wrap_rows(fields[_ANGLE_AT])
        fields[_SPIN_AT:_STATUS_AT], fields[_STATUS_AT] = now[SPIN:], now[STATUS]
        np.subtract(tick, now[TICK], out=fields[_AGE_AT])
        differs = fields != 0
        np.not_equal(now[SPIN:], before[SPIN:], out=differs[_SPIN_AT:_STATUS_AT])
        np.not_equal(now[STATUS], before[STATUS], out=differs[_STATUS_AT])
        told = np.logical_or.reduceat(differs, _FIELD_STARTS)
        mask = np.packbits(told, axis=0, bitorder="little")[0]
        told = told.take(_FIELD_OF, axis=0)
        turns = (mask == TURN).nonzero()[0]
        mask[turns] = TURN_BIT + fields[_AGE_AT, turns]
        told[_AGE_AT, turns] = False
        self._integers[1] = mask
        signs = fields >> 63 & _SIGNS
        fields <<= _SHIFTS
        fields ^= signs
        fields &= _BITS
        np.minimum(unsigned_bytes(fields), _BYTES_MAX, out=self._lengths[2:])
        self._lengths[2:] *= told
        self.bytes: Ints = np.add.reduce(self._lengths)

    def pack(self, at: Ints, ways: Ints) -> dict[int, Packed]:
        """`protocol.packing.pack_changes` of those `at` these indices, which ascend, for each of their `ways`, by
        ascending ways."""
        if not len(at):
            return {}
        order = ways.argsort(kind="stable")
        at, ways = at.take(order), ways.take(order)
        firsts = np.append(True, ways[1:] != ways[:-1]).nonzero()[0]
        rows, integers, lengths = self.rows.take(at), self._integers.take(at, axis=1), self._lengths.take(at, axis=1)
        gaps = integers[0]
        np.subtract(rows[1:], rows[:-1], out=gaps[1:])
        gaps[firsts] = rows[firsts]
        lengths[0] = unsigned_bytes(gaps)
        packed, ids = _digits(integers.T.ravel(), lengths.T.ravel()), rows.tolist()
        ends = [0, *np.add.reduce(lengths).cumsum().tolist()]
        return {
            way: Packed(ids[first:last], packed[ends[first] : ends[last]])
            for way, (first, last) in zip(ways[firsts].tolist(), pairwise([*firsts.tolist(), len(ids)]), strict=True)
        }


def _digits(integers: Ints, lengths: Ints) -> bytes:
    """Each of `integers` in so many bytes, 7 bits in each; none for those that have no length."""
    there = lengths.nonzero()[0]
    integers, lengths = integers.take(there), lengths.take(there)[:, None]
    digit = _DIGITS[: lengths.max()]
    digits = (integers[:, None] >> 7 * digit).astype(np.uint8)
    digits |= (lengths - 1 > digit) * np.uint8(128)  # the last as it is: a raw byte has eight bits
    return digits[lengths > digit].tobytes()


def unsigned_bytes(values: Ints) -> Ints:
    """How long `protocol.packing.unsigned` makes each."""
    return np.asarray(_STARTS.searchsorted(values, "right") + 1)


def aged(beliefs: Beliefs, rows: Ints, truth: Ints, motion: Floats, age_max: int) -> Ints:
    """`truth`, but with an older state in place of each that is explained by a turn up to `age_max` ticks ago.

    `truth` are the records as of now, whose entities were published; `motion` is the world's.
    """
    constants, before = beliefs.constants, beliefs.table.take(rows, axis=0)
    turned = (before[:, MOVE_X] != truth[:, MOVE_X]) | (before[:, MOVE_Y] != truth[:, MOVE_Y])
    at = (turned & constants.has_drag.take(truth[:, KIND])).nonzero()[0]
    if not len(at):
        return truth
    records, best, tick = truth.copy(), np.full(len(at), AGED_ERROR_MAX), int(truth[0, TICK])
    rows, allowed = rows.take(at), tick - before[at, TICK]
    turn = _Turn(constants, truth[at], motion.take(rows, axis=1))
    for age in range(1, min(age_max, AGE_TICKS_MAX) + 1):
        believed = beliefs.rounded(rows, tick - age)
        wrong = turn.wrong(believed.T, age)
        better = ((wrong < best) & (allowed >= age)).nonzero()[0]
        records[at[better], TICK] = tick - age
        records[at[better], X:ANGLE] = believed[better, :4]
        best[better] = wrong[better]
    return records


class _Turn:
    """Ships that steer somewhere else now, and where and how fast they are."""

    def __init__(self, constants: Constants, truth: Ints, motion: Floats) -> None:
        kind = truth[:, KIND]
        self._constants, self._motion, self._starts = constants, motion, constants.starts.take(kind)
        self._u = constants.terminal(kind, truth[:, MOVE_X:])
        self._scale, self._drag, self._tolerance = (
            numbers.take(kind) for numbers in (constants.velocity_scale, constants.drag, constants.tolerance[0])
        )

    def wrong(self, believed: Ints, age: int) -> Floats:
        """How far states that were `believed` `age` ticks ago and steered so since lead from the truth in the end:
        where they are wrong now, and where the wrong velocity will have led them when it has died away. In
        tolerances."""
        ages = np.full(len(self._starts), age)
        powers, sums = self._constants.decay(self._starts, ages)
        w = believed[2:4] / self._scale - self._u
        places = believed[:2] / POSITION_SCALE + (age * self._u + w * sums) / self._constants.tick_rate
        apart = np.abs(self._motion[:2] - places)
        apart += np.abs(self._motion[3:5] - (self._u + w * powers)) / self._drag
        return np.asarray(np.maximum(apart[0], apart[1]) / self._tolerance)
