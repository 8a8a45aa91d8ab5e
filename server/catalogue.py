"""What rooms may be opened with: games by name, arenas by name, and what the operator has set for all rooms. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from protocol.arena import Arena
from protocol.errors import Code, Violation
from protocol.messages import GameInfo
from protocol.ticks import Rates
from server.card import Card
from server.game import Game
from server.room import Room

PLAYERS_MAX_DEFAULT: Final = 64


class Catalogue:
    """`arenas` and `new_seed` are asked anew for each room, for arenas may be added."""

    def __init__(
        self,
        games: Mapping[str, type[Game]],
        arenas: Callable[[], Mapping[str, Arena]],
        rates: Rates,
        new_seed: Callable[[], int],
        options: Mapping[str, Any] | None = None,
        players_max: int = PLAYERS_MAX_DEFAULT,
    ) -> None:
        """`players_max`: of each room that is opened. The first game, in the first arena, is the one for whoever
        doesn't choose."""
        self._games, self._arenas, self._new_seed = games, arenas, new_seed
        self._rates, self._options, self._players_max = rates, options or {}, players_max

    def games(self) -> list[GameInfo]:
        """For the lobby."""
        arenas = list(self._arenas())
        return [GameInfo(name, title_of(name), arenas, game.teams) for name, game in self._games.items()]

    def first(self, game: str | None) -> tuple[str, str]:
        """Game and arena for whoever has named no more than that. Raises Violation."""
        return game or next(iter(self._games)), next(iter(self._arenas()))

    def make(self, name: str, game: str, arena: str, card: Card) -> Room:
        """A room by that name. Raises Violation when there is no such game or arena."""
        kind, place = self._games.get(game), self._arenas().get(arena)
        if kind is None:
            raise Violation(Code.OPEN_REFUSED, f"there is no game {game!r}; there are: {', '.join(self._games)}")
        if place is None:
            raise Violation(Code.OPEN_REFUSED, f"there is no arena {arena!r}")
        return Room(name, kind, place, self._rates, self._new_seed(), self._options, self._players_max, card=card)

    def again(self, room: Room) -> Room:
        """A fresh room like `room`, which has failed."""
        kind, card = type(room.game), room.card
        return Room(
            room.name, kind, room.arena, room.rates, self._new_seed(), room.options, room.players_max, card=card
        )


def title_of(game: str) -> str:
    """What people call a game."""
    return game.replace("_", " ").capitalize()
