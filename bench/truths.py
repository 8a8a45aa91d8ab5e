"""Where everything truly was: the latest ticks of one world, to hold against it what somebody drew of them."""

from math import floor, hypot
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from bots.interpolation import JUMP_UNITS
from server.beliefs import Floats
from server.world import World

TRUTHS_KEPT: Final = 128


class Truth(Struct, frozen=True):
    """Where everything was after one tick, by row."""

    alive: NDArray[np.bool_]
    x: Floats
    y: Floats


class Truths:
    """The latest ticks of one world, as they truly were."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_tick: dict[int, Truth] = {}

    def look(self, tick: int) -> None:
        world = self._world
        self._by_tick[tick] = Truth(world.alive.copy(), world.x.copy(), world.y.copy())
        self._by_tick.pop(tick - TRUTHS_KEPT, None)

    def at(self, entity: int, tick: float) -> tuple[float, float] | None:
        """Between two ticks a straight line; None when it was not there, or was put somewhere else."""
        before, after = self._by_tick.get(floor(tick)), self._by_tick.get(floor(tick) + 1)
        if before is None or after is None or not (before.alive[entity] and after.alive[entity]):
            return None
        x, y, share = float(before.x[entity]), float(before.y[entity]), tick - floor(tick)
        dx, dy = float(after.x[entity]) - x, float(after.y[entity]) - y
        return None if hypot(dx, dy) > JUMP_UNITS else (x + dx * share, y + dy * share)
