"""The lobby, with two or three pages at once: quick play, rooms shared by link, from room to room, watching, an end."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from server.tokens import secret_key, sign
from tests.browser.page import hold, opened, probe, wait_for
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser
SECRET = b"a secret of thirty-two bytes at least"
ADMIN = sign(secret_key(SECRET), {"sub": "root", "role": "admin", "exp": 4_000_000_000})
EXPIRED = sign(secret_key(SECRET), {"sub": "ann", "role": "player", "exp": 1})
SMALL = (720, 480)
"""There are up to three pages at once, each drawn without a graphics card."""
PLAYS = "r.state === 'playing' && r.ack > 0"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    secret = tmp_path_factory.mktemp("keys") / "secret"
    secret.write_bytes(SECRET)
    with served("--bots", "2", "--seed", "3", "--jwt-secret", str(secret)) as running:
        yield running


def page_of(chromium: Path, server: Served, path: str = "", name: str = "") -> AbstractContextManager[Page]:
    """A page in the lobby, or wherever `path` leads; of somebody who has been here before, if they have a name."""
    return opened(chromium, f"{server.page_url}{path}", SMALL, remembered={"ricochet.name": name} if name else {})


def open_room(page: Page, title: str, private: bool) -> str:
    """Open a room with the form, and be in it; its name."""
    wait_for(page, "r.state === 'lobby'")
    page.get_by_role("button", name="New room").click()
    page.get_by_label("Its name").fill(title)
    page.get_by_label("Arena", exact=True).select_option("pinball")
    if private:
        page.get_by_label("Only who has the link comes in").check()
    page.get_by_role("button", name="Open it").click()
    return str(wait_for(page, PLAYS)["room"])


def close(server: Served, room: str) -> None:
    """As an admin does."""
    headers = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json"}
    order = json.dumps({"room": room}).encode()
    with urlopen(Request(f"{server.page_url}api/admin/close", order, headers)) as answer:
        assert "done" in json.load(answer)


def leave(page: Page) -> None:
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Leave to the lobby").click()
    wait_for(page, "r.state === 'lobby' && r.room === null")


def test_enter_plays_for_whoever_has_been_here_before(server: Served, chromium_path: Path) -> None:
    with page_of(chromium_path, server, name="Ada") as page:
        wait_for(page, "r.state === 'lobby' && r.rooms.length > 0 && r.people > 0")
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_focused()
        expect(page.get_by_role("heading", name="Pinball")).to_be_visible()
        page.keyboard.press("Enter")
        said = wait_for(page, PLAYS)
        assert (said["room"], said["role"], said["counters"]["connections"]) == ("pinball", "player", 1)
        assert "?room=pinball" in page.url, "the address is a link to where one is"


def test_whose_token_has_run_out_plays_on_as_a_guest(server: Served, chromium_path: Path) -> None:
    with page_of(chromium_path, server, f"#token={EXPIRED}", name="Ann") as page:
        wait_for(page, "r.state === 'refused'")
        expect(
            page.get_by_text("The token has expired. Play as a guest, or come again by a new link.").first
        ).to_be_visible()
        page.reload()
        wait_for(page, "r.state === 'refused'")
        page.get_by_role("button", name="Play as a guest").click()
        wait_for(page, "r.state === 'lobby' && r.rooms.length > 0")
        expect(page.get_by_role("button", name="Play as a guest")).to_be_hidden()
        page.reload()
        wait_for(page, "r.state === 'lobby' && r.rooms.length > 0")


def test_a_new_link_is_taken_in_the_tab_of_the_old_one(server: Served, chromium_path: Path) -> None:
    """Only what is behind the # is another then, for which no browser loads a page anew."""
    with page_of(chromium_path, server, f"#token={EXPIRED}", name="Ann") as page:
        wait_for(page, "r.state === 'refused'")
        with page.expect_event("load"):
            page.evaluate("(token) => void setTimeout(() => (location.hash = `token=${token}`))", ADMIN)
        wait_for(page, "r.state === 'lobby' && r.rooms.length > 0")
        assert page.evaluate("[location.hash, sessionStorage.getItem('ricochet.token')]") == ["", ADMIN]


