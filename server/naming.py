"""What people are called: as they say in `hello`, and by another name whenever they like. Pure.

A player who is renamed keeps number, ship, score and account; the room is told, chat calls them so, and standings do
from the next match that they end. To those who have muted them they are who they were. Nobody takes a name by which
they would not be let in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import limits
from protocol.errors import Code, Violation
from protocol.messages import Rename, is_good_name
from server.restrictions import keys_of

if TYPE_CHECKING:
    from server.session import Session


def checked(name: str) -> str:
    """`name`, if somebody can be called so. Raises Violation."""
    if not is_good_name(name):
        raise Violation(
            Code.INVALID_NAME,
            f"a name is 1 to {limits.NAME_CHARS_MAX} printable characters, with no blank at either end",
        )
    return name


def rename(session: Session, message: Rename, now_s: float) -> None:
    """They are called so from now on. Raises Violation, and they are called what they were."""
    name = checked(message.name)
    if name == session.name:
        return
    if not session.may_say(message, limits.RENAMES_PER_MINUTE_MAX / 60.0, limits.RENAMES_BURST_MAX, now_s):
        raise Violation(Code.INVALID_NAME, f"too many names: {limits.RENAMES_PER_MINUTE_MAX} a minute")
    if ban := session.lobby.bans.find_any(keys_of(session.identity, session.link.address, name), now_s):
        raise Violation(Code.INVALID_NAME, f"that name is {ban.sentence(now_s)}")
    session.name = name
    if session.speaker is not None:
        session.speaker.be_called(name)
    seat = session.seat
    if seat is not None and seat.player is not None:
        seat.player.name = name
        seat.room.report("renamed", {"id": seat.player.id, "name": name})
