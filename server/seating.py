"""All seats of one process: who sits where, what opens them, and what becomes of those that nobody comes back to.

A seat outlives its connection by SEAT_KEPT_S, and whoever shows its token first takes it over: single use, rotated,
and looked at before anything else is touched, so that a wrong token changes nothing for anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from protocol import limits
from protocol.errors import Code, Violation
from server.checkpoint import SavedSeat
from server.game import Player
from server.restrictions import keys_of
from server.roles import Identity
from server.room import Room
from server.seats import Reserved, Seat, digest

if TYPE_CHECKING:
    from server.session import Session


class Seating:
    """Of the rooms of one lobby. `new_token` is replaced in tests that must be reproducible."""

    def __init__(self, new_token: Callable[[], str]) -> None:
        self.new_token = new_token
        self.taken: dict[bytes, Seat] = {}
        """By lock."""
        self._reserved: dict[bytes, Reserved] = {}
        """Each by both its locks."""

    def all(self) -> list[Seat | Reserved]:
        """Also those to which nobody has come back yet after a restart."""
        return [*self.taken.values(), *dict.fromkeys(self._reserved.values())]

    def reserve(self, seats: Iterable[SavedSeat], room: Room, now_s: float) -> None:
        """Keep `seats` of a room that goes on for those who had them."""
        for seat in seats:
            reserved = Reserved.of(seat, room, now_s - (seat.vacant_s or 0.0))
            self._reserved[seat.lock] = self._reserved[seat.next_lock] = reserved

    def save(self, room: Room, now_s: float) -> list[SavedSeat]:
        """The seats of `room`'s players, for a checkpoint."""
        return [saved for seat in self.all() if seat.room is room and (saved := seat.save(now_s)) is not None]

    # taking one --------------------------------------------------------------------------------------------

    def kept(self, token: str | None, whose: Identity) -> Seat | Reserved | None:
        """The seat that `token` opens, unless it is somebody else's."""
        lock = digest(token) if token is not None else b""
        kept = self.taken.get(lock) or self._reserved.get(lock)
        return kept if kept is not None and kept.identity.subject == whose.subject else None

    def sit(self, session: Session, room: Room, player: Player | None, token: str | None = None) -> None:
        """Give `session` a seat in `room`, opened by `token` the next time, and welcome it there."""
        token = token or self.new_token()
        try:
            viewer = room.watch(session.link, player, session.link.codec.encode(room.welcome(player, token)))
        except Exception:
            if player is not None:
                room.leave(player)  # nobody could ever give up a seat that isn't there
            raise
        next_token = self.new_token()
        lock, next_lock = digest(token), digest(next_token)
        seat = Seat(room, player, viewer, lock, next_token, next_lock, session, 0.0, session.identity, session.key)
        seat.speaker = session.speaker
        self.taken[lock] = session.seat = seat

    def resume(self, session: Session, kept: Seat | Reserved, now_s: float) -> None:
        """`session` comes back to it. Whoever sits there now is replaced. Raises Violation when they are banned as
        whoever they would be: of before a restart, that was decided since."""
        name = session.name if kept.player is None else kept.player.name
        known = kept.keys if isinstance(kept, Reserved) else ()
        keys = *known, *keys_of(session.identity, session.link.address, name)
        if ban := session.lobby.bans.find_any(keys, now_s):
            if isinstance(kept, Reserved):
                self.give_up(kept)
            raise Violation(Code.BANNED, ban.sentence(now_s))
        if kept.player is not None:
            session.name = kept.player.name
        if isinstance(kept, Reserved):
            self._forget(kept)
            if session.speaker is not None:
                session.lobby.talk.welcome_back(session.speaker, kept.player.name, kept.mark, kept.mutes)
            self.sit(session, kept.room, kept.player)
            return
        del self.taken[kept.lock]
        former, kept.session = kept.session, None
        if former is not None:
            kept.room.unwatch(kept.viewer)
            former.seat = None
            former.end(Code.REPLACED, "another connection came back to this seat")
        if kept.speaker is not None:
            session.speaker = kept.speaker.come_back(session.key)
        self.sit(session, kept.room, kept.player, kept.next_token)

    # leaving one -------------------------------------------------------------------------------------------

    def vacate(self, seat: Seat, session: Session, now_s: float, is_kept: bool) -> None:
        """`session` lost its connection: keep the seat for a while, if it is still that session's, and to be kept."""
        if seat.session is not session:
            return
        seat.room.unwatch(seat.viewer)
        if seat.player is None or not is_kept:
            self.taken.pop(seat.lock, None)
        else:
            seat.session, seat.vacant_since_s = None, now_s

    def give_up(self, seat: Seat | Reserved) -> None:
        """The seat is free for good."""
        if isinstance(seat, Reserved):
            self._forget(seat)
        else:
            self.taken.pop(seat.lock, None)
            seat.room.unwatch(seat.viewer)
        if seat.player is not None and seat.player.id in seat.room.players:
            seat.room.leave(seat.player)

    def expel(self, seat: Seat | Reserved, code: Code, sentence: str) -> None:
        """End the conversation, if there is one, and give the seat up."""
        if isinstance(seat, Seat) and seat.session is not None:
            session, seat.session = seat.session, None
            session.end(code, sentence)
            session.seat = None
        self.give_up(seat)

    def clear(self, room: Room) -> list[Session]:
        """`room` is no more, nor are its seats: who sat there."""
        self._reserved = {lock: seat for lock, seat in self._reserved.items() if seat.room is not room}
        gone = [seat for seat in self.taken.values() if seat.room is room]
        for seat in gone:
            del self.taken[seat.lock]
        return [seat.session for seat in gone if seat.session is not None]

    def overdue(self, now_s: float) -> list[Callable[[], None]]:
        """What is to be done about seats that were kept for too long."""
        taken = [seat for seat in self.taken.values() if seat.session is None]
        kept: list[Seat | Reserved] = [*taken, *dict.fromkeys(self._reserved.values())]
        return [partial(self.give_up, seat) for seat in kept if now_s - seat.vacant_since_s > limits.SEAT_KEPT_S]

    def _forget(self, seat: Reserved) -> None:
        for lock in (seat.lock, seat.next_lock):
            self._reserved.pop(lock, None)
