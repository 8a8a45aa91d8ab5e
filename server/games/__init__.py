"""The games: each is one module that keeps the contract of `server/game`."""

from pathlib import Path

from protocol.errors import UserError
from server.game import Game
from server.games.ball import Ball
from server.games.build import Build
from server.games.loader import load
from server.games.melee import Melee

GAMES: dict[str, type[Game]] = {game.name: game for game in (Melee, Ball, Build)}


def game_named(name: str) -> type[Game]:
    """One of those that are shipped; or the one in the file of that name, if it ends in .py. Raises UserError."""
    if name.endswith(".py"):
        game = load(Path(name))
        if game.name in GAMES:  # people who open rooms choose by it
            raise UserError(f"{name}: {game.__name__}.name: {game.name!r} is a game that comes with the server")
        return game
    if name not in GAMES:
        raise UserError(f"there is no game {name!r}; there are: {', '.join(sorted(GAMES))}")
    return GAMES[name]
