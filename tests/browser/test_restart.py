"""A server that stops and is started again: who was playing plays on, without having done anything."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.browser.page import DESKTOP, opened, settle, wait_for
from tests.instruments.served import served

pytestmark = pytest.mark.browser
AWAY_S = 3.0
BACK_S_MAX = 60.0
"""Much more than the longest delay with all its jitter: how fast a loaded machine starts is not what is tested."""


def test_a_restarted_server_gets_its_players_back(chromium_path: Path) -> None:
    with ExitStack() as stack:
        with served() as first:
            page = stack.enter_context(opened(chromium_path, f"{first.page_url}?name=Ada&autojoin=1", DESKTOP))
            wait_for(page, "r.state === 'playing' && r.ack > 0")
        wait_for(page, "r.state === 'lost'")
        assert page.get_by_text("server is stopping").is_visible(), "the page says why"
        settle(page, AWAY_S)
        with served("--port", str(first.port)):
            page.get_by_text("that seat is gone", exact=False).wait_for(timeout=BACK_S_MAX * 1000)
            wait_for(page, "r.state === 'playing' && r.own", BACK_S_MAX)


def test_whoever_looks_again_need_not_wait(chromium_path: Path) -> None:
    with ExitStack() as stack:
        with served() as first:
            page = stack.enter_context(opened(chromium_path, f"{first.page_url}?name=Ada&autojoin=1", DESKTOP))
            wait_for(page, "r.state === 'playing' && r.ack > 0")
        settle(page, 8.0)  # the delays have grown by now
        with served("--port", str(first.port)):
            page.evaluate("window.dispatchEvent(new Event('online'))")
            wait_for(page, "r.state === 'playing'", BACK_S_MAX)
