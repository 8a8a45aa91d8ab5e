"""Whom an admin means, among those who have a seat, are expected back, or are in the lobby. Pure.

session            one conversation, by the number that it keeps until its seat is given up: resuming is no change
room and player    whoever sits there
subject            whoever has a token of it
address            every guest from there, however many
address and name   the guests from there who are called so
"""

from collections.abc import Iterator

from server.chat.speaker import Speaker
from server.lobby import Lobby
from server.seats import Reserved, Seat
from server.session import Session

Somebody = Seat | Reserved | Session
"""A session by itself is in the lobby."""


def everybody(lobby: Lobby) -> Iterator[Somebody]:
    """Those in the lobby come last."""
    yield from lobby.seats()
    yield from lobby.hall.guests()


def session_of(lobby: Lobby, one: Somebody) -> str | None:
    """By what an order means this one alone; None: it hasn't come back yet since the server started."""
    speaker = _speaker(one)
    return None if speaker is None else f"{speaker.named.number}-{lobby.talk.run}"


def with_session(lobby: Lobby, session: str) -> Somebody | None:
    return next((one for one in everybody(lobby) if session_of(lobby, one) == session), None)


def at(lobby: Lobby, room: str, player: int) -> Somebody | None:
    """Whoever sits there."""
    for seat in lobby.seats():
        if seat.room.name == room and seat.player is not None and seat.player.id == player:
            return seat
    return None


def known_as(lobby: Lobby, key: str) -> list[Somebody]:
    """Whoever a ban or mute of `key` concerns."""
    return [one for one in everybody(lobby) if key in keys_of(one)]


def keys_of(one: Somebody) -> tuple[str, ...]:
    """All that bans and mutes know them by, the widest first; then, of who has one, the name that they have now; the
    one that another name doesn't change last."""
    speaker = _speaker(one)
    if speaker is not None:
        return speaker.keys
    return one.keys if isinstance(one, Reserved) else (one.key,)


def name_of(one: Somebody) -> str | None:
    """What they are called; None: a spectator who is gone, for a moment."""
    if isinstance(one, Session):
        return one.name
    if one.player is not None:
        return one.player.name
    return one.session.name if one.session is not None else None


def is_bot(one: Somebody) -> bool:
    return one.bot if isinstance(one, Session) else one.player is not None and one.player.bot


def be_muted(one: Somebody, key: str) -> None:
    """An admin has muted them as `key`. Who hasn't come back yet will be called what they were."""
    if (speaker := _speaker(one)) is not None:
        speaker.be_muted(key)


def _speaker(one: Somebody) -> Speaker | None:
    return None if isinstance(one, Reserved) else one.speaker
