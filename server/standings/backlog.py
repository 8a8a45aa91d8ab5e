"""Matches that wait to be written down: a bounded line. Pure.

When the database is away matches wait here, the oldest first. Where there is no room for one more the oldest goes, and
is counted: the game never waits, and memory stays bounded by the number of matches and of lines in them.
"""

from collections import deque
from typing import Final

from server.standings.writing import Played

MATCHES_MAX: Final = 256
LINES_MAX: Final = 20_000
TRIES_MAX: Final = 3
"""A match that can't be written though the database is there is given up after that."""
PAUSE_S_MIN: Final = 0.5
PAUSE_S_MAX: Final = 30.0


class Backlog:
    """`dropped` counts those that were never written down."""

    def __init__(self, matches_max: int = MATCHES_MAX, lines_max: int = LINES_MAX) -> None:
        self._matches_max, self._lines_max = matches_max, lines_max
        self._waiting: deque[Played] = deque()
        self._lines = 0
        self._tries = 0
        self._pause_s = 0.0
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def lines(self) -> int:
        return self._lines

    def put(self, played: Played) -> None:
        """One more has ended. One that is larger than all there is room for is dropped itself."""
        self._waiting.append(played)
        self._lines += _size(played)
        while len(self._waiting) > self._matches_max or self._lines > self._lines_max:
            self._drop()

    def first(self) -> Played | None:
        return self._waiting[0] if self._waiting else None

    def written(self, played: Played) -> None:
        """`played` is done with."""
        self._tries, self._pause_s = 0, 0.0
        if self._waiting and self._waiting[0] is played:
            self._waiting.popleft()
            self._lines -= _size(played)

    def away(self) -> float:
        """The database can't be reached; how long to wait before the next try."""
        self._pause_s = min(PAUSE_S_MAX, max(PAUSE_S_MIN, 2 * self._pause_s))
        return self._pause_s

    def failed(self, played: Played) -> bool:
        """The database is there, and `played` can't be written all the same; whether it is given up."""
        if not self._waiting or self._waiting[0] is not played:
            return True
        self._tries += 1
        if self._tries < TRIES_MAX:
            return False
        self._drop()
        return True

    def _drop(self) -> None:
        self._lines -= _size(self._waiting.popleft())
        self._tries = 0
        self.dropped += 1


def _size(played: Played) -> int:
    return len(played.result.placings) + len(played.result.left)