def test_a_private_room_is_shared_by_its_link_and_by_nothing_else(server: Served, chromium_path: Path) -> None:
    with (
        page_of(chromium_path, server, name="Ada") as ada,
        page_of(chromium_path, server, name="Eve") as eve,
        page_of(chromium_path, server) as grace,
    ):
        room = open_room(ada, "Ours alone", private=True)
        link = ada.get_by_label("Link to this room").input_value()
        assert link.startswith(server.page_url), link
        expect(ada.get_by_role("button", name="Copy link")).to_be_focused()

        grace.goto(link)
        assert wait_for(grace, PLAYS)["room"] == room, "straight in, without being asked anything"
        assert grace.title() == "Ours alone · Ricochet"
        grace.keyboard.press("Escape")
        grace.get_by_role("dialog", name="Ours alone").wait_for()
        ada.get_by_role("button", name="Back to the game").click()
        wait_for(ada, "Object.keys(r.scores).length === 2")

        eve_sees = wait_for(eve, "r.people >= 3")
        assert room not in eve_sees["rooms"]
        assert eve.get_by_text("Ours alone").count() == 0


def test_from_room_to_room_over_one_connection(server: Served, chromium_path: Path) -> None:
    with page_of(chromium_path, server, name="Ada") as ada, page_of(chromium_path, server, name="Bob") as bob:
        room = open_room(ada, "The other place", private=False)
        bob.get_by_role("button", name="Join The other place").click()
        assert wait_for(bob, PLAYS)["room"] == room
        wait_for(ada, "Object.keys(r.scores).length === 2")

        bob.keyboard.press("Escape")
        bob.get_by_label("New name").fill("Rob")
        bob.keyboard.press("Enter")
        expect(bob.get_by_text("You are called Rob now.")).to_be_visible()
        bob.keyboard.press("Escape")
        hold(ada, "Tab", ada.locator(".board-name", has_text="Rob"))
        ada.keyboard.up("Tab")
        leave(bob)
        assert "room=" not in bob.url
        wait_for(ada, "Object.keys(r.scores).length === 1")
        bob.get_by_role("button", name="Join Pinball").click()
        said = wait_for(bob, f"{PLAYS} && r.room === 'pinball'")
        assert said["counters"]["connections"] == 1
        assert said["checksum_mismatches"] == 0

        close(server, room)
        assert wait_for(ada, "r.state === 'lobby'")["counters"]["connections"] == 1
        expect(ada.get_by_text("closed")).to_be_visible()


def test_watching_is_no_playing_and_playing_along_is_one_button(server: Served, chromium_path: Path) -> None:
    with page_of(chromium_path, server, name="Ada") as page:
        page.get_by_role("button", name="Watch Pinball").click()
        before = wait_for(page, "r.state === 'playing' && r.entities > 0")
        assert (before["role"], before["own"]) == ("spectator", None)
        wait_for(page, f"r.server_tick > {before['server_tick']} + 60")
        assert page.get_by_text("spectator has no inputs").count() == 0
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Play along").click()
        said = wait_for(page, PLAYS)
        assert (said["role"], said["counters"]["connections"]) == ("player", 1)


def test_a_room_that_is_gone_is_said_to_be_and_a_reload_comes_back(server: Served, chromium_path: Path) -> None:
    with page_of(chromium_path, server, "?room=nowhere") as page:
        wait_for(page, "r.state === 'lobby'")
        expect(page.get_by_text("There is no room 'nowhere'")).to_be_visible()
        assert "room=" not in page.url
        assert probe(page)["counters"]["connections"] == 1
        page.get_by_label("Your name").fill("")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Choose a name first.")).to_be_visible()
        page.keyboard.type("Grace")
        page.keyboard.press("Enter")
        player = wait_for(page, PLAYS)["player"]
        page.reload()
        assert wait_for(page, PLAYS)["player"] == player, "the same ship"


@pytest.mark.slow
def test_a_rooms_end_brings_people_to_the_lobby_with_its_podium(chromium_path: Path) -> None:
    with (
        served("--match-s", "10", "--room-matches", "1", "--seed", "3") as brief,
        page_of(chromium_path, brief, name="Ada") as ada,
        page_of(chromium_path, brief, name="Bob") as bob,
    ):
        wait_for(bob, "r.state === 'lobby'")
        open_room(ada, "Short", private=False)
        bob.get_by_role("button", name="Join Short").click()
        wait_for(bob, PLAYS)
        for page in (ada, bob):
            assert wait_for(page, "r.state === 'lobby'")["counters"]["connections"] == 1
            expect(page.get_by_text("matches are played")).to_be_visible()
            podium = page.get_by_role("region", name="Result")
            expect(podium.get_by_text("Melee in Short is over")).to_be_visible()
            assert sorted(podium.locator(".podium-name").all_inner_texts()) == ["Ada", "Bob"]
            page.get_by_role("button", name="Close the result").click()
            expect(podium).to_be_hidden()
