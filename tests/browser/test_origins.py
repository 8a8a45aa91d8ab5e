"""A page of another site, in a real Chromium, opens no socket here and reads nothing of the API, whoever visits it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from protocol.limits import SUBPROTOCOL_JSON
from tests.browser.page import DESKTOP, opened
from tests.instruments.served import served

pytestmark = pytest.mark.browser
TRY_SOCKET = """([url, subprotocol]) => new Promise(done => {
    const socket = new WebSocket(url, subprotocol);
    socket.onopen = () => done("open");
    socket.onclose = event => done(`closed ${event.code}`);
})"""
TRY_API = "url => fetch(url).then(answer => answer.text(), error => error.name)"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nobody wants to know."""


@contextmanager
def other_site(folder: Path) -> Iterator[str]:
    """A page of somebody else's, at a port of its own; its origin."""
    (folder / "index.html").write_text("<title>a page of somebody else's</title>")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as site:
        serving = threading.Thread(target=site.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{site.server_port}"
        finally:
            site.shutdown()
            serving.join()


def test_another_sites_page_neither_plays_nor_reads(chromium_path: Path, tmp_path: Path) -> None:
    with served("--seed", "3") as server, other_site(tmp_path) as origin:
        with opened(chromium_path, origin, DESKTOP) as page:
            assert page.evaluate(TRY_SOCKET, [server.play_url, SUBPROTOCOL_JSON]) == "closed 1006"
            assert page.evaluate(TRY_API, f"{server.page_url}api/rooms") == "TypeError"
        with opened(chromium_path, server.page_url, DESKTOP) as page:
            assert page.evaluate(TRY_SOCKET, [server.play_url, SUBPROTOCOL_JSON]) == "open"
            assert "pinball" in page.evaluate(TRY_API, f"{server.page_url}api/rooms")


def test_unless_the_operator_names_it(chromium_path: Path, tmp_path: Path) -> None:
    with (
        other_site(tmp_path) as origin,
        served("--seed", "3", "--origins", origin) as server,
        opened(chromium_path, origin, DESKTOP) as page,
    ):
        assert page.evaluate(TRY_SOCKET, [server.play_url, SUBPROTOCOL_JSON]) == "open"
        assert "pinball" in page.evaluate(TRY_API, f"{server.page_url}api/rooms")
