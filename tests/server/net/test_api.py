"""The HTTP API, over real sockets to a whole server: who may ask what, from where, and what is written down of it."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trio
from structlog.testing import LogCapture

from protocol.errors import Code
from protocol.messages import Bye, Chat, Hello, Welcome
from server.app import Server
from server.config import Config
from server.net.api import ORDER_BYTES_MAX
from server.net.request import SAID_CHARS_MAX
from server.takeover import listen
from tests.instruments.keys import SECRET, STRANGER, token
from tests.server.net.wires import MSGPACK, frame, hear_frame, until, upgrade

FAR_FUTURE = 4_000_000_000
CLOSE = 0x88
ADMIN = token(sub="root", role="admin", exp=FAR_FUTURE)
PLAYER = token(sub="ann", exp=FAR_FUTURE)


class Running:
    """A server with an operator's secret."""

    def __init__(self, server: Server, port: int) -> None:
        self.server, self.port = server, port

    async def ask(
        self, path: str, token: str | None = ADMIN, order: object = None, method: str = "", **headers: str
    ) -> tuple[int, Any, Mapping[str, str]]:
        """(status, JSON, headers) of a request: a POST when there is an `order`."""
        body = b"" if order is None else order if isinstance(order, bytes) else json.dumps(order).encode()
        named = {"Host": "game.example", "Content-Length": str(len(body)), "Content-Type": "application/json"}
        if token is not None:
            named["Authorization"] = f"Bearer {token}"
        named |= {name.replace("_", "-").title(): value for name, value in headers.items()}
        head = [
            f"{method or ('GET' if order is None else 'POST')} {path} HTTP/1.1",
            *(f"{n}: {v}" for n, v in named.items()),
            "",
            "",
        ]
        answer = b""
        async with await trio.open_tcp_stream("127.0.0.1", self.port) as stream:
            await stream.send_all("\r\n".join(head).encode() + body)
            while more := await stream.receive_some(65536):
                answer += more
        top, _, text = answer.partition(b"\r\n\r\n")
        lines = top.decode().split("\r\n")
        said = dict(line.lower().split(": ", 1) for line in lines[1:])
        return int(lines[0].split()[1]), json.loads(text), said

    async def play(self, name: str) -> "Playing":
        stream = await trio.open_tcp_stream("127.0.0.1", self.port)
        await stream.send_all(upgrade())
        held = bytearray()
        while b"\r\n\r\n" not in held:
            held += await stream.receive_some(4096)
        del held[: held.index(b"\r\n\r\n") + 4]
        await stream.send_all(frame(MSGPACK.encode(Hello(1, name))))
        playing = Playing(stream, held)
        said = await playing.hear()
        if isinstance(said, Bye):
            await stream.aclose()
            raise Refused(said.sentence)
        assert isinstance(said, Welcome)
        return playing


class Refused(Exception):
    """The server said bye in place of a welcome."""


class Playing:
    def __init__(self, stream: trio.SocketStream, held: bytearray) -> None:
        self.stream, self._held = stream, held

    async def hear(self) -> object:
        return MSGPACK.decode_server((await hear_frame(self.stream, self._held))[1])

    async def hear_bye(self) -> Bye:
        while not isinstance(said := await self.hear(), Bye):
            pass
        return said


async def start(nursery: trio.Nursery, config: Config) -> Running:
    server = Server(config)
    listeners = await listen(config)
    await nursery.start(server.serve, listeners)
    return Running(server, listeners[0].socket.getsockname()[1])


@pytest.fixture
async def running(nursery: trio.Nursery, tmp_path: Path) -> Running:
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET)
    return await start(nursery, Config(port=0, seed=1, jwt_secret=secret, origins=("https://friend.example",)))


def written(audit: LogCapture) -> list[dict[str, Any]]:
    return [dict(entry) for entry in audit.entries if str(entry["event"]).startswith("admin")]


