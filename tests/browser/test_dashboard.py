"""The dashboard in a real Chromium: it moves, an admin acts by it, others don't get in, and names are text.

The room and somebody in it are called by script, for the whole time: wherever the page shows a name it shows these.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from protocol.limits import SUBPROTOCOL_JSON
from protocol.stats import SUBPROTOCOL_STATS
from server.tokens import secret_key, sign
from server.venue import MAPS
from tests.browser.page import PHONE, opened
from tests.browser.test_injection import SENTENCE, WATCH
from tests.browser.test_origins import TRY_SOCKET, other_site
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser
SECRET = b"a secret of thirty-two bytes at least"
ADMIN = sign(secret_key(SECRET), {"sub": "root", "role": "admin", "exp": 4_000_000_000})
PLAYER = sign(secret_key(SECRET), {"sub": "ann", "role": "player", "exp": 4_000_000_000})
NAME = "<svg onload=pwn()>"
ROOM = "<img src=x onerror=pwn() id=pwn>"
WIDE = (1280, 720)
PATIENCE_MS = 60_000
LOOK_AGAIN_MS = 250
"""How often the page looks how the connection is."""


@contextmanager
def player(server: Served, name: str) -> Iterator[ClientConnection]:
    """Somebody in the room who is called so, and has been welcomed."""
    spoken, endless = [Subprotocol(SUBPROTOCOL_JSON)], {"max_size": None, "max_queue": None, "ping_interval": None}
    with connect(server.play_url, subprotocols=spoken, compression=None, **endless) as socket:
        socket.send(json.dumps({"type": "hello", "version": 1, "name": name}))
        assert json.loads(socket.recv())["type"] == "welcome"
        yield socket


def chat(socket: ClientConnection, text: str) -> None:
    socket.send(json.dumps({"type": "chat", "text": text}))


def hears(socket: ClientConnection, text: str) -> None:
    while (said := json.loads(socket.recv(60))).get("text") != text:
        assert said["type"] != "bye", said


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("dashboard")
    (folder / "secret").write_bytes(SECRET)
    shutil.copy(MAPS / "pinball.json", folder / f"{ROOM}.json")
    flags = [
        "--seed",
        "3",
        "--bots",
        "3",
        "--map",
        str(folder / f"{ROOM}.json"),
        "--jwt-secret",
        str(folder / "secret"),
    ]
    with served(*flags) as running, player(running, NAME):
        yield running


@contextmanager
def dashboard(
    chromium: Path, server: Served, token: str | None = ADMIN, size: tuple[int, int] = WIDE
) -> Iterator[Page]:
    """The page, watched, and signed in with `token`. At the end no script has run, and nothing was made of text."""
    with opened(chromium, "about:blank", size) as page:
        page.add_init_script(WATCH)
        page.goto(f"{server.page_url}dashboard")
        if token is not None:
            page.get_by_label("Admin token").fill(token)
            page.keyboard.press("Enter")
        yield page
        assert page.locator("svg, img, #pwn, [onload], [onerror], body script").count() == 0
        assert page.evaluate("[window.pwned, window.violations]") == [0, []]


def says(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible(timeout=PATIENCE_MS)


def rows(page: Page, table: str) -> Locator:
    return page.get_by_role("table", name=table).locator("tbody").get_by_role("row")


def number_in(target: Locator) -> int:
    return int(target.inner_text().replace(",", ""))


def confirm(page: Page, title: str, yes: str) -> None:
    dialog = page.get_by_role("dialog", name=title)
    dialog.get_by_role("button", name=yes).click()
    expect(dialog).to_have_count(0)


def test_it_moves(server: Served, chromium_path: Path) -> None:
    with dashboard(chromium_path, server) as page:
        says(page, "Live")
        tick = rows(page, "Rooms").first.get_by_role("cell").nth(7)
        out = page.get_by_role("figure", name="Bytes").get_by_role("listitem").first
        expect(rows(page, "Sessions")).to_have_count(4, timeout=PATIENCE_MS)
        expect(out).to_contain_text("KiB/s", timeout=PATIENCE_MS)
        was, said = number_in(tick), {out.inner_text()}
        for _ in range(8):
            page.wait_for_timeout(250)
            said.add(out.inner_text())
        assert number_in(tick) > was
        assert len(said) > 1, "bytes are never the same twice"
        drawn = page.locator(".uplot canvas").first
        first = drawn.evaluate("canvas => canvas.toDataURL()")
        page.wait_for_timeout(1200)
        assert drawn.evaluate("canvas => canvas.toDataURL()") != first


def test_names_are_text(server: Served, chromium_path: Path) -> None:
    with dashboard(chromium_path, server) as page:
        expect(rows(page, "Rooms").first.get_by_role("cell").first).to_have_text(ROOM, timeout=PATIENCE_MS)
        mine = rows(page, "Sessions").first.get_by_role("cell")
        expect(mine.nth(0)).to_have_text(NAME)
        expect(mine.nth(1)).to_have_text(ROOM)
        page.get_by_role("button", name=f"Ban {NAME}").click()
        expect(page.get_by_role("dialog", name=f"Ban {NAME}?")).to_be_visible()
        page.keyboard.press("Escape")
        page.get_by_label("Find sessions").fill("svg")
        expect(rows(page, "Sessions")).to_have_count(1, timeout=PATIENCE_MS)
        page.get_by_label("Find sessions").fill("nobody")
        expect(page.get_by_text("Nobody like that is here.")).to_be_visible(timeout=PATIENCE_MS)


def test_what_people_report_is_listed_as_text_and_dismissed(server: Served, chromium_path: Path) -> None:
    name = "Eve <b>x</b>"
    with (
        player(server, name) as eve,
        player(server, "Ann") as ann,
        dashboard(chromium_path, server) as page,
    ):
        says(page, "Live")
        expect(page.get_by_text("Nobody has complained.")).to_be_visible(timeout=PATIENCE_MS)
        chat(eve, SENTENCE)
        hears(ann, SENTENCE)
        chat(ann, f"/report {name} {SENTENCE}")
        report = rows(page, "Reports").first.get_by_role("cell")
        expect(report.nth(0)).to_have_text(name, timeout=PATIENCE_MS)
        expect(report.nth(2)).to_have_text("Ann")
        expect(report.nth(5)).to_have_text(SENTENCE)
        expect(report.nth(6)).to_have_text(f"{name}: {SENTENCE}")
        assert page.locator("table b").count() == 0
        page.get_by_role("button", name=f"Dismiss the report about {name}").click()
        says(page, "Dismissed the report")
        expect(page.get_by_text("Nobody has complained.")).to_be_visible()


def test_an_admin_kicks_a_bot_mutes_somebody_and_closes_a_room(server: Served, chromium_path: Path) -> None:
    with dashboard(chromium_path, server, size=PHONE) as page:
        bot = rows(page, "Sessions").filter(has_text="bot2")
        bot.get_by_role("button", name="Kick bot2").click()
        confirm(page, "Kick bot2?", "Kick")
        says(page, "Kicked 1.")
        expect(bot).to_have_count(0, timeout=PATIENCE_MS)

        page.get_by_role("button", name=f"Mute {NAME}").click()
        page.get_by_label("Reason").fill("language")
        confirm(page, f"Mute {NAME}?", "Mute")
        says(page, f"Muted address:127.0.0.1 {NAME} for 3600 s: 1 who are here.")
        expect(rows(page, "Bans and mutes").filter(has_text="language")).to_have_count(1)
        expect(page.get_by_role("button", name=f"Unmute {NAME}")).to_be_visible(timeout=PATIENCE_MS)
        page.get_by_role("button", name="Lift the mute of address:127.0.0.1").click()
        says(page, "is mute no more.")
        expect(page.get_by_text("Nobody is banned or mute.")).to_be_visible()

        tick = rows(page, "Rooms").first.get_by_role("cell").nth(7)
        was = number_in(tick)
        page.get_by_role("button", name=f"Close the room {ROOM}").click()
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        page.get_by_role("button", name=f"Close the room {ROOM}").click()
        confirm(page, f"Close {ROOM}?", "Close the room")
        says(page, f"Closed the room {ROOM}; a fresh one is open in its place.")
        page.wait_for_function(
            "was => Number(document.querySelector('#rooms td:nth-child(8)').textContent.replace(',', '')) < was",
            arg=was,
        )


def test_whose_token_runs_out_meanwhile_is_signed_out_by_the_order_that_is_refused(
    server: Served, chromium_path: Path
) -> None:
    with dashboard(chromium_path, server) as page:
        refused = json.dumps({"error": "the token has expired"})
        page.route(
            "**/api/admin/kick", lambda route: route.fulfill(status=401, content_type="application/json", body=refused)
        )
        page.get_by_role("button", name="Kick bot1").click(timeout=PATIENCE_MS)
        confirm(page, "Kick bot1?", "Kick")
        expect(page.get_by_role("alert")).to_have_text("The token has expired. Nothing was done.")
        expect(page.get_by_label("Admin token")).to_be_focused()
        assert page.evaluate("sessionStorage.length") == 0


def test_without_the_role_nobody_gets_in(server: Served, chromium_path: Path) -> None:
    with dashboard(chromium_path, server, PLAYER) as page:
        expect(page.get_by_role("alert")).to_contain_text("the role player may not see them", timeout=PATIENCE_MS)
        expect(page.get_by_label("Admin token")).to_be_focused()
        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_the_keyboard_leads_on_from_the_question_for_a_token(server: Served, chromium_path: Path) -> None:
    with dashboard(chromium_path, server, token=None) as page:
        page.goto(f"{server.page_url}dashboard")
        field, button = page.get_by_label("Admin token"), page.get_by_role("button", name="Sign in")
        expect(field).to_be_focused()
        page.keyboard.press("Tab")
        expect(button).to_be_focused()
        page.wait_for_timeout(3 * LOOK_AGAIN_MS)
        expect(button).to_be_focused()


def test_the_token_is_this_tabs_until_one_signs_out(server: Served, chromium_path: Path) -> None:
    with dashboard(chromium_path, server, token=None) as page:
        page.goto(f"{server.page_url}dashboard#token={ADMIN}")
        says(page, "Live")
        assert page.evaluate("[location.hash, localStorage.length, sessionStorage.length]") == ["", 0, 1]
        page.reload()
        says(page, "Live")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Admin token")).to_be_focused()
        assert page.evaluate("sessionStorage.length") == 0


def test_a_link_with_a_token_is_taken_by_a_page_that_is_open(server: Served, chromium_path: Path) -> None:
    with dashboard(chromium_path, server, token=None) as page:
        expect(page.get_by_label("Admin token")).to_be_focused()
        with page.expect_event("load"):
            page.evaluate("(token) => void setTimeout(() => (location.hash = `token=${token}`))", ADMIN)
        says(page, "Live")
        assert page.evaluate("[location.hash, sessionStorage.length]") == ["", 1]
        page.evaluate("location.hash = 'rooms'")
        says(page, "Live")


def test_another_sites_page_opens_no_socket_even_one_that_may_play(chromium_path: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(SECRET)
    with (
        other_site(tmp_path) as origin,
        served("--seed", "3", "--origins", origin, "--jwt-secret", str(tmp_path / "secret")) as server,
    ):
        stats_url = server.play_url.replace("/play", "/stats")
        with opened(chromium_path, origin, WIDE) as page:
            assert page.evaluate(TRY_SOCKET, [server.play_url, SUBPROTOCOL_JSON]) == "open"
            assert page.evaluate(TRY_SOCKET, [stats_url, SUBPROTOCOL_STATS]) == "closed 1006"
        with dashboard(chromium_path, server) as page:
            says(page, "Live")
            server.stop()
            says(page, "Not connected: the server")
            expect(page.get_by_text("next attempt in")).to_be_visible()
