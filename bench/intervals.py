"""A load that looks at its clock: how long each client waited from one snapshot to the next.

Between two slices it doesn't sleep but waits at the sockets, so that a snapshot is seen when it comes.
"""

import time
from typing import Final

from bench.dialects import Dialect
from bench.generator import Client, Load, Measured

TURN_S_MIN: Final = 0.0002
"""A shorter rest is over before anything could be read in it."""


class Watch(Load):
    """Its `intervals_ms` are those of the latest `play`."""

    def __init__(self, dialect: Dialect, port: int) -> None:
        super().__init__(dialect, port)
        self.intervals_ms: list[float] = []
        self._shown_s: dict[int, float] = {}
        """By client number."""

    def play(self, seconds: float) -> Measured:
        self.intervals_ms = []
        self._shown_s.clear()
        return super().play(seconds)

    def _rest(self, seconds: float) -> None:
        end_s = time.monotonic() + seconds
        while (left_s := end_s - time.monotonic()) > TURN_S_MIN:
            if self._epoll.poll(left_s, 1):
                self._receive()

    def _shown(self, client: Client) -> None:
        now_s = time.monotonic()
        before_s = self._shown_s.get(client.number)
        if before_s is not None:
            self.intervals_ms.append((now_s - before_s) * 1e3)
        self._shown_s[client.number] = now_s
