"""Costs as little as a player can: holds the stick one way for a while, fires now and then, and looks at nothing.

For load: hundreds fit into one process, and to the server each is a player like any other.
"""

from math import cos, sin, tau
from random import Random
from typing import Final

from msgspec.structs import replace

from bots.act import Act
from bots.common_room import CommonRoom
from bots.view import View

HOLD_S_MIN: Final = 0.5
HOLD_S_MAX: Final = 2.5
FIRE_CHANCE: Final = 0.2
"""That a stretch begins with a shot."""


class Lean:
    """Flies blind."""

    is_blind: Final = True

    def __init__(self, room: CommonRoom, rng: Random) -> None:
        self._rng = rng
        self._tick_rate = room.rates.tick_rate
        self._act = Act()
        self._until_tick = 0

    def think(self, view: View, tick: int) -> Act:
        if tick >= self._until_tick:
            direction = self._rng.uniform(0.0, tau)
            self._act = Act((cos(direction), sin(direction)), direction)
            self._until_tick = tick + int(self._rng.uniform(HOLD_S_MIN, HOLD_S_MAX) * self._tick_rate)
            if self._rng.random() < FIRE_CHANCE:
                return replace(self._act, fire=True)
        return self._act
