"""A whole server in this process: what it opens, what it says, and how it ends."""

import gc
import json
import urllib.request
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path

import pytest
import trio
import trio.testing
import trustme

from protocol.errors import Code, UserError
from protocol.messages import Bye, Chat, Hello, Inputs, Ping
from protocol.motion import Input
from server.app import Server, run, tls_of, url_of
from server.config import Config
from server.deadlines import keep_deadlines
from server.net.link import FastLink, PlainLink
from server.seats import Doors
from server.session import State
from server.store import Folder
from server.takeover import listen
from server.tick_loop import CATCH_UP_TICKS_MAX, keep_time
from server.venue import find_arena
from tests.instruments.keys import SECRET
from tests.instruments.served import Served, served
from tests.instruments.stepper import Stepper
from tests.server.net.wires import MSGPACK, frame, hear_frame, until, upgrade
from tests.server.running import Running, settings, started

CLOSE = 0x88


def players(server: Served) -> int:
    with urllib.request.urlopen(f"{server.page_url}api/rooms") as answer:
        return sum(room["players"] for room in json.load(answer))


@pytest.fixture
async def running(nursery: trio.Nursery) -> Running:
    return await started(nursery)


async def test_it_is_ready_once_it_ticks(running: Running) -> None:
    assert (await running.get("/healthz"))[0] == 200
    await until(lambda: running.server.room.tick > 0)
    assert (await running.get("/readyz"))[0] == 200


async def test_rooms_maps_and_metrics_are_there(running: Running) -> None:
    rooms = json.loads((await running.get("/api/rooms"))[1])
    assert [(room["name"], room["game"], room["players"]) for room in rooms] == [("pinball", "melee", 0)]
    status, arena = await running.get("/maps/pinball.json")
    assert (status, json.loads(arena)["name"]) == (200, find_arena("pinball").name)
    status, metrics = await running.get("/metrics")
    assert b"ricochet_tick_lateness_seconds_bucket" in metrics


async def test_draining_tells_everybody_and_takes_nobody(running: Running, nursery: trio.Nursery) -> None:
    heard: list[tuple[int, bytes]] = []

    async def play() -> None:
        held = bytearray()
        async with await running.connect() as stream:
            await stream.send_all(upgrade())
            await stream.receive_some(4096)
            await stream.send_all(frame(MSGPACK.encode(Hello(1, "Ann"))))
            while not heard or heard[-1][0] != CLOSE:
                heard.append(await hear_frame(stream, held))

    nursery.start_soon(play)
    await until(lambda: len(heard) > 5)
    with trio.fail_after(60):
        await running.server.drain()
    bye = MSGPACK.decode_server(heard[-2][1])
    assert isinstance(bye, Bye)
    assert (bye.code, int.from_bytes(heard[-1][1][:2], "big")) == (4032, 4032)
    with pytest.raises(OSError, match="all attempts to connect"):
        await running.get("/readyz")


async def test_who_drains_is_not_ready(running: Running) -> None:
    await until(lambda: running.server.room.tick > 0)
    running.server.lobby.doors = Doors.RETURNING
    assert (await running.get("/readyz"))[0] == 503
    assert (await running.get("/healthz"))[0] == 200


async def test_a_server_keeps_its_rooms_and_the_next_goes_on(tmp_path: Path) -> None:
    ticks = []
    for _ in range(2):
        with closing(Folder(tmp_path)) as folder:
            server = Server(settings(), folder)
            ticks.append(server.room.tick)
            async with trio.open_nursery() as nursery:
                await nursery.start(server.serve, await listen(settings()))
                await until(lambda: server.room.tick > 20)  # noqa: B023
                await server.drain()
                ticks.append(server.room.tick)
                nursery.cancel_scope.cancel()
    assert ticks[0] == 0
    assert ticks[2] == ticks[1] > 20, "not one tick is lost when it was asked to stop"


