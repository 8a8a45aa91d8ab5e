"""Real runs, short and small: a contestant is started, loaded, measured and stopped; one that fails is a row too."""

import sys
from collections import Counter
from pathlib import Path

import pytest

from bench.comparison import Plan
from bench.contestants import Contestant, known, named
from bench.dialects.plain import PlainDialect
from bench.generator import Measured
from bench.run import cores, outcome_of, run
from bench.scene import TICK_RATE, Scene

SILENT = "import signal; print('ready 1', flush=True); signal.pause()"
FLEETING = """
import os, signal, socket
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
listening = socket.create_server(("127.0.0.1", 0))
print("ready", listening.getsockname()[1], flush=True)
while True:
    client, _ = listening.accept()
    client.recv(4096)
    client.sendall(b"HTTP/1.1 101 OK\\r\\n\\r\\n" + bytes((0x88, 5)) + b"\\x03\\xe8bye")
    client.close()
"""


def improvised(source: str) -> Contestant:
    def command(scene: Scene) -> list[str]:
        return [sys.executable, "-c", source]

    return Contestant(name="improvised", command=command, dialect=lambda _: PlainDialect())


@pytest.mark.parametrize("name", ["ricochet", "ricochet-plain", "floor"])
def test_a_run_has_every_figure(name: str) -> None:
    said: list[str] = []
    row, trouble = run(Plan(named(name), 5, 3), seconds=1.0, settle_s=0.3, say=said.append)
    assert trouble is None
    assert (row.contestant, row.clients, row.repetition) == (name, 5, 3)
    assert said == ["starting", "joining", "settling", "measuring"]
    figures = (
        row.us_per_client_tick,
        row.us_per_snapshot,
        row.bytes_per_client_s,
        row.snapshots_per_client_s_min,
        row.rss_mb,
    )
    assert all(figure is not None and figure > 0 for figure in figures)
    assert row.lateness_ms_p50 is not None
    assert row.lateness_ms_p99 is None or row.lateness_ms_p50 <= row.lateness_ms_p99


TRIES_S = (1.0, 3.0, 6.0)
"""A machine that stood still before what is measured hands out in it what was due before: less in a longer time."""


@pytest.mark.parametrize("name", known())
def test_everyone_plays_at_another_rate(name: str) -> None:
    if absent := named(name).absent():
        pytest.skip(absent)
    assert any(0 < snapshots_a_second(name, 10, seconds) < 0.6 * TICK_RATE for seconds in TRIES_S), (
        "it plays at the usual one"
    )


def snapshots_a_second(name: str, tick_rate: int, seconds: float) -> float:
    row, trouble = run(Plan(named(name), 5, 1, tick_rate=tick_rate), seconds=seconds, settle_s=0.3)
    assert (trouble, row.tick_rate) == (None, tick_rate)
    assert row.snapshots_per_client_s_min is not None
    return row.snapshots_per_client_s_min


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("raise SystemExit('out of order')", "out of order"),
        (SILENT, "Connection refused"),
        (SILENT.replace("ready 1", "ready"), "did not get ready"),
    ],
)
def test_a_contestant_that_fails_is_a_row_without_figures(
    source: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.processes.READY_S_MAX", 2.0)
    row, trouble = run(Plan(improvised(source), 4, 1, tick_rate=20), seconds=0.2, settle_s=0.1)
    assert trouble is not None
    assert why in trouble
    assert (row.held, row.us_per_client_tick, row.tick_rate) == (False, None, 20)


def test_clients_that_are_sent_away_are_counted_with_the_reason() -> None:
    row, trouble = run(Plan(improvised(FLEETING), 4, 1), seconds=0.3, settle_s=0.1)
    assert trouble == "4 clients were disconnected: closed with 1000 bye (4)"
    assert not row.held
    assert (row.snapshots_per_client_s_min, row.us_per_snapshot) == (0, None)


def test_who_leaves_out_half_of_the_ticks_pays_twice_for_a_snapshot() -> None:
    measured = Measured(seconds=2.0, received_bytes=6000, snapshots=[20, 40])
    row, _ = outcome_of(Plan(named("floor"), 2, 1), measured, Counter(), 0.012, 30.0, None, None)
    assert (row.us_per_client_tick, row.us_per_snapshot) == (100.0, 200.0)
    assert not row.held


@pytest.mark.parametrize(("tick_rate", "us_per_client_tick", "held"), [(10, 150.0, True), (30, 50.0, False)])
def test_a_client_tick_and_what_is_due_are_of_the_runs_rate(
    tick_rate: int, us_per_client_tick: float, held: bool
) -> None:
    measured = Measured(seconds=2.0, received_bytes=6000, snapshots=[20, 20])
    plan = Plan(named("floor"), 2, 1, tick_rate=tick_rate)
    row, _ = outcome_of(plan, measured, Counter(), 0.006, 30.0, None, None)
    assert (row.tick_rate, row.us_per_client_tick, row.us_per_snapshot, row.held) == (
        tick_rate,
        us_per_client_tick,
        150.0,
        held,
    )


@pytest.mark.parametrize("tick_rate", [5, 10, 30, 60])
def test_a_sixtieth_may_be_missing_at_any_rate(tick_rate: int) -> None:
    due = 60 * tick_rate
    for missing, held in ((0, True), (due // 60, True), (due // 60 + 1, False)):
        measured = Measured(seconds=60.0, snapshots=[due, due - missing])
        row, _ = outcome_of(Plan(named("floor"), 2, 1, tick_rate=tick_rate), measured, Counter(), 1.0, 30.0, None, None)
        assert row.held is held


def test_the_arena_is_there_while_it_runs_and_gone_afterwards() -> None:
    folders: list[Path] = []
    ricochet = named("ricochet")

    def command(scene: Scene) -> list[str]:
        folders.append(scene.folder)
        return [sys.executable, "-c", f"import os; raise SystemExit(str(os.path.isdir({str(scene.folder)!r})))"]

    watched = Contestant(name="watched", command=command, dialect=ricochet.dialect)
    _, trouble = run(Plan(watched, 4, 1), 0.1, 0.1)
    assert trouble is not None
    assert "True" in trouble
    assert not folders[0].exists()


def test_contestant_and_generator_have_a_core_each_where_there_are_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {3, 1, 2})
    assert cores() == (1, 3)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {5})
    assert cores() == (5, 5)
