"""The pages beside the game for whoever has no mouse, sees no screen, zooms in, or is on a phone."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from server.tokens import secret_key, sign
from tests.browser.axe import AXE, TWICE, barriers, focused, has_ring, is_wide, tab_to
from tests.browser.page import PHONE, opened
from tests.browser.test_replay import MATCH, NAME, wait_for
from tests.browser.test_standings import House
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser
SECRET = b"a secret of thirty-two bytes at least"
ADMIN = sign(secret_key(SECRET), {"sub": "root", "role": "admin", "exp": 4_000_000_000})
WIDE = (1280, 800)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Served]]:
    """A season of matches, a replay, and an admin who may look in."""
    folder = tmp_path_factory.mktemp("state")
    house = House(folder)
    (folder / "secret").write_bytes(SECRET)
    (folder / "replays").mkdir()
    shutil.copyfile(MATCH, folder / "replays" / f"{NAME}.replay")
    with served("--seed", "3", "--bots", "2", "--state-dir", str(folder), "--jwt-secret", str(folder / "secret")) as it:
        yield house, it


@contextmanager
def page_at(chromium: Path, house: tuple[House, Served], path: str, size: tuple[int, int] = WIDE) -> Iterator[Page]:
    with opened(chromium, "about:blank", size) as page:
        page.add_init_script(path=AXE)
        made, server = house
        page.context.add_cookies([{"name": "ricochet_guest", "value": made.cookie, "url": server.page_url}])
        page.goto(server.page_url + path)
        yield page


def test_standings_and_a_player(house: tuple[House, Served], chromium_path: Path) -> None:
    with page_at(chromium_path, house, "standings?game=ball", PHONE) as page:
        page.locator("main:not([aria-busy])").wait_for()
        assert not barriers(page)
        page.goto(f"{house[1].page_url}player/me")
        page.locator("main:not([aria-busy])").wait_for()
        assert not barriers(page)
        tab_to(page, "Delete my standings …")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name="Delete my standings?")).to_be_visible()
        assert not barriers(page)
        page.keyboard.press("Escape")
        assert (focused(page), has_ring(page)) == ("Delete my standings …", True)


def test_replays(house: tuple[House, Served], chromium_path: Path) -> None:
    with page_at(chromium_path, house, "replay") as page:
        page.get_by_role("link", name="melee in Pinball").wait_for()
        assert not barriers(page)
        tab_to(page, "melee in Pinball")
        assert has_ring(page)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**id={NAME}")
        wait_for(page, "r.playback.tick > 2")
        page.keyboard.press("Space")
        assert not barriers(page)
        tab_to(page, "Time")
        assert has_ring(page)
        for key, ticks in (("ArrowRight", 300), ("ArrowUp", 300), ("ArrowDown", -300)):
            was = wait_for(page, "!r.transport.playing")["tick"]
            page.keyboard.press(key)
            wait_for(page, f"Math.abs(r.playback.tick - {was + ticks}) < 3")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["desk", "phone"])
def test_the_dashboard(house: tuple[House, Served], chromium_path: Path, size: tuple[int, int]) -> None:
    with page_at(chromium_path, house, "dashboard", size) as page:
        page.get_by_label("Admin token").wait_for()
        assert not barriers(page)
        page.get_by_label("Admin token").fill(ADMIN)
        page.keyboard.press("Enter")
        ban = page.get_by_role("table", name="Sessions").get_by_role("button", name="Ban").first
        ban.wait_for()
        assert not barriers(page)
        name = ban.get_attribute("aria-label") or ""
        tab_to(page, name)
        assert has_ring(page)
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name=f"{name}?")
        expect(dialog).to_be_visible()
        assert not barriers(page)
        for _ in range(6):
            page.keyboard.press("Tab")
            assert page.evaluate(
                "document.activeElement === document.body || document.activeElement.closest('dialog') !== null"
            )
        page.keyboard.press("Escape")
        assert focused(page) == name


def test_at_twice_the_size_nothing_scrolls_sideways(house: tuple[House, Served], chromium_path: Path) -> None:
    with page_at(chromium_path, house, f"dashboard#token={ADMIN}", TWICE) as page:
        page.get_by_role("table", name="Sessions").get_by_role("button").first.wait_for()
        assert not is_wide(page)
        for path in ("standings?game=melee", "player/me", "replay", ""):
            page.goto(house[1].page_url + path)
            page.locator("main:not([aria-busy])").locator("visible=true").first.wait_for()
            assert not is_wide(page)
