"""Somebody watches a room: along with one player, with the next, and then wherever they like."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect

from protocol.messages import Watch
from tests.browser.axe import AXE, barriers
from tests.browser.page import DESKTOP, opened, wait_for
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser
COUNTED = re.compile(r"^The picture starts in (\d+) s$")


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--map", "belt", "--bots", "4", "--seed", "3") as running:
        yield running


def overheard(page: Page) -> list[list[int]]:
    """What the page will have said of where it looks: player, x and y each."""
    said: list[list[int]] = []

    def hear(wire: bytes | str) -> None:
        assert isinstance(wire, bytes)
        number, *fields = msgspec.msgpack.decode(wire)
        if number == Watch.number:
            said.append(fields)

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", hear)

    page.on("websocket", listen)
    return said


def watched(page: Page, server: Served) -> tuple[list[list[int]], Locator]:
    """Eve watches belt: what she says from now on, and the list of whom she may follow."""
    said = overheard(page)
    page.goto(server.page_url)
    page.get_by_placeholder("Your name").fill("Eve")
    page.get_by_role("button", name="Watch belt").click()
    wait_for(page, "r.role === 'spectator' && r.entities > 0")
    follow = page.get_by_role("combobox", name="Follow")
    follow.wait_for()
    follow.locator("option").nth(4).wait_for(state="attached")
    return said, follow


def test_one_follows_a_player_and_the_next_and_roams(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, "about:blank", DESKTOP) as page:
        said, follow = watched(page, server)
        follow.select_option(index=1)
        one = int(follow.input_value())
        page.get_by_role("button", name="Follow the next player").click()
        page.wait_for_timeout(500)
        other = int(follow.input_value())
        assert other not in (0, one)
        page.locator("body").click(position={"x": 480, "y": 200})
        page.keyboard.down("d")
        page.wait_for_timeout(1500)
        page.keyboard.up("d")
        wait_for(page, "r.checksum_mismatches === 0")
        assert follow.input_value() == "0"
        assert [fields[0] for fields in said if fields[0]][-1] == other
        places = [fields[1:] for fields in said if fields[0] == 0]
        assert len(places) >= 2
        assert places[-1][0] > places[0][0]


def test_a_young_room_that_is_seen_late_says_when_the_picture_starts(chromium_path: Path) -> None:
    """Without anybody in it, it rests after 3 s, and is as young when somebody comes."""
    with served("--spectator-delay-s", "12") as late, opened(chromium_path, "about:blank", DESKTOP) as page:
        page.add_init_script(path=AXE)
        page.goto(late.page_url)
        page.get_by_placeholder("Your name").fill("Eve")
        page.get_by_role("button", name="Watch pinball").click()
        told = list[str]()
        while len(told) < 2:
            told += [text for text in page.locator(".curtain-words").all_inner_texts() if text and text not in told]
            page.wait_for_timeout(100)
        assert not barriers(page)
        counted = [int(found[1]) for text in told if (found := COUNTED.match(text))]
        assert counted
        assert counted == sorted(counted, reverse=True)
        assert set(told[len(counted) :]) <= {"The picture starts in a moment"}
        told_of = wait_for(page, "r.entities > 0")
        assert told_of["counters"]["connections"] == 1, "it was taken for a server that is gone"
        expect(page.get_by_text("The picture starts")).to_have_count(0)


def test_whoever_chose_the_camera_with_the_mouse_roams_with_the_keys(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, "about:blank", DESKTOP) as page:
        said, follow = watched(page, server)
        follow.focus()
        follow.dispatch_event("pointerdown")
        follow.select_option("0")
        page.keyboard.down("d")
        page.wait_for_timeout(1500)
        page.keyboard.up("d")
        assert follow.input_value() == "0", "a letter goes to no player whose name begins with it"
        places = [fields[1:] for fields in said if fields[0] == 0]
        assert len(places) >= 2
        assert places[-1][0] > places[0][0]

        follow.focus()
        page.keyboard.press("ArrowDown")
        expect(follow).to_be_focused()
