"""What a `changed` record costs and says, of many entities at once: `protocol.snapshot.change_of` in columns.

Of every ship that turned, the news is only when and whereto: where it was going until then is believed already. So if
the belief at the tick of the turn, with the new stick from there on, leads to where the ship is now, the new published
state is that belief: older than the snapshot by `age` ticks, and without residuals. Else it is the truth, as of now.
"""

from typing import Final

import numpy as np

from protocol.packing import INTEGER_BYTES_MAX, RAW_FIELDS, TURN, TURN_BIT, UNSIGNED_FIELDS
from protocol.quantize import POSITION_SCALE
from protocol.snapshot import FIELD_NAMES, Field
from server.beliefs import (
    ANGLE,
    AXES,
    KIND,
    MOVE_X,
    MOVE_Y,
    SPIN,
    STATUS,
    TICK,
    Beliefs,
    Floats,
    Ints,
    X,
    wrap_rows,
)

AGE_TICKS_MAX: Final = 8
"""A turn is looked for so many ticks back at most."""
AGED_ERROR_MAX: Final = 0.5
"""How wrong an aged state may be, in tolerances, where it will be in the end."""
_BITS: Final[Ints] = np.array([field.value for field in Field], dtype=np.int64)
_NAMES: Final = [name for names in FIELD_NAMES.values() for name in names]
_FIELD_OF: Final = np.repeat(np.arange(len(_BITS)), [len(names) for names in FIELD_NAMES.values()])
"""Which of the fields each integer after the mask belongs to."""
_RAW, _UNSIGNED = (np.isin(_NAMES, names) for names in (RAW_FIELDS, UNSIGNED_FIELDS))
_SPIN_AT, _STATUS_AT, _AGE_AT = (_NAMES.index(name) for name in ("spin", "status", "age"))
_STARTS: Final = [1 << 7 * digit for digit in range(1, INTEGER_BYTES_MAX)]
"""From here on an unsigned integer takes one byte more."""
_DIGITS: Final = np.arange(INTEGER_BYTES_MAX)
_ID_BYTES, _MASK_BYTES = 1, 1


class Changes:
    """New published states of entities that stay in their cells, in the order of `rows`, which ascend.

    `records` are the states, `(n, 14)`; `bytes` what each costs, but for a long way from the id before.
    """

    def __init__(self, beliefs: Beliefs, rows: Ints, records: Ints, tick: int) -> None:
        believed, before = beliefs.rounded(rows, records[:, TICK]), beliefs.table[rows]
        self.rows, self.records = rows, records
        fields = np.empty((len(rows), len(_NAMES)), dtype=np.int64)
        fields[:, :_SPIN_AT] = records[:, X : ANGLE + 1] - believed
        fields[:, _SPIN_AT - 1] = wrap_rows(fields[:, _SPIN_AT - 1])
        fields[:, _SPIN_AT:_STATUS_AT] = records[:, SPIN : MOVE_Y + 1]
        fields[:, _STATUS_AT] = records[:, STATUS]
        fields[:, _AGE_AT] = tick - records[:, TICK]
        differs = fields != 0
        differs[:, _SPIN_AT:_STATUS_AT] = records[:, SPIN : MOVE_Y + 1] != before[:, SPIN : MOVE_Y + 1]
        differs[:, _STATUS_AT] = records[:, STATUS] != before[:, STATUS]
        told = np.stack([differs[:, field == _FIELD_OF].any(axis=1) for field in range(len(_BITS))], axis=1)
        self._told, self._mask = told[:, _FIELD_OF], told @ _BITS
        turns = self._mask == TURN
        self._mask[turns] = TURN_BIT + fields[turns, _AGE_AT]
        self._told[turns, _AGE_AT] = False
        self._wire = np.where(_RAW, fields & 255, np.where(_UNSIGNED, fields, (fields << 1) ^ (fields >> 63)))
        self._lengths = np.where(_RAW, 1, unsigned_bytes(self._wire)) * self._told
        self.bytes: Ints = _ID_BYTES + _MASK_BYTES + self._lengths.sum(axis=1)

    def pack(self, at: Ints, cells: Ints) -> dict[int, bytes]:
        """`protocol.packing.pack_changes` of those `at` these indices, which ascend, for each of their `cells`."""
        order = np.argsort(cells, kind="stable")
        at, cells, ids = at[order], cells[order], self.rows[at[order]]
        begins = np.flatnonzero(np.diff(cells, prepend=-1))
        gaps = np.diff(ids, prepend=0)
        gaps[begins] = ids[begins]
        integers = np.column_stack((gaps, self._mask[at], self._wire[at]))
        lengths = np.column_stack((unsigned_bytes(gaps), np.full(len(at), _MASK_BYTES), self._lengths[at]))
        digits = integers[:, :, None] >> 7 * _DIGITS
        more = lengths[:, :, None] - 1 > _DIGITS
        digits = np.where(more, digits & 127 | 128, digits)  # the last as it is: a raw byte has eight bits
        packed = digits[lengths[:, :, None] > _DIGITS].astype(np.uint8).tobytes()
        ends = lengths.sum(axis=1).cumsum()[np.append(begins, len(at))[1:] - 1].tolist()
        return {
            cell: packed[start:end] for cell, start, end in zip(cells[begins].tolist(), [0, *ends], ends, strict=False)
        }


