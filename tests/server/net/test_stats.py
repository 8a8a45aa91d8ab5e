"""`/stats` as a socket: its clock, both lanes, whose pages may open it, and what it does to a server that stops."""

import json
from pathlib import Path
from typing import Any, Self

import pytest
import trio
import trio.testing
from structlog.testing import capture_logs
from trio.testing import MockClock

from bench.line import MemoryLink
from protocol.errors import Code
from protocol.frames import TEXT
from protocol.limits import SUBPROTOCOL_JSON
from protocol.stats import CODEC, EVERY_S, SUBPROTOCOL_STATS
from server.app import Server
from server.cluster.reach import Reach
from server.config import Config
from server.gate import Gate
from server.moderation import Moderation
from server.net.connection import converse
from server.net.stats import PATIENCE_S, StatsDesk
from server.takeover import listen
from server.telemetry import Telemetry
from server.tokens import Rules, Verifier
from tests.instruments.keys import HMAC, NOW_UNIX_S, SECRET, token
from tests.instruments.stepper import Stepper
from tests.server.net.wires import CLOSE, LANES, frame, hear_frame, stream_pair, upgrade

FAR_FUTURE = 4_000_000_000
ADMIN = token(sub="root", role="admin", exp=FAR_FUTURE)


def desk() -> StatsDesk:
    lobby = Stepper(gate=Gate(Verifier([HMAC], Rules()), clock=lambda: NOW_UNIX_S)).lobby
    reach = Reach(Moderation(lobby, lobby.close_room, lambda: None))
    return StatsDesk(lobby, Telemetry(lobby.statistics, lambda: 0), reach)


def wire(**message: Any) -> bytes:
    return frame(json.dumps(message).encode(), TEXT)


def hello(token: str | None = ADMIN) -> bytes:
    return wire(type="hello", version=1, token=token)


class Watching:
    """A client's end of `/stats`."""

    def __init__(self, stream: trio.abc.Stream) -> None:
        self.stream, self._held = stream, bytearray()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await trio.aclose_forcefully(self.stream)

    async def shake_hands(self) -> None:
        while b"\r\n\r\n" not in self._held:
            self._held += await self.stream.receive_some(4096)
        assert self._held.startswith(b"HTTP/1.1 101")
        assert f"sec-websocket-protocol: {SUBPROTOCOL_STATS}".encode() in bytes(self._held).lower()
        del self._held[: self._held.index(b"\r\n\r\n") + 4]

    async def hear(self) -> dict[str, Any]:
        first, payload = await hear_frame(self.stream, self._held)
        if first == CLOSE:
            return {"type": "closed", "code": int.from_bytes(payload[:2], "big"), "sentence": payload[2:].decode()}
        assert first == TEXT
        said: dict[str, Any] = json.loads(payload)
        return said


# the clock -------------------------------------------------------------------------------------------------


class Told:
    """Somebody who watches, and when they were told."""

    def __init__(self, desk: StatsDesk) -> None:
        self._link = MemoryLink(SUBPROTOCOL_JSON)
        desk.watchers.meet(self._link, 0.0).receive(json.dumps({"type": "hello", "version": 1, "token": ADMIN}), 0.0)

    def __len__(self) -> int:
        return len(self._link.sent) - 1


