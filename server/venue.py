"""What rooms are opened with: the operator's own, and those that people may open. Raises UserError."""

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from protocol.arena import Arena, parse
from protocol.errors import UserError
from protocol.ticks import Rates
from server.card import Card
from server.catalogue import Catalogue
from server.cluster.wiring import suffix_of
from server.config import Config
from server.game import Game
from server.games import GAMES, game_named

STEM_MAX = 30
"""How long a room's name may be before its suffix."""
MAPS = Path(__file__).parent.parent / "assets" / "maps"


class Venue(Struct, frozen=True):
    """What a room is opened with."""

    name: str
    """Of its map, and of the first room; the others are numbered."""
    rooms: int
    game: type[Game]
    arena: Arena
    rates: Rates
    seed: int | None
    options: dict[str, Any]
    suffix: str = ""
    """Of its rooms' names, where other processes have rooms of the same map."""

    @property
    def room_names(self) -> list[str]:
        numbers = ["", *(f"-{number}" for number in range(2, self.rooms + 1))]
        if not self.suffix:
            return [f"{self.name}{number}" for number in numbers]
        return [f"{self.name[: STEM_MAX - len(number)]}{number}{self.suffix}" for number in numbers]

    def another_name(self) -> str:
        """Of a room beside those, that nobody else has."""
        return f"{self.name[:STEM_MAX]}-{secrets.token_hex(4)}"

    def card(self, name: str) -> Card:
        """Of the room of that name. People don't see the suffix; whoever draws the lobby finds the map by its name."""
        return Card(title=name.removesuffix(self.suffix) if self.suffix else "", arena=self.name)

    def new_seed(self) -> int:
        return secrets.randbits(32) if self.seed is None else self.seed


def venue_of(config: Config) -> Venue:
    """Raises UserError."""
    game = game_named(config.game)
    name = config.map or game.map
    arena = find_arena(name)
    if why := game.unfit(arena):
        raise UserError(f"{game.name} can't be played on the map {name}: {why}")
    return Venue(
        name=Path(name).stem,
        rooms=config.rooms,
        game=game,
        arena=arena,
        rates=config.rates,
        seed=config.seed,
        options={
            "match_s": config.match_s,
            "build_by": config.build_by,
            "spectator_delay_s": config.spectator_delay_s,
        },
        suffix=suffix_of(config),
    )


def find_arena(name: str) -> Arena:
    """The arena of a map that comes with the game, or of a JSON file anywhere. Raises UserError."""
    path = Path(name) if name.endswith(".json") else MAPS / f"{name}.json"
    try:
        text = path.read_bytes()
    except OSError as error:
        if name.endswith(".json"):
            raise UserError(f"the map {name} can't be read: {(error.strerror or str(error)).lower()}") from None
        known = ", ".join(sorted(file.stem for file in MAPS.glob("*.json")))
        raise UserError(f"there is no map {name!r}; there are: {known}") from None
    return parse(text, path.name)


def maps(venue: Venue) -> list[str]:
    """The names of the maps that come with the game, and of the operator's own."""
    return sorted({venue.name, *(path.stem for path in MAPS.glob("*.json"))})


def catalogue_of(
    config: Config,
    venue: Venue,
    saved: Callable[[], Mapping[str, Arena]] = dict,
    draft: Callable[[str, str], Arena | None] = lambda id, account: None,
) -> Catalogue:
    """All games in all maps that come with them, `venue`'s own first, in those that were `saved` meanwhile, and in
    somebody's own `draft`."""
    games = {venue.game.name: venue.game, **GAMES}
    arenas = {venue.name: venue.arena, **{path.stem: find_arena(path.stem) for path in sorted(MAPS.glob("*.json"))}}
    return Catalogue(
        games,
        lambda: {**arenas, **saved()},
        config.rates,
        venue.new_seed,
        venue.options,
        config.room_players_max,
        config.room_matches,
        draft,
    )
