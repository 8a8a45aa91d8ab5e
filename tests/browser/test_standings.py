"""The pages of standings in a real Chromium: found by their addresses, read on a phone, and text is text."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from server.config import Config
from server.heralds import Heralds
from server.results import Placing, Result
from server.standings.backlog import Played
from server.standings.seasons import season_of
from server.standings.wiring import open_standings
from server.store import Folder
from tests.browser.page import DESKTOP, PHONE, opened
from tests.browser.test_injection import WATCH
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser
NAME = "<svg onload=pwn()>"
ARENA = "<img src=x onerror=pwn() id=pwn>"


class House:
    """A server with a season of matches behind it, and the cookie of one who played."""

    def __init__(self, folder: Path) -> None:
        store = Folder(folder)
        standings = open_standings(Config(state_dir=folder), store, Heralds())
        store.close()
        ann, repository = standings.guests.make_id(), standings.repository
        assert repository is not None
        self.cookie = standings.guests.cookie_of(ann, time.time())
        now_s = time.time()
        crowd = [Placing(n, f"Pilot {n}", f"subject:{n}", False, 0, n, 100 - n, {"kills": n}) for n in range(4, 62)]
        lines = [
            Placing(1, "Ann", f"guest:{ann}", False, 0, 1, 400, {"kills": 5, "deaths": 1}),
            Placing(2, NAME, "subject:eve", False, 0, 2, 300, {"kills": 3, "deaths": 2}),
        ]
        for number, people in enumerate([lines, lines, [*lines, *crowd]]):
            result = Result("r", "melee", ARENA, 60, 0, 18_000, people, {})
            repository.record(Played(f"match{number}", now_s - 60 * (3 - number), result))
        repository.record(Played("ball", now_s, Result("r", "ball", "Court", 60, 0, 18_000, lines, {})))
        repository.close()
        found = [repository.id_of(subject) for subject in (f"guest:{ann}", "subject:eve")]
        self.ann, self.eve = (one or "" for one in found)
        repository.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Served]]:
    folder = tmp_path_factory.mktemp("state")
    house = House(folder)
    with served("--seed", "3", "--state-dir", str(folder)) as running:
        yield house, running


@contextmanager
def page_at(
    chromium: Path, server: Served, path: str, size: tuple[int, int] = DESKTOP, cookie: str = ""
) -> Iterator[Page]:
    """The page, watched. At the end no script of anybody's has run, and nothing is wider than the screen."""
    with opened(chromium, "about:blank", size) as page:
        page.add_init_script(WATCH)
        if cookie:
            page.context.add_cookies([{"name": "ricochet_guest", "value": cookie, "url": server.page_url}])
        page.goto(server.page_url + path)
        page.locator("main:not([aria-busy])").wait_for()
        yield page
        assert page.locator("main svg[onload], main img, #pwn, [onload], [onerror], main script").count() == 0
        assert page.evaluate("[window.pwned, window.violations]") == [0, []]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_table(house: tuple[House, Served], chromium_path: Path, size: tuple[int, int]) -> None:
    made, server = house
    with page_at(chromium_path, server, "standings?game=melee", size, made.cookie) as page:
        assert page.title().startswith(f"Melee standings, {season_of(time.time()).name}")
        table = page.get_by_role("table", name="Melee: 60 players, page 1 of 2")
        first = table.get_by_role("row").nth(1)
        assert first.get_by_role("rowheader").inner_text().startswith("Ann you")
        expect(table.get_by_role("link", name=NAME)).to_be_visible()
        expect(table.get_by_role("columnheader", name="Rating")).to_be_visible()
        page.get_by_role("link", name="Lower ranks").click()
        page.wait_for_url("**page=2**")
        expect(page.get_by_role("table").get_by_role("row")).to_have_count(11)


def test_it_is_walked_through_by_keyboard(house: tuple[House, Served], chromium_path: Path) -> None:
    made, server = house
    with page_at(chromium_path, server, "standings") as page:
        order = list[str]()
        while NAME not in order:
            page.keyboard.press("Tab")
            order.append(page.evaluate("document.activeElement.textContent"))
            assert len(order) < 40
        assert order[:6] == ["Ricochet", "Play", "Standings", "Replays", "My page", "Melee"]
        assert order[8] == "Ann", "after the choice of a season"
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/player/{made.eve}")
        expect(page.get_by_role("heading", level=1)).to_have_text(NAME)


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_personal_page_has_an_address_of_its_own(
    house: tuple[House, Served], chromium_path: Path, size: tuple[int, int]
) -> None:
    made, server = house
    with page_at(chromium_path, server, f"player/{made.eve}", size) as page:
        expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
        expect(page.get_by_role("img", name="Rating in Melee over the latest 3 matches")).to_be_visible()
        latest = page.get_by_role("table", name="Latest 4 matches").get_by_role("row").nth(2)
        assert latest.get_by_role("rowheader").inner_text().startswith(f"Melee, {ARENA}")
        assert "2nd of 60" in latest.inner_text()
        assert page.get_by_role("button", name="Delete").count() == 0


def test_nobody_and_nothing_are_said_in_a_sentence(house: tuple[House, Served], chromium_path: Path) -> None:
    _, server = house
    for path, sentence in (
        ("player/nobody", "There is nobody of that id, or not any more."),
        ("player/me", "You have no page yet"),
        ("standings?season=1999-Q1", "Nothing is known of the season 1999-Q1."),
    ):
        with page_at(chromium_path, server, path) as page:
            expect(page.get_by_role("alert")).to_contain_text(sentence)


def test_a_browser_is_given_its_cookie_once_and_no_script_sees_it(
    house: tuple[House, Served], chromium_path: Path
) -> None:
    _, server = house
    with page_at(chromium_path, server, "standings") as page:
        (cookie,) = page.context.cookies()
        assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("ricochet_guest", True, "Lax")
        assert page.evaluate("document.cookie") == ""
        page.goto(server.page_url + "player/me")
        assert page.context.cookies()[0]["value"] == cookie["value"]


def test_who_wishes_is_forgotten(house: tuple[House, Served], chromium_path: Path) -> None:
    made, server = house
    with page_at(chromium_path, server, "player/me", cookie=made.cookie) as page:
        assert page.url.endswith(f"/player/{made.ann}")
        page.get_by_role("button", name="Delete my standings").click()
        page.get_by_role("button", name="Keep them").click()
        page.get_by_role("button", name="Delete my standings").click()
        page.get_by_role("button", name="Delete", exact=True).click()
        page.wait_for_url("**/standings")
        expect(page.get_by_role("link", name=NAME)).to_be_visible()
        assert page.get_by_role("link", name="Ann").count() == 0
    with page_at(chromium_path, server, f"player/{made.ann}") as page:
        expect(page.get_by_role("alert")).to_contain_text("nobody of that id")
