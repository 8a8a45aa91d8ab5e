"""All who mind this process, as its environment names them; most often nobody does, and nothing of this runs."""

from collections.abc import Callable, Mapping
from typing import Final

import trio

from protocol.errors import UserError
from server.lobby import Lobby
from server.minders.agones import Agones
from server.minders.sidecar import Sidecar
from server.minders.systemd import Systemd
from server.minders.vitals import Vitals
from server.statistics import Minding, Statistics

AGONES_PORT: Final = "AGONES_SDK_HTTP_PORT"
PORT_MAX: Final = 65_535


class Minders:
    """`is_ready` says whether newcomers are welcome, and will find a game. Raises UserError."""

    def __init__(self, lobby: Lobby, is_ready: Callable[[], bool], environment: Mapping[str, str]) -> None:
        self.counted = Minding()
        vitals = Vitals(lobby, is_ready)
        self._systemd = Systemd.named_in(environment, vitals, self.counted)
        port = _agones_port(environment)
        self._agones = None if port is None else Agones(Sidecar.at(port), vitals, self.counted)

    def counting(self, statistics: Callable[[], Statistics]) -> Callable[[], Statistics]:
        """These, with our own."""

        def counted() -> Statistics:
            total = statistics()
            total.add(self.counted)
            return total

        return counted

    async def run(self) -> None:
        """For ever, or until it is clear that nobody is there."""
        async with trio.open_nursery() as nursery:
            for minder in (self._systemd, self._agones):
                if minder is not None:
                    nursery.start_soon(minder.run)

    def leave(self) -> None:
        """The server begins to drain."""
        if self._systemd is not None:
            self._systemd.leave()
        if self._agones is not None:
            self._agones.duty.leave()

    async def farewell(self) -> None:
        """The server has drained; for a few seconds at most."""
        if self._agones is not None:
            await self._agones.farewell()


def _agones_port(environment: Mapping[str, str]) -> int | None:
    written = environment.get(AGONES_PORT)
    if not written:
        return None
    if not written.isdecimal() or not 1 <= int(written) <= PORT_MAX:
        raise UserError(f"{AGONES_PORT}: a port is a number from 1 to {PORT_MAX}, not {written!r}")
    return int(written)
