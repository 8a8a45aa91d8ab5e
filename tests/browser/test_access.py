"""The lobby for whoever has no mouse, sees no screen, or is made sick by things that move."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.axe import AXE, barriers, tab_to
from tests.browser.page import DESKTOP, PHONE, opened, settle, wait_for
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser
BACKDROP = "document.querySelector('canvas.backdrop').toDataURL()"


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--seed", "3") as running:
        yield running


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_lobby_forms_and_menu_have_names_and_contrast(
    server: Served, chromium_path: Path, size: tuple[int, int]
) -> None:
    with opened(chromium_path, "about:blank", size) as page:
        page.add_init_script(path=AXE)
        page.goto(server.page_url)
        wait_for(page, "r.state === 'lobby' && r.rooms.length > 0")
        assert not barriers(page)
        page.get_by_label("Your name").fill("Ada")
        page.get_by_role("button", name="New room").click()
        expect(page.get_by_role("dialog", name="New room")).to_be_visible()
        assert not barriers(page)
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Play", exact=True).click()
        wait_for(page, "r.state === 'playing'")
        page.get_by_role("button", name="Room menu").click()
        expect(page.get_by_role("dialog", name="Pinball")).to_be_visible()
        assert not barriers(page)
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Room menu")).to_be_focused()
        page.keyboard.press("F3")
        expect(page.get_by_role("region", name="Network graphs")).to_be_visible()
        assert not barriers(page)


def test_everything_is_done_with_keys_alone(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, server.page_url, DESKTOP, remembered={"ricochet.name": "Ada"}) as page:
        wait_for(page, "r.state === 'lobby' && r.rooms.length > 0")
        tab_to(page, "New room")
        page.keyboard.press("Space")
        page.keyboard.type("Made with keys")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        expect(page.get_by_label("Only who has the link comes in")).to_be_checked()
        page.keyboard.press("Enter")
        wait_for(page, "r.state === 'playing' && r.room !== 'pinball'")
        expect(page.get_by_role("dialog", name="Made with keys")).to_be_visible()
        tab_to(page, "Leave to the lobby")
        page.keyboard.press("Enter")
        wait_for(page, "r.state === 'lobby'")
        tab_to(page, "Watch Pinball")
        page.keyboard.press("Enter")
        wait_for(page, "r.state === 'playing' && r.role === 'spectator'")


def test_nothing_moves_for_whoever_asks_for_that(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, "about:blank", DESKTOP) as page:
        for moves in (True, False):
            page.emulate_media(reduced_motion="no-preference" if moves else "reduce")
            page.goto(server.page_url)
            wait_for(page, "r.state === 'lobby'")
            seen = [page.evaluate(BACKDROP)]
            settle(page, 0.5)
            seen.append(page.evaluate(BACKDROP))
            assert (seen[0] != seen[1]) is moves
        assert page.evaluate("document.getAnimations().length") == 0
