"""Twice a second: what has gone on, or been silent, for too long is ended, and what has waited for too long is done."""

from collections.abc import Callable
from typing import Final

import structlog
import trio

from server.lobby import Lobby
from server.net.sweep import sweep

SWEEP_EVERY_S: Final = 0.5
ABSENT_S_MIN: Final = 0.5
"""A process that wakes so much later than it wanted to was stopped, or starved."""

log = structlog.get_logger("ricochet")


async def keep_deadlines(lobby: Lobby, and_then: Callable[[], None] = lambda: None) -> None:
    """End what has gone on, or been silent, for too long; for ever.

    When this process was itself stopped for a while, that counts for nobody, and what has arrived meanwhile is heard
    before anybody is judged.
    """
    while True:
        due_s = trio.current_time() + SWEEP_EVERY_S
        await trio.sleep_until(due_s)
        now_s = trio.current_time()
        if now_s - due_s > ABSENT_S_MIN:
            log.warning("absent", seconds=round(now_s - due_s, 1))
            lobby.excuse(now_s - due_s, now_s)
        sweep()
        for error in lobby.sweep(now_s):
            lobby.faults.chores_failed += 1
            log.error("a deadline could not be kept", exc_info=error)
        and_then()
