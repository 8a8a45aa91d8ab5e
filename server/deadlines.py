"""Twice a second: what has gone on, or been silent, for too long is ended, and what has waited for too long is done."""

from collections.abc import Callable
from functools import partial
from typing import Final

import structlog
import trio

from server.chores import do_all
from server.lobby import Lobby
from server.net.sweep import sweep

SWEEP_EVERY_S: Final = 0.5
TOGETHER: Final = 64
"""So many conversations are judged before a tick that has fallen due has its turn."""
ABSENT_S_MIN: Final = 0.5
"""A process that wakes so much later than it wanted to was stopped, or starved."""

log = structlog.get_logger("ricochet")


async def keep_deadlines(lobby: Lobby, and_then: Callable[[], None] = lambda: None) -> None:
    """End what has gone on, or been silent, for too long; for ever.

    When this process was itself stopped for a while, that counts for nobody, and what has arrived meanwhile is heard
    before anybody is judged.
    """
    while True:
        now_s = await _sleep(lobby, SWEEP_EVERY_S)
        sweep()
        sessions = list(lobby.sessions)
        for at in range(0, len(sessions), TOGETHER):
            _note(lobby, do_all(partial(session.expire, now_s) for session in sessions[at : at + TOGETHER]))
            now_s = await _sleep(lobby, 0.0)
        _note(lobby, lobby.sweep(now_s, ()))
        and_then()


async def _sleep(lobby: Lobby, seconds: float) -> float:
    """For so long; what it took much longer is excused. The time after it."""
    due_s = trio.current_time() + seconds
    await trio.sleep_until(due_s)
    now_s = trio.current_time()
    if now_s - due_s > ABSENT_S_MIN:
        log.warning("absent", seconds=round(now_s - due_s, 1))
        lobby.excuse(now_s - due_s, now_s)
    return now_s


def _note(lobby: Lobby, errors: list[Exception]) -> None:
    for error in errors:
        lobby.faults.chores_failed += 1
        log.error("a deadline could not be kept", exc_info=error)
