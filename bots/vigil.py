"""Notices servers that have gone silent. One task looks at all connections of a process: a task for each that woke
once a second took as long, for hundreds of bots, as all their pings."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import trio
from msgspec import Struct

from bots.link import Link
from protocol.per_run import OnePerRun

LOOK_S: Final = 1.0
SILENCE_S_MAX: Final = 8
"""Without a word from the server for so long, pongs included, a connection is given up."""


class _Watched(Struct):
    link: Link
    give_up: Callable[[], None]
    received_bytes: int
    silent_s: int = 0


class Vigil:
    """`len` is over how many."""

    def __init__(self) -> None:
        self._watched: dict[int, _Watched] = {}

    def __len__(self) -> int:
        return len(self._watched)

    @contextmanager
    def over(self, link: Link, give_up: Callable[[], None]) -> Iterator[None]:
        """As long as the block lasts: `give_up` is called, once, if nothing comes by `link` for too long."""
        watched = _Watched(link, give_up, link.received_bytes)
        self._watched[id(watched)] = watched
        try:
            yield
        finally:
            self._watched.pop(id(watched), None)

    def look(self) -> None:
        """Another second has gone by: counted so, and not by the clock, for if it is we who stand still, that is no
        silence of the servers'."""
        for key, watched in [*self._watched.items()]:
            received_bytes = watched.link.received_bytes
            watched.silent_s = watched.silent_s + 1 if received_bytes == watched.received_bytes else 0
            watched.received_bytes = received_bytes
            if watched.silent_s >= SILENCE_S_MAX:
                del self._watched[key]
                watched.give_up()

    async def run(self) -> None:
        """For ever."""
        while True:
            await trio.sleep(LOOK_S)
            self.look()


current_vigil = OnePerRun(Vigil)
"""This run's."""
