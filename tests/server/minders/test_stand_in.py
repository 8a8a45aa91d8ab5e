"""The stand-in for Agones' sidecar and Agones' own local SDK server are asked the same, and say the same.

So what is tested with the stand-in holds with the real one, wherever somebody has that; it is the table that is judged.
"""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
import trio

from server.minders.sidecar import Sidecar, Unheard
from tests.instruments.agones import LocalAgones
from tests.instruments.agones_sdk import needs_sdk_server, sdk_server

Both = Callable[[], AbstractAsyncContextManager[Sidecar]]

PLAYERS = "/v1beta1/counters/players"
ROOMS = "/v1beta1/counters/rooms"
LEAST = "out of range. Capacity must be greater than or equal to 0."


@asynccontextmanager
async def stand_in() -> AsyncIterator[Sidecar]:
    async with trio.open_nursery() as nursery:
        yield Sidecar(LocalAgones(nursery).connect)
        nursery.cancel_scope.cancel()


@asynccontextmanager
async def real() -> AsyncIterator[Sidecar]:
    await trio.lowlevel.checkpoint()
    with sdk_server() as sidecar:
        yield Sidecar.at(sidecar.port)


both = pytest.mark.parametrize("agones", [stand_in, pytest.param(real, marks=needs_sdk_server)])


def players(count: int, capacity: int = 8) -> tuple[int, Any]:
    return 200, {"name": "players", "count": str(count), "capacity": str(capacity)}


def unknown(sentence: str) -> tuple[int, Any]:
    return 500, {"code": 2, "message": sentence, "details": []}


def out_of_range(count: int, capacity: int = 8) -> tuple[int, Any]:
    found = f"Found Count: {count}, Capacity: {capacity}"
    return unknown(f"out of range. Count must be within range [0,Capacity]. {found}")


FINE: tuple[int, Any] = 200, {}
NOT_FOUND = 404, {"code": 5, "message": "Not Found", "details": []}
NOT_ALLOWED = 501, {"code": 12, "message": "Method Not Allowed", "details": []}
ILL_FORMED = 400, 3
"""Its code; each parser has sentences of its own."""

CONVERSATION: list[tuple[str, str, bytes, tuple[int, Any]]] = [
    ("POST", "/health", b"{}", FINE),
    ("POST", "/health", b"", (400, None)),
    ("GET", "/health", b"", (400, None)),
    ("POST", "/health", b"x", ILL_FORMED),
    ("POST", "/ready", b"{}", FINE),
    ("POST", "/ready", b"", FINE),
    ("POST", "/ready", b'{"more":1}', FINE),
    ("POST", "/ready", b"[]", ILL_FORMED),
    ("GET", "/ready", b"", NOT_ALLOWED),
    ("PUT", "/ready", b"{}", NOT_ALLOWED),
    ("POST", "/gameserver", b"{}", NOT_ALLOWED),
    ("GET", "/nowhere", b"", NOT_FOUND),
    ("POST", "/nowhere", b"{}", NOT_FOUND),
    ("GET", PLAYERS, b"", players(0)),
    ("GET", "/v1alpha1/counters/players", b"", NOT_FOUND),
    ("GET", f"{PLAYERS}/more", b"", NOT_FOUND),
    ("GET", "/v1beta1/counters/ships", b"", unknown("not found. ships Counter not found")),
    ("PATCH", "/v1beta1/counters/ships", b'{"count":1}', unknown("not found. ships Counter not found")),
    ("PUT", PLAYERS, b'{"count":1}', NOT_ALLOWED),
    ("PATCH", PLAYERS, b'{"count":5}', players(5)),
    ("PATCH", PLAYERS, b'{"count":"6"}', players(6)),
    ("PATCH", PLAYERS, b'{"count":8}', players(8)),
    ("PATCH", PLAYERS, b'{"count":9}', out_of_range(9)),
    ("PATCH", PLAYERS, b'{"count":-1}', out_of_range(-1)),
    ("PATCH", PLAYERS, b'{"countDiff":-3}', players(5)),
    ("PATCH", PLAYERS, b'{"countDiff":"4"}', out_of_range(9)),
    ("PATCH", PLAYERS, b'{"count":9,"countDiff":-3}', out_of_range(9)),  # one after the other
    ("PATCH", PLAYERS, b'{"count":2,"countDiff":3}', players(5)),
    ("PATCH", PLAYERS, b'{"capacity":-8}', unknown(f"{LEAST} Found Capacity: -8")),
    ("GET", PLAYERS, b"", players(5)),
    ("PATCH", PLAYERS, b'{"count":9,"capacity":"12"}', players(9, 12)),
    ("PATCH", PLAYERS, b'{"capacity":8}', players(9)),  # the capacity alone looks at no count
    ("PATCH", PLAYERS, b'{"count":0}', players(0)),
    ("PATCH", PLAYERS, b"{}", players(0)),
    ("PATCH", PLAYERS, b"", players(0)),
    ("PATCH", PLAYERS, b'{"count":null,"more":1}', players(0)),
    ("PATCH", PLAYERS, b'{"count":1.5}', ILL_FORMED),
    ("PATCH", PLAYERS, b'{"count":"many"}', ILL_FORMED),
    ("PATCH", PLAYERS, b"[]", ILL_FORMED),
    ("GET", ROOMS, b"", (200, {"name": "rooms", "count": "0", "capacity": "4"})),
    ("POST", "/allocate", b"{}", FINE),
    ("POST", "/shutdown", b"{}", FINE),
]


