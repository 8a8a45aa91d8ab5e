"""When the rooms of one process tick, against each other: spread over the tick, so that no two want to at once. Pure.

A room that begins to tick takes the middle of the widest gap that the others leave. Nobody moves when one comes or
goes, so a gap is at most twice as wide as it would have to be while rooms only come, and closes again with the next
that comes where one has gone.
"""

from itertools import pairwise


class Phases:
    """Of rooms that all tick `rate` times a second, as parts of a tick from 0 on."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self.taken: list[float] = []
        """In ascending order."""

    def take(self) -> float:
        """One for a room that begins to tick; to be given back."""
        if not self.taken:
            phase = 0.0
        else:
            gaps = pairwise([*self.taken, self.taken[0] + 1.0])
            start, end = max(gaps, key=lambda gap: gap[1] - gap[0])
            phase = (start + end) / 2 % 1.0
        self.taken = sorted([*self.taken, phase])
        return phase

    def give_back(self, phase: float) -> None:
        self.taken.remove(phase)

    def wait_s(self, phase: float, now_s: float) -> float:
        """How long until the next moment of that phase; less than a tick."""
        return (phase - now_s * self._rate) % 1.0 / self._rate
