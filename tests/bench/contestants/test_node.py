"""The Node contestants as processes: what they say, what they refuse, and that they play by the rules they imitate.

Their own unit tests, in TypeScript beside them, are run from here.
"""

import json
import signal
import subprocess
from itertools import pairwise
from typing import Any, Final

import msgpack
import pytest

from bench.contestants import named, node_runtime
from bench.dialects import handshake
from bench.dialects.colyseus import ROOM_DATA, ColyseusDialect
from bench.dialects.plain import PlainDialect
from bench.scene import TICK_RATE, Scene, stick_of
from protocol.cells import Grid
from protocol.motion import coast, keep_and_gain, thrust_of
from protocol.quantize import POSITION_SCALE
from server.games.pieces import SHIP_KIND
from tests.bench.contestants.playing import (
    PATIENCE_S,
    STEERED,
    closes,
    joined,
    messages,
    snapshots_of,
    started,
    until_closed,
)

NODES: Final = ("node-ws", "colyseus", "colyseus-view")

pytestmark = pytest.mark.skipif(node_runtime.absent() is not None, reason=str(node_runtime.absent()))


def test_the_typescript_tests_pass() -> None:
    run_node("--test")


def test_the_typescript_is_sound() -> None:
    run_node("node_modules/typescript/bin/tsc")


@pytest.mark.parametrize("name", NODES)
def test_it_says_how_late_its_ticks_were_and_ends_well(name: str, tmp_scene: Scene) -> None:
    with (
        started(name, tmp_scene) as (process, port),
        joined(named(name).dialect(tmp_scene), port, 3, steered=True) as clients,
    ):
        process.send_signal(signal.SIGUSR1)
        snapshots = list(messages(clients[2], 10))
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    report = json.loads(said)
    assert report.keys() == {"lateness_ms_p50", "lateness_ms_p99", "ticks"}
    assert report["ticks"] >= len(snapshots) - 2
    assert 0 <= report["lateness_ms_p50"] <= report["lateness_ms_p99"]


@pytest.mark.parametrize("name", NODES)
def test_every_frame_after_joining_is_a_snapshot(name: str, tmp_scene: Scene) -> None:
    dialect = named(name).dialect(tmp_scene)
    with started(name, tmp_scene) as (_, port), joined(dialect, port, 2, steered=True) as clients:
        for tick, message in enumerate(messages(clients[0], 20)):
            assert dialect.is_snapshot(message)
            clients[0].sendall(dialect.input_frame(tick, 3))


@pytest.mark.parametrize("name", NODES)
def test_nobody_joins_a_full_room(name: str, tmp_scene: Scene) -> None:
    scene = Scene(2, tmp_scene.folder)
    dialect = named(name).dialect(scene)
    with started(name, scene) as (_, port), joined(dialect, port, 2, steered=True) as clients:
        assert closes(dialect, port)
        assert all(dialect.is_snapshot(message) for message in messages(clients[1], 3))


NO_INPUTS: Final = (
    [2, 1, 128, 0, 0, 0],
    [2, 1, 0, 0, 4096, 0],
    [2, -1, 0, 0, 0, 0],
    [2, 1, 0, 0, 0],
    [2, 1, 0.5, 0, 0, 0],
    {"tick": 1},
    None,
)


@pytest.mark.parametrize("name", NODES)
def test_who_sends_no_input_goes_and_the_others_stay(name: str, tmp_scene: Scene) -> None:
    dialect = named(name).dialect(tmp_scene)
    prefix = bytes([ROOM_DATA, 2]) if isinstance(dialect, ColyseusDialect) else b""
    with started(name, tmp_scene) as (_, port), joined(dialect, port, 1, steered=True) as (good,):
        for wrong in NO_INPUTS:
            with dialect.join(port, 1) as bad:
                handshake.send_frame(bad, prefix + msgpack.packb(wrong))
                assert until_closed(bad) == 1007, wrong
        assert all(dialect.is_snapshot(message) for message in messages(good, 5))


@pytest.mark.parametrize("tick_rate", [TICK_RATE, 10])
def test_ships_move_as_ricochets_do(tick_rate: int, tmp_scene: Scene) -> None:
    dialect, scene = PlainDialect(), Scene(100, tmp_scene.folder, tick_rate=tick_rate)
    keep, gain = keep_and_gain(SHIP_KIND, tick_rate)
    thrust_x, thrust_y = thrust_of(*stick_of(STEERED))
    with started("node-ws", scene) as (_, port), joined(dialect, port, 1, steered=True) as (client,):
        steered = [own for own in snapshots_of(client, 30) if own[2] == 1]
    assert len(steered) > 10
    for before, after in pairwise(steered):
        _, tick, _, ship, x, y, vx, vy, _, _ = before
        assert (after[1], after[3]) == (tick + 1, ship)
        assert after[6] == pytest.approx(16 * coast(vx / 16, thrust_x, keep, gain), abs=1)
        assert after[7] == pytest.approx(16 * coast(vy / 16, thrust_y, keep, gain), abs=1)
        assert after[4] - x == pytest.approx(after[6] / 16 / tick_rate * POSITION_SCALE, abs=1.1)
        assert after[5] - y == pytest.approx(after[7] / 16 / tick_rate * POSITION_SCALE, abs=1.1)


def test_a_view_is_the_ships_in_the_cells_around(tmp_scene: Scene) -> None:
    clients, scene = 60, Scene(60, tmp_scene.folder)
    grid = Grid(scene.arena_units, scene.arena_units)
    with started("node-ws", scene) as (_, port), joined(PlainDialect(), port, clients) as sockets:
        [last] = snapshots_of(sockets[-1], 1)  # since that tick everyone is there, and nobody moves
        latest = [next(own for own in snapshots_of(each, 1000) if own[1] >= last[1]) for each in sockets[:-1]]
    latest.append(last)
    places = {own[3]: (own[4] / POSITION_SCALE, own[5] / POSITION_SCALE) for own in latest}
    assert len(places) == clients
    for own in latest:
        block = grid.around(*places[own[3]])
        expected = {ship for ship, place in places.items() if grid.cell_at(*place) in block}
        assert {record[0] for cell in own[9] for record in cell} == expected
        for cell in own[9]:
            assert len({grid.cell_at(x / POSITION_SCALE, y / POSITION_SCALE) for _, x, y, *_ in cell}) == 1
        assert own[3] in expected
    assert min(sum(map(len, own[9])) for own in latest) < clients


@pytest.mark.parametrize(
    "arguments",
    [
        ["--clients", "0"],
        ["--clients", "2", "--arena", "many"],
        ["--clients", "2", "--arena", "600"],
        ["--clients", "2", "--arena", "600", "--tick-rate", "61"],
        ["--what"],
    ],
)
@pytest.mark.parametrize("script", ["node_ws.ts", "colyseus.ts"])
def test_what_makes_no_sense_is_one_sentence(script: str, arguments: list[str]) -> None:
    node = node_runtime.node()
    assert node
    made = subprocess.run(
        [node, str(node_runtime.PROJECT / script), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert (made.returncode, made.stdout, made.stderr.count("\n")) == (2, "", 1)


@pytest.fixture
def tmp_scene(tmp_path: Any) -> Scene:
    return Scene(5, tmp_path)


def run_node(*words: str) -> None:
    node = node_runtime.node()
    assert node
    done = subprocess.run(
        [node, *words], cwd=node_runtime.PROJECT, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert done.returncode == 0, done.stdout + done.stderr
