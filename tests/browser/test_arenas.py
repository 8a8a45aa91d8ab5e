"""Saving arenas: under a name that is this room's, and from files of any name."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.page import opened, wait_for
from tests.instruments.served import served

pytestmark = pytest.mark.browser
READY = "r.build && r.build.checksum !== null"


def open_room(page: Page, arena: str) -> None:
    page.get_by_role("button", name="New room").click()
    page.get_by_label("Game", exact=True).select_option("build")
    page.get_by_label("Arena", exact=True).select_option(arena)
    page.get_by_role("button", name="Open it").click()
    wait_for(page, READY)


def test_an_arena_is_not_offered_the_name_of_another(chromium_path: Path, tmp_path: Path) -> None:
    with (
        served("--state-dir", str(tmp_path)) as server,
        opened(chromium_path, server.page_url, remembered={"ricochet.name": "Ann"}) as page,
    ):
        wait_for(page, "r.state === 'lobby' && r.rooms.length > 0")
        open_room(page, "pinball")
        page.keyboard.press("Control+s")
        dialog = page.get_by_role("dialog", name="Arenas")
        name = dialog.get_by_label("Save as")
        expect(name).to_have_value("my-pinball")
        name.fill("castle")
        dialog.get_by_role("button", name="Save", exact=True).click()
        dialog.get_by_text("Saved as castle, version 1.").wait_for()
        page.keyboard.press("Escape")
        page.keyboard.press("Control+s")
        expect(name).to_have_value("castle")
        page.keyboard.press("Escape")

        page.get_by_role("button", name="Room menu").click()
        page.get_by_role("button", name="Leave to the lobby").click()
        wait_for(page, "r.state === 'lobby'")
        open_room(page, "belt")
        page.keyboard.press("Control+s")
        expect(name).to_have_value("my-belt")


def test_a_file_whose_name_has_no_letters_that_count_is_told_so(chromium_path: Path, tmp_path: Path) -> None:
    file = {"name": "карта.json", "mimeType": "application/json", "buffer": b"{}"}
    with (
        served("--game", "build", "--map", "pinball", "--state-dir", str(tmp_path)) as server,
        opened(chromium_path, f"{server.page_url}?autojoin=1") as page,
    ):
        wait_for(page, READY)
        page.keyboard.press("Control+s")
        dialog = page.get_by_role("dialog", name="Arenas")
        dialog.get_by_label("Import a file").set_input_files(file)  # type: ignore[arg-type]
        dialog.get_by_text("Not done: give the file a name of letters (a to z) and digits.").wait_for()
