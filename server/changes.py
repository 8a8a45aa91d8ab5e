"""What a `changed` record costs and says, of many entities at once: `protocol.snapshot.change_of` in columns.

Of every ship that turned, the news is only when and whereto: where it was going until then is believed already. So if
the belief at the tick of the turn, with the new stick from there on, leads to where the ship is now, the new published
state is that belief: older than the snapshot by `age` ticks, and without residuals. Else it is the truth, as of now.
"""

from itertools import pairwise
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from protocol.packing import INTEGER_BYTES_MAX, RAW_FIELDS, TURN, TURN_BIT, UNSIGNED_FIELDS
from protocol.quantize import POSITION_SCALE
from protocol.snapshot import FIELD_NAMES, Field
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
_FIELD_OF: Final = np.repeat([field.value for field in Field], _WIDTHS)
"""The bit of the field that each integer after the mask belongs to."""
_MASKS: Final[Ints] = np.array(
    [int(np.bitwise_or.reduce(_FIELD_OF[(bits >> np.arange(len(_NAMES)) & 1).astype(bool)])) for bits in range(1024)]
)
"""The mask, by which of the ten integers are news, one bit each."""
_IS_TOLD: Final = np.arange(2 * max(Field)) & _FIELD_OF[:, None] != 0
"""By integer and mask, whether it follows; a turn's age is in the mask."""
_IS_TOLD[_NAMES.index("age"), TURN] = False
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
        low, high = np.packbits(differs, axis=0, bitorder="little")
        mask = _MASKS.take(low + (high.astype(np.int64) << 8))
        turns = (mask == TURN).nonzero()[0]
        self._integers[1] = mask
        self._integers[1, turns] = TURN_BIT + fields[_AGE_AT, turns]
        signs = fields >> 63 & _SIGNS
        fields <<= _SHIFTS
        fields ^= signs
        fields &= _BITS
        np.minimum(unsigned_bytes(fields), _BYTES_MAX, out=self._lengths[2:])
        self._lengths[2:] *= _IS_TOLD.take(mask, axis=1)
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


def explained(
    beliefs: Beliefs, rows: Ints, truth: Ints, strays: NDArray[np.bool_], motion: Floats, tick: int, age_max: int
) -> Changes:
    """The changes to `truth`, the records of `rows` as of now: to an older state where a turn up to `age_max` ticks ago
    explains it, and of who doesn't stray to what is believed anyway. `motion` is the world's."""
    right = (~strays).nonzero()[0]
    if len(right):
        truth[right] = beliefs.table.take(rows[right], axis=0)
        truth[right, TICK] = tick
    records, believed = aged(beliefs, rows, truth, motion, age_max)
    if len(right):
        records[right, X : ANGLE + 1] = believed[right]
    return Changes(beliefs, rows, records, believed, tick)


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


def aged(beliefs: Beliefs, rows: Ints, truth: Ints, motion: Floats, age_max: int) -> tuple[Ints, Ints]:
    """`truth`, but with an older state in place of each that is explained by a turn up to `age_max` ticks ago; and what
    is believed at the ticks of these records, as `Beliefs.rounded` has it.

    `truth` are the records as of now, whose entities were published; `motion` is the world's.
    """
    before, tick = beliefs.table.take(rows, axis=0), int(truth[0, TICK]) if len(truth) else 0
    turned = (before[:, MOVE_X] != truth[:, MOVE_X]) | (before[:, MOVE_Y] != truth[:, MOVE_Y])
    at = (turned & beliefs.constants.has_drag.take(truth[:, KIND])).nonzero()[0]
    ages = np.arange(1, min(age_max, AGE_TICKS_MAX) + 1)
    if not len(at) or not len(ages):
        return truth, beliefs.rounded(rows, tick)
    # what is believed now of all, and at each age of those that turned, in one go
    ticks = np.concatenate((truth[:, TICK], (tick - ages).repeat(len(at))))
    believed = beliefs.rounded(np.concatenate((rows, *[rows[at]] * len(ages))), ticks)
    older, believed = believed[len(rows) :].reshape(len(ages), len(at), -1), believed[: len(rows)]
    wrong = _wrong(beliefs.constants, truth[at], older, ages, motion.take(rows[at], axis=1))
    wrong[ages[:, None] > tick - before[at, TICK]] = np.inf
    best = wrong.argmin(axis=0)
    better = (np.minimum.reduce(wrong) < AGED_ERROR_MAX).nonzero()[0]
    records, at, best = truth.copy(), at[better], best[better]
    records[at, TICK] = tick - ages[best]
    believed[at] = older[best, better]
    records[at, X:ANGLE] = believed[at, :4]
    return records, believed


def _wrong(constants: Constants, truth: Ints, believed: Ints, ages: Ints, motion: Floats) -> Floats:
    """How far states that were `believed` so many ticks ago, `(ages, n, 5)`, and steered as now since then, lead from
    the truth in the end: where they are wrong now, and where the wrong velocity will have led them when it has died
    away. In tolerances, `(ages, n)`."""
    kind, ages = truth[:, KIND], ages[:, None]
    powers, sums = constants.decay(constants.starts.take(kind), ages)
    u = constants.terminal(kind, truth[:, MOVE_X:])[:, None]
    was = believed.transpose(2, 0, 1)
    w = was[2:4] / constants.velocity_scale.take(kind) - u
    places = was[:2] / POSITION_SCALE + (ages * u + w * sums) / constants.tick_rate
    apart = np.abs(motion[:2, None] - places)
    apart += np.abs(motion[3:5, None] - (u + w * powers)) / constants.drag.take(kind)
    return np.asarray(np.maximum(apart[0], apart[1]) / constants.tolerance[0].take(kind))
