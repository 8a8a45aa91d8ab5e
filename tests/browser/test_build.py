"""Three people build one arena: each sees what the others do, one undoes, one is cut off; all end equal."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from protocol.arena import parse
from protocol.blueprint import plan_of
from tests.browser.axe import tab_to
from tests.browser.page import PATIENCE_S, opened, probe, wait_for
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser
SMALL = (640, 480)
READY = "r.build && r.build.checksum !== null"


@pytest.fixture(scope="module")
def state_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def server(state_dir: Path) -> Iterator[Served]:
    with served("--game", "build", "--map", "pinball", "--seed", "3", "--state-dir", str(state_dir)) as running:
        yield running


@pytest.fixture(scope="module")
def pages(server: Served, chromium_path: Path) -> Iterator[list[Page]]:
    """Ann's, Bob's and Eve's, in the room."""
    with ExitStack() as stack:
        made = []
        for name in ("Ann", "Bob", "Eve"):
            page = stack.enter_context(opened(chromium_path, f"{server.page_url}?autojoin=1&name={name}", SMALL))
            wait_for(page, READY)
            made.append(page)
        yield made


def drag(page: Page, tool: str, start: tuple[int, int], end: tuple[int, int]) -> int:
    """Draw something with a tool's key; its number."""
    page.keyboard.press(tool)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=3)
    page.mouse.up()
    page.keyboard.press("v")
    wait_for(page, "r.build.selected.length === 1 && r.build.pending === 0")
    return int(probe(page)["build"]["selected"][0])


def point_until(seen_by: Page, *pointing: Page) -> None:
    """Whoever points is seen by the others. Where a socket is full that may be lost: hands don't keep still."""
    end = time.monotonic() + PATIENCE_S
    at = 0
    while len(probe(seen_by)["build"]["pointers"]) < len(pointing):
        assert time.monotonic() < end, probe(seen_by)["build"]
        at += 1
        for page in pointing:
            page.mouse.move(300 + at % 20, 200)
        seen_by.wait_for_timeout(200)


def be_refused(page: Page) -> None:
    """Put a wall across a spawn point, and read why it is taken back."""
    pieces = probe(page)["build"]["pieces"]
    spawn = next(piece["id"] for piece in pieces if piece["kind"] == "spawn")
    presses = 0
    while probe(page)["build"]["selected"] != [spawn]:
        assert presses <= len(pieces), "the walk leads to every piece"
        page.keyboard.press("n")
        presses += 1
    page.keyboard.press("5")
    page.keyboard.press("1")
    page.keyboard.press("Space")
    page.get_by_text("Taken back: a spawn point: nearer than 24 units to a wall.").wait_for()


def there(page: Page, id: int) -> None:
    wait_for(page, f"r.build.pieces.some((piece) => piece.id === {id})")


def settled(pages: list[Page]) -> tuple[int, int]:
    """(revision, checksum), the same on all pages once everything has been answered."""
    newest = max(wait_for(page, "r.build && r.build.pending === 0")["build"]["revision"] for page in pages)
    told = [wait_for(page, f"r.build && r.build.revision >= {newest} && r.build.pending === 0") for page in pages]
    found = {(one["build"]["revision"], one["build"]["checksum"]) for one in told}
    assert len(found) == 1
    assert all(one["build"]["mismatches"] == one["checksum_mismatches"] == 0 for one in told)
    return found.pop()


def test_three_build_together_one_undoes_one_comes_back_and_all_end_equal(pages: list[Page]) -> None:
    ann, bob, eve = pages
    begun = settled(pages)
    wall = drag(ann, "1", (250, 300), (400, 340))
    block = drag(bob, "2", (420, 60), (500, 130))
    for page in pages:
        there(page, wall)
        there(page, block)
    ann.keyboard.press("n")
    point_until(eve, ann, bob)

    eve.evaluate("window.ricochet.drop()")
    eve.keyboard.press("4")
    eve.keyboard.press("Space")  # said when the connection is back
    rock = drag(ann, "3", (330, 150), (331, 150))
    bob.keyboard.press("Control+z")
    wait_for(eve, f"r.counters.connections === 2 && r.build.pieces.some((piece) => piece.id === {rock})")
    wait_for(ann, f"!r.build.pieces.some((piece) => piece.id === {block})")
    after_undo = settled(pages)
    assert after_undo != begun
    bob.keyboard.press("Control+Shift+z")
    there(eve, block)
    settled(pages)


