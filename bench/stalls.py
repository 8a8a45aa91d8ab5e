"""What the stalls of one connection do: how long until all is normal again, and what jumps on the screen.

The network says when it stalls, of each way. From the end of a stall on, for AFTER_STALL_S or until the next begins,
whatever is told to be not normal is put down to it. Stalls that overlap are one.
"""

from collections import deque
from math import inf
from typing import Final

from bench.figures import Figures
from bots.netsim import Pipe, Route

AFTER_STALL_S: Final = 2.0
STALLS_KEPT: Final = 8
"""Of each way: those that were heard of and are not over."""


class StallWatch:
    """Of one route. Let it `look` often."""

    def __init__(self, route: Route[bytes | str], figures: Figures) -> None:
        self._figures = figures
        self._ways: list[tuple[Pipe[bytes | str], deque[tuple[float, float]]]] = [
            (pipe, deque(maxlen=STALLS_KEPT)) for pipe in (route.up, route.down)
        ]
        """Each with its stalls that are not over, the next first."""
        self._over_s = -inf
        """When the latest was over."""
        self._abnormal_s: float | None = None
        """When something was not normal since, at last."""
        self._snaps = 0
        self._is_open = False

    def look(self, now_s: float) -> None:
        is_stalled = False
        for pipe, stalls in self._ways:
            if pipe.way.stall[1] < inf and (not stalls or stalls[-1] != pipe.way.stall):
                stalls.append(pipe.way.stall)
            while stalls and stalls[0][1] <= now_s * 1000.0:
                self._over_s, self._is_open = stalls.popleft()[1] / 1000.0, True
            is_stalled |= bool(stalls) and stalls[0][0] <= now_s * 1000.0
        if is_stalled or now_s - self._over_s > AFTER_STALL_S:
            self._close()

    def note(self, now_s: float, is_snap: bool = False) -> None:
        """Something is not normal."""
        if self._is_open:
            self._abnormal_s = now_s
            self._snaps += is_snap

    def _close(self) -> None:
        if self._is_open:
            worst_s = self._over_s if self._abnormal_s is None else self._abnormal_s
            self._figures.recovery_ms.add((worst_s - self._over_s) * 1000.0)
            self._figures.snaps.add(self._snaps)
        self._is_open, self._abnormal_s, self._snaps = False, None, 0
