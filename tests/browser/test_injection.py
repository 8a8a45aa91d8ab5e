"""Whatever people write is text: script is tried in each place where the page shows what somebody else has written.

Two things hold, and each would do alone: the page makes no markup of text, and its policy runs no script but its own.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from protocol.limits import CHAT_CHARS_MAX, NAME_CHARS_MAX, SUBPROTOCOL_JSON
from server.tokens import secret_key, sign
from tests.browser.page import DESKTOP, hold, opened, probe, wait_for
from tests.instruments.served import ROOT, Served, served

pytestmark = pytest.mark.browser
NAME = "<svg onload=pwn()>"
SENTENCE = "<img src=x onerror=pwn() id=pwn><script>pwn()</script>"
SECRET = b"a secret of thirty-two bytes at least"
ADMIN = sign(secret_key(SECRET), {"sub": "root", "role": "admin", "exp": 4_000_000_000})

WATCH = """
window.pwned = 0; window.pwn = () => { window.pwned += 1; };
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    secret = tmp_path_factory.mktemp("keys") / "secret"
    secret.write_bytes(SECRET)
    with served("--seed", "3", "--jwt-secret", str(secret)) as running:
        yield running


@contextmanager
def page_of(chromium: Path, url: str) -> Iterator[Page]:
    """The page, watched. At the end no script has run, and nothing has been made of text."""
    with opened(chromium, "about:blank", DESKTOP) as page:
        page.add_init_script(WATCH)
        page.goto(url)
        yield page
        assert page.locator("svg, img, #pwn, [onload], [onerror], body script").count() == 0
        assert page.evaluate("[window.pwned, window.violations]") == [0, []]


@contextmanager
def speaker(server: Served) -> Iterator[tuple[ClientConnection, int]]:
    """Somebody in the room who is called so, and their player number."""
    spoken, endless = [Subprotocol(SUBPROTOCOL_JSON)], {"max_size": None, "max_queue": None, "ping_interval": None}
    with connect(server.play_url, subprotocols=spoken, compression=None, **endless) as socket:
        socket.send(json.dumps({"type": "hello", "version": 1, "name": NAME}))
        yield socket, json.loads(socket.recv())["player"]


class Wire:
    """The page's WebSocket, with a word of our own now and then: not everything that a server may say happens soon."""

    def __init__(self, page: Page) -> None:
        self._ours: WebSocketRoute | None = None
        page.route_web_socket("**/play", self._connect)

    def _connect(self, ours: WebSocketRoute) -> None:
        self._ours = ours
        ours.connect_to_server().on_message(ours.send)

    def say(self, kind: str, **fields: Any) -> None:
        assert self._ours is not None
        self._ours.send(json.dumps({"type": kind, **fields}))


def test_it_would_be_noticed(server: Served, chromium_path: Path) -> None:
    """What the others count does happen when a page does make markup of text, and its policy stops the script."""
    with opened(chromium_path, "about:blank", DESKTOP) as page:
        page.add_init_script(WATCH)
        page.goto(server.page_url)
        page.get_by_label("Your name").wait_for()
        page.evaluate("text => { document.body.insertAdjacentHTML('beforeend', text); }", SENTENCE)
        page.locator("#pwn").wait_for(state="attached")
        while not page.evaluate("window.violations.length"):
            page.wait_for_timeout(20)
        assert page.evaluate("window.pwned") == 0


