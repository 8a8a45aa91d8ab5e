"""One port for everything: each connection is answered on its own, and none can hurt another."""

import ssl
from contextlib import suppress

import pytest
import trio
import trio.testing
import trustme
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from trio_websocket import connect_websocket_url

from protocol.codec import CODECS
from protocol.limits import HANDSHAKE_DEADLINE_S, SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.messages import Hello, Welcome
from protocol.stats import SUBPROTOCOL_STATS
from server.net.forwarded import Proxies
from server.net.front_door import FrontDoor
from server.net.http import HttpServer
from server.net.quota import Quota
from server.net.turns import Turns
from tests.instruments.stepper import Stepper
from tests.server.net.wires import until, upgrade

PAGE = b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n"


async def page(request: Request) -> Response:
    return PlainTextResponse("a page")


class Served:
    """A front door on a loopback port, open while its nursery is."""

    def __init__(
        self,
        tls: ssl.SSLContext | None = None,
        connections_max: int = 10,
        proxies: Proxies | None = None,
        connections_per_address_max: int = 0,
    ) -> None:
        self.lobby = Stepper(seed=1).lobby
        pages = HttpServer(Starlette(routes=[Route("/page", page)]))
        self.door = FrontDoor(
            self.lobby,
            pages,
            ["http://friend.example"],
            connections_max,
            tls,
            proxies=proxies,
            connections_per_address_max=connections_per_address_max,
        )
        self.port = 0

    async def open(self, nursery: trio.Nursery) -> None:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        await nursery.start(trio.serve_listeners, self.door.welcome, listeners)
        self.port = listeners[0].socket.getsockname()[1]

    async def connect(self) -> trio.SocketStream:
        return await trio.open_tcp_stream("127.0.0.1", self.port)

    async def ask(self, wire: bytes) -> bytes:
        """All that is answered to `wire`."""
        answer = b""
        async with await self.connect() as stream:
            await stream.send_all(wire)
            while more := await stream.receive_some(4096):
                answer += more
        return answer

    async def until_empty(self) -> None:
        """Fails when a connection stays counted."""
        await until(lambda: not self.door.connections)


@pytest.fixture
async def served(nursery: trio.Nursery) -> Served:
    server = Served()
    await server.open(nursery)
    return server


async def play(nursery: trio.Nursery, url: str, subprotocol: str, tls: ssl.SSLContext | None = None) -> Welcome:
    """Join with the library's own client, and leave."""
    codec = CODECS[subprotocol]
    connection = await connect_websocket_url(nursery, url, ssl_context=tls, subprotocols=[subprotocol])
    hello = codec.encode(Hello(1, "Ann"))
    await connection.send_message(hello.decode() if codec.is_text else hello)
    welcome = codec.decode_server(await connection.get_message())
    await connection.aclose()
    assert isinstance(welcome, Welcome)
    return welcome


@pytest.mark.parametrize("subprotocol", [SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON])
async def test_players_and_pages_come_through_one_port(served: Served, nursery: trio.Nursery, subprotocol: str) -> None:
    welcome = await play(nursery, f"ws://127.0.0.1:{served.port}/play", subprotocol)
    assert welcome.room == "main"
    answer = await served.ask(PAGE)
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"a page")


async def test_no_other_protocol_is_spoken_than_was_asked_of_us(served: Served) -> None:
    to_http2 = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
    answer = await served.ask(b"GET /page HTTP/1.1\r\nHost: a\r\n" + to_http2 + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"a page")


async def test_a_page_may_be_asked_for_by_its_whole_address(served: Served) -> None:
    answer = await served.ask(b"GET http://127.0.0.1:%d/page HTTP/1.1\r\nHost: b\r\n\r\n" % served.port)
    assert answer.endswith(b"a page")


