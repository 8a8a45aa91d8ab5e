"""What a session does with `edit` and `point`, in a room whose game is `Buildable`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from protocol import limits
from protocol.build_messages import Edit, Edited, Point
from protocol.errors import Code, Violation
from server.build.buildable import Buildable
from server.roles import May
from server.room import Room
from server.seats import Seat

if TYPE_CHECKING:
    from server.session import Session

MAY_NOT = "you may look, but not build here"
TOO_MANY = f"that was too fast: {limits.EDITS_PER_SECOND_MAX} edits a second"


def edit(session: Session, message: Edit, now_s: float) -> None:
    """Take it to the desk. Raises Violation where there is none."""
    in_time = session.may_say(message, limits.EDITS_PER_SECOND_MAX, limits.EDITS_BURST_MAX, now_s)
    for answer in answers(session.seated, session.may, message, in_time):
        session.post(answer)


def point(session: Session, message: Point, now_s: float) -> None:
    """What is too much is left out: the next one says it better."""
    seat, game = session.seated, _site(session.seated.room)
    in_time = session.may_say(message, limits.POINTS_PER_SECOND_MAX, limits.POINTS_BURST_MAX, now_s)
    if seat.player is not None and session.may.play and in_time:
        game.pointed(seat.player, message)


def answers(seat: Seat, may: May, message: Edit, in_time: bool) -> list[Edited]:
    """For whoever said it; what concerns everyone is told to the room. Raises Violation."""
    room, game = seat.room, _site(seat.room)
    player = seat.player.id if seat.player is not None else 0
    is_allowed = player > 0 and may.play and (may.edit or game.is_open)
    if message.serial == 0:
        if not in_time:
            raise Violation(Code.TOO_MANY_MESSAGES, f"asked more than {limits.EDITS_PER_SECOND_MAX} times a second")
        return game.desk.since(player, message.since, message.checksum, is_allowed)
    forbidden = "" if is_allowed else MAY_NOT
    account = seat.player.subject if seat.player is not None else ""
    forbidden = forbidden or ("" if in_time else TOO_MANY)
    answer = game.desk.take(player, message.serial, message.steps, forbidden, account)
    if answer is None:
        return []
    if answer.refused:
        room.statistics.edits_refused += 1
        return [answer]
    room.statistics.edits += 1
    room.tell(answer)
    return []


def _site(room: Room) -> Buildable:
    if not isinstance(room.game, Buildable):
        raise Violation(Code.NOT_ALLOWED, "nothing is built in this room")
    return room.game


TABLE: dict[int, Callable[[Session, Any, float], None]] = {Edit.number: edit, Point.number: point}
"""While PLAYING; by the number of a message."""