async def test_an_admin_kicks_somebody_and_it_is_written_down(running: Running, audit: LogCapture) -> None:
    eve = await running.play("Eve")
    status, said, _ = await running.ask("/api/admin/kick", order={"room": "pinball", "player": 1, "reason": "spam"})
    assert (status, said) == (200, {"done": "kicked 1"})
    bye = await eve.hear_bye()
    assert (bye.code, bye.sentence) == (Code.KICKED, "kicked by an admin: spam")
    await eve.stream.aclose()
    (line,) = written(audit)
    assert (line["event"], line["action"], line["by"], line["done"]) == ("admin", "kick", "root", "kicked 1")
    assert line["address"].startswith("127.0.0.1:")
    assert (line["order"]["player"], line["order"]["reason"]) == (1, "spam")


async def test_a_ban_is_seen_lifted_and_works(running: Running) -> None:
    assert (await running.ask("/api/admin/ban", order={"address": "127.0.0.1", "seconds": 60}))[0] == 200
    status, said, _ = await running.ask("/api/admin/restrictions")
    assert (status, said[0]["known_as"]) == (200, "address:127.0.0.1")
    with pytest.raises(Refused, match="banned"):
        await running.play("Eve")
    assert (await running.ask("/api/admin/unban", order={"address": "127.0.0.1"}))[0] == 200
    ann = await running.play("Ann")
    status, said, _ = await running.ask("/api/admin/players")
    assert [(line["name"], line["connected"]) for line in said] == [("Ann", True)]
    await ann.stream.aclose()


async def test_what_people_report_is_listed_until_it_is_dismissed(running: Running) -> None:
    eve, ann = await running.play("Eve"), await running.play("Ann")
    await eve.stream.send_all(frame(MSGPACK.encode(Chat("rude"))))
    await until(lambda: bool(running.server.room.channels.everyone.lines))
    await ann.stream.send_all(frame(MSGPACK.encode(Chat("/report Eve rude words"))))
    await until(lambda: bool(running.server.lobby.talk.reports))
    status, said, _ = await running.ask("/api/admin/reports")
    assert (status, said[0]["name"], said[0]["reason"], said[0]["lines"][0]["text"]) == (
        200,
        "Eve",
        "rude words",
        "rude",
    )
    status, said, _ = await running.ask("/api/admin/dismiss", order={"report": said[0]["report"]})
    assert (status, said) == (200, {"done": "dismissed the report 1"})
    assert (await running.ask("/api/admin/reports"))[1] == []
    await eve.stream.aclose()
    await ann.stream.aclose()


async def test_a_room_is_closed_and_the_last_one_is_followed_by_a_fresh_one(running: Running) -> None:
    ann, was = await running.play("Ann"), running.server.room
    status, said, _ = await running.ask("/api/admin/close", order={"room": "pinball"})
    assert (status, said) == (200, {"done": "closed the room pinball; a fresh one is open in its place"})
    assert (await ann.hear_bye()).code == Code.ROOM_CLOSED
    await ann.stream.aclose()
    ticks, fresh = was.tick, running.server.lobby.rooms["pinball"]
    assert fresh is not was
    await until(lambda: fresh.tick > 2)
    assert was.tick == ticks
    assert running.server.is_ready
    bob = await running.play("Bob")
    assert [player.name for player in fresh.players.values()] == ["Bob"]
    await bob.stream.aclose()


