"""What an admin can do to people and rooms. Pure; `net/api` and `ricochet admin` are the ways to it.

`whom` says how people are named. Bans and mutes hold for whoever they are (see `restrictions`), wherever they sit: by
session or by name for one guest, by address or by place for all guests at that address. Each action says in a sentence
what it has done, and to how many, or raises CantBe with the sentence why it couldn't.
"""

from collections.abc import Callable, Collection
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta, Struct

from protocol import limits
from protocol.errors import Code
from server import whom
from server.lobby import Lobby
from server.restrictions import (
    REASON_CHARS_MAX,
    RESTRICTION_S_MAX,
    RESTRICTIONS_MAX,
    Restrictions,
    TableFull,
    address_key,
    is_address,
    mark_of,
    subject_key,
)
from server.seats import Seat
from server.session import Session
from server.tokens import SUBJECT_CHARS_MAX

SECONDS_DEFAULT: Final = 3600.0
ADDRESS_CHARS_MAX: Final = 64
SESSION_CHARS_MAX: Final = 32
PROCESS_CHARS_MAX: Final = 32


class CantBe(Exception):
    """Nothing was done; `str(error)` says why."""


class Order(Struct, forbid_unknown_fields=True):
    """About somebody: `session`, or `room` and `player`, or `subject`, or `address`, or that and `name`.

    `seconds` is for what has an end."""

    session: Annotated[str, Meta(max_length=SESSION_CHARS_MAX)] | None = None
    room: Annotated[str, Meta(max_length=limits.ROOM_CHARS_MAX)] | None = None
    player: Annotated[int, Meta(ge=1)] | None = None
    subject: Annotated[str, Meta(max_length=SUBJECT_CHARS_MAX)] | None = None
    address: Annotated[str, Meta(max_length=ADDRESS_CHARS_MAX)] | None = None
    name: Annotated[str, Meta(max_length=3 * limits.NAME_CHARS_MAX)] | None = None
    """As a mark has it, it may be three times as long: a ΐ without its case is three characters."""
    seconds: Annotated[float, Meta(gt=0, le=RESTRICTION_S_MAX)] = SECONDS_DEFAULT
    reason: Annotated[str, Meta(max_length=REASON_CHARS_MAX)] = ""

    def __post_init__(self) -> None:
        if not self.reason.isprintable():
            raise ValueError("a reason is printable text")


def order_about(key: str, mark: str, reason: str) -> Order:
    """About whoever is known by `key`, and if it is an address, is told by `mark`, whatever they are called by now."""
    kind, _, known = key.partition(":")
    if kind == "subject":
        return Order(subject=known, reason=reason)
    return Order(address=known, name=mark.removeprefix(f"{key} "), reason=reason)


class RoomOrder(Struct, forbid_unknown_fields=True):
    """About a room."""

    room: Annotated[str, Meta(max_length=limits.ROOM_CHARS_MAX)]


class ReportOrder(Struct, forbid_unknown_fields=True):
    """About a report."""

    report: Annotated[int, Meta(ge=1)]


class DrainOrder(Struct, forbid_unknown_fields=True):
    """This process; or all, or another one, where there are many (see `cluster.orders`)."""

    everywhere: bool = False
    process: Annotated[str, Meta(max_length=PROCESS_CHARS_MAX)] | None = None


AnyOrder = Order | RoomOrder | ReportOrder


class NoOrder(Exception):
    """What was sent is none; `str(error)` says why."""


Kind = TypeVar("Kind", bound=Struct)


