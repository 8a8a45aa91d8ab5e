"""Tells admins how the server is, twice a second, when that disturbs the game least.

What they are told is made right after a tick that was in time, in the idle part of the loop, and never in one. Where no
tick comes, or none in time, it is made all the same a little later.
"""

import time
from typing import Final

import structlog
import trio

from protocol.stats import EVERY_S
from server.garbage import LATE_S_MAX
from server.lobby import Lobby
from server.net.connection import Host
from server.net.request import STATS_PATH
from server.stats_watchers import Fleet, Watchers
from server.telemetry import Telemetry

PATIENCE_S: Final = 0.2
"""So long an idle moment is waited for."""

log = structlog.get_logger("ricochet.stats")


class StatsDesk:
    """The host of `/stats`, and its clock."""

    def __init__(self, lobby: Lobby, telemetry: Telemetry, reach: Fleet) -> None:
        self.watchers = Watchers(lobby, telemetry.families, reach)
        self._lobby = lobby
        self._idle: trio.Event | None = None
        """Somebody waits for an idle moment."""

    @property
    def hosts(self) -> dict[str, Host]:
        """Who is met where."""
        return {STATS_PATH: self.watchers}

    def tick_done(self, lateness_s: float) -> None:
        """After each tick."""
        if self._idle is not None and lateness_s <= LATE_S_MAX:
            self._idle.set()

    async def run(self) -> None:
        """For ever."""
        due_s = trio.current_time()
        while True:
            due_s = max(due_s + EVERY_S, trio.current_time())
            await trio.sleep_until(due_s)
            if self.watchers.is_due:
                await self._wait_idle()
            self._cast()

    async def _wait_idle(self) -> None:
        self._idle = trio.Event()
        with trio.move_on_after(PATIENCE_S):
            await self._idle.wait()
        self._idle = None

    def _cast(self) -> None:
        try:
            self.watchers.cast(trio.current_time(), time.time_ns() // 1_000_000)
        except Exception:
            self._lobby.faults.chores_failed += 1
            log.exception("the server's numbers could not be told")
