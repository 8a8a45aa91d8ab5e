"""What the directory is told of a room, and what is made of it elsewhere: a line of the lobby's list, one of the API's.

Pure.
"""

from typing import Any

from protocol.messages import RoomInfo
from server.cluster.records import Entry, Notice
from server.room import Room
from server.rooms import info_of


def notice_of(room: Room) -> Notice:
    """What the directory is told of `room`."""
    info = info_of(room)
    return Notice(
        room.name,
        info.title,
        info.game,
        info.arena,
        info.players,
        info.bots,
        info.spectators,
        info.players_max,
        room.card.is_private,
        room.card.is_permanent,
    )


def listed_as(notice: Notice) -> RoomInfo:
    """In the lobby."""
    return RoomInfo(
        notice.name,
        notice.title,
        notice.game,
        notice.arena,
        notice.players,
        notice.bots,
        notice.spectators,
        notice.seats,
    )


def described(entry: Entry) -> dict[str, Any]:
    """For `/api/rooms`."""
    notice = entry.notice
    return {
        "name": notice.name,
        "title": notice.title,
        "game": notice.game,
        "map": notice.arena,
        "players": notice.players,
        "bots": notice.bots,
        "people": notice.people,
        "spectators": notice.spectators,
        "players_max": notice.seats,
        "url": entry.process.url,
    }