def tls_with(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    return context


async def test_both_come_encrypted_too(nursery: trio.Nursery) -> None:
    authority = trustme.CA()
    server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(server_tls)
    client_tls = ssl.create_default_context()
    authority.configure_trust(client_tls)
    served = Served(server_tls)
    await served.open(nursery)
    welcome = await play(nursery, f"wss://localhost:{served.port}/play", SUBPROTOCOL_MSGPACK, client_tls)
    assert welcome.room == "main"
    stream = trio.SSLStream(await served.connect(), client_tls, server_hostname="localhost", https_compatible=True)
    await stream.send_all(PAGE)
    assert (await stream.receive_some(4096)).startswith(b"HTTP/1.1 200")
    await stream.aclose()
    assert await served.ask(PAGE) == b""


async def test_a_new_certificate_is_for_those_who_come_and_drops_nobody(nursery: trio.Nursery) -> None:
    authority, client_tls = trustme.CA(), ssl.create_default_context()
    authority.configure_trust(client_tls)
    served = Served(tls_with(authority))
    await served.open(nursery)
    url = f"wss://localhost:{served.port}/play"
    playing = await connect_websocket_url(nursery, url, ssl_context=client_tls, subprotocols=[SUBPROTOCOL_JSON])
    other = trustme.CA()
    served.door.tls = tls_with(other)
    await playing.send_message(CODECS[SUBPROTOCOL_JSON].encode(Hello(1, "Ann")).decode())
    assert '"welcome"' in await playing.get_message()
    other.configure_trust(client_tls)
    await play(nursery, url, SUBPROTOCOL_MSGPACK, client_tls)
    await playing.aclose()


async def test_a_trusted_proxy_says_who_is_calling(nursery: trio.Nursery) -> None:
    served = Served(proxies=Proxies(["127.0.0.1"]))
    await served.open(nursery)
    said = {"x_forwarded_for": "9.9.9.9, 203.0.113.9", "x_forwarded_host": "friendly", "x_forwarded_proto": "https"}
    async with await served.connect() as stream:
        await stream.send_all(upgrade(host="inside", origin="https://friendly", **said))
        assert (await stream.receive_some(4096)).startswith(b"HTTP/1.1 101")
        await until(lambda: bool(served.lobby.sessions))
        assert [session.link.address for session in served.lobby.sessions] == ["203.0.113.9"]
    assert b" 403 " in await served.ask(upgrade(host="inside", origin="http://friendly", **said))


@pytest.mark.parametrize(
    ("wire", "status"),
    [
        (b"garbage\r\n\r\n", b"400 Bad Request"),
        (b"GET /play HTTP/1.1\r\nHost: a\r\n\r\n", b"426 Upgrade Required"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 20_000, b"431 Request Header Fields Too Large"),
        (upgrade(path="/other"), b"404 Not Found"),
        (upgrade("chess.v1"), b"400 Bad Request"),
        (upgrade(origin="http://evil.example"), b"403 Forbidden"),
    ],
)
async def test_a_refusal_is_well_formed_http(served: Served, wire: bytes, status: bytes) -> None:
    head, _, body = (await served.ask(wire)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 " + status + b"\r\n")
    assert f"Content-Length: {len(body)}\r\n".encode() in head


async def test_a_refusal_of_a_head_has_no_body(served: Served) -> None:
    answer = await served.ask(b"HEAD /play HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 426")
    assert answer.endswith(b"\r\n\r\n")


async def test_a_friends_page_may_play(served: Served) -> None:
    async with await served.connect() as stream:
        await stream.send_all(upgrade(origin="http://friend.example"))
        assert (await stream.receive_some(4096)).startswith(b"HTTP/1.1 101")


async def test_whoever_says_nothing_is_sent_away(served: Served, autojump_clock: trio.testing.MockClock) -> None:
    started_s = trio.current_time()
    async with await served.connect() as stream:
        assert await stream.receive_some(1) == b""
    assert trio.current_time() - started_s == pytest.approx(HANDSHAKE_DEADLINE_S, abs=0.1)


async def test_one_too_many_is_told_so(nursery: trio.Nursery) -> None:
    served = Served(connections_max=1)
    await served.open(nursery)
    async with await served.connect() as first:
        await first.send_all(upgrade())
        await first.receive_some(4096)
        assert (await served.ask(PAGE)).startswith(b"HTTP/1.1 503")
        assert served.door.conversations == 1
    await served.until_empty()
    assert (await served.ask(PAGE)).startswith(b"HTTP/1.1 200")


async def test_one_too_many_from_an_address_is_told_so(nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = iter(["203.0.113.5", "203.0.113.5", "203.0.113.6"])
    monkeypatch.setattr("server.net.front_door.address_of", lambda stream: (next(hosts), "somebody"))
    served = Served(connections_per_address_max=1)
    await served.open(nursery)
    async with await served.connect() as first:
        await first.send_all(upgrade())
        await first.receive_some(4096)
        assert (await served.ask(PAGE)).startswith(b"HTTP/1.1 429")
        assert (await served.ask(PAGE)).startswith(b"HTTP/1.1 200")
    assert served.lobby.statistics().turned_away == 1
    await served.until_empty()


async def test_a_trusted_proxy_stands_for_many(nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.net.front_door.address_of", lambda stream: ("203.0.113.5", "203.0.113.5:1"))
    served = Served(proxies=Proxies(["203.0.113.0/24"]), connections_per_address_max=1)
    await served.open(nursery)
    async with await served.connect() as first:
        await first.send_all(upgrade())
        await first.receive_some(4096)
        assert (await served.ask(PAGE)).startswith(b"HTTP/1.1 200")


async def test_a_crowd_is_hung_up_on(nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.net.capacity.UNINVITED_MAX", 0)
    served = Served(connections_max=1)
    await served.open(nursery)
    async with await served.connect() as first:
        await first.send_all(upgrade())
        await first.receive_some(4096)
        async with await served.connect() as second:
            assert await second.receive_some(1) == b""
    await served.until_empty()


async def test_answers_take_turns_and_a_turn_that_is_far_off_is_said(served: Served) -> None:
    served.door._pages = Turns(30.0, wait_s_max=0.0)
    assert (await served.ask(PAGE)).startswith(b"HTTP/1.1 200")
    busy = await served.ask(PAGE)
    assert busy.startswith(b"HTTP/1.1 503")
    assert b"too many ask at once" in busy
    assert (await served.ask(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")).startswith(b"HTTP/1.1 404"), "has its own"
    async with await served.connect() as stream:
        await stream.send_all(upgrade())
        assert (await stream.receive_some(4096)).startswith(b"HTTP/1.1 101"), "and so do players"
    assert served.lobby.statistics().turned_away == 1


async def test_only_connections_that_got_old_leave_old_garbage(served: Served) -> None:
    await served.ask(PAGE)
    await served.until_empty()
    assert served.door.parted == 0
    async with await served.connect() as stream:
        await stream.send_all(upgrade())
        await stream.receive_some(4096)
        served.door.age += 1
    await served.until_empty()
    assert served.door.parted == 1


async def test_who_would_be_heard_much_later_is_hung_up_on(served: Served) -> None:
    served.door._hear = Turns(30.0, wait_s_max=0.0)
    assert (await served.ask(PAGE)).startswith(b"HTTP/1.1 200")
    with suppress(trio.BrokenResourceError):  # a reset, where the request had come by then
        assert await served.ask(PAGE) == b""
    await served.until_empty()


async def test_who_joins_waits_for_a_turn(served: Served, autojump_clock: trio.testing.MockClock) -> None:
    served.door._play = Turns(2.0)
    began_s = trio.current_time()
    for _ in range(3):
        async with await served.connect() as stream:
            await stream.send_all(upgrade())
            assert (await stream.receive_some(4096)).startswith(b"HTTP/1.1 101")
    assert 4.0 <= trio.current_time() - began_s < 6.0


async def test_whoever_asks_too_often_is_not_answered_for_a_while(nursery: trio.Nursery) -> None:
    """An address, as a trusted proxy tells it; who else comes through the proxy is, and a proxy that tells nobody's."""
    served = Served(proxies=Proxies(["127.0.0.1", "198.18.0.0/15"]))
    await served.open(nursery)
    served.door._quota = Quota(most=2)

    async def ask(address: str) -> bytes:
        return await served.ask(PAGE.replace(b"\r\n\r\n", f"\r\nX-Forwarded-For: {address}\r\n\r\n".encode()))

    answers = [await ask(address) for address in ("203.0.113.5",) * 3 + ("203.0.113.6", "127.0.0.1")]
    assert [answer[9:12] for answer in answers] == [b"200", b"200", b"429", b"200", b"200"]
    for _ in range(3):
        assert (await ask("198.18.0.1"))[9:12] == b"200"


async def test_a_mistake_of_ours_ends_one_connection_only(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("nobody thought of this")

    with monkeypatch.context() as patch:
        patch.setattr("server.net.front_door.converse", fail)
        assert await served.ask(upgrade()) == b""
    assert (await served.ask(PAGE)).startswith(b"HTTP/1.1 200")
    await served.until_empty()


async def test_where_nobody_is_to_be_met_it_says_so(served: Served) -> None:
    answer = await served.ask(upgrade(SUBPROTOCOL_STATS, path="/stats"))
    assert answer.startswith(b"HTTP/1.1 404")
    assert b"nobody is at /stats here" in answer
    assert served.door.conversations == 0
