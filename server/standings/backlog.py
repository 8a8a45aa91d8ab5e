"""Matches that wait to be written down: a bounded line. Pure.

When the database is away matches wait here, the oldest first. Where there is no room for one more the oldest goes, and
is counted: the game never waits, and memory stays bounded by the number of matches and of lines in them.
"""

from collections import deque
from collections.abc import Collection
from hashlib import sha256
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from server.results import Result

MATCHES_MAX: Final = 256
LINES_MAX: Final = 20_000
TRIES_MAX: Final = 3
"""A match that can't be written though the database is there is given up after that."""
PAUSE_S_MIN: Final = 0.5
PAUSE_S_MAX: Final = 30.0


class Played(Struct, frozen=True):
    """A match that has ended, and when.

    One that ends a second time, because its room went on from a checkpoint of before, has the same `key`. Of two that
    are not the same and have one all the same, the later one ends after the other by all of its length.
    """

    key: str
    ended_s: float
    result: Result

    @property
    def began_s(self) -> float:
        return self.ended_s - (self.result.ended_tick - self.result.started_tick) / max(1, self.result.tick_rate)

    @classmethod
    def of(cls, result: Result, ended_s: float, origin: str) -> "Played":
        """`origin`: whose room it was, of all servers that ever share a database."""
        named = f"{origin}\n{result.game}\n{result.room}\n{result.started_tick}\n{result.ended_tick}"
        return cls(sha256(named.encode()).hexdigest()[:32], ended_s, result)

    def without(self, subjects: Collection[str]) -> "Played":
        """The match, as if some had had no account in it."""
        result = self.result
        placings = [line for line in result.placings if line.subject not in subjects]
        left = [line for line in result.left if line.subject not in subjects]
        return Played(self.key, self.ended_s, replace(result, placings=placings, left=left))


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