def test_one_key_is_between_building_and_trying_it_out(pages: list[Page]) -> None:
    ann = pages[0]
    assert probe(ann)["own"] is None
    ann.keyboard.press("b")
    wait_for(ann, "!r.build.builds && r.own !== null")
    ann.keyboard.press("b")
    wait_for(ann, "r.build.builds && r.own === null")


def test_what_is_refused_is_taken_back_with_a_sentence(pages: list[Page]) -> None:
    ann = pages[0]
    before = settled(pages)
    be_refused(ann)
    assert settled(pages) == before


def test_a_page_that_draws_no_frames_points_and_shows_what_was_refused(pages: list[Page]) -> None:
    bob, eve = pages[1:]
    bob.evaluate("window.requestAnimationFrame = () => 0")
    bob.wait_for_timeout(500)  # the last that was asked for before
    connections = probe(eve)["counters"]["connections"]
    eve.evaluate("window.ricochet.drop()")
    wait_for(eve, f"r.counters.connections > {connections} && r.build && r.build.pointers.length === 0")
    point_until(eve, bob)
    be_refused(bob)


def test_what_was_built_is_saved_and_opened_in_a_room_of_its_own(pages: list[Page], state_dir: Path) -> None:
    ann = pages[0]
    before = settled(pages)
    ann.keyboard.press("Control+s")
    dialog = ann.get_by_role("dialog", name="Arenas")
    expect(dialog.get_by_label("Save as")).to_have_value("my-pinball", timeout=PATIENCE_S * 1000)
    dialog.get_by_label("Save as").fill("Our Arena")
    dialog.get_by_label("Save as").press("Enter")
    dialog.get_by_text("Saved as our-arena, version 1.").wait_for()
    saved = json.loads((state_dir / "arenas" / "our-arena" / "000001.json").read_text("utf-8"))
    arena = parse(json.dumps(saved["arena"]).encode(), "saved")
    pieces = probe(ann)["build"]["pieces"]
    assert [(piece.kind, piece.x, piece.y) for piece in plan_of(arena).pieces.values() if not piece.points] == [
        (piece["kind"], piece["x"], piece["y"])
        for kind in ("crate", "spawn")
        for piece in pieces
        if piece["kind"] == kind
    ]
    assert len(plan_of(arena).pieces) == len(pieces)
    dialog.get_by_role("button", name="Open our-arena").click()
    opened_ = wait_for(ann, "r.build && r.build.revision === 0 && r.build.checksum !== null")
    assert len(opened_["build"]["pieces"]) == len(pieces)
    stays = wait_for(pages[1], "r.build && r.build.checksum !== null")["build"]
    assert (stays["revision"], stays["checksum"]) == before, "the others stay where they are"
    assert pages[1].url != ann.url


def test_the_tools_are_reached_by_the_keyboard(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, f"{server.page_url}?autojoin=1&name=Kay", SMALL) as page:
        wait_for(page, READY)
        tab_to(page, "Block")
        page.keyboard.press("Space")
        expect(page.get_by_role("button", name="Block")).to_have_attribute("aria-pressed", "true")
        page.get_by_role("button", name="Rock").click()
        before = len(probe(page)["build"]["pieces"])
        page.keyboard.press("Space")
        wait_for(page, f"r.build.pieces.length === {before + 1} && r.build.pending === 0")
        page.keyboard.press("Control+z")
        wait_for(page, f"r.build.pieces.length === {before} && r.build.pending === 0")


def test_undo_is_where_the_keyboard_has_its_z(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, f"{server.page_url}?autojoin=1&name=Uwe", SMALL) as page:
        wait_for(page, READY)
        before = len(probe(page)["build"]["pieces"])
        page.keyboard.press("4")
        page.keyboard.press("Space")
        wait_for(page, f"r.build.pieces.length === {before + 1} && r.build.pending === 0")
        page.evaluate("dispatchEvent(new KeyboardEvent('keydown', {code: 'KeyY', key: 'z', ctrlKey: true}))")
        wait_for(page, f"r.build.pieces.length === {before} && r.build.pending === 0", timeout_s=20)
