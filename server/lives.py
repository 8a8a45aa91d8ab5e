"""How rooms that were opened on demand come to their end. Pure.

its matches are played     it ends a moment later, when everybody has seen who has won
nobody is there            it ends after a minute: time enough to send somebody the link, and to come back

How many matches a room has played, and how the last of them ended, is the room's to know, and kept with it: a restart
doesn't begin to count anew.
"""

from typing import Final

from msgspec import Struct

from server.results import Result
from server.room import Room

EMPTY_S_MAX: Final = 60.0
PODIUM_S: Final = 6.0
"""How long the last podium is seen in the room itself: longer than it is recorded, so that people are told of that."""
PLAYED: Final = "the room's matches are played"
EMPTY: Final = "nobody was in the room any more"


class Life(Struct, eq=False):
    """What has happened in one room so far."""

    played_s: float | None = None
    """Since when it has played all its matches."""
    empty_s: float | None = None
    """Since when nobody is there."""


class Lives:
    """Of all rooms of one process. It is a `server.heralds.Listener`."""

    def __init__(self) -> None:
        self._lives: dict[Room, Life] = {}

    def __len__(self) -> int:
        return len(self._lives)

    def opened(self, room: Room) -> None:
        self._lives[room] = Life()

    def concluded(self, room: Room, result: Result) -> None:
        """The room knows."""

    def closed(self, room: Room) -> None:
        del self._lives[room]

    def over(self, now_s: float) -> list[tuple[Room, str]]:
        """Rooms that have come to their end, and why. To be asked now and then."""
        return [(room, why) for room, life in self._lives.items() if (why := _why_over(room, life, now_s)) is not None]

    def excuse(self, absent_s: float, now_s: float) -> None:
        """The server itself was away for so long, until now."""
        for life in self._lives.values():
            life.played_s = None if life.played_s is None else min(life.played_s + absent_s, now_s)
            life.empty_s = None if life.empty_s is None else min(life.empty_s + absent_s, now_s)


def _why_over(room: Room, life: Life, now_s: float) -> str | None:
    card = room.card
    if card.is_permanent:
        return None
    if card.matches_max and room.matches >= card.matches_max and life.played_s is None:
        life.played_s = now_s
    if room.is_watched:
        life.empty_s = None
    elif life.empty_s is None:
        life.empty_s = now_s
    if life.played_s is not None and now_s - life.played_s >= PODIUM_S:
        return PLAYED
    return EMPTY if life.empty_s is not None and now_s - life.empty_s >= EMPTY_S_MAX else None
