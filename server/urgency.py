"""What is said first when not all can be said, and how wrong the rest may get.

Urgency is counted in tolerances of the entity's kind. It is the larger of how far its place and its angle are off; and
for what is wrong whole (a status; a cell that it has left; that it is there at all) `OWED_URGENCY` for each snapshot
that it has waited. What is above 1 is said, the most urgent of each cell first, until the next no longer fits into the
cell's budget.

**The promise.** In a crowd that never rests nothing waits for ever. Let a cell hold N entities and let its budget take
at least m of them in a snapshot; let an error grow by at most g tolerances from one snapshot to the next. Then right
after a snapshot no place is wrong by more than

    E = 1 + J + (g + OWED_URGENCY) * (N - 1) / m   tolerances        J = AGED_ERROR_MAX + 128 / tolerance_angle

For let an entity be wrong by E now and be passed over. Its urgency was at least E - k * g, k snapshots ago, and
whoever was preferred had as much. Whoever is published starts again from at most J (what an angle can be wrong at
once, and what its new state may be) and gains at most g + OWED_URGENCY in a snapshot; so to be preferred twice, k1 and
k2 < k1 snapshots ago, it needs J + (g + OWED_URGENCY) * (k1 - k2) >= E - k2 * g, so k1 >= (E - J) / (g +
OWED_URGENCY). In fewer snapshots than that none of the N - 1 others is preferred twice, and m are in each: there are
at most (N - 1) / m of them. The 1 is for what is not wrong enough to be said. It is the wait of a queue, at the price
of a sort; only who strays fastest gets as far.

In the same way something wrong whole waits for at most E / OWED_URGENCY snapshots.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from protocol.kinds import Kind
from protocol.quantize import ANGLE_STEPS
from server.beliefs import Ints
from server.changes import AGED_ERROR_MAX

OWED_URGENCY: Final = 8.0
"""Tolerances that something wrong whole is worth, for each snapshot that it has waited."""


def error_units_max(kind: Kind, stray_units_s: float, snapshot_rate: int, others: int, together: int) -> float:
    """The promise for one of `kind`, in units and right after a snapshot: beliefs stray from the truth by at most
    `stray_units_s` on an axis, `others` are in the cell with it, and a snapshot has room for `together` of them."""
    growth = stray_units_s / snapshot_rate / kind.tolerance_units
    jump = AGED_ERROR_MAX + ANGLE_STEPS / 2 / kind.tolerance_angle
    return kind.tolerance_units * (1.0 + jump + (growth + OWED_URGENCY) * others / together)


def within_budget(urgency: NDArray[np.float64], cells: Ints, costs: Ints, bytes_max: int) -> NDArray[np.bool_]:
    """Which of those that want to be said, each in one of `cells`, are. In each cell the most urgent first, until the
    next does not fit."""
    if costs.sum() <= bytes_max or np.bincount(cells, costs).max() <= bytes_max:
        return np.ones(len(costs), dtype=bool)
    order = np.lexsort((-urgency, cells))
    cells, spent = cells[order], costs[order].cumsum()
    begins = np.flatnonzero(np.diff(cells, prepend=-1))
    before = np.repeat(spent[begins] - costs[order[begins]], np.diff(begins, append=len(cells)))
    fits = np.empty(len(costs), dtype=bool)
    fits[order] = spent - before <= bytes_max
    return fits
