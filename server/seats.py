"""A seat: one player's place in one room, with the token that opens it; and who may come in at all.

Only digests of tokens are kept. A seat's next token is made in advance, for a checkpoint holds the digests of both:
who came back after it was written, and before the crash, has the next.
"""

from __future__ import annotations

from enum import IntEnum, auto
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct

from protocol import limits
from server.chat.speaker import Muted, Speaker
from server.checkpoint import SavedSeat
from server.game import Player
from server.restrictions import mark_of
from server.roles import GUEST, Identity
from server.room import Room
from server.viewers import Viewer

if TYPE_CHECKING:
    from server.session import Session


class Doors(IntEnum):
    """Who may come in."""

    OPEN = auto()
    RETURNING = auto()
    """Who has a seat: the server is going to stop."""
    SHUT = auto()


class Seat(Struct, eq=False):
    """One place in a room; `player` is None for a spectator."""

    room: Room
    player: Player | None
    viewer: Viewer
    lock: bytes
    """Digest of the token that opens it."""
    next_token: str
    """What whoever comes back to it will be given."""
    next_lock: bytes
    session: Session | None
    """Who sits there now; None while it is kept for someone who dropped."""
    vacant_since_s: float = 0.0
    identity: Identity = GUEST
    """Whose it is; for another subject its token is worth nothing."""
    key: str = ""
    """What bans and mutes know them by."""
    occupied: SavedSeat | None = None
    """For a checkpoint while somebody sits there: made once, for nothing of it changes but whom they have muted."""
    speaker: Speaker | None = None
    """Whose it is, as chat knows them."""

    @property
    def tick(self) -> int:
        """That of the room, as it is shown here."""
        return self.room.tick if self.player is not None else self.room.watching.tick_at(self.room.tick)

    def why_too_slow(self) -> str | None:
        """Asked now and then: why whoever sits there can't be kept."""
        if self.viewer.overrun:
            return f"{limits.EVENTS_QUEUED_MAX} events piled up unread"
        if self.player is None:
            keeps_up = self.viewer.review(self.tick)
        else:
            keeps_up = self.viewer.review(self.tick, self.room.publisher.tick, self.player.inputs.applied)
        if not keeps_up:
            return f"more than {limits.LAG_S_MAX:g} s behind for {limits.BEHIND_S_MAX:g} s"
        return None

    def kept_s(self, now_s: float) -> float | None:
        """For how much longer; None: as long as somebody sits there."""
        return None if self.session is not None else _kept_s(now_s, self.vacant_since_s)

    def save(self, now_s: float) -> SavedSeat | None:
        """For a checkpoint; a spectator's is not kept."""
        if self.player is None:
            return None
        mark, mutes = ("", ()) if self.speaker is None else (self.speaker.named.mark, self.speaker.saved_mutes)
        if self.session is not None and self.occupied is not None and self.occupied.mutes is mutes:
            return self.occupied
        vacant_s = None if self.session is not None else now_s - self.vacant_since_s
        whose = self.identity, self.key, mark, mutes
        saved = SavedSeat(self.player.id, self.lock, self.next_lock, vacant_s, *whose)
        if vacant_s is None:
            self.occupied = saved
        return saved


class Reserved(Struct, eq=False):
    """A seat from a checkpoint, to which nobody has come back yet. Either lock may be opened."""

    room: Room
    player: Player
    lock: bytes
    next_lock: bytes
    vacant_since_s: float
    identity: Identity
    key: str
    mark: str
    mutes: tuple[Muted, ...]

    @property
    def keys(self) -> tuple[str, str, str]:
        """All that bans and mutes know them by, as `Speaker.keys`."""
        return self.key, mark_of(self.key, self.player.name, self.identity.subject is None), self.mark or self.key

    @classmethod
    def of(cls, saved: SavedSeat, room: Room, vacant_since_s: float) -> Reserved:
        player = room.players[saved.player]
        whose = saved.identity, saved.key, saved.mark, saved.mutes
        return cls(room, player, saved.lock, saved.next_lock, vacant_since_s, *whose)

    def kept_s(self, now_s: float) -> float:
        """For how much longer."""
        return _kept_s(now_s, self.vacant_since_s)

    def save(self, now_s: float) -> SavedSeat:
        vacant_s = now_s - self.vacant_since_s
        whose = self.identity, self.key, self.mark, self.mutes
        return SavedSeat(self.player.id, self.lock, self.next_lock, vacant_s, *whose)


def _kept_s(now_s: float, vacant_since_s: float) -> float:
    return round(max(0.0, limits.SEAT_KEPT_S - (now_s - vacant_since_s)), 1)


def digest(token: str) -> bytes:
    """What is kept of a token: it can be recognised by it, and not made from it."""
    return sha256(token.encode()).digest()
