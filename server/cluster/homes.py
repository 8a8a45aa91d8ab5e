"""Where else people may come in: addresses of other processes, told to everybody who is in, while there is time.

Whoever has lost their server, and the one by whose page they came, would else know no other. The directory says who
there is. Of more than may be told some are drawn, each process its own, and they stay for as long as they are there, so
that a fleet that grows and shrinks isn't told over and over. A directory that is away changes nothing.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from random import Random
from typing import Final

import trio

from protocol.limits import HOMES_MAX
from protocol.messages import Homes as Told
from server.cluster.directory import Directory, Unreachable
from server.cluster.records import Process
from server.lobby import Lobby
from server.session import Session
from server.statistics import InCompany

TELL_EVERY_S: Final = 1.0
LOOK_EVERY_S: Final = 5.0


class Homes:
    """For the people of `lobby`; `own_url` is where they are now."""

    def __init__(
        self, directory: Directory, lobby: Lobby, own_url: Callable[[], str], counted: InCompany, rng: Random
    ) -> None:
        self.urls: list[str] = []
        self._directory, self._lobby, self._own_url, self._counted, self._rng = directory, lobby, own_url, counted, rng
        self._told: set[Session] = set()
        """Who knows `urls`."""
        self._were_others = False

    def learn(self, processes: Iterable[Process]) -> None:
        """These are there, and we among them."""
        open_to_all = {process.url for process in processes if process.is_open} - {self._own_url()}
        urls = [url for url in self.urls if url in open_to_all]
        fresh = sorted(open_to_all.difference(urls))
        urls += self._rng.sample(fresh, min(len(fresh), HOMES_MAX - len(urls)))
        if urls != self.urls:
            self.urls = urls
            self._told.clear()
        self._counted.homes = len(urls)

    def tell(self) -> None:
        """Everybody who is in and doesn't know; whose socket is full is told the next time."""
        sessions = self._lobby.sessions
        self._told &= sessions
        self._were_others = self._were_others or bool(self.urls)
        if not self._were_others:
            return  # and nobody believes that there are
        encoded: dict[str, bytes] = {}
        for session in sessions - self._told:
            if session.is_in and session.hand(self._encoded(session, encoded)):
                self._told.add(session)
                if session.seat is not None:
                    session.seat.viewer.pay()

    def _encoded(self, session: Session, encoded: dict[str, bytes]) -> bytes:
        codec = session.link.codec
        if codec.subprotocol not in encoded:
            encoded[codec.subprotocol] = codec.encode(Told(self.urls))
        return encoded[codec.subprotocol]

    async def run(self) -> None:
        """For ever."""
        look_s = trio.current_time()
        while True:
            if trio.current_time() >= look_s:
                look_s = trio.current_time() + LOOK_EVERY_S
                with suppress(Unreachable):
                    self.learn((await self._directory.processes()).values())
            self.tell()
            await trio.sleep(TELL_EVERY_S)
