"""A game out of a file of somebody's own: `ricochet serve --game path/to/file.py`.

The file is a module with one game in it, a class that inherits `server.game.Game` or, more likely, `server.games.plain.
Plain`. It runs with all that the server may do: load only what you would run. Whatever is wrong with it is told in one
sentence, with its line where there is one.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from traceback import extract_tb
from types import ModuleType
from typing import Final, get_args

from protocol.description import check
from protocol.errors import UserError
from protocol.kinds import Category, Kind
from server.game import Game

NAME_CHARS_MAX: Final = 24
CATEGORIES: Final = get_args(Category)


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
    if not isinstance(game.map, str):
        raise UserError(f"{source}: {game.__name__}.map: a name, not {game.map!r}")
    touches: tuple[tuple[str, ...], ...] = game.touches
    for pair in touches:
        if len(pair) != 2 or not set(pair) <= set(CATEGORIES):
            raise UserError(f"{source}: {game.__name__}.touches: pairs of {', '.join(CATEGORIES)}, not {pair!r}")
    check(game.description, game.hud, source)
    if game.teams != len(game.description.teams):
        said = len(game.description.teams)
        raise UserError(f"{source}: {game.__name__}.teams: {game.teams}, but its description has {said}")


def _run(path: Path) -> ModuleType:
    """The module; known to Python by a name of its own, for its structs look themselves up by it."""
    name = f"games_of_yours.{path.stem}"
    spec = spec_from_file_location(name, path.resolve())
    if spec is None or spec.loader is None:
        raise UserError(f"{path} is not a Python file")
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise _blame(error, path) from None
    return module


@contextmanager
def told_of(name: str) -> Iterator[None]:
    """What a game out of the file `name` raises becomes a UserError; a shipped game's mistake is ours and stays one."""
    try:
        yield
    except Exception as error:
        if isinstance(error, UserError) or not name.endswith(".py"):
            raise
        raise _blame(error, Path(name)) from None


def _blame(error: Exception, path: Path) -> UserError:
    """The sentence: the file as it was typed, the line in it, if any, that led there, and what is wrong."""
    own = str(path.resolve())
    if isinstance(error, SyntaxError):
        file = path if error.filename in (None, own) else error.filename
        return UserError(f"{file}{f', line {error.lineno}' if error.lineno else ''}: {error.msg}")
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == own]
    place = f"{path}, line {lines[-1]}" if lines else str(path)
    return UserError(f"{place}: {type(error).__name__}: {error}")
