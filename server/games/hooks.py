"""Whether a game's methods can be called as the room calls them: told when it is loaded, with the line of each.

Python would find out in the middle of a match, at a line of the room's and not of the game's.
"""

import inspect
from collections.abc import Callable, Iterator
from typing import Any, Final

from server.game import Game
from server.games.plain import Plain

OWN_BUSINESS: Final = frozenset({"count", "line_up", "player_of"})
"""What `Plain` has for games to use, and never calls itself."""


def misfits(game: type[Game]) -> Iterator[tuple[int, str]]:
    """Every (line, what is wrong) of the methods that `game` has in place of ours. Line 0: nobody knows."""
    ours = {**vars(Game), **vars(Plain)} if Plain in game.__mro__ else vars(Game)
    for name, model in ours.items():
        mine = getattr(game, name, None)
        if isinstance(model, staticmethod):
            yield from _misfits(game, name, mine, [*inspect.signature(model).parameters], "@staticmethod")
        elif inspect.isfunction(model) and name not in OWN_BUSINESS and (name == "__init__" or name[0] != "_"):
            yield from _misfits(game, name, mine, [*inspect.signature(model).parameters], "")


def _misfits(game: type[Game], name: str, mine: Any, called: list[str], decorator: str) -> Iterator[tuple[int, str]]:
    if not callable(mine):
        yield 0, f"{game.__name__}.{name} is a method"
    elif inspect.iscoroutinefunction(mine):
        yield _line_of(mine), f"{game.__name__}.{name} may not be async: nothing in a tick can wait"
    elif not _takes(mine, len(called)):
        hint = f": is {decorator} missing?" if decorator else ""
        yield _line_of(mine), f"{game.__name__}.{name} is called as ({', '.join(called)}){hint}"


def _takes(method: Callable[..., Any], count: int) -> bool:
    try:
        inspect.signature(method).bind(*range(count))
    except TypeError:
        return False
    return True


def _line_of(method: Any) -> int:
    code = getattr(method, "__code__", None)
    return code.co_firstlineno if code is not None else 0
