"""One is shot down, and sees how it came: killer and victim move, and the panel is closed and opened at will."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.page import DESKTOP, PHONE, opened, probe, wait_for
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser
HISTORY_BYTES_MAX = 8 << 20
LYING = (PHONE[1], PHONE[0])
THUMBS = (".stick-move", ".stick-aim", ".boost-button", ".pulse-button")
SHOWN = "r.killcam && r.killcam.share"
FILM = """() => new Promise((done) => {
  const film = [];
  const timer = setInterval(() => {
    const shown = window.ricochet.killcam;
    if (shown) film.push(shown);
    if (shown && film.length < 60) return;
    clearInterval(timer);
    done(film);
  }, 100);
})"""
"""What the killcam shows, ten times a second, until it is over."""
LOOK_AGAIN = """(news_ticks) => new Promise((done) => {
  const held = [];
  let died = null;
  let lived = true;
  const draw = window.requestAnimationFrame;
  window.requestAnimationFrame = (frame) => held.push(frame);
  const timer = setInterval(() => {
    const { own, server_tick } = window.ricochet;
    if (lived && !own) died = server_tick;
    lived = Boolean(own);
    if (died === null || server_tick - died <= news_ticks) return;
    clearInterval(timer);
    window.requestAnimationFrame = draw;
    for (const frame of held) frame(performance.now());
    done(window.ricochet.killcam);
  }, 20);
})"""
"""No picture is drawn until one was shot down so long ago; what the killcam shows in the first."""
NEWS_TICKS = 130
"""What is older is no news. One has just come back, and can't be shot down yet."""
DEATHS_MAX = 6
"""One of so many is by somebody who was there long enough before: whoever fired may be gone, or have just come."""
PRESSES_MAX, PATIENCE_S = 8, 5.0
RING = {
    "name": "Ring",
    "size": {"width": 1000, "height": 800},
    "spawns": [{"x": x, "y": y} for x in (150, 500, 850) for y in (150, 650)],
}
"""No corner to hide behind: one is shot down soon, and by somebody in sight."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    arena = tmp_path_factory.mktemp("maps") / "ring.json"
    arena.write_text(json.dumps(RING), "utf-8")
    with served("--map", str(arena), "--bots", "8", "--seed", "3") as running:
        yield running


def show(page: Page) -> None:
    """Again, for one press may be swallowed: by a menu that is about to close, or a window that has no focus yet."""
    for _ in range(PRESSES_MAX):
        page.keyboard.press("k")
        with suppress(AssertionError):
            wait_for(page, SHOWN, PATIENCE_S)
            return
    raise AssertionError(f"not shown after {PRESSES_MAX} presses; {probe(page)}")


def close(page: Page) -> None:
    """Unless it is over by itself."""
    if probe(page)["killcam"]:
        page.keyboard.press("k")
    wait_for(page, "r.killcam === null")


def moves(film: list[dict[str, Any]], who: str) -> bool:
    return len({(shown[who]["x"], shown[who]["y"]) for shown in film if shown[who]}) > 2


def shows_both(page: Page) -> bool:
    """Whether, at the next death, killer and victim are seen to move."""
    wait_for(page, f"{SHOWN} < 0.5")
    film = page.evaluate(FILM)
    return moves(film, "killer") and moves(film, "victim")


def overlaps(page: Page, one: str, other: str) -> bool:
    a, b = page.locator(one).bounding_box(), page.locator(other).bounding_box()
    assert a is not None
    assert b is not None
    return (
        a["x"] < b["x"] + b["width"]
        and b["x"] < a["x"] + a["width"]
        and a["y"] < b["y"] + b["height"]
        and b["y"] < a["y"] + a["height"]
    )


def test_there_is_nothing_to_see_before_one_was_shot_down(chromium_path: Path) -> None:
    with served("--map", "belt") as alone, opened(chromium_path, f"{alone.page_url}?name=Ada&autojoin=1") as page:
        wait_for(page, "r.state === 'playing' && r.own")
        expect(page.get_by_role("region", name="Killcam")).to_be_hidden()
        expect(page.get_by_role("button", name="Killcam", exact=True)).to_be_hidden()
        page.keyboard.press("k")
        assert probe(page)["killcam"] is None


def test_it_does_not_start_for_what_happened_while_nobody_looked(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, f"{server.page_url}?name=Ada&autojoin=1", DESKTOP) as page:
        wait_for(page, "r.state === 'playing' && r.own")
        close(page)
        assert page.evaluate(LOOK_AGAIN, NEWS_TICKS) is None
        show(page)


def test_one_sees_again_how_one_was_shot_down(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, f"{server.page_url}?name=Ada&autojoin=1", DESKTOP, touch=True) as page:
        panel = page.get_by_role("region", name="Killcam")
        again = page.get_by_role("button", name="Killcam", exact=True)
        wait_for(page, "r.state === 'playing' && r.own")
        page.keyboard.down("d")
        wait_for(page, f"{SHOWN} < 0.5")
        expect(panel.get_by_role("status")).to_contain_text("Ada")
        assert any(shows_both(page) for _ in range(DEATHS_MAX))
        assert 0 < probe(page)["counts"]["history_bytes"] <= HISTORY_BYTES_MAX
        page.keyboard.up("d")

        page.emulate_media(reduced_motion="reduce")
        close(page)
        wait_for(page, "r.own && r.killcam === null")
        wait_for(page, "!r.own")
        wait_for(page, "r.own")
        assert probe(page)["killcam"] is None, "it doesn't start by itself where less motion is wanted"
        show(page)
        expect(panel).to_be_visible()
        page.get_by_role("button", name="Close the killcam").click()
        expect(panel).to_be_hidden()
        again.click()
        wait_for(page, SHOWN)
        expect(panel).to_be_visible()
        page.keyboard.press("k")
        expect(panel).to_be_hidden()
        assert probe(page)["killcam"] is None

        page.keyboard.press("Escape")
        page.get_by_label("Killcam starts by itself").uncheck()
        assert page.evaluate("localStorage.getItem('ricochet.killcam')") == "no"
        page.keyboard.press("Escape")
        page.touchscreen.tap(300, 400)
        for width, height in (PHONE, LYING):
            page.set_viewport_size({"width": width, "height": height})
            show(page)
            assert [thumb for thumb in THUMBS if overlaps(page, ".killcam", thumb)] == []
            close(page)
