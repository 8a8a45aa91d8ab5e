"""What each ship and each rock has touched lately: with that an error is counted where its cause is.

With another ship, if it touched one in the last WINDOW_TICKS, else with rocks (crates, balls), else with walls, else
in flight. The server's own engine is asked, after each tick.
"""

from collections import deque
from typing import Final, Literal

import numpy as np

from protocol.physics import CATEGORY_BITS, WALL
from server.world import World

Situation = Literal["flight", "walls", "rocks", "contact"]
SITUATIONS: Final[tuple[Situation, ...]] = ("flight", "walls", "rocks", "contact")
"""The worst last."""
WINDOW_TICKS: Final = 24
"""What happened at a tick may still be wrong in a prediction that was made so many ticks later: the lead, and some."""
TOUCHES_KEPT: Final = 96
"""Ticks in which it touched something, of each."""
_BITS: Final[dict[Situation, int]] = {
    "contact": CATEGORY_BITS["ship"],
    "rocks": CATEGORY_BITS["rock"] | CATEGORY_BITS["crate"] | CATEGORY_BITS["ball"],
    "walls": WALL,
}


class Touches:
    """Of all ships and rocks of one world. `look` after each tick."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._watched = np.array([kind.category in ("ship", "rock") for kind in world.kinds])
        self._touches: dict[int, deque[tuple[int, int]]] = {}
        """(tick, bits of what was touched), by entity."""

    def look(self, tick: int) -> None:
        world = self._world
        for entity in np.flatnonzero(world.alive & self._watched[world.kind]).tolist():
            if bits := world.touched_by(entity):
                self._touches.setdefault(entity, deque(maxlen=TOUCHES_KEPT)).append((tick, bits))

    def situation(self, entity: int, tick: float) -> Situation:
        """Of an entity at one of the latest ticks."""
        bits = 0
        for at, touched in self._touches.get(entity, ()):
            if tick - WINDOW_TICKS < at <= tick:
                bits |= touched
        return next((situation for situation in reversed(SITUATIONS[1:]) if bits & _BITS[situation]), "flight")
