"""What an admin can do to people and rooms. Pure; `net/api` and `ricochet admin` are the ways to it.

People are named by their place (room and player number), by the subject of their token, or by their address. Bans and
mutes hold for whoever they are (see `restrictions`), wherever they sit. Each action says in a sentence what it
has done, or raises CantBe with the sentence why it couldn't.
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from protocol import limits
from protocol.errors import Code
from server.lobby import Lobby
from server.restrictions import (
    REASON_CHARS_MAX,
    RESTRICTION_S_MAX,
    RESTRICTIONS_MAX,
    Restrictions,
    TableFull,
    address_key,
    subject_key,
)
from server.seats import Reserved, Seat
from server.session import Session
from server.tokens import SUBJECT_CHARS_MAX

SECONDS_DEFAULT: Final = 3600.0
ADDRESS_CHARS_MAX: Final = 64


class CantBe(Exception):
    """Nothing was done; `str(error)` says why."""


class Order(Struct, forbid_unknown_fields=True):
    """About somebody: `room` and `player`, or `subject`, or `address`. `seconds` is for what has an end."""

    room: Annotated[str, Meta(max_length=limits.ROOM_CHARS_MAX)] | None = None
    player: Annotated[int, Meta(ge=1)] | None = None
    subject: Annotated[str, Meta(max_length=SUBJECT_CHARS_MAX)] | None = None
    address: Annotated[str, Meta(max_length=ADDRESS_CHARS_MAX)] | None = None
    seconds: Annotated[float, Meta(gt=0, le=RESTRICTION_S_MAX)] = SECONDS_DEFAULT
    reason: Annotated[str, Meta(max_length=REASON_CHARS_MAX)] = ""

    def __post_init__(self) -> None:
        if not self.reason.isprintable():
            raise ValueError("a reason is printable text")


class RoomOrder(Struct, forbid_unknown_fields=True):
    """About a room."""

    room: Annotated[str, Meta(max_length=limits.ROOM_CHARS_MAX)]


class ReportOrder(Struct, forbid_unknown_fields=True):
    """About a report."""

    report: Annotated[int, Meta(ge=1)]


AnyOrder = Order | RoomOrder | ReportOrder


class NoOrder(Exception):
    """What was sent is none; `str(error)` says why."""


def read_order(body: bytes, kind: type[AnyOrder]) -> AnyOrder:
    """Raises NoOrder, whatever the bytes."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NoOrder(f"this is no order: {error}") from None


