"""Which rooms there are to enter: the list of them, and the best of them for somebody who wants to play. Pure.

Quick play wants company: of the rooms that aren't crowded, the one with the most people, or else with the most bots;
where all are crowded, the one that is least so. A private room is nobody's choice but its own people's.
"""

from collections.abc import Iterable
from typing import Any, Final

from protocol import limits
from protocol.errors import Code, Violation
from protocol.messages import RoomInfo
from server.room import Room

CROWD: Final = 24
"""With so many players a room is lively enough: others are filled first."""


def listed(rooms: Iterable[Room]) -> list[RoomInfo]:
    """What the lobby says of them, those with the most people first."""
    public = sorted((room for room in rooms if not room.card.is_private), key=lambda room: -room.people)
    return [info_of(room) for room in public[: limits.ROOMS_LISTED_MAX]]


def info_of(room: Room) -> RoomInfo:
    card = room.card
    return RoomInfo(
        name=room.name,
        title=card.title or room.name,
        game=room.game.name,
        arena=card.arena or room.arena.name,
        players=len(room.players),
        bots=sum(player.bot for player in room.players.values()),
        spectators=room.spectators,
        players_max=room.players_max,
    )


def described(rooms: Iterable[Room]) -> list[dict[str, Any]]:
    """What `/api/rooms` says, of those that are open to all."""
    return [
        {
            "name": room.name,
            "title": room.card.title or room.name,
            "game": room.game.name,
            "map": room.arena.name,
            "players": len(room.players),
            "bots": sum(player.bot for player in room.players.values()),
            "people": room.people,
            "spectators": room.spectators,
            "players_max": room.players_max,
            "tick": room.tick,
            "tick_rate": room.rates.tick_rate,
            "snapshot_rate": room.rates.snapshot_rate,
            "resting": room.is_resting,
        }
        for room in rooms
        if not room.card.is_private
    ]


def reopening() -> Violation:
    """For whoever wants into one that is gone for a moment."""
    return Violation(Code.SERVER_FAULT, "the room had to be closed after a mistake of ours; it opens again soon")


def given(rooms: Iterable[Room]) -> Room:
    """Where whoever says hello and names no room is put: the emptiest of the operator's, or else of all. Raises
    Violation."""
    public = [room for room in rooms if not room.card.is_private]
    permanent = [room for room in public if room.card.is_permanent]
    if not public:
        raise Violation(Code.ROOM_NOT_FOUND, "no room is open")
    return min(permanent or public, key=lambda room: len(room.players))


def best(rooms: Iterable[Room], game: str | None, here: Room | None, watches: bool) -> Room | None:
    """The one for quick play; `here`, where they are already, only if there is no other. None: all are full."""
    open_to_all = [
        room
        for room in rooms
        if not room.card.is_private
        and (game is None or room.game.name == game)
        and (watches or room is here or len(room.players) < room.players_max)
    ]
    others = [room for room in open_to_all if room is not here]
    return max(others or open_to_all, key=_appeal, default=None)


def _appeal(room: Room) -> tuple[int, int]:
    players = len(room.players)
    return (room.people, players) if players < CROWD else (-players, 0)
