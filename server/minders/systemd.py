"""systemd is told that the server is ready, that it lives, and that it stops: datagrams to the socket that it names.

    READY=1      once newcomers find a game; units that come after this one are started then
    STATUS=…     what `systemctl status` shows
    WATCHDOG=1   twice in each `WatchdogSec`, as long as ticks go on; else systemd starts the server anew
    STOPPING=1   it drains

Nothing here waits for systemd: what its socket doesn't take is counted, and gone.
"""

import os
from collections.abc import Mapping
from typing import Final, Self

import structlog
import trio

from server.minders.notify import notify, watchdog_s_of
from server.minders.vitals import Pulse, Vitals
from server.statistics import Minding

LOOK_EVERY_S: Final = 0.05
STATUS_EVERY_S: Final = 5.0
BEATS_PER_PERIOD: Final = 2
BEAT_S_MIN: Final = 0.5

log = structlog.get_logger("ricochet.systemd")


class Systemd:
    """What stands at `address`, a path, or an abstract name after "@". `watchdog_s`: None asks for no sign of life."""

    def __init__(self, address: str, watchdog_s: float | None, vitals: Vitals, counted: Minding) -> None:
        self._address, self._watchdog_s, self._vitals, self._counted = address, watchdog_s, vitals, counted

    @classmethod
    def named_in(cls, environment: Mapping[str, str], vitals: Vitals, counted: Minding) -> Self | None:
        """None: systemd has not started this process, or doesn't want to know."""
        address = environment.get("NOTIFY_SOCKET")
        if not address:
            return None
        return cls(address, watchdog_s_of(environment, os.getpid()), vitals, counted)

    async def run(self) -> None:
        """For ever."""
        while not self._vitals.is_ready:  # noqa: ASYNC110  # it changes in too many places to tell
            await trio.sleep(LOOK_EVERY_S)
        self._say("READY=1", self._status())
        beat_s = STATUS_EVERY_S
        if self._watchdog_s is not None:
            beat_s = min(beat_s, max(BEAT_S_MIN, self._watchdog_s / BEATS_PER_PERIOD))
        pulse = Pulse(self._vitals)
        while True:
            await trio.sleep(beat_s)
            if self._watchdog_s is None:
                self._say(self._status())
            elif pulse.beats():
                self._say("WATCHDOG=1", self._status())
                self._counted.pings += 1
            else:
                self._counted.pings_withheld += 1
                log.warning("no tick has come; systemd is not told that the game is well")

    def leave(self) -> None:
        """The server begins to stop."""
        self._say("STOPPING=1", "STATUS=Draining: those who play may finish")

    def _status(self) -> str:
        return f"STATUS={self._vitals.rooms()} rooms, {self._vitals.people()} people"

    def _say(self, *lines: str) -> None:
        try:
            notify(self._address, *lines)
        except OSError as error:
            self._counted.minders_failed += 1
            log.warning("systemd can't be told", why=str(error))
