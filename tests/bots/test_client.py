"""Connections over real sockets: in, out, refused, lost and back."""

import os
import socket
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest
import trio
import trio_websocket
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Request

from bots.address import Address, parse_address
from bots.client import Connection, Ended, Pulse, _refusal
from bots.common_room import CommonRooms
from bots.player import Player
from bots.report import report_of
from bots.tally import Tally
from bots.turnstile import Turnstile
from protocol.codec import CODECS
from protocol.errors import clip_reason
from protocol.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.messages import Bye
from tests.instruments.served import Served


def player_named(name: str, tally: Tally, subprotocol: str = SUBPROTOCOL_MSGPACK) -> Player:
    return Player(name, CODECS[subprotocol], CommonRooms(), tally)


async def wait_for_snapshots(player: Player, count: int) -> None:
    await wait_until(player, lambda: player.account.snapshots >= count)


async def wait_until(player: Player, condition: Callable[[], bool]) -> None:
    """Until it holds after a snapshot: one that a busy machine delayed proves nothing."""
    enough = trio.Event()

    def look() -> None:
        if condition():
            enough.set()

    player.on_snapshot = look
    with trio.fail_after(60):
        await enough.wait()


@pytest.mark.parametrize("subprotocol", [SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON])
async def test_a_player_plays_in_both_encodings(subprotocol: str, server: Served, nursery: trio.Nursery) -> None:
    tally = Tally()
    player = player_named("Ann", tally, subprotocol)
    connection = Connection(player, parse_address(server.play_url), CODECS[subprotocol])
    pulse = Pulse(tally)
    pulse.players.add(player)
    nursery.start_soon(pulse.run)
    ends: list[Ended] = []

    async def converse() -> None:
        ends.append(await connection.converse())
        nursery.cancel_scope.cancel()

    nursery.start_soon(converse)
    await wait_for_snapshots(player, 40)
    view = player.view
    assert view is not None
    await wait_until(player, lambda: view.ack > view.tick - 10)
    assert player.ship is not None
    rates = player.account.rates(trio.current_time())
    assert rates is not None
    assert min(rates.up, rates.down) > 100
    connection.leave()
    await trio.sleep_forever()
    assert [(end.code) for end in ends] == [1000]


async def test_who_is_not_there_is_a_sentence() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    connection = Connection(
        player_named("Ann", Tally()), Address("127.0.0.1", port, False), CODECS[SUBPROTOCOL_MSGPACK]
    )
    ended = await connection.converse()
    assert ended.code == 1006
    assert f"no connection to 127.0.0.1:{port}" in str(ended)


async def test_a_refused_name_is_not_tried_again(server: Served) -> None:
    player = player_named("x" * 100, Tally())
    connection = Connection(player, parse_address(server.play_url), CODECS[SUBPROTOCOL_MSGPACK])
    told: list[Ended] = []

    def tell(ended: Ended) -> bool:
        told.append(ended)
        return True

    with trio.fail_after(60):
        ended = await connection.keep(Random(1), tell)
    assert (ended.code, told) == (4007, [ended])


async def test_a_wrong_path_is_refused_with_the_servers_sentence(server: Served) -> None:
    address = Address("127.0.0.1", server.port, False, "/nowhere")
    ended = await Connection(player_named("Ann", Tally()), address, CODECS[SUBPROTOCOL_MSGPACK]).converse()
    assert ended.code == 404
    assert "HTTP 404" in str(ended)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"too many\r\n connections\n", "the server refused with HTTP 503: too many connections"),
        (b"<!DOCTYPE HTML>\n<p>Not here</p>", "the server refused with HTTP 503"),
        (None, "the server refused with HTTP 503"),
        (b"long " * 100, f"the server refused with HTTP 503: {clip_reason(('long ' * 100).strip())}"),
    ],
)
def test_what_refuses_us_is_told_in_one_line(body: bytes | None, said: str) -> None:
    """Whoever that is: a page of somebody else's is no sentence."""
    rejected = trio_websocket.ConnectionRejected(503, (), body)
    assert str(_refusal(ExceptionGroup("of a nursery", [rejected]))) == said