def test_names_and_lines_wherever_they_are_shown(server: Served, chromium_path: Path) -> None:
    """In the menu, on labels, the scoreboard, in chat and notices, the kill feed, the obituary, on the podium."""
    assert len(NAME) <= NAME_CHARS_MAX
    assert len(SENTENCE) <= CHAT_CHARS_MAX
    with speaker(server) as (socket, villain), page_of(chromium_path, f"{server.page_url}?encoding=json") as page:
        wire = Wire(page)
        page.reload()
        page.get_by_label("Your name").fill(NAME)
        page.keyboard.press("Enter")
        wait_for(page, "r.state === 'playing' && r.ack > 0 && r.entities > 0")
        hold(page, "Tab", page.locator(".board").get_by_text(NAME, exact=True).nth(1))
        page.keyboard.up("Tab")

        socket.send(json.dumps({"type": "chat", "text": SENTENCE}))
        line = page.locator(".chat-line", has_text=SENTENCE)
        line.wait_for()
        assert line.inner_text() == f"{NAME} {SENTENCE}"
        wire.say("error", code=4018, sentence=SENTENCE)
        page.locator(".chat .refused").get_by_text(SENTENCE).wait_for()
        wire.say("error", code=4017, sentence=SENTENCE)
        page.locator(".notice").get_by_text(SENTENCE).wait_for()

        victim = probe(page)["player"]
        kill = {"killer": villain, "victim": victim, "assists": [], "bounces": 1}
        wire.say("event", tick=probe(page)["server_tick"], name="kill", body=kill)
        page.locator(".feed").get_by_text(NAME).first.wait_for()
        standings = [{"player": villain, "score": 9}, {"player": victim, "score": 1}]
        ends = {"phase": "podium", "ends_tick": 2**31 - 1, "standings": standings}
        wire.say("event", tick=1, name="match", body=ends)
        page.locator(".podium").get_by_text(f"{NAME} wins").wait_for()
        page.locator(".podium-name").get_by_text(NAME).first.wait_for()


def test_what_the_lobby_tells_of_rooms_games_and_how_one_ended(server: Served, chromium_path: Path) -> None:
    room = {"name": NAME, "title": SENTENCE, "game": NAME, "arena": NAME}
    numbers = {"players": 1, "bots": 0, "spectators": 0, "players_max": 8}
    game = {"name": NAME, "title": SENTENCE, "arenas": [SENTENCE], "teams": 2}
    podium = {"room": SENTENCE, "game": NAME, "standings": [{"name": SENTENCE, "team": 0, "score": 1}]}
    with page_of(chromium_path, f"{server.page_url}?encoding=json") as page:
        wire = Wire(page)
        page.reload()
        wait_for(page, "r.state === 'lobby'")
        wire.say("lobby", rooms=[room | numbers], games=[game, game], people=2, podium=podium, reason=SENTENCE)
        page.get_by_role("heading", name=SENTENCE, exact=True).wait_for()
        page.get_by_text(f"{SENTENCE} wins").wait_for()
        page.get_by_role("status").get_by_text(SENTENCE).wait_for()
        page.get_by_label("Your name").fill(NAME)
        page.get_by_role("button", name="New room").click()
        page.get_by_label("Arena", exact=True).select_option(SENTENCE)


def test_the_name_of_a_room_in_the_servers_refusal(server: Served, chromium_path: Path) -> None:
    room = "<img src=x onerror=pwn() id=pwn>"
    with page_of(chromium_path, f"{server.page_url}?name=Ada&autojoin=1&room={room}") as page:
        page.get_by_text(f"There is no room '{room}'").first.wait_for()


def test_the_reason_of_a_ban(server: Served, chromium_path: Path, tmp_path: Path) -> None:
    token = sign(secret_key(SECRET), {"sub": "ann", "exp": 4_000_000_000})
    file = tmp_path / "token"
    file.write_text(ADMIN)
    with page_of(chromium_path, f"{server.page_url}?name=Ann&autojoin=1#token={token}") as page:
        wait_for(page, "r.state === 'playing' && r.ack > 0")
        assert page.evaluate("location.hash") == "", "the token is gone from the address"
        words = ["admin", "ban", "--subject", "ann", "--seconds", "60", "--reason", SENTENCE, "--url", server.page_url]
        subprocess.run(
            [sys.executable, "-m", "ricochet", *words, "--token-file", str(file)],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        page.get_by_text(SENTENCE).first.wait_for()
        wait_for(page, "r.state === 'refused'")
