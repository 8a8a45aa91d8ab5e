"""A match among friends is watched again by those who were there, and nobody else finds it."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.browser import test_replay
from tests.browser.page import PHONE, opened, wait_for
from tests.browser.test_lobby import SECRET, close, open_room
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser
LINK = "Watch it again"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("recorded")
    (folder / "secret").write_bytes(SECRET)
    replays = str(folder / "replays")
    with served("--match-s", "10", "--replay-dir", replays, "--jwt-secret", str(folder / "secret")) as running:
        yield running


def test_a_private_match_is_watched_again_by_whoever_was_there(server: Served, chromium_path: Path) -> None:
    remembered = {"ricochet.name": "Ada"}
    with opened(chromium_path, server.page_url, PHONE, touch=True, remembered=remembered) as ada:
        room = open_room(ada, "Ours alone", private=True)
        ada.get_by_role("button", name="Back to the game").click()
        link = ada.locator(".podium").get_by_role("link", name=LINK)
        link.wait_for()
        box = link.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, box
        with ada.context.expect_page() as by_key:
            ada.keyboard.press("p")
        address = ada.evaluate("document.querySelector('.podium a').href")

        close(server, room)
        wait_for(ada, "r.state === 'lobby'")
        result = ada.get_by_role("region", name="Result").get_by_role("link", name=LINK)
        assert result.evaluate("link => link.href") == address
        with ada.context.expect_page() as by_link:
            result.focus()
            ada.keyboard.press("Enter")
        for watching in (by_key.value, by_link.value):
            assert watching.url == address
            assert test_replay.wait_for(watching, "r.playback.tick > r.playback.first_tick + 30")["wrong"] == 0
            assert watching.title() == "melee in Pinball · Ricochet"
            assert watching.evaluate("window.opener") is None

        replay_id = address.partition("?id=")[2]
        assert replay_id.startswith("private-")
        with urlopen(f"{server.page_url}api/replays") as answer:
            assert json.load(answer) == []
        with urlopen(f"{server.page_url}api/replays/{replay_id}") as answer:
            assert answer.headers["cache-control"] == "private, no-store"
            file = answer.read()
        assert file.startswith(b"RICOREPL")
        assert room.encode() not in file
        ada.goto(f"{server.page_url}replay")
        expect(ada.get_by_text("None has been recorded yet.")).to_be_visible()