async def told(sidecar: Sidecar, method: str, path: str, body: bytes) -> tuple[int, Any]:
    """A status, and the JSON that came with it. Whatever ours says about a refusal is in it, too."""
    try:
        return 200, json.loads(await sidecar.ask(method, path, body))
    except Unheard as refused:
        said = re.fullmatch(r"it says (\d+) ?(.*)", str(refused), re.DOTALL)
        if said is None:
            raise
        return int(said[1]), json.loads(said[2]) if said[2] else None


@both
async def test_they_say_the_same_to_whatever_is_asked(agones: Both) -> None:
    async with agones() as sidecar:
        for method, path, body, expected in CONVERSATION:
            status, answer = await told(sidecar, method, path, body)
            if expected == ILL_FORMED:
                answer = answer["code"]
            assert (status, answer) == expected, (method, path, body)


def game_server(state: str, players: int = 0) -> dict[str, Any]:
    """As it is told: every field is there, and whole numbers of 64 bits are strings."""
    return {
        "object_meta": {
            "name": "local",
            "namespace": "default",
            "uid": "",
            "resource_version": "",
            "generation": "0",
            "creation_timestamp": "-62135596800",
            "deletion_timestamp": "0",
            "annotations": {},
            "labels": {},
        },
        "spec": {
            "health": {"disabled": False, "period_seconds": 2, "failure_threshold": 3, "initial_delay_seconds": 5}
        },
        "status": {
            "state": state,
            "address": "",
            "addresses": [],
            "ports": [],
            "players": None,
            "counters": {
                "players": {"count": str(players), "capacity": "8"},
                "rooms": {"count": "0", "capacity": "4"},
            },
            "lists": {},
        },
    }


@both
async def test_they_tell_of_their_game_server_alike(agones: Both) -> None:
    """A state is told to who watches; a counter only to who asks, or with the next state."""
    with trio.fail_after(60):
        async with agones() as sidecar, sidecar.lines("/watch/gameserver") as lines:
            assert json.loads(await lines.next() or b"") == {"result": game_server("Scheduled")}
            await sidecar.ask("PATCH", PLAYERS, b'{"count":3}')
            assert json.loads(await sidecar.ask("GET", "/gameserver")) == game_server("Scheduled", players=3)
            for path, state in (("/ready", "Ready"), ("/allocate", "Allocated"), ("/shutdown", "Shutdown")):
                await sidecar.ask("POST", path, b"{}")
                assert json.loads(await lines.next() or b"") == {"result": game_server(state, players=3)}
