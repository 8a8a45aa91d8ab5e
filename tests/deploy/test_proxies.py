"""The examples in `deploy/`, run: a game is played through nginx and through Caddy, and everybody is who they are."""

import json
import ssl
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import trustme
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from protocol.limits import SUBPROTOCOL_JSON
from server.roles import Role
from server.tokens import secret_key, sign
from tests.instruments.proxies import caddy, nginx
from tests.instruments.served import Served, served

CALLER = "127.0.0.2"
"""Where the client calls from. The server trusts 127.0.0.1, where the proxy calls from."""
TRIES = 3
SECRET = b"a secret of thirty-two bytes at least"
ADMIN = sign(secret_key(SECRET), {"sub": "root", "role": Role.ADMIN.value, "exp": 4_000_000_000})
Proxy = Callable[[int, trustme.LeafCert, Path], AbstractContextManager[int]]


class Site:
    """A server behind a proxy, as a client sees it."""

    def __init__(self, server: Served, port: int, trust: ssl.SSLContext) -> None:
        self.server, self.port, self.trust = server, port, trust

    @property
    def origin(self) -> str:
        return f"https://localhost:{self.port}"

    def get(self, path: str, **headers: str) -> tuple[Any, bytes]:
        """(headers, body)."""
        request = urllib.request.Request(f"{self.origin}{path}", headers=headers)
        with urllib.request.urlopen(request, context=self.trust, timeout=60) as answer:
            return answer.headers, answer.read()

    def connect(self, origin: str, path: str = "/play", **headers: str) -> ClientConnection:
        """A WebSocket, from CALLER.

        The client reads and writes in two threads, which Python's TLS bears only since 3.13: before, it sometimes fails
        in its own handshake with an "internal error", or never ends it, and then another one is tried. Whatever the
        server does wrong, it does again.
        """
        for _ in range(TRIES - 1):
            try:
                return self._connect(origin, path, headers)
            except (ConnectionClosedError, TimeoutError):
                continue
        return self._connect(origin, path, headers)

    def _connect(self, origin: str, path: str, headers: dict[str, str]) -> ClientConnection:
        return connect(
            f"wss://localhost:{self.port}{path}",
            ssl=self.trust,
            subprotocols=[Subprotocol(SUBPROTOCOL_JSON)],
            origin=Origin(origin),
            additional_headers=headers,
            compression=None,
            max_size=None,
            max_queue=None,
            open_timeout=20,
            source_address=(CALLER, 0),
        )


@pytest.fixture(scope="module", params=[nginx, caddy], ids=["nginx", "caddy"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    proxy: Proxy = request.param
    folder, authority, trust = tmp_path_factory.mktemp("proxy"), trustme.CA(), ssl.create_default_context()
    authority.configure_trust(trust)
    (folder / "secret").write_bytes(SECRET)
    with (
        served("--trusted-proxies", "127.0.0.1", "--jwt-secret", str(folder / "secret"), "--seed", "1") as server,
        proxy(server.port, authority.issue_cert("localhost"), folder) as port,
    ):
        yield Site(server, port, trust)


def hear(socket: ClientConnection, kind: str) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(socket.recv(timeout=60))
        if message["type"] == kind:
            return message


def test_a_game_is_played_through_it_and_the_caller_is_known(site: Site) -> None:
    """And what a client says of itself in the proxy's words is not believed."""
    lies = {"X-Forwarded-For": "9.9.9.9", "Forwarded": "for=8.8.8.8", "X-Real-IP": "7.7.7.7"}
    with site.connect(site.origin, **lies) as socket:
        socket.send(json.dumps({"type": "hello", "version": 1, "name": "Ada"}))
        assert hear(socket, "welcome")["player"] >= 1
        ticks = [hear(socket, "snapshot")["tick"] for _ in range(10)]
        assert ticks == sorted(set(ticks))
        socket.send(json.dumps({"type": "chat", "text": "through"}))
        assert hear(socket, "chat")["text"] == "through"
        _, players = site.get("/api/admin/players", Authorization=f"Bearer {ADMIN}")
        assert [line["known_as"] for line in json.loads(players) if line["name"] == "Ada"] == [f"address:{CALLER}"]
        socket.send(json.dumps({"type": "leave"}))
        assert hear(socket, "bye")["code"] == 1000


def test_the_page_is_its_own_origin_and_nobody_else_is(site: Site) -> None:
    for origin in (
        "https://evil.example",
        site.origin.replace("https", "http"),
        f"https://localhost:{site.server.port}",
    ):
        with pytest.raises(InvalidStatus) as refused:
            site.connect(origin)
        assert refused.value.response.status_code == 403


def test_pages_come_through_it_and_are_told_to_stay_encrypted(site: Site) -> None:
    headers, body = site.get("/healthz")
    assert body == b"ok\n"
    assert headers["Strict-Transport-Security"]
    assert headers["Content-Security-Policy"]


def test_each_of_many_processes_is_found_by_its_path(site: Site) -> None:
    """The server knows nothing of that path: it would answer that nobody is there."""
    for number in (1, 2):
        with site.connect(site.origin, f"/{number}/play") as socket:
            socket.send(json.dumps({"type": "hello", "version": 1, "name": "Bob"}))
            assert hear(socket, "welcome")["player"] >= 1
            socket.send(json.dumps({"type": "leave"}))
    assert site.get("/2/healthz")[1] == b"ok\n"
    with pytest.raises(InvalidStatus):
        site.connect(site.origin, "/3/play")


def test_who_leaves_the_slash_out_is_led_to_the_same_process(site: Site) -> None:
    """The room that the address names is still in it."""
    for number in (1, 2):
        request = urllib.request.Request(f"{site.origin}/{number}?room=pinball")
        with urllib.request.urlopen(request, context=site.trust, timeout=60) as answer:
            assert answer.url == f"{site.origin}/{number}/?room=pinball"
            assert b"<title>Ricochet</title>" in answer.read()
