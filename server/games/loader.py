"""A game out of a file of somebody's own: `ricochet serve --game path/to/file.py`.

The file is a module with one game in it, a class that inherits `server.game.Game` or, more likely, `server.games.plain.
Plain`. It runs with all that the server may do: load only what you would run. Whatever is wrong with it is told in one
sentence, with its line where there is one.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from traceback import extract_tb
from types import ModuleType
from typing import Final

from protocol.description import check
from protocol.errors import UserError
from protocol.kinds import Kind
from server.game import Game

NAME_CHARS_MAX: Final = 24


def load(path: Path) -> type[Game]:
    """The game in the file. Raises UserError."""
    if not path.is_file():
        raise UserError(f"there is no file {path}")
    module = _run(path)
    found = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and Game in thing.__mro__ and thing.__module__ == module.__name__
    ]
    games = [game for game in found if not any(game in other.__mro__[1:] for other in found)]
    if not games:
        raise UserError(f"{path} has no game in it: no class that inherits Game or Plain")
    if len(games) > 1:
        raise UserError(f"{path} has more than one game in it: {', '.join(game.__name__ for game in games)}")
    check_game(games[0], str(path))
    return games[0]


def check_game(game: type[Game], source: str) -> None:
    """Whether it says of itself all that it must. Raises UserError."""
    if lacking := [name for name in ("name", "kinds") if not hasattr(game, name)]:
        raise UserError(f"{source}: {game.__name__} lacks {' and '.join(lacking)}")
    if not str(game.name).isidentifier() or len(game.name) > NAME_CHARS_MAX:
        raise UserError(f"{source}: {game.__name__}.name: a short word, not {game.name!r}")
    if not all(isinstance(kind, Kind) for kind in game.kinds) or "ship" not in [kind.category for kind in game.kinds]:
        raise UserError(f"{source}: {game.__name__}.kinds: kinds, and a ship among them")
    check(game.description, game.hud, source)
    if game.teams != len(game.description.teams):
        said = len(game.description.teams)
        raise UserError(f"{source}: {game.__name__}.teams: {game.teams}, but its description has {said}")


def _run(path: Path) -> ModuleType:
    """The module; known to Python by a name of its own, for its structs look themselves up by it."""
    name = f"games_of_yours.{path.stem}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UserError(f"{path} is not a Python file")
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise UserError(f"{error.filename}, line {error.lineno}: {error.msg}") from None
    except Exception as error:
        lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == str(path)]
        place = f"{path}, line {lines[-1]}" if lines else str(path)
        raise UserError(f"{place}: {type(error).__name__}: {error}") from None
    return module