async def test_what_could_not_be_written_down_is_said(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail() -> bool:
        return False

    monkeypatch.setattr(running.server, "_keeper", SimpleNamespace(settle=fail))
    for action, is_said in (("ban", True), ("unban", True), ("mute", True)):
        _, said, _ = await running.ask(f"/api/admin/{action}", order={"subject": "eve"})
        assert ("could not be written down" in said["done"]) == is_said


@pytest.mark.parametrize(
    ("presented", "status", "names"),
    [
        (None, 401, "needs a token"),
        ("rubbish", 401, "not valid"),
        (token(role="admin", exp=1), 401, "expired"),
        (token(STRANGER, "EdDSA", role="admin", exp=FAR_FUTURE), 401, "unknown"),
        (PLAYER, 403, "the role player may not"),
        (token(role="editor", exp=FAR_FUTURE), 403, "the role editor may not"),
    ],
)
async def test_nobody_else_may(
    running: Running, audit: LogCapture, presented: str | None, status: int, names: str
) -> None:
    eve = await running.play("Eve")
    for path, order in (("kick", {"room": "pinball", "player": 1}), ("drain", {}), ("players", None), ("nothing", {})):
        got, said, headers = await running.ask(f"/api/admin/{path}", presented, order)
        assert got == status
        assert names in said["error"]
        assert (status == 401) == (headers.get("www-authenticate") == "bearer")
    assert len(running.server.room.players) == 1
    assert [line["event"] for line in written(audit)] == ["admin refused"] * 4
    assert all(presented is None or presented not in str(line) for line in written(audit))
    await eve.stream.aclose()


async def test_draining_takes_an_order_or_none(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    drained = list[int]()
    monkeypatch.setattr(running.server.moderation, "drain", lambda: drained.append(1))
    for order in ({}, {"everywhere": True}, b""):
        status, said, _ = await running.ask("/api/admin/drain", order=order)
        assert (status, said) == (200, {"done": "draining"})
    assert len(drained) == 3
    status, said, _ = await running.ask("/api/admin/drain", order={"everywhere": "yes"})
    assert (status, "this is no order" in said["error"]) == (400, True)
    status, said, _ = await running.ask("/api/admin/drain", order={"process": "a1"})
    assert (status, said["error"]) == (409, "there is no other process")
    status, said, _ = await running.ask("/api/admin/drain", order=b'{"process": "a1"}' + b" " * ORDER_BYTES_MAX)
    assert (status, said) == (413, {"error": f"an order has at most {ORDER_BYTES_MAX} bytes"})
    assert len(drained) == 3


async def test_without_keys_there_are_no_admins(nursery: trio.Nursery) -> None:
    running = await start(nursery, Config(port=0, seed=1))
    status, said, _ = await running.ask("/api/admin/players")
    assert (status, "no admins" in said["error"]) == (404, True)


@pytest.mark.parametrize(
    ("action", "order", "headers", "status", "names"),
    [
        ("fly", {}, {}, 404, "fly"),
        ("kick", b"rubbish", {}, 400, "no order"),
        ("kick", b'{"\x80": 1}', {}, 400, "no order"),
        ("kick", [], {}, 400, "no order"),
        ("kick", {"player": -1}, {}, 400, "player"),
        ("kick", {"palyer": 1}, {}, 400, "palyer"),
        ("kick", {"subject": "a", "reason": "a\nb"}, {}, 400, "printable"),
        ("ban", {"subject": "a", "seconds": 1e300}, {}, 400, "seconds"),
        ("ban", {"subject": "a", "seconds": 0}, {}, 400, "seconds"),
        ("kick", {"subject": "nobody"}, {}, 409, "nobody"),
        ("kick", {"subject": "nobody"}, {"content_type": "text/plain"}, 415, "JSON"),
        ("kick", b" " * (ORDER_BYTES_MAX + 1), {}, 413, str(ORDER_BYTES_MAX)),
    ],
)
async def test_each_wrong_order_has_its_sentence(
    running: Running, action: str, order: object, headers: dict[str, str], status: int, names: str
) -> None:
    got, said, _ = await running.ask(f"/api/admin/{action}", order=order, **headers)
    assert got == status
    assert names in said["error"]


@pytest.mark.parametrize(
    ("origin", "rooms", "admin"),
    [
        ("http://game.example", 200, 200),
        ("https://friend.example", 200, 403),
        ("https://evil.example", 403, 403),
        ("null", 403, 403),
    ],
)
async def test_pages_of_other_sites_may_not(running: Running, origin: str, rooms: int, admin: int) -> None:
    status, _, headers = await running.ask("/api/rooms", token=None, origin=origin)
    assert status == rooms
    assert rooms == 403 or headers["vary"] == "origin"
    allowed = headers.get("access-control-allow-origin")
    assert allowed == (origin if origin == "https://friend.example" else None)
    status, _, headers = await running.ask("/api/admin/players", origin=origin)
    assert status == admin
    assert "access-control-allow-origin" not in headers
    assert "content-security-policy" in headers


async def test_what_is_kept_for_some_is_not_shown_to_others(running: Running, nursery: trio.Nursery) -> None:
    """A cache that has an answer to whoever sends no origin would give it to a friend's page, which may not read it."""
    assert (await running.ask("/api/rooms", token=None))[2]["vary"] == "origin"
    assert "vary" not in (await running.ask("/api/admin/players"))[2]
    friendless = await start(nursery, Config(port=0, seed=1))
    assert "vary" not in (await friendless.ask("/api/rooms", token=None))[2]


@pytest.mark.parametrize("path", ["/api/admin/kick", "/api/admin/drain"])
@pytest.mark.parametrize("body", [b"Content-Length: 100\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\nrubbish\r\n"])
async def test_an_order_that_breaks_off_is_no_fault_of_ours(
    running: Running, audit: LogCapture, caplog: pytest.LogCaptureFixture, path: str, body: bytes
) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: Bearer {ADMIN}\r\n"
    async with await trio.open_tcp_stream("127.0.0.1", running.port) as stream:
        await stream.send_all(head.encode() + body)
        await stream.send_eof()
        assert (await stream.receive_some(4096)).startswith(b"HTTP/1.1 400")
    await until(lambda: not running.server.door.connections)
    assert not caplog.records
    assert [entry["why"] for entry in written(audit)] == ["the request broke off"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/drafts"),
        ("DELETE", "/api/players/me"),
        ("POST", "/api/arenas/mine"),
        ("GET", "/api/admin/players"),
    ],
)
async def test_whoever_shows_a_bad_token_hears_what_is_missing(
    nursery: trio.Nursery, tmp_path: Path, method: str, path: str
) -> None:
    secret, folder = tmp_path / "secret", tmp_path / "state"
    secret.write_bytes(SECRET)
    running = await start(nursery, Config(port=0, seed=1, jwt_secret=secret, state_dir=folder))
    status, said, headers = await running.ask(path, token="rubbish", method=method)
    assert (status, said) == (401, {"error": "the token is not valid"})
    assert headers["www-authenticate"] == "bearer"


async def test_of_what_was_attempted_no_more_than_a_line_is_written_down(running: Running, audit: LogCapture) -> None:
    assert (await running.ask("/api/admin/" + "x" * 9000, token=None, order={}))[0] == 401
    assert [len(entry["action"]) for entry in written(audit)] == [SAID_CHARS_MAX]


async def test_the_token_is_nowhere_but_in_its_header(running: Running) -> None:
    assert (await running.ask(f"/api/admin/players?token={ADMIN}&access_token={ADMIN}", token=None))[0] == 401


async def test_a_trusted_proxy_says_who_the_admin_is(nursery: trio.Nursery, tmp_path: Path, audit: LogCapture) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET)
    running = await start(nursery, Config(port=0, seed=1, jwt_secret=secret, trusted_proxies=("127.0.0.1",)))
    origin = "https://game.example"
    said = {"x_forwarded_for": "203.0.113.9", "x_forwarded_host": "game.example", "x_forwarded_proto": "https"}
    status, _, headers = await running.ask("/api/admin/players", host="inside", origin=origin, **said)
    assert status == 200
    assert headers["strict-transport-security"]
    assert written(audit)[0]["address"] == "203.0.113.9"


async def test_the_counts_are_exported(running: Running) -> None:
    await running.ask("/api/admin/ban", order={"subject": "a"})
    await running.ask("/api/admin/players", token="rubbish")
    await until(lambda: running.server.lobby.statistics().bans == 1)
    assert running.server.lobby.statistics().not_authenticated == 1
