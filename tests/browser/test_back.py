"""One goes back to a page that the browser has kept as it was: the game goes on there with the ship that one has."""

from pathlib import Path

import pytest

from tests.browser.page import opened, probe, wait_for
from tests.instruments.served import served

pytestmark = pytest.mark.browser
PLAYS = "r.state === 'playing' && r.ack > 0"


def test_who_goes_back_to_the_game_has_the_same_ship(chromium_path: Path) -> None:
    """Also where another page of the tab has had it meanwhile, and so the only token that is still good."""
    with served() as server:
        room = f"{server.page_url}?name=Ada&autojoin=1"
        with opened(chromium_path, room, keeps_pages=True) as page:
            wait_for(page, PLAYS)
            player, born = probe(page)["player"], page.evaluate("window.born = Math.random()")
            page.goto(f"{server.page_url}standings")
            page.go_back(wait_until="commit")
            assert page.evaluate("window.born") == born, "the browser has kept it"
            wait_for(page, "r.counters.connections === 2 && " + PLAYS)
            assert probe(page)["player"] == player
            page.goto(f"{server.page_url}standings")
            page.goto(room)
            wait_for(page, PLAYS)
            assert probe(page)["player"] == player
            page.go_back(wait_until="commit")
            page.go_back(wait_until="commit")
            assert page.evaluate("window.born") == born
            wait_for(page, "r.counters.connections === 3 && " + PLAYS)
            assert probe(page)["player"] == player
