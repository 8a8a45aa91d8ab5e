"""Every device a person may have in hand, down to what the server is told: keys and mouse, two thumbs, a gamepad."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page

from protocol.motion import Button
from tests.browser.page import DESKTOP, PHONE, opened, wait_for
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser
RIGHT, DOWN, LEFT, UP = 0, 1024, 2048, 3072
AIM_SLACK = 250
"""In 1/4096 turn: the ship isn't quite in the middle of the picture while it shakes or is drawn towards its place."""

PAD = """
window.pad = { connected: true, axes: [0, 0, 0, 0], buttons: Array.from({ length: 17 }, () => ({ value: 0 })) };
navigator.getGamepads = () => [window.pad];
"""
"""No browser lets a test plug a gamepad in; this stands where the operating system's would."""

FOCUS = """
new MutationObserver(() => {
  if (document.querySelector(".menu")?.hidden) window.focused ??= document.activeElement.tagName;
}).observe(document, { attributes: true, attributeFilter: ["hidden"], subtree: true });
"""
"""Notes what has the focus the moment that the menu goes, before the browser makes its next frame."""

IDLE_PAD = """
navigator.getGamepads = () => [{ ...window.pad, axes: [0, 0, 0, 0], buttons: [] }, null, window.pad];
"""
"""Before it there is another, which nobody has in hand."""

Entry = dict[str, int]


class Wire:
    """A page that plays in JSON, and the inputs it sends."""

    def __init__(self, page: Page, server: Served, script: str = "") -> None:
        self.page, self.entries = page, list[Entry]()
        page.on("websocket", lambda socket: socket.on("framesent", self._sent))
        page.add_init_script(script)
        page.goto(f"{server.page_url}?name=Hands&autojoin=1&encoding=json")
        wait_for(page, "r.state === 'playing' && r.own")

    def _sent(self, wire: str | bytes) -> None:
        message: dict[str, Any] = json.loads(wire)
        if message["type"] == "inputs":
            self.entries.extend(message["entries"])

    def wait_for(self, wanted: Callable[[Entry], bool], timeout_s: float = 90.0) -> Entry:
        """The first input that is as `wanted`, of those sent since the last one that was waited for."""
        end = time.monotonic() + timeout_s
        while (found := next(filter(wanted, self.entries), None)) is None:
            assert time.monotonic() < end, f"no such input; the latest: {self.entries[-3:]}"
            self.page.wait_for_timeout(50)
        self.entries.clear()
        return found


def acting(move: tuple[int, int], aim: int, buttons: int) -> Callable[[Entry], bool]:
    """Whether an input moves there with all its strength, aims about there, and holds these buttons."""

    def wanted(entry: Entry) -> bool:
        off = abs((entry["aim"] - aim + 2048) % 4096 - 2048)
        flies = (round(entry["move_x"] / 127), round(entry["move_y"] / 127)) == move
        return flies and off <= AIM_SLACK and entry["buttons"] == buttons

    return wanted


def at_rest(entry: Entry) -> bool:
    return (entry["move_x"], entry["move_y"], entry["buttons"]) == (0, 0, 0)


def boosting(entry: Entry) -> bool:
    return bool(entry["edges"] & Button.BOOST)


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--seed", "3") as running:
        yield running


@pytest.mark.parametrize(("key", "move"), [("d", (1, 0)), ("ArrowUp", (0, -1))])
def test_keys_and_mouse(server: Served, chromium_path: Path, key: str, move: tuple[int, int]) -> None:
    with opened(chromium_path, "about:blank", DESKTOP) as page:
        wire = Wire(page, server)
        page.keyboard.down(key)
        page.mouse.move(DESKTOP[0] / 2 - 300, DESKTOP[1] / 2)
        page.mouse.down()
        wire.wait_for(acting(move, LEFT, Button.FIRE))
        page.mouse.up()
        page.keyboard.up(key)
        wire.wait_for(at_rest)
        page.keyboard.down("Shift")
        wire.wait_for(lambda entry: entry["buttons"] == Button.BOOST)


def test_what_is_pressed_the_moment_the_menu_goes_is_not_typed_into_it(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, server.page_url, DESKTOP) as page:
        page.add_init_script(FOCUS)
        page.goto(server.page_url)
        page.get_by_label("Your name").fill("Swift")
        page.keyboard.press("Enter")
        wait_for(page, "r.state === 'playing'")
        assert page.evaluate("window.focused") == "BODY"


def test_two_thumbs(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, "about:blank", PHONE, touch=True) as page:
        wire = Wire(page, server)
        glass = page.context.new_cdp_session(page)
        touch(glass, "touchStart", (90, 730))
        touch(glass, "touchStart", (90, 730), (300, 730))
        touch(glass, "touchMove", (160, 730), (300, 660))
        wire.wait_for(acting((1, 0), UP, Button.FIRE))
        touch(glass, "touchEnd")
        wire.wait_for(at_rest)
        page.get_by_role("button", name="boost").tap()
        wire.wait_for(boosting)


def touch(glass: CDPSession, kind: str, *fingers: tuple[int, int]) -> None:
    points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(fingers)]
    glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_a_gamepad(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, "about:blank", DESKTOP) as page:
        wire = Wire(page, server, PAD)
        page.evaluate("pad.axes = [0, 1, 1, 0], pad.buttons[7].value = 1, pad.buttons[6].value = 1")
        wire.wait_for(acting((0, 1), RIGHT, Button.FIRE | Button.BOOST))
        page.evaluate("pad.axes = [0.1, -0.1, 0, 0], pad.buttons[7].value = 0, pad.buttons[6].value = 0")
        assert wire.wait_for(at_rest)["aim"] == RIGHT, "a stick that is let go keeps its direction"


def test_a_gamepad_that_is_not_the_first(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, "about:blank", DESKTOP) as page:
        wire = Wire(page, server, PAD + IDLE_PAD)
        page.evaluate("pad.axes = [-1, 0, 0, 1], pad.buttons[7].value = 1")
        wire.wait_for(acting((-1, 0), DOWN, Button.FIRE), timeout_s=20)
