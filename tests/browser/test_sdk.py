"""The SDK's example, as a game maker tries it: built with the SDK, on a real server, in a real Chromium."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from bench.contestants.node_runtime import node
from tests.browser.page import DESKTOP, opened
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser
SDK = Path(__file__).parents[2] / "assets" / "sdk"
PATIENCE_S = 60.0
AS_IF_SERVED = ["--disable-features=LocalNetworkAccessChecks"]
"""A page that a test puts in place came from nowhere, and would not be let at this machine's own ports."""

SEEN = """() => {
  const canvas = document.querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const seen = {};
  for (let at = 0; at < data.length; at += 4) {
    const colour = (data[at] << 16 | data[at + 1] << 8 | data[at + 2]).toString(16).padStart(6, "0");
    seen[colour] = (seen[colour] ?? 0) + 1;
  }
  return seen;
}"""
"""How many pixels have which colour."""
OWN, THINGS = "ffb347", "5f6b94"
SHIP_PIXELS = 32 * 32


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("squares")
    program = node()
    assert program, "make installs a Node"
    vite = [program, "../node_modules/vite/bin/vite.js", "build", "--outDir", str(folder), "--logLevel", "error"]
    subprocess.run(vite, cwd=SDK, check=True)
    return folder


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--bots", "4", "--seed", "3") as running:
        yield running


def put_beside(page: Page, server: Served, folder: Path) -> None:
    """As if the server's own page were this one."""

    def fulfill(route: Route) -> None:
        route.fulfill(path=folder / route.request.url.removeprefix(server.page_url))

    page.route(f"{server.page_url}**", fulfill)


def draws_ship(seen: dict[str, int]) -> bool:
    return seen.get(OWN, 0) > SHIP_PIXELS / 2


def draws_things(seen: dict[str, int]) -> bool:
    """As much as the whole of one: what has come into the picture by an edge alone isn't enough."""
    return seen.get(THINGS, 0) > SHIP_PIXELS


def test_forty_lines_join_and_draw_what_is_there(server: Served, chromium_path: Path, built: Path) -> None:
    with opened(chromium_path, "about:blank", DESKTOP, flags=AS_IF_SERVED) as page:
        put_beside(page, server, built)
        page.goto(f"{server.page_url}example/squares.html")
        end, seen = time.monotonic() + PATIENCE_S, dict[str, int]()
        while not (draws_ship(seen) and draws_things(seen)) and time.monotonic() < end:
            page.wait_for_timeout(100)
            seen = page.evaluate(SEEN)
        assert draws_ship(seen), f"one's own ship is drawn: {seen}"
        assert draws_things(seen), f"and what else there is: {seen}"


def test_the_example_is_short() -> None:
    assert len((SDK / "example" / "squares.ts").read_text("utf-8").splitlines()) <= 40
