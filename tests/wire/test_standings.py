"""From a first visit to the table: a real server, a short match, two browsers with cookies, and what is told of it."""

import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from protocol.limits import SUBPROTOCOL_JSON
from tests.instruments.served import Served, served

PATIENCE_S = 120.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    with served("--seed", "3", "--match-s", "10", "--state-dir", str(tmp_path)) as running:
        yield running


def visit(server: Served) -> str:
    """The cookie that the page comes with."""
    with urllib.request.urlopen(server.page_url) as page:
        return str(page.headers["Set-Cookie"]).partition(";")[0]


@contextmanager
def playing(server: Served, name: str, cookie: str) -> Iterator[ClientConnection]:
    words = [Subprotocol(SUBPROTOCOL_JSON)]
    # Without a bound it reads what nobody takes, as clients do; else its closing would wait for what stands before it.
    with connect(server.play_url, subprotocols=words, additional_headers={"Cookie": cookie}, max_queue=None) as socket:
        socket.send(json.dumps({"type": "hello", "version": 1, "name": name}))
        assert json.loads(socket.recv())["type"] == "welcome"
        yield socket


def ask(server: Served, path: str, cookie: str = "") -> Any:
    request = urllib.request.Request(f"{server.page_url}api/{path}", headers={"Cookie": cookie} if cookie else {})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def until_played(server: Served) -> Any:
    """The table, once there is somebody in it."""
    end = time.monotonic() + PATIENCE_S
    while not (table := ask(server, "standings"))["rows"]:
        assert time.monotonic() < end, "no match was written down"
        time.sleep(0.2)
    return table


def test_two_browsers_play_a_match_and_stand_in_the_table(server: Served) -> None:
    ann, bob = visit(server), visit(server)
    with playing(server, "Ann", ann), playing(server, "Bob", bob):
        table = until_played(server)
    assert {row["name"] for row in table["rows"]} == {"Ann", "Bob"}
    assert {row["rating"]["matches"] for row in table["rows"]} == {1}
    mine = ask(server, "players/me", ann)["id"]
    person = ask(server, f"players/{mine}")
    assert person["name"] == "Ann"
    assert person["matches"][0]["people"] == 2
    assert person["matches"][0]["seconds"] == 10
    with urllib.request.urlopen(f"{server.page_url}metrics") as answer:
        assert b"ricochet_results_written_total 1.0" in answer.read()
