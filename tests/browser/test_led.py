"""A page is led to the server that has its room, and to another when that server dies: one who plays hardly notices."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.page import opened, wait_for
from tests.instruments.redis import running
from tests.instruments.served import Served, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SMALL = (720, 480)
IN_BELT = "r.rooms.some(name => name.startsWith('belt'))"
PLAYS = "r.room?.startsWith('belt') && r.state === 'playing' && r.ack > 0"
BACK_S = 60.0
"""A lease ends 16 s after the death of who had it."""


@pytest.fixture
def three(tmp_path: Path) -> Iterator[list[Served]]:
    with running() as redis:
        flags = ("--directory", redis.url, "--checkpoints", str(tmp_path), "--origins", "*")
        with served(*flags) as here, served(*flags, "--map", "belt") as there, served(*flags) as third:
            yield [here, there, third]


def address_of(page: Page) -> str:
    """Of the server that the page talks to, by what the browser has opened."""
    return str(page.evaluate("window.opened.at(-1)"))


def test_one_plays_in_a_room_of_another_server_and_goes_on_when_that_is_killed(
    three: list[Served], chromium_path: Path
) -> None:
    here, there, third = three
    with opened(chromium_path, here.page_url, SMALL, remembered={"ricochet.name": "Ada"}) as page:
        page.add_init_script("""
            window.opened = [];
            window.WebSocket = class extends WebSocket {
                constructor(url, ...rest) { super(url, ...rest); window.opened.push(String(url)); }
            };
        """)
        page.goto(here.page_url)
        rooms = wait_for(page, f"r.state === 'lobby' && {IN_BELT}")["rooms"]
        page.goto(f"{here.page_url}?room={next(name for name in rooms if name.startswith('belt'))}")
        before = wait_for(page, PLAYS)
        assert f":{there.port}/" in address_of(page)
        page.keyboard.down("KeyD")
        page.wait_for_timeout(3000)
        page.keyboard.up("KeyD")
        there.kill()
        wait_for(page, "r.state !== 'playing'")
        after = wait_for(page, f"{PLAYS} && r.ack > {before['ack']}", BACK_S)
        assert any(f":{port}/" in address_of(page) for port in (here.port, third.port))
        assert after["player"] == before["player"]
        assert after["checksum_mismatches"] == 0
