"""What is served over HTTP, with which headers."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import trio
from starlette.types import Message

from server.cluster.reach import Reach
from server.moderation import Moderation
from server.net.api import Api
from server.net.forwarded import Caller
from server.net.web import (
    ASK_FIRST,
    FOREVER,
    NEVER,
    SECURITY_HEADERS,
    TLS_ONLY,
    Sources,
    build,
    security_headers,
)
from server.replay.archive import Archive
from server.standings.service import Standings
from tests.instruments.served import ROOT
from tests.instruments.stepper import Stepper


class Answer:
    """A response: what came out of the ASGI app for one GET."""

    def __init__(self, messages: list[Message]) -> None:
        start, *bodies = messages
        self.status: int = start["status"]
        self.headers = {name.decode(): value.decode() for name, value in start["headers"]}
        self.body = b"".join(body.get("body", b"") for body in bodies)


class Site:
    """The app over two folders of files."""

    def __init__(self, folder: Path, replays: Archive | None = None) -> None:
        self.is_ready = True
        self.client, maps = folder / "dist", folder / "maps"
        maps.mkdir(exist_ok=True)
        (maps / "pinball.json").write_text("{}")
        (folder / "secret").write_text("not for you")
        stepper = Stepper()
        moderation = Moderation(stepper.lobby, stepper.lobby.close_room, lambda: None)
        api = Api(lambda: [{"name": "pinball"}], Reach(moderation), stepper.lobby.gate)
        metrics = (b"m 1\n", "text/plain")
        sources = Sources(self.client, maps, lambda: self.is_ready, api, lambda: metrics, Standings(), replays)
        self.app = build(sources)

    def build_client(self) -> None:
        (self.client / "assets").mkdir(parents=True)
        (self.client / "index.html").write_text("<title>the game</title>")
        (self.client / "assets" / "main-abc123.js").write_text("play()")

    async def get(
        self, path: str, caller: Caller | None = None, query: str = "", headers: Mapping[str, str] | None = None
    ) -> Answer:
        messages: list[Message] = []

        async def receive() -> Message:
            await trio.sleep_forever()
            raise AssertionError("unreachable")

        async def send(message: Message) -> None:
            messages.append(message)

        scope: dict[str, Any] = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
            "state": {"caller": caller} if caller else {},
        }
        await self.app(scope, receive, send)
        return Answer(messages)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


async def test_before_the_client_is_built_the_page_says_what_to_run(site: Site) -> None:
    answer = await site.get("/")
    assert answer.status == 503
    assert b"make client" in answer.body


async def test_a_client_built_later_is_served(site: Site) -> None:
    await site.get("/")
    site.build_client()
    answer = await site.get("/")
    assert (answer.status, answer.body) == (200, b"<title>the game</title>")
    assert answer.headers["cache-control"] == ASK_FIRST


async def test_parts_with_a_hash_in_their_name_are_kept_for_ever(site: Site) -> None:
    site.build_client()
    answer = await site.get("/assets/main-abc123.js")
    assert (answer.status, answer.headers["cache-control"]) == (200, FOREVER)
    missing = await site.get("/assets/main-old.js")
    assert (missing.status, missing.headers["cache-control"]) == (404, NEVER)


async def test_maps_are_served_and_nothing_beside_them(site: Site) -> None:
    answer = await site.get("/maps/pinball.json")
    assert (answer.status, answer.body, answer.headers["cache-control"]) == (200, b"{}", ASK_FIRST)
    assert (await site.get("/maps/../secret")).status == 404


async def test_it_is_ready_when_it_says_so(site: Site) -> None:
    assert (await site.get("/readyz")).status == 200
    site.is_ready = False
    assert (await site.get("/readyz")).status == 503
    assert (await site.get("/healthz")).status == 200


async def test_rooms_and_metrics_come_from_their_sources(site: Site) -> None:
    assert (await site.get("/api/rooms")).body == b'[{"name":"pinball"}]'
    metrics = await site.get("/metrics")
    assert (metrics.body, metrics.headers["content-type"]) == (b"m 1\n", "text/plain")


@pytest.mark.parametrize("path", ["/", "/healthz", "/nowhere", "/maps/pinball.json"])
async def test_every_answer_has_the_security_headers(site: Site, path: str) -> None:
    site.build_client()
    headers = (await site.get(path)).headers
    assert {name: headers[name.lower()] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "'unsafe-inline'" not in headers["content-security-policy"]
    assert "unsafe-eval'" not in headers["content-security-policy"].replace("'wasm-unsafe-eval'", "")


async def test_who_comes_encrypted_is_told_to_stay_so(site: Site) -> None:
    encrypted = await site.get("/healthz", Caller("1.2.3.4", "a", is_secure=True))
    assert encrypted.headers["strict-transport-security"] == TLS_ONLY
    plain = await site.get("/healthz", Caller("1.2.3.4", "a", is_secure=False))
    assert "strict-transport-security" not in plain.headers


async def test_pages_of_their_own(site: Site) -> None:
    assert (await site.get("/dashboard")).status == 503, "not built yet"
    site.build_client()
    assert (await site.get("/dashboard")).status == 404
    (site.client / "dashboard.html").write_text("<title>the server</title>")
    answer = await site.get("/dashboard")
    assert (answer.status, answer.body) == (200, b"<title>the server</title>")
    assert answer.headers["cache-control"] == "no-cache"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert (await site.get("/index")).status == 404, "nothing else is a page"


def test_the_page_may_open_sockets_to_the_other_processes_of_its_game() -> None:
    policy = "Content-Security-Policy"
    assert security_headers() == SECURITY_HEADERS
    headers = security_headers(["https://b.example", "http://c.example:81"])
    assert "connect-src 'self' wss://b.example ws://c.example:81; " in headers[policy]
    assert "connect-src 'self' ws: wss:; " in security_headers(["*"])[policy]


FIRST_FILE = """
import sys
from pathlib import Path

import trio
from server.net.web import _Files, prepare

async def ask() -> None:
    await prepare()
    loaded, sent = set(sys.modules), []
    scope = {"type": "http", "asgi": {"spec_version": "2.4"}, "method": "GET", "headers": []}
    response = await _Files(Path("assets/maps")).get_response("pinball.json", scope)

    async def send(message):
        sent.append(message)

    await response(scope, trio.sleep_forever, send)
    assert sent[0]["status"] == 200, sent
    print(*set(sys.modules) - loaded)

trio.run(ask)
"""


def test_the_first_file_that_is_asked_for_loads_nothing_any_more() -> None:
    told = subprocess.run([sys.executable, "-c", FIRST_FILE], cwd=ROOT, check=True, capture_output=True, text=True)
    assert told.stdout.split() == []
