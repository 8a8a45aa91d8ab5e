"""A game's hud lines in the page: each is where the game wants it, and none over another, on a desk and on a phone."""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.page import DESKTOP, PATIENCE_S, PHONE, opened, wait_for
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser
LAPS = """
from protocol.description import Description, HudLine
from server.games.plain import Plain


class Laps(Plain):
    name = "laps"
    hud = ("lap", "crystals", "fuel", "phase")
    description = Description(
        hud=(
            HudLine(name="lap", label="Lap", where="top"),
            HudLine(name="crystals", label="Crystals", style="bar", max=12, where="top"),
            HudLine(name="fuel", label="Antimatter in store", style="bar", max=100),
            HudLine(name="phase", label="", style="text", texts=("", "Go!"), where="middle", hue="green"),
        )
    )

    def hud_of(self, player):
        return 3, 7, 80, 1
"""
SPILT = (
    "labels => labels.filter((label) => label.scrollWidth > label.clientWidth + 1).map((label) => label.textContent)"
)
"""Labels that don't fit into their place."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    game = tmp_path_factory.mktemp("games") / "laps.py"
    game.write_text(LAPS, "utf-8")
    with served("--game", str(game), "--seed", "3") as running:
        yield running


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_each_line_is_where_the_game_wants_it(chromium_path: Path, server: Served, size: tuple[int, int]) -> None:
    expect.set_options(timeout=PATIENCE_S * 1000)
    with opened(chromium_path, f"{server.page_url}?name=Ada&autojoin=1", size, touch=size == PHONE) as page:
        wait_for(page, "r.own !== null")
        top, ship = page.locator(".top-lines"), page.locator(".vitals")
        expect(top.locator(".bar-label")).to_have_text(["Lap", "Crystals"])
        expect(top.locator(".bar-value")).to_have_text(["3", "7"])
        expect(ship.locator(".bar-value")).to_have_text(["80"])
        expect(page.locator(".middle section")).to_contain_text("Go!")
        expect(page.locator(".middle b")).to_have_css("color", "rgb(18, 201, 143)")
        places = [
            _edges(page.locator(name)) for name in (".score", ".clock", ".top-lines", ".vitals", ".minimap", ".hint")
        ]
        assert [pair for pair in combinations(places, 2) if _overlap(*pair)] == []
        assert places[2][1] < size[1] / 4
        assert page.locator(".bar-label").evaluate_all(SPILT) == []


Edges = tuple[float, float, float, float]


def _edges(thing: Locator) -> Edges:
    box = thing.bounding_box()
    assert box is not None
    return box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]


def _overlap(one: Edges, other: Edges) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
