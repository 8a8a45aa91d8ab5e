"""How many bodies a client may predict that has too little time: a slow machine foresees less, and does not spiral.

A process has many bots, and is slow by what all of them do together. So, unlike in the page (`thrift.ts`), where it is
the time that foreseeing itself takes, lateness tells it: how long after its time a tick was lived. One late tick halves
the bodies, a second on time gives one back. With none left a client foresees its own ship among the walls, which costs
little.
"""

from typing import Final

from bots.prediction import BODIES_MAX

LATE_S: Final = 0.02
"""More than a tick at 60 a second."""
BACK_S: Final = 1.0


class Thrift:
    """One client's."""

    def __init__(self) -> None:
        self.bodies_max = BODIES_MAX
        self._on_time_since_s: float | None = None

    def note(self, late_s: float, now_s: float) -> None:
        """A tick was lived at `now_s`, so late."""
        if late_s > LATE_S:
            self.bodies_max //= 2
            self._on_time_since_s = now_s
        elif self._on_time_since_s is None or now_s - self._on_time_since_s >= BACK_S:
            self.bodies_max = min(BODIES_MAX, self.bodies_max + 1)
            self._on_time_since_s = now_s
