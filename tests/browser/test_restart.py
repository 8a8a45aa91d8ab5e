"""A server that stops and is started again: who was playing plays on, without having done anything."""

import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.browser.page import DESKTOP, opened, probe, wait_for
from tests.instruments.checkpoints import Writing
from tests.instruments.served import served
from tests.wire.stranger import open_stranger

pytestmark = pytest.mark.browser
BACK_S_MAX = 60.0
"""Much more than the longest delay with all its jitter: how fast a loaded machine starts is not what is tested."""


def test_a_restarted_server_gets_its_players_back(chromium_path: Path) -> None:
    with ExitStack() as stack:
        with served() as first:
            page = stack.enter_context(opened(chromium_path, f"{first.page_url}?name=Ada&autojoin=1", DESKTOP))
            wait_for(page, "r.state === 'playing' && r.ack > 0")
        wait_for(page, "r.state === 'lost'")
        assert page.locator(".banner-text").get_by_text("server is stopping").is_visible(), "the page says why"
        wait_for(page, "r.counters.connections > 2")  # it has tried in vain
        with served("--port", str(first.port)):
            page.get_by_text("that seat is gone", exact=False).wait_for(timeout=BACK_S_MAX * 1000)
            wait_for(page, "r.state === 'playing' && r.own", BACK_S_MAX)


def test_who_plays_on_a_server_that_is_killed_is_the_same_player_afterwards(
    chromium_path: Path, tmp_path: Path
) -> None:
    kept = ("--state-dir", str(tmp_path), "--standings-url", "off", "--seed", "3")
    with (
        served(*kept) as first,
        open_stranger(first.play_url, "ricochet.v1.json") as stranger,
        opened(chromium_path, first.page_url, DESKTOP) as page,
    ):
        stranger.tell("hello", version=1, name="Number one")
        stranger.hear_until("welcome")
        page.goto(f"{first.page_url}?name=Ada&autojoin=1")
        wait_for(page, "r.state === 'playing' && r.ack > 0")
        player, tick = probe(page)["player"], probe(page)["server_tick"]
        writing, end_s = Writing(tmp_path), time.monotonic() + BACK_S_MAX
        while not writing.is_done():
            assert time.monotonic() < end_s
            page.wait_for_timeout(20)
        first.kill()
        wait_for(page, "r.state === 'lost'")
        with served("--port", str(first.port), *kept):
            wait_for(page, f"r.state === 'playing' && r.own && r.server_tick > {tick}", BACK_S_MAX)
            assert probe(page)["player"] == player
            assert page.get_by_text("that seat is gone").count() == 0


def test_a_server_that_is_going_to_stop_counts_down(chromium_path: Path, tmp_path: Path) -> None:
    with served("--drain-s", "600") as server:
        with opened(chromium_path, f"{server.page_url}?name=Ada&autojoin=1", DESKTOP) as page:
            wait_for(page, "r.state === 'playing' && r.ack > 0")
            server.process.terminate()
            page.get_by_text("The server restarts in").wait_for()
            assert probe(page)["state"] == "playing"
        server.has_ended = True
        assert server.process.wait(BACK_S_MAX) == 0, "nobody is there any more, so it waits no longer"


def test_whoever_looks_again_need_not_wait(chromium_path: Path) -> None:
    with ExitStack() as stack:
        with served() as first:
            page = stack.enter_context(opened(chromium_path, f"{first.page_url}?name=Ada&autojoin=1", DESKTOP))
            wait_for(page, "r.state === 'playing' && r.ack > 0")
        wait_for(page, "r.counters.connections > 3")  # the delays have grown by now
        with served("--port", str(first.port)):
            page.evaluate("window.dispatchEvent(new Event('online'))")
            wait_for(page, "r.state === 'playing'", BACK_S_MAX)
