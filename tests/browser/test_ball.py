"""A match of ball in the page: a scripted goal, the teams' score, the shout, and the podium. The page knows nothing of
ball: all that is looked for here came with the welcome."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.page import PATIENCE_S, PHONE, hold, opened, wait_for
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser
MATCH_S = 14


def yard() -> dict[str, Any]:
    """A pitch so short that whoever holds one key scores: straight on from team 1's only spawn point."""
    goals = [{"x": x, "y": 320, "width": 96, "height": 240, "team": team} for x, team in ((48, 1), (1104, 2))]
    return {
        "name": "Yard",
        "size": {"width": 1152, "height": 640},
        "spawns": [{"x": 420, "y": 320}, {"x": 760, "y": 80}],
        "goals": goals,
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    arena = tmp_path_factory.mktemp("maps") / "yard.json"
    arena.write_text(json.dumps(yard()), "utf-8")
    with served("--game", "ball", "--map", str(arena), "--match-s", str(MATCH_S), "--seed", "3") as running:
        yield running


def test_a_match_is_won_by_a_goal(chromium_path: Path, server: Served) -> None:
    expect.set_options(timeout=PATIENCE_S * 1000)
    with opened(chromium_path, f"{server.page_url}?name=Ada&autojoin=1") as ada:
        wait_for(ada, "r.own !== null")
        expect(ada.locator(".teams .team-name")).to_have_text(["Sky", "Ember"])
        expect(ada.locator(".hint .keys")).to_contain_text("kick")
        assert ada.locator(".bar-label").all_text_contents() == ["Boost"]
        with opened(chromium_path, f"{server.page_url}?name=Bob&autojoin=1", PHONE, touch=True) as bob:
            wait_for(bob, "r.own !== null")
            bob.touchscreen.tap(100, 700)
            expect(bob.locator(".thumb-button:visible")).to_have_text(["kick"])
            hold(ada, "Tab", ada.locator(".board-table"))
            expect(ada.locator(".board-table th")).to_contain_text(
                ["", "Player", "Points", "Goals", "Assists", "Saves"]
            )
            expect(ada.locator(".board-team")).to_have_text([re.compile("^Sky · "), re.compile("^Ember · ")])
            ada.keyboard.up("Tab")
            ada.keyboard.down("d")
            expect(ada.locator(".reward")).to_have_text("Goal for Sky")
            ada.keyboard.up("d")
            expect(ada.locator(".feed")).to_contain_text("Ada scores")
            expect(bob.locator(".teams .team-points")).to_have_text(["1", "0"])
            for page in (ada, bob):
                expect(page.locator(".podium h2")).to_have_text("Sky wins 1 : 0")
            expect(ada.locator(".podium-step.place-1")).to_contain_text("Ada")
