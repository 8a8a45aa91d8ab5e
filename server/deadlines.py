"""Twice a second: what has gone on, or been silent, for too long is ended, and what has waited for too long is done.

A thousand conversations take ten milliseconds to judge, a third of a tick; so a few are judged now and a few then.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

import structlog
import trio

from protocol.metronome import Alarm
from server.chores import do_all
from server.lobby import Lobby
from server.net.sweep import sweep

SWEEP_EVERY_S: Final = 0.5
TOGETHER: Final = 64
"""So many conversations are judged at once."""
ABSENT_S_MIN: Final = 0.5
"""A process that wakes so much later than it wanted to was stopped, or starved."""

log = structlog.get_logger("ricochet")


async def keep_deadlines(lobby: Lobby, and_then: Callable[[], None] = lambda: None) -> None:
    """End what has gone on, or been silent, for too long; for ever.

    When this process was itself stopped for a while, that counts for nobody, and what has arrived meanwhile is heard
    before anybody is judged.
    """
    alarm = Alarm()
    while True:
        sessions = [*lobby.sessions]
        lots = [sessions[at : at + TOGETHER] for at in range(0, len(sessions), TOGETHER)] or [[]]
        for lot in lots:
            now_s = await _pause(alarm, lobby, SWEEP_EVERY_S / len(lots))
            if lot is lots[0]:
                sweep()
            _note(lobby, do_all(partial(session.expire, now_s) for session in lot))
        _note(lobby, lobby.sweep(trio.current_time(), ()))
        and_then()


async def _pause(alarm: Alarm, lobby: Lobby, seconds: float) -> float:
    """For so long; what it took much longer is excused. The time after it."""
    due_s = trio.current_time() + seconds
    await alarm.wait(due_s)
    now_s = trio.current_time()
    if now_s - due_s > ABSENT_S_MIN:
        log.warning("absent", seconds=round(now_s - due_s, 1))
        lobby.excuse(now_s - due_s, now_s)
        sweep()
    return now_s


def _note(lobby: Lobby, errors: list[Exception]) -> None:
    for error in errors:
        lobby.faults.chores_failed += 1
        log.error("a deadline could not be kept", exc_info=error)
