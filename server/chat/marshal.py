"""The commands of admins in chat, `/kick` and `/silence`: deeds of `moderation`, to somebody who is meant by a name.

Each leaves a line in the log `ricochet.audit`, as what is asked for over HTTP does. A chat can't wait for the disk:
what should outlast the server is written with the next checkpoint, a second later at most.
"""

from collections.abc import Callable
from typing import Any

import structlog

from protocol.errors import Code
from server.chat.filter_desk import FilterDesk
from server.chat.speaker import Named
from server.chat.talk import refusal
from server.chat.word_filter import load
from server.lobby import Lobby
from server.moderation import CantBe, Moderation, order_about
from server.session import Session

audit = structlog.get_logger("ricochet.audit")


class Marshal:
    """`on_decision` is told of what should outlast the process."""

    def __init__(self, lobby: Lobby, moderation: Moderation, on_decision: Callable[[], None] = lambda: None) -> None:
        self._lobby = lobby
        self._moderation = moderation
        self._on_decision = on_decision

    def send_away(self, person: Any, by: Any, reason: str) -> str:
        """End the conversation of `person`, who may come back. Both are sessions."""
        assert isinstance(person, Session)
        assert person.speaker is not None
        named = person.speaker.named
        sentence = f"kicked by an admin: {reason}" if reason else "kicked by an admin"
        if person.seat is not None:
            self._lobby.expel(person.seat, Code.KICKED, sentence)
        else:
            person.end(Code.KICKED, sentence)
        done = f"Kicked {named.name} #{named.number}"
        _write_down("kick", by, named, done, reason=reason)
        return done

    def send_away_afar(self, named: Named, by: Any, reason: str) -> str:
        """Have the process where they are send them away. Raises Violation."""
        try:
            self._moderation.kick_afar(order_about(named.key, named.mark, reason))
        except CantBe as error:
            raise refusal(str(error)) from None
        done = f"Asked the other servers to send {named.name} #{named.number} away"
        _write_down("kick", by, named, done, reason=reason)
        return done

    def silence(self, named: Named, by: Any, seconds: float, now_s: float) -> str:
        """Let nobody hear them, for so long. Raises Violation."""
        try:
            self._moderation.silence((named.key,), seconds, "", now_s)
        except CantBe as error:
            raise refusal(str(error)) from None
        self._on_decision()
        done = f"Silenced {named.name} #{named.number} ({named.key}) for {seconds / 60:.0f} min"
        _write_down("mute", by, named, done, seconds=seconds)
        return done


def furnish(
    lobby: Lobby, moderation: Moderation, chat_filter: str | None, on_decision: Callable[[], None] | None
) -> FilterDesk | None:
    """Give the chat of `lobby` what its operator has set; where the filter is asked, which is to be run. Raises
    UserError."""
    talk = lobby.talk
    talk.moderator = Marshal(lobby, moderation, on_decision or (lambda: None))
    if chat_filter is None:
        return None
    talk.word_filter = load(chat_filter)
    desk = talk.desk = FilterDesk(talk.word_filter, talk.counted)
    return desk


def _write_down(action: str, by: Any, about: Named, done: str, **order: object) -> None:
    assert isinstance(by, Session)
    audit.info(
        "admin",
        action=action,
        by=by.identity.subject,
        address=by.link.address,
        done=done,
        order={"chat": True, "name": about.name, "known_as": about.key, **order},
    )