async def test_a_mistake_in_a_room_ends_the_room_and_not_the_server(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = running.server.room
    await until(lambda: first.tick > 0)

    def fail() -> None:
        monkeypatch.undo()
        raise ZeroDivisionError("the mistake")

    monkeypatch.setattr(first.game, "before_step", fail)
    await until(lambda: running.server.lobby.rooms.get("pinball") not in (None, first))
    fresh = running.server.lobby.rooms["pinball"]
    await until(lambda: fresh.tick > 2)
    assert b"ricochet_rooms_failed_total 1.0" in (await running.get("/metrics"))[1]


async def test_a_mistake_with_one_message_ends_that_conversation_and_no_other(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(person: object, message: object, now_s: float) -> None:
        raise ZeroDivisionError("the mistake")

    monkeypatch.setattr(running.server.lobby.talk, "hear", fail)
    heard: dict[str, list[tuple[int, bytes]]] = {"Ann": [], "Bob": []}

    async def play(name: str, frames: list[tuple[int, bytes]]) -> None:
        held = bytearray()
        async with await running.connect() as stream:
            await stream.send_all(upgrade())
            await stream.receive_some(4096)
            await stream.send_all(frame(MSGPACK.encode(Hello(1, name))))
            if name == "Bob":
                await stream.send_all(frame(MSGPACK.encode(Chat("hello"))))
            while not frames or frames[-1][0] != CLOSE:
                frames.append(await hear_frame(stream, held))

    async with trio.open_nursery() as nursery:
        for name, frames in heard.items():
            nursery.start_soon(play, name, frames)
        await until(lambda: bool(heard["Bob"]) and heard["Bob"][-1][0] == CLOSE)
        so_far = len(heard["Ann"])
        await until(lambda: len(heard["Ann"]) > so_far + 5)
        nursery.cancel_scope.cancel()
    assert int.from_bytes(heard["Bob"][-1][1][:2], "big") == Code.SERVER_FAULT
    assert running.server.lobby.traffic.connections_failed == 1
    assert running.server.lobby.faults.rooms_failed == 0


async def test_the_word_filter_is_a_setting() -> None:
    assert Server(settings(chat_filter="textwrap:dedent")).lobby.talk.word_filter("  hello") == "hello"
    with pytest.raises(UserError, match="no_such_words can't be imported"):
        Server(settings(chat_filter="no_such_words:clean"))


@pytest.mark.parametrize(("lane", "link"), [("fast", FastLink), ("plain", PlainLink)])
async def test_the_lane_is_a_setting(lane: str, link: type, nursery: trio.Nursery) -> None:
    config = settings(lane=lane)
    server = Server(config)
    listeners = await listen(config)
    await nursery.start(server.serve, listeners)
    async with await Running(server, url_of(config, listeners)).connect() as stream:
        await stream.send_all(upgrade())
        await stream.receive_some(4096)
        await until(lambda: bool(server.lobby.sessions))
        assert [type(session.link) for session in server.lobby.sessions] == [link]


async def test_the_servers_own_bots_come_in_where_tokens_are_required(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET)
    with served("--auth", "jwt", "--jwt-secret", str(secret), "--jwt-audience", "game", "--bots", "2") as server:
        await until(lambda: players(server) == 2)


async def test_garbage_is_collected_between_ticks_only_while_it_serves(running: Running) -> None:
    assert not gc.isenabled()


async def test_a_taken_port_is_named(running: Running) -> None:
    port = int(running.url.rstrip("/").rpartition(":")[2])
    with pytest.raises(UserError, match=f"port {port} of 127.0.0.1 .*in use"):
        await listen(Config(port=port))


async def test_a_mistake_in_the_settings_is_raised_as_it_is() -> None:
    with pytest.raises(UserError, match=r"there is no map 'nowhere'; there are: .*pinball"):
        await run(settings(map="nowhere"))
    with pytest.raises(UserError, match="no game 'chess'"):
        await run(settings(game="chess"))


def test_a_map_may_be_a_file_and_its_faults_name_the_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text('{"name": "Mine", "size": {"width": 9, "height": 9}, "spawns": []}')
    with pytest.raises(UserError, match=r"mine\.json: "):
        find_arena(str(path))
    with pytest.raises(UserError, match="can't be read"):
        find_arena(str(tmp_path / "missing.json"))


def test_a_certificate_must_be_one(tmp_path: Path) -> None:
    junk, cert, key = tmp_path / "junk.pem", tmp_path / "cert.pem", tmp_path / "key.pem"
    junk.write_text("nothing of the sort")
    issued = trustme.CA().issue_cert("localhost")
    issued.cert_chain_pems[0].write_to_path(cert)
    issued.private_key_pem.write_to_path(key)
    assert tls_of(settings()) is None
    assert tls_of(settings(tls_cert=cert, tls_key=key)) is not None
    with pytest.raises(UserError, match="no certificate and its key"):
        tls_of(settings(tls_cert=junk, tls_key=key))


@pytest.mark.parametrize(
    ("host", "found_at"),
    [("127.0.0.1", "http://127.0.0.1:"), ("0.0.0.0", "http://127.0.0.1:"), ("::1", "http://[::1]:")],
)
async def test_the_url_is_one_that_a_browser_here_can_open(host: str, found_at: str) -> None:
    config = settings(host=host)
    listeners = await listen(config)
    assert url_of(config, listeners).startswith(found_at)
    for listener in listeners:
        await listener.aclose()


async def test_twice_the_load_slows_the_game_and_ends_nobody(
    nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    """Each tick takes twice its time, for two minutes; then none takes any."""
    stepper = Stepper()
    room, rate = stepper.room, stepper.rates.tick_rate
    stepper.now_s = trio.current_time()
    playing, stalled = stepper.join("Ann"), stepper.join("Bob")
    end_s, lateness_s, drained = trio.current_time() + 120.0, list[float](), count()

    def play() -> None:
        """Ann's inputs, late as they may be, and what she was told; Bob pings and reads nothing."""
        playing.read()
        applied = playing.told.tick if playing.snapshots else 0
        playing.say(Inputs(room.tick + 1, [Input()], applied), trio.current_time())
        if next(drained) % rate == 0:
            stalled.session.receive(MSGPACK.encode(Ping(1)), trio.current_time())

    def on_tick(duration_s: float, late_s: float) -> None:
        lateness_s.append(late_s)
        if trio.current_time() < end_s:
            autojump_clock.jump(2.0 / rate)

    nursery.start_soon(keep_deadlines, stepper.lobby)
    nursery.start_soon(partial(keep_time, room, on_tick, drain=play))
    await trio.sleep_until(end_s)
    assert room.tick == pytest.approx(120 * rate / 2, rel=0.05)
    shifted = room.statistics.ticks_shifted
    assert shifted == pytest.approx(120 * rate / 2, rel=0.05)
    await trio.sleep(1.0)
    recovered = len(lateness_s)
    await trio.sleep(5.0)
    assert max(lateness_s[recovered:]) < 1e-6
    assert room.statistics.ticks_shifted <= shifted + 2 * CATCH_UP_TICKS_MAX
    assert (playing.link.closed, stalled.link.closed) == (None, None)
    assert [client.session.state for client in (playing, stalled)] == [State.PLAYING, State.PLAYING]
