"""Where a spectator looks: along with a player, or at a place, and for load about in turn. Pure.

A server shows the middle of the arena to whoever says nothing, and after each welcome begins anew; so what was said
last in a room is said again there.
"""

from collections.abc import Iterable
from random import Random
from typing import Final

from protocol.limits import ARENA_SIDE_UNITS_MAX
from protocol.messages import Watch

ROVE_S: Final = 5.0
"""Who roves looks along with somebody else every so often."""


class Gaze:
    """One spectator's."""

    def __init__(self, rng: Random | None = None) -> None:
        """With `rng` it roves."""
        self._rng = rng
        self._last: Watch | None = None
        self._roved_s: float | None = None

    def follow(self, player: int) -> Watch:
        """What to say to look along with `player`."""
        if player <= 0:
            raise ValueError(f"no player has the number {player}")
        self._last = Watch(player)
        return self._last

    def look_at(self, x: float, y: float) -> Watch:
        """What to say to look at a place, in units; beyond the arena, at its border."""
        if not (x >= 0 and y >= 0):
            raise ValueError(f"({x}, {y}) is no place of an arena")
        farthest = ARENA_SIDE_UNITS_MAX
        self._last = Watch(0, round(min(x, farthest)), round(min(y, farthest)))
        return self._last

    def again(self) -> Watch | None:
        """What to say after another welcome to the same room."""
        return self._last

    def forget(self) -> None:
        """We go to another room."""
        self._last, self._roved_s = None, None

    def rove(self, players: Iterable[int], now_s: float) -> Watch | None:
        """Asked now and then: what to say to look along with another of `players`; None: nothing now."""
        if self._rng is None or (self._roved_s is not None and now_s - self._roved_s < ROVE_S):
            return None
        others = [player for player in players if self._last is None or player != self._last.player]
        if not others:
            return None
        self._roved_s = now_s
        return self.follow(self._rng.choice(others))