class Moderation:
    """`close_room` and `drain` are the server's; `drain` begins to, and returns."""

    def __init__(self, lobby: Lobby, close_room: Callable[[str, float], None], drain: Callable[[], None]) -> None:
        self._lobby = lobby
        self._close_room = close_room
        self.drain = drain

    def kick(self, order: Order, now_s: float) -> str:
        """End their conversations and give up their seats. They may come back."""
        present = self._present(order)
        if not present:
            raise CantBe("nobody like that is here")
        return f"kicked {self._expel(present, Code.KICKED, _because('kicked by an admin', order.reason))}"

    def ban(self, order: Order, now_s: float) -> str:
        """Kick, and keep out for a while."""
        key = self._key(order)
        _add(self._lobby.bans, key, order.seconds, order.reason, now_s)
        self._lobby.talk.expunge(key, self._lobby.rooms.values())
        gone = self._expel(
            self._known_as(key), Code.BANNED, _because(f"banned for {order.seconds:.0f} s", order.reason)
        )
        return f"banned {key} for {order.seconds:.0f} s, and kicked {gone}"

    def unban(self, order: Order, now_s: float) -> str:
        return _lift(self._lobby.bans, self._key(order), "banned")

    def mute(self, order: Order, now_s: float) -> str:
        """Let nobody hear what they say, or have said, for a while."""
        key = self._key(order)
        self.silence(key, order.seconds, order.reason, now_s)
        return f"muted {key} for {order.seconds:.0f} s"

    def silence(self, key: str, seconds: float, reason: str, now_s: float) -> None:
        """Mute whoever is known by `key`. Raises CantBe."""
        _add(self._lobby.mutes, key, seconds, reason, now_s)
        self._lobby.talk.expunge(key, self._lobby.rooms.values())

    def unmute(self, order: Order, now_s: float) -> str:
        return _lift(self._lobby.mutes, self._key(order), "mute")

    def close(self, order: RoomOrder, now_s: float) -> str:
        """End a room and every conversation in it."""
        if order.room not in self._lobby.rooms:
            raise CantBe(f"there is no room {order.room!r}")
        was_last = len(self._lobby.rooms) == 1
        self._close_room(order.room, now_s)
        is_followed = was_last and bool(self._lobby.rooms)
        return f"closed the room {order.room}{'; a fresh one is open in its place' if is_followed else ''}"

    def players(self, now_s: float) -> list[dict[str, Any]]:
        """Everybody who has a seat, or is in the lobby (`room` is null).

        `kept_s`: for how much longer a seat is kept for somebody who is away.
        """
        seated = [
            {
                "room": seat.room.name,
                "player": seat.player.id if seat.player else None,
                "name": seat.player.name if seat.player else None,
                "bot": bool(seat.player and seat.player.bot),
                "connected": isinstance(seat, Seat) and seat.session is not None,
                "kept_s": seat.kept_s(now_s),
                "subject": seat.identity.subject,
                "role": seat.identity.role.value,
                "known_as": seat.key,
                "muted": self._lobby.mutes.find(seat.key, now_s) is not None,
            }
            for seat in self._lobby.seats()
        ]
        return seated + [
            {
                "room": None,
                "player": None,
                "name": guest.name,
                "bot": guest.bot,
                "connected": True,
                "kept_s": None,
                "subject": guest.identity.subject,
                "role": guest.identity.role.value,
                "known_as": guest.key,
                "muted": self._lobby.mutes.find(guest.key, now_s) is not None,
            }
            for guest in self._lobby.hall.guests()
        ]

    def restrictions(self, now_s: float) -> list[dict[str, Any]]:
        """All bans and mutes."""
        tables = (("ban", self._lobby.bans), ("mute", self._lobby.mutes))
        return [
            {"what": what, "known_as": key, "seconds": round(entry.until_s - now_s), "reason": entry.reason}
            for what, table in tables
            for key, entry in table.all(now_s)
        ]

    def reports(self, now_s: float) -> list[dict[str, Any]]:
        """What people have told about others, with what was said; the oldest first."""
        return self._lobby.talk.reports.listed(now_s)

    def dismiss(self, order: ReportOrder, now_s: float) -> str:
        """A report has been dealt with."""
        if not self._lobby.talk.reports.dismiss(order.report):
            raise CantBe(f"there is no report {order.report}")
        return f"dismissed the report {order.report}"

    def _key(self, order: Order) -> str:
        """What the one that is meant is known by."""
        match order:
            case Order(room=None, player=None, subject=str(subject), address=None):
                return subject_key(subject)
            case Order(room=None, player=None, subject=None, address=str(address)):
                return address_key(address)
            case Order(room=str(room), player=int(player), subject=None, address=None):
                return self._seat(room, player).key
        raise CantBe("say whom: a room and a player, or a subject, or an address")

    def _present(self, order: Order) -> list[Seat | Reserved | Session]:
        key = self._key(order)
        if order.player is not None and order.room is not None:
            return [self._seat(order.room, order.player)]
        return self._known_as(key)

    def _known_as(self, key: str) -> list[Seat | Reserved | Session]:
        """All of them: in rooms, expected back, and in the lobby."""
        seats = [seat for seat in self._lobby.seats() if seat.key == key]
        return [*seats, *(guest for guest in self._lobby.hall.guests() if guest.is_known_as(key))]

    def _seat(self, room: str, player: int) -> Seat | Reserved:
        found = self._seats_in(room, player)
        seat = next(found, None)
        if seat is None:
            raise CantBe(f"there is no player {player} in the room {room!r}")
        return seat

    def _seats_in(self, room: str, player: int) -> Iterator[Seat | Reserved]:
        for seat in self._lobby.seats():
            if seat.room.name == room and seat.player is not None and seat.player.id == player:
                yield seat

    def _expel(self, whom: list[Seat | Reserved | Session], code: Code, sentence: str) -> int:
        for one in whom:
            if isinstance(one, Session):
                self._lobby.hall.go(one)
                one.end(code, sentence)
            else:
                self._lobby.expel(one, code, sentence)
        return len(whom)


ACTIONS: Final[dict[str, tuple[Callable[[Moderation, Any, float], str], type[AnyOrder]]]] = {
    "kick": (Moderation.kick, Order),
    "ban": (Moderation.ban, Order),
    "unban": (Moderation.unban, Order),
    "mute": (Moderation.mute, Order),
    "unmute": (Moderation.unmute, Order),
    "close": (Moderation.close, RoomOrder),
    "dismiss": (Moderation.dismiss, ReportOrder),
}
"""Each action by its name, and what it is told."""
LASTING: Final = frozenset(ACTIONS) - {"kick", "dismiss"}
"""Those that a restart must not undo."""


def _add(table: Restrictions, key: str, seconds: float, reason: str, now_s: float) -> None:
    try:
        table.add(key, seconds, reason, now_s)
    except TableFull:
        raise CantBe(f"the table has its {RESTRICTIONS_MAX} entries; lift one first") from None


def _lift(table: Restrictions, key: str, what: str) -> str:
    if not table.lift(key):
        raise CantBe(f"{key} is not {what}")
    return f"{key} is {what} no more"


def _because(what: str, reason: str) -> str:
    return f"{what}: {reason}" if reason else what
