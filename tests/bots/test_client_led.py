"""Connections that are led from server to server, and what they do when one is gone."""

from random import Random

import pytest
import trio
import trio_websocket

from bots.address import Address, parse_address
from bots.client import Connection, Ended
from bots.tally import Tally
from protocol.codec import CODECS
from protocol.limits import SEAT_KEPT_S, SUBPROTOCOL_MSGPACK
from protocol.messages import Homes, Moved
from tests.bots.test_client import player_named, wait_for_snapshots
from tests.instruments.served import Served

Visits = list[tuple[float, str, bool]]
"""When, where, and whether over TLS somebody has conversed."""


async def visits_of(monkeypatch: pytest.MonkeyPatch, home: str, answers: list[str]) -> Visits:
    """Where somebody goes whom each conversation leads on to an answer; "" keeps a seat for them. Then it breaks."""
    visits: Visits = []

    async def converse(connection: Connection) -> Ended:
        address, answer = connection._address, answers[len(visits)] if len(visits) < len(answers) else None
        visits.append((trio.current_time(), address.host, address.is_tls))
        if answer == "":
            player.resume, player.welcome = "kept", Strange()  # type: ignore[assignment]
        elif answer is not None:
            player.moved = Moved(answer, "pit", "", "player")
        await trio.lowlevel.checkpoint()
        return Ended(1006, "the connection broke")

    monkeypatch.setattr(Connection, "converse", converse)
    player = player_named("Ann", Tally())
    connection = Connection(player, parse_address(home), CODECS[SUBPROTOCOL_MSGPACK])
    await connection.keep(Random(1), lambda ended: trio.current_time() < 2 * SEAT_KEPT_S)
    return visits


async def test_who_was_told_of_another_server_comes_in_there_when_home_is_gone(
    server: Served, nursery: trio.Nursery
) -> None:
    codec, home = CODECS[SUBPROTOCOL_MSGPACK], trio.CancelScope()

    async def tell(request: trio_websocket.WebSocketRequest) -> None:
        connection = await request.accept(subprotocol=SUBPROTOCOL_MSGPACK)
        await connection.send_message(codec.encode(Homes([server.page_url])))
        await connection.aclose(1001)
        home.cancel()

    async def serve(task_status: trio.TaskStatus[int]) -> None:
        with home:
            async with trio.open_nursery() as inner:
                listener = await inner.start(trio_websocket.serve_websocket, tell, "127.0.0.1", 0, None)
                task_status.started(listener.port)

    port = await nursery.start(serve)
    player = player_named("Ann", Tally())
    connection = Connection(player, Address("127.0.0.1", port, False), codec)
    nursery.start_soon(connection.keep, Random(1), lambda ended: True)
    await wait_for_snapshots(player, 2)
    connection.leave()
    nursery.cancel_scope.cancel()


class Strange:
    """Stands for a welcome, of which only matters which it is, and of which room."""

    room = "pit"


async def test_the_other_server_and_the_first_are_tried_by_turns_for_as_long_as_a_seat_is_kept(
    autojump_clock: trio.testing.MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = await visits_of(monkeypatch, "http://a.example", ["http://b.example", ""])
    hosts = [host[0] for _, host, _ in visits]
    assert hosts[:6] == ["a", "b", "b", "a", "b", "a"]
    assert {host for (at_s, _, _), host in zip(visits, hosts, strict=True) if at_s > SEAT_KEPT_S + 20} == {"a"}


async def test_who_is_led_in_a_circle_takes_a_break(
    autojump_clock: trio.testing.MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = await visits_of(monkeypatch, "http://a.example", ["http://b.example"] * 8)
    at_s = [at_s for at_s, _, _ in visits]
    assert at_s[1] == 0.0
    assert at_s[4] > 1.0
    assert at_s[8] > 10.0


@pytest.mark.parametrize("url", ["http://b.example", "nonsense"])
async def test_nobody_follows_into_clear_text_or_nowhere(
    url: str, autojump_clock: trio.testing.MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = await visits_of(monkeypatch, "https://a.example", [url] * 100)
    assert {(host, is_tls) for _, host, is_tls in visits} == {("a.example", True)}
    assert len(visits) < 20
