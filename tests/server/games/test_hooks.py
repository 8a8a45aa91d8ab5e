"""Methods that the room could not call, and those that it can."""

from collections.abc import Callable
from typing import Any

import pytest

from server.games import GAMES
from server.games.hooks import misfits
from server.games.plain import Plain


def told(**methods: Any) -> list[str]:
    return [what for _, what in misfits(type("Drift", (Plain,), methods))]


def defaulting(self: Any, player: Any, more: int = 0) -> tuple[int, ...]:
    return ()


def lazy(*words: Any) -> None: ...


async def waiting(self: Any) -> None: ...


def test_shipped_games_fit() -> None:
    assert told() == []
    assert [said for game in GAMES.values() for said in misfits(game)] == []


@pytest.mark.parametrize("method", [defaulting, lazy])
def test_what_can_be_called_so_is_right(method: Callable[..., Any]) -> None:
    assert told(hud_of=method) == []


def test_what_cannot_is_told_as_it_is_called() -> None:
    assert told(before_step=defaulting) == ["Drift.before_step is called as (self)"]
    assert told(before_step=waiting) == ["Drift.before_step may not be async: nothing in a tick can wait"]
    assert told(before_step=3) == ["Drift.before_step is a method"]


def test_the_line_is_that_of_the_method() -> None:
    assert [line for line, _ in misfits(type("Drift", (Plain,), {"begin": defaulting}))] == [
        defaulting.__code__.co_firstlineno
    ]


def test_what_is_only_there_to_be_used_is_the_games_own_business() -> None:
    assert told(count=waiting, _helper=3) == []