async def test_who_speaks_something_else_is_noticed(nursery: trio.Nursery) -> None:
    async def babble(request: trio_websocket.WebSocketRequest) -> None:
        connection = await request.accept(subprotocol=SUBPROTOCOL_MSGPACK)
        await connection.send_message(b"\xc1 no such thing")
        with suppress(trio_websocket.ConnectionClosed):
            while True:
                await connection.get_message()

    server = await nursery.start(trio_websocket.serve_websocket, babble, "127.0.0.1", 0, None)
    connection = Connection(
        player_named("Ann", Tally()), Address("127.0.0.1", server.port, False), CODECS[SUBPROTOCOL_MSGPACK]
    )
    ended = await connection.converse()
    assert ended.code == 1002
    assert "can't be read" in str(ended)
    nursery.cancel_scope.cancel()


async def test_what_is_said_along_with_the_handshake_counts(nursery: trio.Nursery) -> None:
    said = CODECS[SUBPROTOCOL_MSGPACK].encode(Bye(4007, "there is no room for anybody"))

    async def answer(stream: trio.SocketStream) -> None:
        websocket = WSConnection(ConnectionType.SERVER)
        while not any(isinstance(event, Request) for event in websocket.events()):
            websocket.receive_data(await stream.receive_some())
        answers = AcceptConnection(SUBPROTOCOL_MSGPACK), BytesMessage(said), CloseConnection(1008)
        await stream.send_all(b"".join(map(websocket.send, answers)))
        await trio.sleep_forever()

    listeners: list[trio.SocketListener] = await nursery.start(trio.serve_tcp, answer, 0)
    port = listeners[0].socket.getsockname()[1]
    ended = await Connection(
        player_named("Ann", Tally()), Address("127.0.0.1", port, False), CODECS[SUBPROTOCOL_MSGPACK]
    ).converse()
    assert (ended.code, str(ended)) == (4007, "there is no room for anybody")
    nursery.cancel_scope.cancel()


