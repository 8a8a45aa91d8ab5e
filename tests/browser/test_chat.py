"""Chat in real pages: two of them and a stranger, of whom one writes markup wherever text can be written."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from protocol.limits import CHAT_CHARS_MAX, NAME_CHARS_MAX, SUBPROTOCOL_JSON
from tests.browser.page import DESKTOP, PHONE, opened, wait_for
from tests.browser.test_injection import WATCH
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser
NAME = "<svg onload=pwn()>"
TYPED = 3
LINE = "<img src=x onerror=pwn() id=pwn><script>pwn()</script>"


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--seed", "3") as running:
        yield running


@contextmanager
def page_of(chromium: Path, server: Served, name: str, size: tuple[int, int] = DESKTOP) -> Iterator[Page]:
    """In the room as `name`. At the end no script has run, and nothing has been made of text."""
    with opened(chromium, "about:blank", size, touch=size == PHONE) as page:
        page.add_init_script(WATCH)
        page.goto(f"{server.page_url}?encoding=json")
        page.get_by_role("textbox", name="Name").fill(name)
        page.keyboard.press("Enter")
        wait_for(page, "r.state === 'playing' && r.ack > 0")
        yield page
        assert page.locator("svg, img, #pwn, [onload], [onerror], body script").count() == 0
        assert page.evaluate("[window.pwned, window.violations]") == [0, []]


@contextmanager
def stranger(server: Served, name: str) -> Iterator[ClientConnection]:
    """Another client altogether, in JSON."""
    endless = {"max_size": None, "max_queue": None, "ping_interval": None, "compression": None}
    with connect(server.play_url, subprotocols=[Subprotocol(SUBPROTOCOL_JSON)], **endless) as socket:
        socket.send(json.dumps({"type": "hello", "version": 1, "name": name}))
        yield socket


def say(page: Page, text: str, to: str = "Room") -> None:
    """As a person does who types a word and pastes the rest: Enter, the channel, the line, Enter.

    A key takes a frame or two, and without a graphics card those are long."""
    page.keyboard.press("Enter")
    field = page.locator(".hud .chat-field")
    field.wait_for()
    pressed = page.locator(".hud .chat-channel[aria-pressed=true]")
    for _ in range(3):
        if pressed.text_content() != to:
            page.keyboard.press("Tab")
    assert pressed.text_content() == to
    page.keyboard.type(text[:TYPED])
    page.keyboard.insert_text(text[TYPED:])
    page.keyboard.press("Enter")
    field.wait_for(state="hidden")


def heard(page: Page, text: str) -> Locator:
    """The newest line of that text."""
    line = page.locator(".hud .chat-line", has_text=text).last
    line.wait_for(state="attached")
    return line


def test_two_pages_and_a_stranger_talk_and_all_of_it_is_text(server: Served, chromium_path: Path) -> None:
    assert (len(NAME) <= NAME_CHARS_MAX, len(LINE) <= CHAT_CHARS_MAX) == (True, True)
    with page_of(chromium_path, server, NAME) as villain, stranger(server, NAME) as socket:
        say(villain, LINE)
        assert heard(villain, LINE).inner_text() == f"{NAME} {LINE}"
        with page_of(chromium_path, server, "Ann") as ann:
            old = heard(ann, LINE)
            assert (old.text_content(), "old" in (old.get_attribute("class") or "")) == (f"{NAME} {LINE}", True)
            say(villain, f"{LINE} again", "Lobby")
            fresh = heard(ann, f"{LINE} again")
            assert fresh.inner_text() == f"[lobby] {NAME} {LINE} again"
            assert "old" not in (fresh.get_attribute("class") or "")
            socket.send(json.dumps({"type": "chat", "text": f"/me {LINE} too"}))
            assert heard(ann, f"{LINE} too").inner_text() == f"{NAME} *{LINE} too*"

            say(ann, f"/mute {NAME}")
            refused = heard(ann, f"2 people are called {NAME}").inner_text()
            number = re.search(r"say #(\d+) or #\d+ instead\.$", refused)
            assert number is not None
            ann.keyboard.press("Enter")
            fresh.locator(".chat-name").click()
            fresh.get_by_role("button", name=f"Mute {NAME}").click()
            muted = heard(ann, "You don't hear").inner_text()
            assert muted.startswith(f"You don't hear {NAME} #")
            ann.keyboard.press("Escape")
            say(ann, f"/unmute {NAME}")
            heard(ann, f"You hear {NAME} #")
            say(ann, f"/report #{number[1]} {LINE}")
            heard(ann, f"Reported {NAME} #{number[1]} to the admins")
            say(ann, f"/{LINE}")
            heard(ann, "There is no command /<img")


def test_the_keyboard_alone(server: Served, chromium_path: Path) -> None:
    with page_of(chromium_path, server, "Kay") as page:
        field = page.locator(".hud .chat-field")
        page.keyboard.press("/")
        field.wait_for()
        assert field.input_value() == "/"
        page.keyboard.type("who")
        page.keyboard.press("Enter")
        heard(page, "In pinball: Kay #")
        assert not field.is_visible()
        page.keyboard.press("Enter")
        assert field.evaluate("field => field === document.activeElement")
        names = []
        for _ in range(3):
            names.append(field.get_attribute("aria-label"))
            page.keyboard.press("ArrowDown")
        assert names == ["Say something to the room", "Say something to the lobby", "Say something to the room"]
        page.keyboard.type("wwww")
        page.keyboard.press("Escape")
        assert not field.is_visible()
        panel = page.locator(".hud")
        assert panel.get_by_role("log", name="Said since").get_attribute("aria-live") == "polite"
        past = panel.get_by_role("list", name="Said before you came", include_hidden=True)  # nothing was
        assert past.get_attribute("aria-live") is None


def test_it_fits_a_phone(server: Served, chromium_path: Path) -> None:
    with page_of(chromium_path, server, "Phil", PHONE) as page, stranger(server, "W" * NAME_CHARS_MAX) as socket:
        socket.send(json.dumps({"type": "chat", "text": "W" * CHAT_CHARS_MAX}))
        heard(page, "WWW")
        page.get_by_role("button", name="Chat").tap()
        page.locator(".hud .chat-field").wait_for()
        for part in (".hud .chat-field", ".hud .chat-scroll", ".hud .chat-line"):
            box = page.locator(part).last.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= PHONE[0]
            assert box["y"] + box["height"] <= PHONE[1] / 2 + 40, "a phone's keyboard has the lower half"


def test_what_is_half_written_is_there_when_one_comes_back_to_it(server: Served, chromium_path: Path) -> None:
    with page_of(chromium_path, server, "Ida") as page:
        page.keyboard.press("Enter")
        field = page.locator(".hud .chat-field")
        field.fill("look at this: ")
        page.mouse.click(*(side / 2 for side in DESKTOP))
        field.wait_for(state="hidden")
        page.get_by_role("button", name="Scoreboard").click()
        page.keyboard.press("Enter")
        field.wait_for()
        assert field.input_value() == "look at this: "
        page.keyboard.press("Escape")
        page.keyboard.press("Enter")
        assert field.input_value() == "", "Escape means that it isn't said"