def unsigned_bytes(values: Ints) -> Ints:
    """How long `protocol.packing.unsigned` makes each."""
    return np.asarray(1 + sum((values >= start).astype(np.int64) for start in _STARTS))


def aged(beliefs: Beliefs, rows: Ints, truth: Ints, places: Floats, velocities: Floats, age_max: int) -> Ints:
    """`truth`, but with an older state in place of each that is explained by a turn up to `age_max` ticks ago.

    `truth` are the records as of now, whose entities were published; `places` and `velocities` `(2, n)` are exact.
    """
    table, constants = beliefs.table, beliefs.constants
    tick = int(truth[0, TICK]) if len(truth) else 0
    turned = (table[:, MOVE_X][rows] != truth[:, MOVE_X]) | (table[:, MOVE_Y][rows] != truth[:, MOVE_Y])
    at = np.flatnonzero(turned & constants.has_drag[truth[:, KIND]])
    if not len(at):
        return truth
    records, best = truth.copy(), np.full(len(at), AGED_ERROR_MAX)
    rows, kind, places, velocities = rows[at], truth[at, KIND], places[:, at], velocities[:, at]
    allowed = tick - table[:, TICK][rows]
    u = constants.terminal(kind, truth[at, MOVE_X:])
    for age in range(1, min(age_max, AGE_TICKS_MAX) + 1):
        believed = beliefs.rounded(rows, tick - age)
        wrong = _wrong(beliefs, kind, believed, u, age, places, velocities)
        better = np.flatnonzero((wrong < best) & (allowed >= age))
        records[at[better], TICK] = tick - age
        records[at[better], X:ANGLE] = believed[better, :4]
        best[better] = wrong[better]
    return records


def _wrong(
    beliefs: Beliefs, kind: Ints, believed: Ints, u: Floats, age: int, places: Floats, velocities: Floats
) -> Floats:
    """How far states that were `believed` `age` ticks ago and steered to `u` since lead from the truth in the end:
    where they are wrong now, and where the wrong velocity will have led them when it has died away. In tolerances."""
    constants = beliefs.constants
    ages = np.full(len(kind), age)
    sums, powers, scale = constants.sums(kind, ages), constants.powers(kind, ages), constants.velocity_scale[kind]
    wrong: Floats = np.zeros(len(kind))
    for axis in AXES:
        w = believed[:, 2 + axis] / scale - u[:, axis]
        place = believed[:, axis] / POSITION_SCALE + (age * u[:, axis] + w * sums) / constants.tick_rate
        apart = np.abs(places[axis] - place)
        apart += np.abs(velocities[axis] - (u[:, axis] + w * powers)) / constants.drag[kind]
        wrong = np.maximum(wrong, apart)
    return np.asarray(wrong / constants.tolerance[kind])
