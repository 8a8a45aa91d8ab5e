"""The page, played: join, fly, shoot, be seen, lose the connection and come back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route, WebSocketRoute, expect

from protocol.errors import Code
from tests.browser.page import DESKTOP, PATIENCE_S, PHONE, hold, opened, probe, settle, wait_for
from tests.browser.test_replay import MATCH
from tests.instruments.served import Served, behind_a_bad_network, served

pytestmark = pytest.mark.browser
ARENA_UNITS = 2048
LINES_MAX = 60
"""Of chat. Five at once are allowed, and then one a second: however slow the typist, so many are too many."""
DRAWING_PART = "**/browserAll-*.js"
"""What pixi.js loads once it knows that it is in a browser, and needs before it can draw."""

LOSE_THE_PICTURE = """
window.lost = document.querySelector(".view canvas").getContext("webgl2").getExtension("WEBGL_lose_context");
lost.loseContext();
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--bots", "6", "--seed", "3") as running:
        yield running


def test_a_person_plays(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, server.page_url, DESKTOP) as page:
        page.get_by_label("Your name").fill("Ada")
        page.keyboard.press("Enter")
        before = wait_for(page, "r.state === 'playing' && r.own && r.ack > 0")
        key = "a" if before["own"]["x"] > ARENA_UNITS / 2 else "d"  # away from the nearer wall
        page.keyboard.down(key)
        wait_for(page, f"r.own && Math.abs(r.own.x - {before['own']['x']}) > 40")
        page.keyboard.up(key)
        wait_for(page, f"r.ack > {before['ack']}")

        page.mouse.move(900, 300)
        page.mouse.down()
        wait_for(page, "Object.values(r.kills).some((kills) => kills > 0)", 180)  # somebody's: bots are about
        page.mouse.up()
        assert probe(page)["checksum_mismatches"] == 0

        until = probe(page)["hud"]["pulse_until"]
        page.mouse.down(button="right")
        wait_for(page, f"r.hud.pulse_until > {until}")
        page.mouse.up(button="right")


def test_who_is_faster_than_the_graphics_plays_as_soon_as_they_are_there(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, server.page_url, DESKTOP) as page:
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        page.route(DRAWING_PART, hold)
        page.reload(wait_until="commit")
        page.get_by_label("Your name").fill("Swift")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.get_by_text("Joining").wait_for()
        assert held, "what draws is still on its way"
        for route in held:
            route.continue_()
        wait_for(page, "r.state === 'playing' && r.ack > 0")
        assert probe(page)["counters"]["connections"] == 1


def test_a_lost_connection_comes_back_to_the_same_player(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, "about:blank", DESKTOP) as page:
        cut: list[bool] = []  # while there is something in it, no connection comes about

        def connect(socket: WebSocketRoute) -> None:
            if cut:
                socket.close(code=Code.TOO_SLOW)
            else:
                socket.connect_to_server()

        page.route_web_socket("**/play", connect)
        page.goto(f"{server.page_url}?name=Grace&autojoin=1")
        wait_for(page, "r.state === 'playing' && r.ack > 0")
        player = probe(page)["player"]
        cut.append(True)
        page.evaluate("window.ricochet.drop()")
        wait_for(page, "r.state === 'lost'")
        page.get_by_text("onnection").first.wait_for()  # the page says that the connection is lost
        cut.clear()
        wait_for(page, "r.state === 'playing'")
        assert probe(page)["player"] == player, "and it comes back by itself, to the same seat"
        ack = probe(page)["ack"]
        wait_for(page, f"r.ack > {ack}")


