"""All bodies of a space at once: from the engine into the columns of a world, and their velocities back.

    motion      (6, rows): x, y, angle, vx, vy, spin
    read        after a step. Whoever is steered has the angle that was steered, not the engine's
    write       before one: every body's velocity, for the engine takes all or none

Where what belongs changes only when bodies come and go. It is worked out then, so that a tick is one call of the engine
and one of NumPy each way: in a small room the calls are what a tick costs.

pymunk's batch module is experimental, and this is the only place on the server that touches it. One buffer serves each
direction for good: pymunk never frees those that it makes, and one for each tick would be gigabytes a day.
"""

from collections.abc import Mapping

import numpy as np
import pymunk
import pymunk.batch
from numpy.typing import NDArray

_READ = (
    pymunk.batch.BodyFields.POSITION
    | pymunk.batch.BodyFields.ANGLE
    | pymunk.batch.BodyFields.VELOCITY
    | pymunk.batch.BodyFields.ANGULAR_VELOCITY
)
_X, _Y, _ANGLE, _VX, _VY, _SPIN = range(6)
_FIELDS = np.array((_X, _Y, _ANGLE, _VX, _VY, _SPIN))
"""Of one body as the engine gives them."""
_ENGINES_OWN = np.array((_ANGLE, _SPIN))
"""Of these, those that aren't read of whoever is steered."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Bodies:
    """Of `space`, in rows: the row of each body is in `row_of_body`, by the body's ID, and kept by the caller."""

    def __init__(self, space: pymunk.Space, row_of_body: Mapping[int, int], rows: int) -> None:
        self._space, self._row_of_body, self._rows = space, row_of_body, rows
        self._cells: Floats = np.zeros(6 * rows + 1)
        """One more than there are, for what nobody wants to know."""
        self.motion: Floats = self._cells[:-1].reshape(6, rows)
        self.steered: NDArray[np.bool_] = np.zeros(rows, dtype=bool)
        self._incoming, self._outgoing = pymunk.batch.Buffer(), pymunk.batch.Buffer()
        self.changes = 0
        """How often some have come, or gone."""
        self._is_known = False
        """Whether the next four are right."""
        self._targets = self._sources = np.empty(0, dtype=np.int64)
        """The cell of each number that is read, and of each that is written, in the engine's order."""
        self._read: Floats | None = None
        """What was read last, where the engine writes it."""
        self._written: Floats = np.empty(0)

    def changed(self) -> None:
        """Some have come, or gone."""
        self._is_known, self._read = False, None
        self.changes += 1

    def read(self) -> None:
        """Into `motion`."""
        self._know()
        if not len(self._targets):
            return
        self._incoming.clear()
        pymunk.batch.get_space_bodies(self._space, _READ, self._incoming)
        if self._read is None:
            self._read = np.frombuffer(self._incoming.float_buf(), dtype=np.float64)
        self._cells[self._targets] = self._read

    def write(self) -> None:
        """The velocities in `motion`."""
        self._know()
        if len(self._sources):
            self._cells.take(self._sources, out=self._written, mode="clip")
            pymunk.batch.set_space_bodies(self._space, pymunk.batch.BodyFields.VELOCITY, self._outgoing)

    def _know(self) -> None:
        if self._is_known:
            return
        self._incoming.clear()
        pymunk.batch.get_space_bodies(self._space, pymunk.batch.BodyFields.BODY_ID, self._incoming)
        ids = np.frombuffer(self._incoming.int_buf(), dtype=np.uintp).tolist()
        rows: Ints = np.array([self._row_of_body[body] for body in ids], dtype=np.int64)
        cells = rows[:, None] + _FIELDS * self._rows
        self._sources = cells[:, [_VX, _VY]].ravel()
        cells[np.ix_(self.steered[rows], _ENGINES_OWN)] = len(self._cells) - 1
        self._targets = cells.ravel()
        self._written = np.empty(len(self._sources))
        if len(ids):
            self._outgoing.set_float_buf(self._written)
        self._is_known = True
