"""What was built and not saved is offered again to whoever built it, and deleted when they say so."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from protocol.blueprint import plan_of
from server.build.drafts import Draft, Drafts
from tests.browser.page import opened, wait_for
from tests.instruments.keys import SECRET, token
from tests.instruments.plans import ARENA
from tests.instruments.served import served

pytestmark = pytest.mark.browser
READY = "r.build && r.build.checksum !== null"


def test_what_was_built_and_not_saved_is_offered_again(chromium_path: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(SECRET)
    drafts = Drafts(tmp_path / "state" / "drafts")
    for number, owner in enumerate(("ann", "bob")):
        drafts.keep(f"{number:016x}", Draft(f"subject:{owner}", f"{owner}’s place", int(time.time()), ARENA))
    ann = token(sub="ann", exp=int(time.time()) + 3600)
    words = ("--game", "build", "--map", "pinball", "--state-dir", str(tmp_path / "state"))
    with (
        served(*words, "--jwt-secret", str(tmp_path / "secret")) as running,
        opened(chromium_path, f"{running.page_url}?name=Ann#token={ann}") as page,
    ):
        page.get_by_role("textbox", name="Your name").fill("Ann")
        page.get_by_role("button", name="New room").click()
        arena = page.get_by_role("combobox", name="Arena")
        arena.get_by_role("option", name="Not saved: ann’s place, just now").wait_for(state="attached")
        assert "bob" not in arena.inner_text()
        page.get_by_label("Its name").fill("Again")
        page.get_by_role("button", name="Open it").click()
        there = wait_for(page, READY)
        assert len(there["build"]["pieces"]) == len(plan_of(ARENA).pieces)
        page.keyboard.press("Control+s")
        dialog = page.get_by_role("dialog", name="Arenas")
        dialog.get_by_role("button", name="Go on with ann’s place").wait_for()
        dialog.get_by_role("img", name="Picture of ann’s place: 2 walls, 1 block, 1 rock, 1 crate, 1 goal").wait_for()
        discard, asked = dialog.get_by_role("button", name="Delete ann’s place"), "Delete this draft?"
        discard.click()
        expect(page.get_by_role("button", name="Keep it")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name=asked)).to_have_count(0)
        discard.press("Enter")
        page.get_by_role("dialog", name=asked).get_by_role("button", name="Delete it").click()
        dialog.get_by_text("ann’s place is deleted.").wait_for()
        expect(dialog.get_by_text("Not saved, but kept for you")).to_be_hidden()
        assert [path.stem for path in (tmp_path / "state" / "drafts").iterdir()] == [f"{1:016x}"], "bob’s"