async def test_it_waits_for_the_end_of_a_tick_that_was_in_time(
    autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    here = desk()
    told = Told(here)
    nursery.start_soon(here.run)
    await trio.sleep(EVERY_S + PATIENCE_S + 0.01)
    await trio.sleep_until(trio.current_time() + EVERY_S - PATIENCE_S)
    assert not told, "due, and not idle"
    here.tick_done(lateness_s=0.1)
    await trio.testing.wait_all_tasks_blocked()
    assert not told, "the loop is late"
    here.tick_done(lateness_s=0.001)
    assert not told, "not in the tick"
    await trio.testing.wait_all_tasks_blocked()
    assert len(told) == 1
    here.tick_done(lateness_s=0.0)
    await trio.testing.wait_all_tasks_blocked()
    assert len(told) == 1, "not again until it is due"


async def test_without_ticks_it_is_told_all_the_same_twice_a_second(
    autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    here = desk()
    told = Told(here)
    nursery.start_soon(here.run)
    await trio.sleep(10 * EVERY_S + PATIENCE_S + 0.01)
    assert len(told) == 9, "the first sample has none before it"


async def test_a_mistake_in_it_is_counted_and_the_next_is_told(
    autojump_clock: MockClock, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = desk()
    told = Told(here)

    def fail(*_: object) -> None:
        monkeypatch.undo()
        raise ZeroDivisionError("the mistake")

    monkeypatch.setattr("server.stats_tables.rooms", fail)
    with capture_logs() as logs:
        nursery.start_soon(here.run)
        await trio.sleep(4 * EVERY_S + PATIENCE_S + 0.01)
    assert here.watchers.lobby.faults.chores_failed == 1
    assert [entry["event"] for entry in logs] == ["the server's numbers could not be told"]
    assert len(told) == 2


# the socket ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lane", LANES)
async def test_a_conversation_over_either_lane(lane: str) -> None:
    here = desk()
    server, client = await stream_pair(lane)
    head = upgrade(SUBPROTOCOL_STATS, path="/stats")
    with trio.fail_after(60):
        async with trio.open_nursery() as serving, Watching(client) as watching:
            serving.start_soon(converse, server, head, b"", CODEC, here.watchers, "peer")
            await watching.shake_hands()
            await client.send_all(hello())
            assert (await watching.hear())["type"] == "welcome"
            for n in range(2):
                here.watchers.cast(n + 1.0, n)
            stats = await watching.hear()
            assert (stats["type"], stats["seconds"]) == ("stats", 1.0)
            await client.send_all(wire(type="inputs"))
            bye, closed = await watching.hear(), await watching.hear()
            assert bye["code"] == closed["code"] == Code.UNKNOWN_TYPE
            assert bye["sentence"] == closed["sentence"]
    assert not here.watchers.all


# a whole server --------------------------------------------------------------------------------------------


class Running:
    def __init__(self, server: Server, port: int) -> None:
        self.server, self.port = server, port

    async def ask(self, head: bytes) -> bytes:
        async with await trio.open_tcp_stream("127.0.0.1", self.port) as stream:
            await stream.send_all(head)
            answer = b""
            while more := await stream.receive_some(4096):
                answer += more
                if answer.startswith(b"HTTP/1.1 101"):
                    break
            return answer

    async def watch(self, token: str | None = ADMIN) -> Watching:
        watching = Watching(await trio.open_tcp_stream("127.0.0.1", self.port))
        await watching.stream.send_all(upgrade(SUBPROTOCOL_STATS, path="/stats"))
        await watching.shake_hands()
        await watching.stream.send_all(hello(token))
        return watching


@pytest.fixture
async def running(nursery: trio.Nursery, tmp_path: Path) -> Running:
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET)
    server = Server(Config(port=0, seed=1, jwt_secret=secret, origins=("https://friend.example",)))
    listeners = await listen(Config(port=0))
    await nursery.start(server.serve, listeners)
    return Running(server, listeners[0].socket.getsockname()[1])


async def test_an_admin_is_told_how_the_server_ticks(running: Running, nursery: trio.Nursery) -> None:
    with trio.fail_after(60):
        async with await running.watch() as watching:
            assert (await watching.hear())["subject"] == "root"
            stats = await watching.hear()
            while not stats["ticks"]:
                stats = await watching.hear()
            assert stats["duration_ms"]["p99"] > 0
            assert [room["name"] for room in stats["rooms"]] == ["pinball"]
            nursery.start_soon(running.server.drain)
            while (said := await watching.hear())["type"] == "stats":
                pass
        assert (said["type"], said["code"]) == ("bye", Code.SERVER_STOPPING)


async def test_a_player_hears_why_not(running: Running) -> None:
    with trio.fail_after(60):
        async with await running.watch(token(sub="ann", exp=FAR_FUTURE)) as watching:
            said, closed = await watching.hear(), await watching.hear()
    assert (said["type"], said["code"], closed["code"]) == ("bye", Code.NOT_ALLOWED, Code.NOT_ALLOWED)


@pytest.mark.parametrize(
    ("head", "status", "sentence"),
    [
        (upgrade(SUBPROTOCOL_STATS, path="/stats", origin="http://game.example"), 101, ""),
        (upgrade(SUBPROTOCOL_STATS, path="/stats", origin="https://evil.example"), 403, "may not watch this server"),
        (upgrade(SUBPROTOCOL_STATS, path="/stats", origin="https://friend.example"), 403, "may not watch this server"),
        (upgrade(SUBPROTOCOL_JSON, path="/stats"), 400, f"offer the WebSocket subprotocol {SUBPROTOCOL_STATS}"),
        (upgrade(SUBPROTOCOL_STATS), 400, "offer one of the WebSocket subprotocols"),
        (b"GET /stats HTTP/1.1\r\nHost: game.example\r\n\r\n", 426, "/stats is a WebSocket"),
    ],
)
async def test_the_request(running: Running, head: bytes, status: int, sentence: str) -> None:
    with trio.fail_after(60):
        answer = (await running.ask(head)).decode()
    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert sentence in answer
