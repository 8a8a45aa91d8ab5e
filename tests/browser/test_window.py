"""The window: made smaller and larger, zoomed, moved to another screen, as small as a phone held sideways."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.page import DESKTOP, PHONE, SPARING, hold, opened, wait_for
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser
SIDEWAYS = (PHONE[1], PHONE[0])
SMALLEST = (320, 568)
LOW = (960, 481)
"""Just high enough not to be treated as a phone that is held sideways."""
WIDE_NAME = "W" * 20
DENSITY = "(canvas => canvas.width / canvas.clientWidth)(document.querySelector('.view canvas'))"
COARSEST = 0.5
"""Of the screen's pixels: where frames are as rare as in a test, no more are drawn."""
BACKDROP = "(canvas => [canvas.width, canvas.height])(document.querySelector('canvas.backdrop'))"
OUTSIDE = """
((panel, parts) => [...document.querySelectorAll(parts)].filter((part) => part.checkVisibility()).map((part) => {
  const [outer, inner] = [document.querySelector(panel), part].map((one) => one.getBoundingClientRect());
  return inner.left < outer.left || inner.right > outer.right ? part.textContent : "";
}).filter(Boolean))
"""
"""What sticks out of the panel that it is in, to either side."""
OVERLAPS = """
((list, other) => [...document.querySelectorAll(`${list} > *`)].filter((part) => {
  const [one, two] = [part, document.querySelector(other)].map((each) => each.getBoundingClientRect());
  return one.left < two.right && one.right > two.left && one.top < two.bottom && one.bottom > two.top;
}).map((part) => part.textContent))
"""
"""What of a list lies over something else."""


def colours(one: Locator, part: str | None = None) -> dict[str, str]:
    """What it, or a pseudo-element of it, is painted with."""
    return dict[str, str](
        one.evaluate(
            "(one, part) => (({ backgroundColor, backgroundImage }) => ({ backgroundColor, backgroundImage }))"
            "(getComputedStyle(one, part))",
            part,
        )
    )


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--seed", "3") as running:
        yield running


def test_the_picture_is_as_fine_as_the_screen_that_the_window_is_moved_to(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, f"{server.page_url}?autojoin=1", DESKTOP) as page:
        wait_for(page, f"{DENSITY} === {SPARING * COARSEST}")
        other = {"width": DESKTOP[0], "height": DESKTOP[1], "deviceScaleFactor": 2, "mobile": False}
        page.context.new_cdp_session(page).send("Emulation.setDeviceMetricsOverride", other)
        wait_for(page, f"{DENSITY} === {2 * COARSEST}", timeout_s=20)


def test_a_backdrop_that_stands_still_fits_the_window(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, "about:blank", DESKTOP) as page:
        page.emulate_media(reduced_motion="reduce")
        page.goto(server.page_url)
        wait_for(page, "r.state === 'lobby'")
        page.set_viewport_size({"width": 400, "height": 800})
        fits = f"String({BACKDROP}) === String([400 * devicePixelRatio, 800 * devicePixelRatio])"
        wait_for(page, fits, timeout_s=20)


def test_where_the_system_chooses_the_colours_what_is_told_by_them_is_still_seen(
    server: Served, chromium_path: Path
) -> None:
    with opened(chromium_path, "about:blank", DESKTOP) as page:
        page.emulate_media(forced_colors="active")
        page.goto(server.page_url)
        wait_for(page, "r.state === 'lobby'")
        chosen, other = (page.locator(".chip-choice span", has_text=game) for game in ("Any game", "Melee"))
        assert colours(chosen)["backgroundColor"] != colours(other)["backgroundColor"]
        page.goto(f"{server.page_url}?autojoin=1&name=Ada")
        wait_for(page, "r.state === 'playing' && r.own")
        bar = page.locator(".bar-first")
        assert (
            colours(bar.locator(".bar-fill"))["backgroundColor"]
            != colours(bar.locator(".bar-track"))["backgroundColor"]
        )
        assert colours(page.get_by_role("button", name="Scoreboard"), "::before")["backgroundImage"] != "none"
        hold(page, "Tab", page.get_by_role("cell", name="Ada"))
        row = page.locator("tr.mine td").first
        assert colours(row)["backgroundColor"] != colours(page.locator(".board"))["backgroundColor"]


@pytest.mark.parametrize("size", [DESKTOP, (720, 540), SIDEWAYS, PHONE], ids=["desk", "half", "sideways", "phone"])
def test_what_the_keys_do_is_not_written_over_the_map(
    server: Served, chromium_path: Path, size: tuple[int, int]
) -> None:
    with opened(chromium_path, f"{server.page_url}?autojoin=1&name=Ada", size) as page:
        expect(page.locator(".hint").get_by_text("Right click")).to_be_visible()
        assert page.evaluate(f"{OVERLAPS}('.hint .keys', '.minimap')") == []


@pytest.mark.parametrize("size", [DESKTOP, SMALLEST], ids=["desk", "phone"])
def test_long_names_and_teams_stay_on_the_scoreboard(chromium_path: Path, size: tuple[int, int]) -> None:
    with (
        served("--game", "ball", "--seed", "3") as server,
        opened(chromium_path, f"{server.page_url}?autojoin=1&name={WIDE_NAME}", size) as page,
    ):
        wait_for(page, "r.state === 'playing'")
        hold(page, "Tab", page.get_by_role("cell", name=WIDE_NAME))
        assert page.evaluate(f"{OUTSIDE}('.board', '.board-table :is(td, th)')") == []
        expect(page.get_by_role("rowheader", name="Ember · 0")).to_be_visible()
        page.keyboard.up("Tab")


def test_a_low_window_has_as_much_of_the_scoreboard_as_it_holds(chromium_path: Path) -> None:
    with (
        served("--bots", "12", "--seed", "3") as server,
        opened(chromium_path, f"{server.page_url}?autojoin=1&name=Ada", LOW) as page,
    ):
        wait_for(page, "r.state === 'playing' && Object.keys(r.scores).length === 13")
        hold(page, "Tab", page.get_by_role("cell", name="Ada"))
        board = page.get_by_role("region", name="Scoreboard")
        expect(board.get_by_text(re.compile(r"and \d+ more"))).to_be_visible()
        expect(board.get_by_role("row")).not_to_have_count(1 + 13)
        expect(board).to_be_in_viewport(ratio=1)
        expect(board.locator("tr.mine")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("size", [SMALLEST, SIDEWAYS], ids=["upright", "sideways"])
def test_every_tool_of_who_builds_can_be_reached(chromium_path: Path, size: tuple[int, int]) -> None:
    with (
        served("--game", "build", "--map", "pinball", "--seed", "3") as server,
        opened(chromium_path, f"{server.page_url}?autojoin=1", size, touch=True) as page,
    ):
        wait_for(page, "r.build && r.build.checksum !== null")
        page.keyboard.press("n")  # with a piece selected, all of the tools are there
        tools = page.get_by_role("toolbar", name="Building").get_by_role("button")
        expect(tools).to_have_count(17)
        assert page.evaluate(f"{OUTSIDE}('.build-tools', '.build-tools button')") == []
        for tool in tools.all():
            tool.scroll_into_view_if_needed()
            expect(tool).to_be_in_viewport(ratio=1)