async def test_who_says_nothing_any_more_is_given_up(nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bots.vigil.SILENCE_S_MAX", 1)

    async def fall_silent(request: trio_websocket.WebSocketRequest) -> None:
        connection = await request.accept(subprotocol=SUBPROTOCOL_MSGPACK)
        with suppress(trio_websocket.ConnectionClosed):
            while True:
                await connection.get_message()

    server = await nursery.start(trio_websocket.serve_websocket, fall_silent, "127.0.0.1", 0, None)
    connection = Connection(
        player_named("Ann", Tally()), Address("127.0.0.1", server.port, False), CODECS[SUBPROTOCOL_MSGPACK]
    )
    with trio.fail_after(30):
        ended = await connection.converse()
    assert (ended.code, str(ended)) == (1006, "the server has gone silent")
    nursery.cancel_scope.cancel()


async def test_a_lost_connection_comes_back_to_the_same_ship(server: Served, nursery: trio.Nursery) -> None:
    player = player_named("Ann", Tally())
    connection = Connection(player, parse_address(server.play_url), CODECS[SUBPROTOCOL_MSGPACK])
    ends: list[int] = []

    def tell(ended: Ended) -> bool:
        ends.append(ended.code)
        return True

    nursery.start_soon(connection.keep, Random(1), tell)
    await wait_for_snapshots(player, 10)
    assert player.welcome is not None
    number = player.welcome.player
    _break_connections_to(server.port)
    await wait_for_snapshots(player, player.account.snapshots + 20)
    assert ends == [1006]
    assert player.welcome.player == number
    nursery.cancel_scope.cancel()


def _break_connections_to(port: int) -> None:
    """Shut down every socket of this process that is connected to `port`, as a network would."""
    for name in os.listdir("/proc/self/fd"):
        try:
            sock = socket.socket(fileno=os.dup(int(name)))
        except OSError:
            continue
        with sock:
            try:
                if sock.getpeername()[1] == port:
                    sock.shutdown(socket.SHUT_RDWR)
            except (OSError, IndexError):
                continue


async def test_the_pulse_steps_who_is_due_and_measures_its_own_lateness(
    autojump_clock: trio.testing.MockClock, nursery: trio.Nursery
) -> None:
    tally = Tally()
    pulse = Pulse(tally)
    player = player_named("Ann", tally)
    stepped: list[float] = []

    def step(now_s: float) -> None:
        stepped.append(now_s)
        player.due_s = now_s + 0.02

    player.pulse = step  # type: ignore[method-assign]  # a player without a server
    pulse.players.add(player)
    nursery.start_soon(pulse.run)
    await trio.sleep(0.2)
    assert stepped == []
    player.due_s = trio.current_time()
    await trio.sleep(1.0)
    assert 40 <= len(stepped) <= 50
    assert tally.pulse_lateness_ms.percentiles().max == 0.0
    assert not report_of(tally, 1.2).swarm_saturated
    nursery.cancel_scope.cancel()


async def test_a_pulse_that_is_kept_busy_says_that_the_swarm_is_saturated(
    autojump_clock: trio.testing.MockClock, nursery: trio.Nursery
) -> None:
    """Ten players, each of whose steps takes 4 ms, want one every 33 ms: all of them fall behind."""
    tally = Tally()
    pulse = Pulse(tally)
    for number in range(10):
        player = player_named(f"P{number}", tally)

        def step(now_s: float, player: Player = player) -> None:
            autojump_clock.jump(0.004)
            player.due_s += 1 / 30

        player.pulse, player.due_s = step, 0.0  # type: ignore[method-assign]  # a player without a server
        pulse.players.add(player)
    nursery.start_soon(pulse.run)
    await trio.sleep(3.0)
    lateness_ms = tally.pulse_lateness_ms.percentiles()
    assert lateness_ms.p99 is not None
    assert 40.0 < lateness_ms.p99 < 80.0
    report = report_of(tally, 3.0)
    assert report.swarm_saturated
    assert "ms late" in report.swarm_saturated_why
    nursery.cancel_scope.cancel()


async def test_a_thousand_take_turns_to_connect_and_to_come_back(
    autojump_clock: trio.testing.MockClock, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server refuses them all, twice: nowhere in that do more than 50 come in a second."""
    turnstile, attempts_s = Turnstile(50.0), []

    async def attempt(connection: Connection) -> Ended:
        attempts_s.append(trio.current_time())
        await trio.lowlevel.checkpoint()
        return Ended(1006, "the server is down")

    monkeypatch.setattr(Connection, "converse", attempt)
    address, codec = Address("127.0.0.1", 1, False), CODECS[SUBPROTOCOL_MSGPACK]
    ends: dict[Connection, int] = defaultdict(int)

    async def keep(number: int) -> None:
        connection = Connection(player_named(f"P{number}", Tally()), address, codec, turnstile=turnstile)

        def count(ended: Ended) -> bool:
            ends[connection] += 1
            return ends[connection] < 3

        await connection.keep(Random(number), count)

    async with trio.open_nursery() as thousand:
        for number in range(1000):
            thousand.start_soon(keep, number)
    assert len(attempts_s) == 3000
    assert max(sum(1 for at_s in attempts_s if start <= at_s < start + 1) for start in range(61)) <= 51


async def test_who_waits_for_its_turn_leaves_at_once(autojump_clock: trio.testing.MockClock) -> None:
    turnstile = Turnstile(0.001)
    turnstile.take_turn_s(0.0)
    player = player_named("Ann", Tally())
    connection = Connection(player, Address("127.0.0.1", 1, False), CODECS[SUBPROTOCOL_MSGPACK], turnstile=turnstile)
    ends: list[Ended] = []

    async with trio.open_nursery() as nursery:

        @nursery.start_soon
        async def keep() -> None:
            ends.append(await connection.keep(Random(1), lambda ended: True))

        await trio.testing.wait_all_tasks_blocked()
        connection.leave()
    assert [end.code for end in ends] == [1000]
    assert trio.current_time() < 1.0
