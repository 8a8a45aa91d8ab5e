"""The page of recorded matches: one is found, played, scrubbed to a kill, and watched from where one likes."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from protocol.codec import CODECS
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.replay import Replay, Writer, messages_of
from tests.browser.page import PATIENCE_S, PHONE, opened
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser
GOLDEN = Path(__file__).parents[1] / "golden"
MATCH = GOLDEN / "match-1.replay"
NAME = "20231114T221320Z-main-melee"
TOLD = """({tick: r.playback.tick, playing: r.transport.playing, speed: r.transport.speed, followed: r.gaze.followed,
    x: r.gaze.x, y: r.gaze.y, marks: r.marks, wrong: r.playback.checksum_mismatches, last: r.playback.last_tick})"""

BREAKS_OFF = """
(whole => window.fetch = async (url, ...more) => String(url).includes("api/replays/")
  ? new Response(new ReadableStream({ pull: (stream) => stream.error(new TypeError("network error")) }))
  : whole(url, ...more))(window.fetch);
"""
"""A download whose connection is gone after its head has come."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("replays")
    shutil.copyfile(MATCH, folder / f"{NAME}.replay")
    with served("--replay-dir", str(folder)) as running:
        yield running


def wait_for(page: Page, condition: str) -> Any:
    """Until it holds of the page's replay, `r`; what that says then."""
    end = time.monotonic() + PATIENCE_S
    while not (
        told := page.evaluate(f"(() => {{ const r = window.replaying; return r && ({condition}) ? {TOLD} : null; }})()")
    ):
        assert time.monotonic() < end, (
            f"{condition}: {page.evaluate(f'(() => {{ const r = window.replaying; return r && {TOLD}; }})()')}"
        )
        page.wait_for_timeout(50)
    return told


def test_a_match_is_found_and_scrubbed_to_a_kill(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, f"{server.page_url}replay") as page:
        link = page.get_by_role("link", name="melee in Pinball")
        link.wait_for()
        assert "won by Bot 1" in page.get_by_role("listitem").first.inner_text()
        link.click()
        began = wait_for(page, "r.playback.tick > 30 && r.transport.playing")
        assert (len(began["marks"]), began["last"]) == (6, 1078)

        page.keyboard.press("Space")
        paused = wait_for(page, "!r.transport.playing")
        page.get_by_role("slider", name="Time").fill(str(began["marks"][2] - 5))
        there = wait_for(page, f"r.playback.tick === {began['marks'][2] - 5}")
        assert there["tick"] > paused["tick"]
        assert page.get_by_role("list", name="News").get_by_role("listitem").count() == 0
        page.get_by_role("button", name="Play", exact=True).click()
        page.get_by_role("list", name="News").get_by_role("listitem").first.wait_for()
        told = wait_for(page, f"r.playback.tick > {began['marks'][2]}")
        assert told["wrong"] == 0

        page.keyboard.press("p")
        back = wait_for(page, f"r.playback.tick < {began['marks'][2]}")
        assert back["tick"] < told["tick"]


def test_a_process_behind_a_path_of_its_own_is_asked_itself(server: Served, chromium_path: Path) -> None:
    """As a proxy has the second of many; the first, which has all other paths, knows nothing of that match."""
    own = f"{server.page_url}2/"

    def pass_on(route: Route) -> None:
        route.continue_(url=route.request.url.replace(own, server.page_url))

    with opened(chromium_path, "about:blank") as page:
        page.route("**", lambda route: route.abort())
        page.route(f"{own}**", pass_on)
        page.goto(f"{own}replay?id={NAME}")
        wait_for(page, "r.playback.tick > 2")
        page.goto(f"{own}replay")
        page.get_by_role("link", name="melee in Pinball").wait_for()


def test_keys_set_the_pace(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, f"{server.page_url}replay?id={NAME}") as page:
        wait_for(page, "r.playback.tick > 2")
        for _ in range(3):
            page.keyboard.press("ArrowUp")
        assert wait_for(page, "r.transport.speed === 8")["playing"]
        assert wait_for(page, "!r.transport.playing")["tick"] == 1078, "at its end it stops"
        page.keyboard.press("Home")
        page.keyboard.press(".")
        first = wait_for(page, "r.playback.tick < 100")["tick"]
        page.keyboard.press(".")
        page.keyboard.press(".")
        assert wait_for(page, f"r.playback.tick > {first}")["tick"] == first + 4
        page.keyboard.press(",")
        assert wait_for(page, f"r.playback.tick < {first + 4}")["tick"] == first + 2
        page.keyboard.press("ArrowRight")
        wait_for(page, f"r.playback.tick === {first + 302}")


def test_one_looks_at_whom_one_likes_or_roams(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, f"{server.page_url}replay?id={NAME}", PHONE, touch=True) as page:
        wait_for(page, "r.playback.tick > 2")
        page.get_by_role("button", name="Pause").click()
        page.get_by_role("combobox", name="Follow").select_option("Bot 4 (bot)")
        one = wait_for(page, "r.gaze.followed === 5")
        page.get_by_role("button", name="Follow the next player").click()
        other = wait_for(page, "r.gaze.followed === 6")
        assert wait_for(page, f"Math.hypot(r.gaze.x - {one['x']}, r.gaze.y - {one['y']}) > 1")["followed"] == 6
        page.mouse.move(200, 300)
        page.mouse.down()
        page.mouse.move(120, 260, steps=4)
        page.mouse.up()
        roamed = wait_for(page, "r.gaze.followed === 0")
        assert (roamed["x"], roamed["y"]) != (other["x"], other["y"])
        page.keyboard.down("a")
        wait_for(page, f"r.gaze.x < {roamed['x'] - 50} || r.gaze.x === 0")
        page.keyboard.up("a")


