"""Somebody watches a room: along with one player, with the next, and then wherever they like."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Page, WebSocket

from protocol.messages import Watch
from tests.browser.page import DESKTOP, opened, wait_for
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser


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


def test_one_follows_a_player_and_the_next_and_roams(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, "about:blank", DESKTOP) as page:
        said = overheard(page)
        page.goto(server.page_url)
        page.get_by_placeholder("Your name").fill("Eve")
        page.get_by_role("button", name="Watch belt").click()
        wait_for(page, "r.role === 'spectator' && r.entities > 0")
        follow = page.get_by_role("combobox", name="Follow")
        follow.wait_for()
        follow.locator("option").nth(4).wait_for(state="attached")
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