def read_order(body: bytes, kind: type[Kind]) -> Kind:
    """Raises NoOrder, whatever the bytes."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NoOrder(f"this is no order: {error}") from None


class Moderation:
    """`close_room` and `drain` are the server's; `drain` begins to, and returns."""

    def __init__(self, lobby: Lobby, close_room: Callable[[str, float], None], drain: Callable[[], None]) -> None:
        self.lobby = lobby
        self._close_room = close_room
        self.drain = drain
        self.on_kick_afar: Callable[[Order], None] | None = None
        """Has other processes do it; None: there is none."""

    def kick(self, order: Order, now_s: float) -> str:
        """End their conversations and give up their seats. They may come back."""
        present = self._present(order)
        if not present:
            raise CantBe("nobody like that is here")
        count = self._expel(present, Code.KICKED, _because("kicked by an admin", order.reason))
        return f"kicked {count}{self._all_of(order)}"

    def kick_afar(self, order: Order) -> None:
        """Have other processes do it, without waiting for what comes of it. Raises CantBe."""
        if self.on_kick_afar is None:
            raise CantBe("there is no other process")
        self.on_kick_afar(order)

    def ban(self, order: Order, now_s: float) -> str:
        """Kick, and keep out for a while."""
        self._mind_address(order)
        keys = self._keys_to_ban(order)
        _add(self.lobby.bans, keys, order.seconds, order.reason, now_s)
        gone = self.enforce_ban(keys, order.seconds, order.reason)
        return f"banned {' and '.join(keys)} for {order.seconds:.0f} s, and kicked {gone}"

    def unban(self, order: Order, now_s: float) -> str:
        return _lift(self.lobby.bans, self._key(order), "banned")

    def mute(self, order: Order, now_s: float) -> str:
        """Let nobody hear what they say, or have said, for a while."""
        self._mind_address(order)
        keys = self._keys_to_mute(order)
        self.silence(keys, order.seconds, order.reason, now_s)
        return f"muted {' and '.join(keys)} for {order.seconds:.0f} s: {len(self._known_as_any(keys))} who are here"

    def silence(self, keys: Collection[str], seconds: float, reason: str, now_s: float) -> None:
        """Mute whoever is known by one of `keys`. Raises CantBe."""
        _add(self.lobby.mutes, keys, seconds, reason, now_s)
        self.enforce_mute(keys)

    def enforce_ban(self, keys: Collection[str], seconds: float, reason: str) -> int:
        """They are banned by now: whoever of them is here goes. How many that was."""
        self.enforce_mute(keys)
        return self._expel(self._known_as_any(keys), Code.BANNED, _because(f"banned for {seconds:.0f} s", reason))

    def enforce_mute(self, keys: Collection[str]) -> None:
        """They are mute by now, by whatever name: what they have said is remembered no more."""
        concerned = {key: whom.known_as(self.lobby, key) for key in keys}
        for key, people in concerned.items():
            for one in people:
                whom.be_muted(one, key)
        kept = (whom.keys_of(one)[-1] for people in concerned.values() for one in people)
        for key in dict.fromkeys((*keys, *kept)):
            self.lobby.talk.expunge(key, self.lobby.rooms.values())

    def unmute(self, order: Order, now_s: float) -> str:
        key, mutes = self._key(order), self.lobby.mutes
        if order.session is not None and mutes.find(key, now_s) is None:
            one = whom.with_session(self.lobby, order.session)
            key = next((wide for wide in whom.keys_of(one) if mutes.find(wide, now_s)), key) if one else key
        if order.name is not None:
            for wide in self._keys_to_mute(order)[1:]:
                mutes.lift(wide)
        return _lift(mutes, key, "mute")

    def close(self, order: RoomOrder, now_s: float) -> str:
        """End a room and every conversation in it."""
        if order.room not in self.lobby.rooms:
            raise CantBe(f"there is no room {order.room!r}")
        was_last = len(self.lobby.rooms) == 1
        self._close_room(order.room, now_s)
        is_followed = was_last and bool(self.lobby.rooms)
        return f"closed the room {order.room}{'; a fresh one is open in its place' if is_followed else ''}"

    def players(self, now_s: float) -> list[dict[str, Any]]:
        """Everybody who has a seat, or is in the lobby (`room` is null).

        `kept_s`: for how much longer a seat is kept for somebody who is away.
        """
        return [self._line(one, now_s) for one in whom.everybody(self.lobby)]

    def _line(self, one: whom.Somebody, now_s: float) -> dict[str, Any]:
        seat = None if isinstance(one, Session) else one
        player = seat.player if seat is not None else None
        return {
            "session": whom.session_of(self.lobby, one),
            "room": seat.room.name if seat is not None else None,
            "player": player.id if player is not None else None,
            "name": whom.name_of(one),
            "bot": whom.is_bot(one),
            "connected": seat is None or (isinstance(seat, Seat) and seat.session is not None),
            "kept_s": seat.kept_s(now_s) if seat is not None else None,
            "subject": one.identity.subject,
            "role": one.identity.role.value,
            "known_as": one.key,
            "muted": self.lobby.mutes.find_any(whom.keys_of(one), now_s) is not None,
        }

    def restrictions(self, now_s: float) -> list[dict[str, Any]]:
        """All bans and mutes."""
        tables = (("ban", self.lobby.bans), ("mute", self.lobby.mutes))
        return [
            {"what": what, "known_as": key, "seconds": round(entry.until_s - now_s), "reason": entry.reason}
            for what, table in tables
            for key, entry in table.all(now_s)
        ]

    def reports(self, now_s: float) -> list[dict[str, Any]]:
        """What people have told about others, with what was said; the oldest first."""
        return self.lobby.talk.reports.listed(now_s)

    def dismiss(self, order: ReportOrder, now_s: float) -> str:
        """A report has been dealt with."""
        if not self.lobby.talk.reports.dismiss(order.report):
            raise CantBe(f"there is no report {order.report}")
        return f"dismissed the report {order.report}"

    def _key(self, order: Order) -> str:
        """What the one that is meant is known by. Raises CantBe."""
        match order:
            case Order(session=None, room=None, player=None, subject=str(subject), address=None, name=None):
                return subject_key(subject)
            case Order(session=None, room=None, player=None, subject=None, address=str(address), name=None):
                return address_key(address)
            case Order(session=None, room=None, player=None, subject=None, address=str(address), name=str(name)):
                return mark_of(address_key(address), name, is_guest=True)
            case Order(session=str(), room=None, player=None, subject=None, address=None, name=None):
                return whom.keys_of(self._one(order))[-1]
            case Order(session=None, room=str(), player=int(), subject=None, address=None, name=None):
                return self._one(order).key
        raise CantBe("say whom: a session, or a room and a player, or a subject, or an address, or that and a name")

    def _mind_address(self, order: Order) -> None:
        """What is meant to hold for whoever comes is mistyped more easily than noticed. Raises CantBe."""
        address = order.address
        if address is not None and not is_address(address) and not whom.known_as(self.lobby, address_key(address)):
            raise CantBe(f"{address!r} is no address: one is like 203.0.113.7 or 2001:db8::7")

    def _keys_to_ban(self, order: Order) -> list[str]:
        """Whoever is meant by session comes back neither as they first were called nor as they are now."""
        key = self._key(order)
        now = whom.keys_of(self._one(order))[1:2] if order.session is not None else ()
        return list(dict.fromkeys((key, *now)))

    def _keys_to_mute(self, order: Order) -> list[str]:
        """Whoever is meant by name doesn't escape by another one."""
        key = self._key(order)
        kept = [whom.keys_of(one)[-1] for one in whom.known_as(self.lobby, key)] if order.name is not None else []
        return list(dict.fromkeys((key, *kept)))

    def _known_as_any(self, keys: Collection[str]) -> list[whom.Somebody]:
        return list(dict.fromkeys(one for key in keys for one in whom.known_as(self.lobby, key)))

    def _present(self, order: Order) -> list[whom.Somebody]:
        key = self._key(order)
        return [self._one(order)] if order.session or order.room else whom.known_as(self.lobby, key)

    def _one(self, order: Order) -> whom.Somebody:
        """By session, or by place. Raises CantBe."""
        if order.session is not None:
            found, sentence = whom.with_session(self.lobby, order.session), f"there is no session {order.session!r}"
        else:
            assert order.room is not None and order.player is not None
            found = whom.at(self.lobby, order.room, order.player)
            sentence = f"there is no player {order.player} in the room {order.room!r}"
        if found is None:
            raise CantBe(sentence)
        return found

    def _all_of(self, order: Order) -> str:
        return f", all who are known as {self._key(order)}" if order.address is not None else ""

    def _expel(self, gone: list[whom.Somebody], code: Code, sentence: str) -> int:
        for one in gone:
            if isinstance(one, Session):
                self.lobby.hall.go(one)
                one.end(code, sentence)
            else:
                self.lobby.expel(one, code, sentence)
        return len(gone)


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


def _add(table: Restrictions, keys: Collection[str], seconds: float, reason: str, now_s: float) -> None:
    try:
        table.add_all(keys, seconds, reason, now_s)
    except TableFull:
        raise CantBe(f"the table has its {RESTRICTIONS_MAX} entries; lift one first") from None


def _lift(table: Restrictions, key: str, what: str) -> str:
    if not table.lift(key):
        raise CantBe(f"{key} is not {what}")
    return f"{key} is {what} no more"


def _because(what: str, reason: str) -> str:
    return f"{what}: {reason}" if reason else what
