"""Flies about the arena and shoots now and then, at nobody."""

from math import atan2, hypot
from random import Random
from typing import Final

from bots.act import Act
from bots.brains.flight import away_from_walls, pull
from bots.common_room import CommonRoom
from bots.view import View
from protocol.arena import Point

ARRIVED_UNITS: Final = 120.0
PATIENCE_S: Final = 6.0
SHOT_CHANCE: Final = 0.05


class Wander:
    """Heads for one random point after another."""

    def __init__(self, room: CommonRoom, rng: Random) -> None:
        self._room = room
        self._rng = rng
        self._goal: Point = (0.0, 0.0)
        self._until_tick = 0

    def think(self, view: View, tick: int) -> Act:
        if view.own is None:
            return Act()
        me = (view.own.x, view.own.y)
        arrived = hypot(self._goal[0] - me[0], self._goal[1] - me[1]) < ARRIVED_UNITS
        if arrived or tick >= self._until_tick:
            self._choose_goal(tick)
        move = away_from_walls(self._room.walls, me, pull(me, self._goal))
        return Act(move, atan2(move[1], move[0]), fire=self._rng.random() < SHOT_CHANCE)

    def _choose_goal(self, tick: int) -> None:
        size = self._room.arena.size
        self._goal = (self._rng.uniform(0, size.width), self._rng.uniform(0, size.height))
        self._until_tick = tick + int(PATIENCE_S * self._room.rates.tick_rate)
