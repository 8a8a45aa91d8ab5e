"""What rooms may be opened with: games by name, arenas by name, and what the operator has set for all rooms. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from protocol.arena import Arena
from protocol.errors import Code, Violation
from protocol.limits import PLAYERS_PER_ROOM_MAX
from protocol.messages import GameInfo
from protocol.ticks import Rates
from server.build.drafts import PREFIX
from server.card import Card
from server.checkpoint import SavedRoom, revive
from server.game import Game
from server.room import Room
from server.sealed import Unusable

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
        matches_max: int = 0,
        draft: Callable[[str, str], Arena | None] = lambda id, account: None,
    ) -> None:
        """`players_max` and `matches_max` (0: any number) are of each room that is opened; `draft` finds somebody's.

        The first game, in the first arena, is the one for whoever doesn't choose.
        """
        self._games, self._arenas, self._new_seed = games, arenas, new_seed
        self._rates, self._options = rates, options or {}
        self._players_max, self._matches_max, self._draft = players_max, matches_max, draft

    def games(self) -> list[GameInfo]:
        """For the lobby."""
        return [
            GameInfo(name, about.title or title_of(name), self._fitting(game), game.teams, about.controls)
            for name, game in self._games.items()
            for about in [game.description]
        ]

    def first(self, game: str | None) -> tuple[str, str]:
        """Game and arena for whoever has named no more than that. Raises Violation."""
        name = game or next(iter(self._games))
        fitting = self._fitting(self._game(name))
        if not fitting:
            raise Violation(Code.OPEN_REFUSED, f"there is no arena for {name}")
        return name, fitting[0]

    def open(
        self, name: str, title: str, game: str, arena: str, is_private: bool, opener: str, account: str = ""
    ) -> Room:
        """A room for somebody, whom bans know by `opener`. Raises Violation when there is no such game or arena.

        An arena may be a draft of their `account`'s.
        """
        card = Card(title, arena, is_private, False, opener, self._matches_max)
        if not arena.startswith(PREFIX):
            return self.make(name, game, card)
        draft = arena.removeprefix(PREFIX)
        if (ground := self._draft(draft, account)) is None:
            raise Violation(Code.OPEN_REFUSED, "there is no such draft of yours, or not any more")
        return self.make(name, game, replace(card, arena=ground.name, draft=draft), ground)

    def make(self, name: str, game: str, card: Card, ground: Arena | None = None) -> Room:
        """A room by that name. Raises Violation when there is no such game or arena."""
        kind, arena = self._find(game, card.arena, ground)
        return Room(name, kind, arena, self._rates, self._new_seed(), self._options, self._players_max, card=card)

    def revive(self, saved: SavedRoom) -> Room:
        """One that was opened before the server was started again. Raises Unusable."""
        try:
            kind = self._game(saved.game)
            arena = saved.ground or self._find(saved.game, saved.card.arena)[1]
        except Violation as violation:
            raise Unusable(violation.sentence) from None
        players_max = PLAYERS_PER_ROOM_MAX if saved.card.is_permanent else self._players_max
        return revive(saved, kind, arena, self._rates, self._options, players_max)

    def _game(self, name: str) -> type[Game]:
        if name not in self._games:
            raise Violation(Code.OPEN_REFUSED, f"there is no game {name!r}; there are: {', '.join(self._games)}")
        return self._games[name]

    def _fitting(self, game: type[Game]) -> list[str]:
        """The arenas that a game can be played in."""
        return [name for name, arena in self._arenas().items() if not game.unfit(arena)]

    def again(self, room: Room) -> Room:
        """A fresh room like `room`, which has failed. The matches that were played there are."""
        kind, card = type(room.game), room.card
        fresh = Room(
            room.name, kind, room.arena, room.rates, self._new_seed(), room.options, room.players_max, card=card
        )
        fresh.matches, fresh.podium = room.matches, room.podium
        return fresh

    def _find(self, game: str, arena: str, ground: Arena | None = None) -> tuple[type[Game], Arena]:
        kind, place = self._game(game), ground or self._arenas().get(arena)
        if place is None:
            raise Violation(Code.OPEN_REFUSED, f"there is no arena {arena!r}")
        if why := kind.unfit(place):
            raise Violation(Code.OPEN_REFUSED, f"{game} can't be played in {arena}: {why}")
        return kind, place


def title_of(game: str) -> str:
    """What people call a game that doesn't say what it is called."""
    return game.replace("_", " ").capitalize()