def test_a_file_of_ones_own_is_played_and_what_is_none_says_so(
    server: Served, chromium_path: Path, tmp_path: Path
) -> None:
    with opened(chromium_path, f"{server.page_url}replay?id=20231114T221320Z-gone-melee") as page:
        page.get_by_text("That match is not recorded here").wait_for()
        wrong = tmp_path / "wrong.replay"
        wrong.write_bytes(b"RICOREPL\x09\x00")
        page.get_by_label("Open a file").set_input_files(wrong)
        page.get_by_text("it is of version 9, newer than the version 1 that can be played here").wait_for()
        page.get_by_label("Open a file").set_input_files(MATCH)
        wait_for(page, "r.playback.tick > 10")
        assert page.title() == "melee in Pinball · Ricochet"


def spoilt(chunk: int, item: int) -> bytes:
    """The match, with a message in it that nobody can read."""
    whole, writer = Replay(MATCH.read_bytes()), Writer()
    written = [writer.begin(whole.header, CODECS[SUBPROTOCOL_MSGPACK].encode(whole.welcome), 0)]
    for place, block in enumerate(whole.chunks):
        messages = messages_of(block)
        if place == chunk:
            messages[item] = b"\xc1"
        written.append(writer.chunk(block.tick, messages))
    return b"".join(written)


def test_what_is_no_replay_leaves_the_one_that_is_played_alone(
    server: Served, chromium_path: Path, tmp_path: Path
) -> None:
    with opened(chromium_path, f"{server.page_url}replay?id={NAME}") as page:
        wait_for(page, "r.playback.tick > 10")
        (tmp_path / "wrong.replay").write_bytes(b"<!doctype html>")
        page.get_by_label("Open a file").set_input_files(tmp_path / "wrong.replay")
        expect(page.get_by_role("status").get_by_text("it is no replay of Ricochet")).to_be_visible()
        expect(page.get_by_role("heading", name="Replays")).to_be_hidden()
        wait_for(page, "r.transport.tick > r.transport.first_tick + 60")


def test_a_replay_that_makes_no_sense_further_on_ends_there_and_says_so(
    server: Served, chromium_path: Path, tmp_path: Path
) -> None:
    with opened(chromium_path, f"{server.page_url}replay?id={NAME}") as page:
        wait_for(page, "r.playback.tick > 10")
        (tmp_path / "spoilt.replay").write_bytes(spoilt(0, 60))
        page.get_by_label("Open a file").set_input_files(tmp_path / "spoilt.replay")
        expect(page.get_by_text("This can't be played: a message can't be read.")).to_be_visible()
        expect(page.get_by_role("link", name="melee in Pinball")).to_be_visible()
        assert page.locator(".replay-hud").count() == 0
        page.get_by_label("Open a file").set_input_files(MATCH)
        wait_for(page, "r.playback.tick > 10")


def test_a_match_that_breaks_off_on_its_way_says_so(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, "about:blank") as page:
        page.add_init_script(BREAKS_OFF)
        page.goto(f"{server.page_url}replay?id={NAME}")
        expect(page.get_by_text("The connection broke off")).to_be_visible()
        expect(page.get_by_role("link", name="melee in Pinball")).to_be_visible()


def test_what_is_built_is_seen_being_built(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, f"{server.page_url}replay") as page:
        page.get_by_label("Open a file").set_input_files(GOLDEN / "build-1.replay")
        wait_for(page, "r.playback.tick > 10 && r.arena === r.playback.arena")
        page.get_by_role("button", name="Pause").click()
        page.keyboard.press("Home")
        wait_for(page, "r.playback.tick === r.playback.first_tick && r.arena === r.playback.arena")
        first = page.evaluate("JSON.stringify(window.replaying.arena)")
        page.get_by_role("slider", name="Time").fill("60")
        page.get_by_role("button", name="Play", exact=True).click()
        wait_for(page, f"JSON.stringify(r.arena) !== {json.dumps(first)} && r.transport.playing")
        page.keyboard.press("End")
        assert wait_for(page, "r.playback.tick === r.playback.last_tick && r.arena === r.playback.arena")["wrong"] == 0
        page.keyboard.press("Home")
        wait_for(page, f"JSON.stringify(r.arena) === {json.dumps(first)}")


def test_another_file_takes_the_place_of_the_first(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, f"{server.page_url}replay") as page:
        page.get_by_label("Open a file").set_input_files(MATCH)
        wait_for(page, "r.playback.tick > 30")
        page.evaluate("window.first = window.replaying")
        page.get_by_label("Open a file").set_input_files(MATCH)
        wait_for(page, "r !== window.first && r.playback.tick > 30")
        assert page.locator(".replay-hud").count() == 1
        before = page.evaluate("[first.transport.playing, first.transport.tick]")
        page.keyboard.press("Space")
        page.keyboard.press("Home")
        wait_for(page, "!r.transport.playing && r.transport.tick === r.transport.first_tick")
        assert page.evaluate("[first.transport.playing, first.transport.tick]") == before
