"""Brains that do what is hard to foresee: they meet walls, rocks and each other, again and again."""

from collections.abc import Callable
from math import atan2, cos, pi, sin
from random import Random
from typing import Final

from bots.act import Act, Brain
from bots.brains.hunter import Hunter
from bots.common_room import CommonRoom
from bots.view import View
from protocol.kinds import Category


class Wanderer:
    """Flies somewhere else every now and then, boosts sometimes, and mostly meets walls."""

    def __init__(self, rng: Random) -> None:
        self._rng, self._act = rng, Act()

    def think(self, view: View, tick: int) -> Act:
        if self._rng.random() < 0.2:
            angle = self._rng.uniform(-pi, pi)
            self._act = Act((cos(angle), sin(angle)), angle, False, self._rng.random() < 0.2)
        return self._act


class Rammer:
    """Flies at the nearest thing of its sort, and somewhere else for a while when it has been at it."""

    def __init__(self, rng: Random, category: Category) -> None:
        self._category, self._wanderer, self._rng = category, Wanderer(rng), rng
        self._elsewhere = 0

    def think(self, view: View, tick: int) -> Act:
        target = view.nearest(self._category)
        self._elsewhere -= 1
        if self._elsewhere <= 0 and self._rng.random() < 0.05:
            self._elsewhere = 10
        if target is None or view.own is None or self._elsewhere > 0:
            return self._wanderer.think(view, tick)
        angle = atan2(target.y - view.own.y, target.x - view.own.x)
        return Act((cos(angle), sin(angle)), angle)


PILOTS: Final[dict[str, Callable[[CommonRoom, Random], Brain]]] = {
    "hunter": Hunter,
    "wanderer": lambda room, rng: Wanderer(rng),
    "rock rammer": lambda room, rng: Rammer(rng, "rock"),
    "ship rammer": lambda room, rng: Rammer(rng, "ship"),
}
