"""How much of a core a process used at its busiest, so that a swarm can tell whether it was the bottleneck.

An average over the whole run would hide it: while the bots are still joining, the process has time to spare.
"""

from collections import deque
from typing import Final

WINDOW_S: Final = 5.0
"""Long enough that one burst (a collection of garbage, a room's first keyframes) is not taken for the load."""


class Busyness:
    """The largest share of a core over any window so far. Arguments are clocks, in seconds: wall time and CPU time."""

    def __init__(self, now_s: float, cpu_s: float) -> None:
        self._readings = deque([(now_s, cpu_s)])
        """Those of the last window, and the one before it."""
        self._has_window = False
        self.share_max = 0.0

    def note(self, now_s: float, cpu_s: float) -> None:
        """Take a reading, about once a second. Until there is a whole window, all that there is counts as one."""
        readings = self._readings
        while len(readings) > 1 and readings[1][0] <= now_s - WINDOW_S:
            readings.popleft()
        since_s, since_cpu_s = readings[0]
        readings.append((now_s, cpu_s))
        if now_s <= since_s:
            return
        share = (cpu_s - since_cpu_s) / (now_s - since_s)
        is_window = now_s - since_s >= WINDOW_S
        self.share_max = max(self.share_max, share) if self._has_window else share
        self._has_window = self._has_window or is_window
