"""The games: each is one module that keeps the contract of `server/game`."""

from protocol.errors import UserError
from server.game import Game
from server.games.ball import Ball
from server.games.melee import Melee

GAMES: dict[str, type[Game]] = {game.name: game for game in (Melee, Ball)}


def game_named(name: str) -> type[Game]:
    """Raises UserError when there is none."""
    if name not in GAMES:
        raise UserError(f"there is no game {name!r}; there are: {', '.join(sorted(GAMES))}")
    return GAMES[name]
