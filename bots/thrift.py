"""How many bodies a client may predict that has too little time: a slow machine foresees less, and does not spiral.

What tells it is the time that foreseeing anew takes after a snapshot, and nothing else: a page whose pictures are slow,
or a machine that stood still, would gain nothing by foreseeing less. Too long three times in a row halves the bodies, a
second without gives one back. With none left a client foresees its own ship among the walls, which costs little.
"""

from typing import Final

from bots.prediction import BODIES_MAX

SPENT_S_MAX: Final = 0.008
"""A quarter of the time between two snapshots."""
IN_A_ROW: Final = 3
BACK_S: Final = 1.0


class Thrift:
    """One client's."""

    def __init__(self) -> None:
        self.bodies_max = BODIES_MAX
        self._too_long = 0
        """How often in a row."""
        self._well_since_s: float | None = None

    def note(self, spent_s: float, now_s: float) -> None:
        """To foresee anew took so long, until `now_s`."""
        self._too_long = self._too_long + 1 if spent_s > SPENT_S_MAX else 0
        if self._too_long == IN_A_ROW:
            self.bodies_max //= 2
            self._too_long, self._well_since_s = 0, now_s
        elif self._well_since_s is None or now_s - self._well_since_s >= BACK_S:
            self.bodies_max = min(BODIES_MAX, self.bodies_max + 1)
            self._well_since_s = now_s