def test_the_network_can_be_made_worse_with_sliders(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, f"{server.page_url}?name=Lag&autojoin=1", DESKTOP) as page:
        wait_for(page, "r.state === 'playing' && r.ack > 0")
        latency = page.get_by_label("added latency")
        assert not latency.is_visible()
        page.keyboard.press("F3")
        latency.fill("400")
        page.get_by_label("added jitter").fill("20")
        page.get_by_label("added stalls").fill("0.5")
        wait_for(page, "r.counters.rtt_ms >= 400")
        ack = probe(page)["ack"]
        wait_for(page, f"r.ack > {ack} + 60 && r.state === 'playing'")
        assert probe(page)["checksum_mismatches"] == 0
        for label in ("added latency", "added jitter", "added stalls"):
            page.get_by_label(label).fill("0")
        wait_for(page, "r.counters.rtt_ms < 400")


def test_the_page_opens_and_plays_through_a_bad_network(server: Served, chromium_path: Path) -> None:
    with (
        behind_a_bad_network(server, "--latency", "150", "--jitter", "20") as url,
        opened(chromium_path, f"{url}?name=Far&autojoin=1", DESKTOP) as page,
    ):
        wait_for(page, "r.state === 'playing' && r.ack > 0 && r.counters.rtt_ms >= 150")
        assert probe(page)["checksum_mismatches"] == 0


def test_a_phone_in_json(server: Served, chromium_path: Path) -> None:
    url = f"{server.page_url}?name=Thumb&autojoin=1&encoding=json"
    with opened(chromium_path, url, PHONE, touch=True) as page:
        wait_for(page, "r.state === 'playing' && r.ack > 0")
        settle(page, 1.0)
        assert probe(page)["checksum_mismatches"] == 0


def test_a_name_is_shown_as_text_only(server: Served, chromium_path: Path) -> None:
    name = "<img src=x id=pwn>"
    with opened(chromium_path, server.page_url, DESKTOP) as page:
        page.get_by_label("Your name").fill(name)
        page.keyboard.press("Enter")
        wait_for(page, "r.state === 'playing' && r.ack > 0")
        hold(page, "Tab", page.locator(".board").get_by_text(name).first)
        assert page.locator("#pwn").count() == 0


def test_what_the_server_refuses_is_told_in_passing(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, f"{server.page_url}?name=Talker&autojoin=1", DESKTOP) as page:
        wait_for(page, "r.state === 'playing' && r.ack > 0")
        refusal = page.locator(".hud").get_by_text("Too many lines at once").first
        for line in range(LINES_MAX):
            page.keyboard.press("Enter")
            page.get_by_role("textbox", name="Say something to the room").fill(f"line {line}")
            page.keyboard.press("Enter")
            if refusal.is_visible():
                break
        refusal.wait_for(state="visible")
        refusal.wait_for(state="hidden")
        assert probe(page)["state"] == "playing"


def test_a_page_that_cant_draw_says_so(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, server.page_url, DESKTOP, flags=["--disable-3d-apis"]) as page:
        page.get_by_role("alert").wait_for()
        assert "WebGL" in page.get_by_role("alert").inner_text()
        assert page.get_by_role("textbox").count() == 0


def test_a_part_that_is_lost_on_the_way_is_not_taken_for_a_missing_webgl(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, "about:blank", DESKTOP) as page:
        page.route(DRAWING_PART, lambda route: route.abort())
        for address in ("", "replay"):
            page.goto(f"{server.page_url}{address}")
            if address == "replay":
                page.get_by_label("Open a file").set_input_files(MATCH)
            expect(page.get_by_text("Loading the page again may help")).to_be_visible()
            assert "WebGL" not in page.inner_text("body")


def test_a_picture_that_the_graphics_card_takes_away_is_told_of(server: Served, chromium_path: Path) -> None:
    with opened(chromium_path, f"{server.page_url}?autojoin=1&name=Ada", DESKTOP) as page:
        wait_for(page, "r.state === 'playing' && r.own")
        page.evaluate(LOSE_THE_PICTURE)
        lost = page.get_by_text("The graphics card has taken the picture away")
        expect(lost).to_be_visible()
        page.evaluate("lost.restoreContext()")
        expect(lost).to_be_hidden(timeout=PATIENCE_S * 1000)
        assert probe(page)["state"] == "playing"
