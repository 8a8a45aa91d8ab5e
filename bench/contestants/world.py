"""The game of the hand-written Python contestants: ships that thrust, drag and bounce off the border, in NumPy columns.

It is Ricochet's ship rule without anything to bump into. Pure: inputs come in as integers, wire integers come out.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from protocol.quantize import AIM_STEPS, ANGLE_STEPS, MOVE_FULL

THRUST: Final = 840.0
"""Units per second squared."""
DRAG: Final = 2.0
RADIUS: Final = 16.0
ELASTICITY: Final = 0.6
POSITION_SCALE: Final = 8
VELOCITY_SCALE: Final = 16
FIELDS: Final = 6
"""Of a record: id, x, y, vx, vy, angle."""


class Held(NamedTuple):
    """What a player holds, as it was sent."""

    move_x: int = 0
    move_y: int = 0
    aim: int = 0
    buttons: int = 0


class World:
    """Up to `capacity` ships in a square arena. A ship is its row; a row without one is not in `records`."""

    def __init__(self, capacity: int, arena_units: float, tick_rate: int) -> None:
        self.arena_units, self._tick_rate = arena_units, tick_rate
        self.held = [Held()] * capacity
        self._position = np.zeros((capacity, 2))
        self._velocity = np.zeros((capacity, 2))
        self._here = np.zeros(capacity, dtype=bool)
        self._free = list(range(capacity - 1, -1, -1))
        self._columns = max(1, int(np.ceil(capacity**0.5)))

    def enter(self) -> int | None:
        """A ship at rest, each at a place of its own; None when all rows are taken."""
        if not self._free:
            return None
        ship = self._free.pop()
        step = self.arena_units / self._columns
        self._position[ship] = (ship % self._columns + 0.5) * step, (ship // self._columns + 0.5) * step
        self._velocity[ship] = 0.0
        self.held[ship] = Held()
        self._here[ship] = True
        return ship

    def leave(self, ship: int) -> None:
        self._here[ship] = False
        self._free.append(ship)

    def step(self) -> None:
        """One tick for all ships."""
        move = np.array(self.held, dtype=np.float64)[:, :2] / MOVE_FULL
        length = np.maximum(1.0, np.hypot(move[:, 0], move[:, 1]))
        self._velocity *= 1.0 - DRAG / self._tick_rate
        self._velocity += move / length[:, None] * (THRUST / self._tick_rate)
        self._position += self._velocity / self._tick_rate
        low, high = RADIUS, self.arena_units - RADIUS
        outside = (self._position < low) | (self._position > high)
        self._velocity[outside] *= -ELASTICITY
        np.clip(self._position, low, high, out=self._position)

    def records(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """A record for every ship, one row of `FIELDS` wire integers each, and where it is in units."""
        ships = np.flatnonzero(self._here)
        rows = np.empty((len(ships), FIELDS), dtype=np.int64)
        position = self._position[ships]
        rows[:, 0] = ships
        rows[:, 1:3] = np.rint(position * POSITION_SCALE)
        rows[:, 3:5] = np.rint(self._velocity[ships] * VELOCITY_SCALE)
        aim = np.array(self.held, dtype=np.int64)[ships, 2]
        rows[:, 5] = (aim * ANGLE_STEPS // AIM_STEPS + ANGLE_STEPS // 2) % ANGLE_STEPS - ANGLE_STEPS // 2
        return rows, position
