"""Some simulated lives of the server, and proof that what must not be would be noticed.

`make soak SEEDS=N` lives as many more as are wanted.
"""

from collections.abc import Callable
from itertools import count
from typing import Any
from unittest.mock import patch

import pytest

from protocol import limits
from protocol.cells import Block
from server.beliefs import Ints, X
from server.bulletin import Listed
from server.chat.channel import Channel
from server.games.fighter import Fighter
from server.games.melee import Melee
from server.hall import Hall
from server.input_table import InputTable
from server.lobby import Lobby
from server.room import Room
from server.session import Session
from server.viewers import Viewer
from tests.simulation import world
from tests.simulation.conversation import Wrong

SEEDS = 25


def reasons(error: BaseException) -> str:
    """Of an exception and all within it."""
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(reasons(inner) for inner in error.exceptions)
    return str(error)


@pytest.fixture(autouse=True)
def _short_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make soak` is for long ones."""
    monkeypatch.setattr(world, "CLIENT_SECONDS", 60.0)
    monkeypatch.setattr(world, "PLAY_S", (1.5, 5.0))
    monkeypatch.setattr(world, "SIZES", world.SIZES[:5])
    monkeypatch.setattr(world, "CROWD", (60, 30))
    monkeypatch.setattr(world, "PATIENT_CHANCE", 0.0)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_life(seed: int) -> None:
    lived = world.run(seed)
    assert lived.watch.ticks > 100
    assert sum(lived.faults.values()) > 0


def test_the_same_seed_is_the_same_life_however_fast_the_machine_is(monkeypatch: pytest.MonkeyPatch) -> None:
    told, ticking = world.run(9).digest, count(step=0.3)
    assert world.run(9).digest == told != world.run(6).digest
    monkeypatch.setattr("time.perf_counter", lambda: next(ticking))
    assert world.run(9).digest == told


def test_deadlines_are_back_to_what_they_were() -> None:
    world.run(9)
    assert (limits.SILENCE_S_MAX, limits.LOBBY_SILENCE_S_MAX) == (60.0, 150.0)


def _twice(advance: Callable[..., Any]) -> Callable[..., Any]:
    def advanced(room: Room, now_s: float, hush: bool = False) -> None:
        room.inputs.take(room.tick + 1, now_s)
        advance(room, now_s, hush)

    return advanced


def _forgets(take: Callable[..., Any]) -> Callable[..., Any]:
    def taken(table: InputTable, tick: int, now_s: float) -> None:
        take(table, tick, now_s)
        if tick % 50 == 0:
            table.ack[:] = 0

    return taken


def _generous(fire: Callable[..., Any]) -> Callable[..., Any]:
    def fired(game: Melee, fighter: Fighter) -> None:
        fire(game, fighter)
        fighter.score += 1

    return fired


def _sees_all(sight: Callable[..., Any]) -> Callable[..., Any]:
    def seen(viewer: Viewer, grid: Any, x: float, y: float) -> Block:
        return Block(range(grid.count))

    return seen


def _misplaces(list_all: Callable[..., Any]) -> Callable[..., Any]:
    def misplaced(listed: Listed, table: Ints, *rest: Any) -> None:
        elsewhere = table.copy()
        elsewhere[:, X] += 1
        list_all(listed, elsewhere, *rest)

    return misplaced


def _keeps(lost: Callable[..., Any]) -> Callable[..., Any]:
    def kept(session: Session, now_s: float) -> None:
        lost(session, now_s)
        session.lobby.sessions.add(session)

    return kept


def _keeps_sitting(expel: Callable[..., Any]) -> Callable[..., Any]:
    def expelled(lobby: Lobby, *_: object) -> None:
        """Nothing happens."""

    return expelled


def _keeps_lines(expunge: Callable[..., Any]) -> Callable[..., Any]:
    def expunged(channel: Channel, key: str) -> int:
        return 0

    return expunged


def _stays(go: Callable[..., Any]) -> Callable[..., Any]:
    def gone(hall: Hall, session: Session) -> None:
        """Nothing happens."""

    return gone


def _fails(hear: Callable[..., Any]) -> Callable[..., Any]:
    def failed(room: Room, *_: object) -> None:
        raise RuntimeError("nobody thought of this")

    return failed


@pytest.mark.parametrize(
    ("owner", "name", "mistake", "noticed"),
    [
        (Room, "advance", _twice, "inputs taken for"),
        (InputTable, "take", _forgets, "ack"),
        (Melee, "_fire", _generous, "has (1, 0, 0), not [0, 0, 0]"),
        (Viewer, "sight", _sees_all, "may ["),
        (Listed, "__init__", _misplaces, "believes something else"),
        (Session, "lost", _keeps, "sessions"),
        (Lobby, "expel", _keeps_sitting, "is banned, and has a seat"),
        (Channel, "expunge", _keeps_lines, "is mute, and was heard or is remembered"),
        (Hall, "go", _stays, "is in the lobby as well"),
        (Room, "hear", _fails, "did nothing wrong and was told Bye(code=4033"),
    ],
)
def test_a_mistake_would_be_noticed(owner: type, name: str, mistake: Callable[..., Any], noticed: str) -> None:
    def live() -> None:
        for seed in (1, 9, 17, 24, 39):
            world.run(seed)

    with patch.object(owner, name, mistake(getattr(owner, name))), pytest.raises((Wrong, BaseExceptionGroup)) as error:
        live()
    assert noticed in reasons(error.value)
