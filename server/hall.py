"""Those who are in the lobby, and what they are told: at once when they come, and again when it has changed.

The news are the same for everybody, so they are encoded once for each encoding. Whoever's socket is full is told later
what is new then, not what was meanwhile. While nobody is there it costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from protocol import limits
from protocol.messages import LobbyNews, Podium

if TYPE_CHECKING:
    from server.session import Session


def present(sessions: Iterable[Session]) -> int:
    """How many of them are people, and are in the lobby or in a room."""
    return sum(not session.bot and session.is_in for session in sessions)


class Guest(Struct, eq=False):
    """One who is in the lobby."""

    podium: Podium | None
    reason: str
    """Both until they are told."""
    told: LobbyNews | None = None
    told_s: float = 0.0


class Hall:
    """`news` says how things stand, without podium or reason."""

    def __init__(self, news: Callable[[], LobbyNews]) -> None:
        self._look = news
        self._latest = news()
        self._guests: dict[Session, Guest] = {}

    def __len__(self) -> int:
        return len(self._guests)

    def __contains__(self, session: Session) -> bool:
        return session in self._guests

    def guests(self) -> list[Session]:
        """Everybody who is here."""
        return list(self._guests)

    def come(self, session: Session, now_s: float, podium: Podium | None = None, reason: str = "") -> None:
        """Somebody is here, perhaps from a room that has ended."""
        guest = self._guests[session] = Guest(podium, reason)
        self._tell(session, guest, self._news(), now_s, {})

    def go(self, session: Session) -> None:
        """Idempotent."""
        self._guests.pop(session, None)

    def sweep(self, now_s: float) -> None:
        """Tell whoever doesn't know yet, and wasn't told anything just now."""
        due = [(one, guest) for one, guest in self._guests.items() if now_s - guest.told_s >= limits.LOBBY_EVERY_S]
        if due:
            news, encoded = self._news(), dict[str, bytes]()
            for session, guest in due:
                if guest.told is not news:
                    self._tell(session, guest, news, now_s, encoded)

    def _news(self) -> LobbyNews:
        """The same object for as long as nothing has changed."""
        news = self._look()
        if news != self._latest:
            self._latest = news
        return self._latest

    def _tell(self, session: Session, guest: Guest, news: LobbyNews, now_s: float, encoded: dict[str, bytes]) -> None:
        link = session.link
        if link.blocked:
            return
        if guest.podium is not None or guest.reason:
            link.post(link.codec.encode(msgspec.structs.replace(news, podium=guest.podium, reason=guest.reason)))
            guest.podium, guest.reason = None, ""
        else:
            subprotocol = link.codec.subprotocol
            if subprotocol not in encoded:
                encoded[subprotocol] = link.codec.encode(news)
            link.post(encoded[subprotocol])
        guest.told, guest.told_s = news, now_s
