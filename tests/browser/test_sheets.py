"""A style sheet that is lost on the way is asked for again: a page without one is half out of reach."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route

from tests.browser.page import opened
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser
LOST = 2
"""So often each sheet is lost."""
COME = """() => {
  try {
    return [...document.querySelectorAll("link[rel=stylesheet]")].every(({ sheet }) => sheet.cssRules.length > 0);
  } catch {
    return false;
  }
}"""


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--seed", "3") as running:
        yield running


@pytest.mark.parametrize("place", ["", "dashboard", "replay", "standings"])
def test_a_sheet_that_is_lost_is_asked_for_again(server: Served, chromium_path: Path, place: str) -> None:
    asked = Counter[str]()

    def lose(route: Route) -> None:
        asked[route.request.url] += 1
        if asked[route.request.url] > LOST:
            route.continue_()
        else:
            route.abort("connectionreset")

    with opened(chromium_path, "about:blank") as page:
        page.route("**/*.css", lose)
        page.goto(f"{server.page_url}{place}")
        page.wait_for_function(COME)
        assert set(asked.values()) == {LOST + 1}
        if place == "":
            page.get_by_role("button", name="New room").click()
