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

import msgspec

from protocol.description import Description, check
from protocol.errors import UserError, place_of
from protocol.gun import Gun
from protocol.kinds import Category, Kind
from server.game import Game
from server.games.hooks import misfits
from server.games.plain import Book, Plain

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
    for place, what in faults(game):
        raise UserError(f"{source}: {game.__name__}.{place}: {what}")
    for line, what in misfits(game):
        raise UserError(f"{source}{f', line {line}' if line else ''}: {what}")
    check(game.description, game.hud, source)
    if game.teams != len(game.description.teams):
        said = len(game.description.teams)
        raise UserError(f"{source}: {game.__name__}.teams: {game.teams}, but its description has {said}")


def faults(game: type[Game]) -> Iterator[tuple[str, str]]:
    """Every (place, what is wrong) in what a game says of itself, its description apart."""
    if not str(game.name).isidentifier() or len(game.name) > NAME_CHARS_MAX:
        yield "name", f"a short word, not {game.name!r}"
    yield from _faults_of_kinds(game)
    if not isinstance(game.description, Description):
        yield "description", f"a Description, not {type(game.description).__name__}"
    if not isinstance(game.map, str):
        yield "map", f"a name, not {game.map!r}"
    touches: object = game.touches
    for pair in touches if isinstance(touches, tuple | list) else [touches]:
        if not isinstance(pair, tuple | list) or len(pair) != 2 or not set(pair) <= set(CATEGORIES):
            yield "touches", f"pairs of {', '.join(CATEGORIES)}, not {pair!r}"
    names: object = game.hud
    if (
        not isinstance(names, tuple | list)
        or not all(isinstance(name, str) for name in names)
        or len(set(names)) < len(names)
    ):
        yield "hud", f"different names, as in ('score', 'lives'), not {names!r}"
    elif names and game.hud_of in (Game.hud_of, Plain.hud_of):
        yield "hud", f"there is no hud_of that says {', '.join(names)}"
    yield from _faults_of_book(game)


def _faults_of_kinds(game: type[Game]) -> Iterator[tuple[str, str]]:
    kinds: object = game.kinds
    if (
        not isinstance(kinds, tuple | list)
        or not all(isinstance(kind, Kind) for kind in kinds)
        or "ship" not in [kind.category for kind in kinds]
    ):
        yield "kinds", "kinds, and a ship among them"
        return
    for at, kind in enumerate(kinds):
        try:
            msgspec.convert(msgspec.to_builtins(kind), Kind)
        except msgspec.ValidationError as error:
            place, what = place_of(error)
            yield f"kinds[{at}]{place}", what
    gun: object = game.gun
    shots = [at for at, kind in enumerate(kinds) if kind.category == "shot"]
    if gun is not None and not (isinstance(gun, Gun) and gun.kind in shots):
        yield "gun", "a Gun whose kind is that of a shot, by its place among the game's kinds"


def _faults_of_book(game: type[Game]) -> Iterator[tuple[str, str]]:
    if Plain not in game.__mro__:
        return
    saved: object = getattr(game, "saved", None)
    if not (isinstance(saved, type) and issubclass(saved, Book)):
        yield "saved", "a class that inherits Book"
        return
    try:
        msgspec.msgpack.Decoder(saved)
        fields = msgspec.structs.fields(saved)
    except (NameError, TypeError) as error:
        yield "saved", f"{saved.__name__} can't be read again: {error}"
        return
    for field in fields:
        if field.required:
            yield "saved", f"{saved.__name__}.{field.name} needs a value to begin with"


def _run(path: Path) -> ModuleType:
    """The module; known to Python by a name of its own, for its structs look themselves up by it."""
    name = f"games_of_yours.{path.stem}"
    spec = spec_from_file_location(name, path.resolve())
    if spec is None or spec.loader is None:
        raise UserError(f"{path} is not a Python file")
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
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


def _blame(error: Exception | SystemExit, path: Path) -> UserError:
    """The sentence: the file as it was typed, the line in it, if any, that led there, and what is wrong."""
    own = str(path.resolve())
    if isinstance(error, SyntaxError):
        file = path if error.filename in (None, own) else error.filename
        return UserError(f"{file}{f', line {error.lineno}' if error.lineno else ''}: {error.msg}")
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == own]
    place = f"{path}, line {lines[-1]}" if lines else str(path)
    return UserError(f"{place}: {type(error).__name__}: {error}")
