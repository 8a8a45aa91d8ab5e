"""The asyncio contestants as processes: they play, they end who cheats, and they say how late they were."""

import json
import signal
from itertools import pairwise
from pathlib import Path

import pytest

from bench.contestants import named
from bench.dialects import handshake
from bench.dialects.plain import PlainDialect
from bench.scene import Scene
from tests.bench.contestants.playing import PATIENCE_S, closes, joined, snapshots_of, started, until_closed

ASYNCIO = [
    pytest.param(name, marks=pytest.mark.skipif(named(name).absent() is not None, reason=str(named(name).absent())))
    for name in ("websockets", "picows")
]


@pytest.mark.parametrize("name", ASYNCIO)
def test_it_plays_and_says_how_late_its_ticks_were(name: str, tmp_path: Path) -> None:
    scene = Scene(5, tmp_path)
    with started(name, scene) as (process, port), joined(PlainDialect(), port, 3) as clients:
        process.send_signal(signal.SIGUSR1)
        clients[0].sendall(PlainDialect().input_frame(77, 3))
        snapshots = list(snapshots_of(clients[0], 15))
        assert snapshots[-1][2] == 77
        assert [after[1] - before[1] for before, after in pairwise(snapshots)] == [1] * 14
        assert {record[0] for cell in snapshots[-1][9] for record in cell} == {0, 1, 2}
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    report = json.loads(said)
    assert report.keys() == {"lateness_ms_p50", "lateness_ms_p99", "ticks"}
    assert 0 < report["ticks"] < snapshots[-1][1] + 60


@pytest.mark.parametrize("name", ASYNCIO)
def test_who_sends_no_input_goes_and_the_others_stay(name: str, tmp_path: Path) -> None:
    with started(name, Scene(5, tmp_path)) as (_, port), joined(PlainDialect(), port, 2) as (bad, good):
        handshake.send_frame(bad, b"\xc1 nonsense")
        assert until_closed(bad) in (1003, 1007)
        bad.settimeout(PATIENCE_S)
        while bad.recv(4096):
            pass  # it hangs up, too
        alone = next(own for own in snapshots_of(good, 10_000) if sum(map(len, own[9])) == 1)
        assert [record[0] for cell in alone[9] for record in cell] == [alone[3]]


@pytest.mark.parametrize("name", ASYNCIO)
def test_nobody_joins_a_full_room(name: str, tmp_path: Path) -> None:
    with started(name, Scene(4, tmp_path)) as (_, port), joined(PlainDialect(), port, 4) as clients:
        assert closes(PlainDialect(), port)
        assert len(list(snapshots_of(clients[3], 3))) == 3
