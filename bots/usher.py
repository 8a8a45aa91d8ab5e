"""Spreads a swarm over rooms of its own: so many groups, each with a room that its first bot opens. Pure.

A bot comes as a visitor and is told which rooms there are. Its group's is known by its title; as long as there is none,
the first of the group opens it, and the others wait for the news. When a room has ended they do the same again.
"""

from bots.player import Player
from protocol.messages import Enter, Open


class Usher:
    """For `rooms` groups; the title of each room is `prefix` and the group's number, from 1 on."""

    def __init__(self, rooms: int, prefix: str) -> None:
        self._rooms, self._prefix = rooms, prefix

    def look_after(self, player: Player, number: int) -> None:
        """Bots are numbered from 1 on."""
        title, is_first = f"{self._prefix} {(number - 1) % self._rooms + 1}", number <= self._rooms

        def place() -> None:
            news = player.lobby
            if news is None or player.is_going:
                return
            named = next((room.name for room in news.rooms if room.title == title), None)
            if named is not None:
                player.go(Enter(named))
            elif is_first and news.games:
                game = news.games[0]
                player.go(Open(title, game.name, game.arenas[0]))

        player.role, player.on_snapshot = "visitor", place
