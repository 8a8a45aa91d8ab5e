"""The engine in a real Chromium: the golden scenes to the last bit, under the headers of the game's own page."""

import subprocess
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from bench.contestants.node_runtime import node
from server.net.web import SECURITY_HEADERS
from tests.browser.page import opened

pytestmark = pytest.mark.browser
CLIENT = Path(__file__).parents[2] / "assets" / "client"


class Headed(SimpleHTTPRequestHandler):
    """Serves a folder as the server does."""

    def end_headers(self) -> None:
        for name, value in SECURITY_HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def vectors_url(tmp_path: Path) -> Iterator[str]:
    """Where the page of the golden scenes is, built as the game's page is."""
    program = node()
    assert program, "make installs a Node"
    vite = [program, "../node_modules/vite/bin/vite.js", "build", "--mode", "vectors"]
    subprocess.run([*vite, "--outDir", str(tmp_path), "--logLevel", "error"], cwd=CLIENT, check=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Headed, directory=str(tmp_path))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/vectors.html"
        server.shutdown()
        thread.join()


def test_golden_scenes_hold_in_chromium_to_the_last_bit(vectors_url: str, chromium_path: Path) -> None:
    with opened(chromium_path, vectors_url) as page:
        verdict = page.locator("#verdict[data-done]")
        verdict.wait_for()
        assert verdict.inner_text() == "10 scenes, every bit the server's"
