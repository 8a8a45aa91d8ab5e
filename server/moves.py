"""From room to room, and to the lobby: `enter`, `open`, `browse`. They are made at the lobby's leisure, for they may
open a room (`leisure`); in the order in which they were said, and not at all if the conversation has ended by then.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from protocol import limits
from protocol.errors import OUR_MISTAKE, Code, Violation
from protocol.messages import Browse, Enter, Open

if TYPE_CHECKING:
    from server.session import Session


def enter(session: "Session", message: Enter, now_s: float) -> None:
    _set_out(session, now_s)
    session.check_role(message.role)
    go(session, partial(session.lobby.enter, session, message, now_s))


def open_room(session: "Session", message: Open, now_s: float) -> None:
    _set_out(session, now_s)
    session.check_role("player")
    go(session, partial(session.lobby.open, session, message, now_s))


def browse(session: "Session", message: Browse, now_s: float) -> None:
    _set_out(session, now_s)
    go(session, partial(session.lobby.browse, session, now_s))


def _set_out(session: "Session", now_s: float) -> None:
    """From here on, when a room ends, we are in the lobby. Whichever way one goes, it is from one bucket."""
    session.knows_lobby = True
    if not session.hearing.hear_one(Enter.number, limits.MOVES_PER_SECOND_MAX, limits.MOVES_BURST_MAX, now_s):
        raise Violation(Code.TOO_MANY_MESSAGES, f"moved more than {limits.MOVES_PER_SECOND_MAX} times a second")


def go(session: "Session", move: Callable[[], bool | None]) -> None:
    """Where `move` says False it isn't over: the room may be elsewhere."""

    def gone() -> None:
        if session.is_in:
            try:
                if move() is not False:
                    session.arrive()
            except Violation as violation:
                session.refuse(violation)
            except Exception:
                session.end(Code.SERVER_FAULT, OUR_MISTAKE)  # or it would wait for an answer for ever
                raise

    session.lobby.at_leisure(gone)
