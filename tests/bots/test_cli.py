"""`ricochet swarm` as it is typed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
import trio

from bots.__main__ import main
from bots.cli import _bare_ends, _stop_on_signals
from tests.instruments.served import READY, ROOT, Served

PATIENCE_S = 60.0


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "bots", "swarm", *words]


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command(*words), cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)


def wait_for_players(server: Served, count: int) -> None:
    while True:
        with urlopen(f"{server.page_url}metrics", timeout=10) as page:
            if f"ricochet_players {count}.0" in page.read().decode():
                return
        time.sleep(0.1)


def test_it_writes_what_it_measured(server: Served, tmp_path: Path) -> None:
    file, folder = tmp_path / "out.json", tmp_path / "report"
    done = run(
        server.page_url, "--bots", "3", "--seconds", "2", "--brain", "wander", "--seed", "1",
        "--json", str(file), "--report", str(folder),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "3 of 3 bots" in done.stdout
    report = json.loads(file.read_text())
    assert report["bots"] == report["connected"] == 3
    assert report["server"]["tick_duration_ms"]["p50"] > 0
    assert report["server"]["rss_bytes"] > 1_000_000
    assert json.loads((folder / "swarm.json").read_text()) == report
    assert (folder / "swarm.svg").exists()


def test_a_swarm_that_nobody_lets_in_says_why_and_fails(server: Served, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    done = run(f"{server.page_url}nowhere", "--bots", "2", "--seconds", "0.5", "--quiet", "--json", str(file))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("bots: no bot came in: 404 the server refused with HTTP 404")
    assert done.stderr.count("\n") == 1
    assert json.loads(file.read_text())["connected"] == 0


def test_quiet_prints_nothing(server: Served) -> None:
    done = run(server.page_url, "--bots", "1", "--seconds", "0.5", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("processes", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(server: Served, number: signal.Signals, processes: str, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    words = (server.page_url, "--bots", "2", "--seconds", "0", "--processes", processes, "--json", str(file))
    process = subprocess.Popen(command(*words), cwd=ROOT, stdout=subprocess.DEVNULL)
    wait_for_players(server, 2)
    process.send_signal(number)
    assert process.wait(PATIENCE_S) == 0
    assert json.loads(file.read_text())["bots"] == 2


def test_a_terminals_ctrl_c_ends_it_cleanly(server: Served, tmp_path: Path) -> None:
    """It is sent to the whole group of processes."""
    file = tmp_path / "out.json"
    words = (server.page_url, "--bots", "2", "--seconds", "0", "--processes", "2", "--quiet", "--json", str(file))
    with subprocess.Popen(command(*words), cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True) as process:
        wait_for_players(server, 2)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, said) == (0, b"")
    assert json.loads(file.read_text())["connected"] == 2


async def test_a_second_signal_ends_it_at_once_and_without_a_word() -> None:
    async def hear_two() -> None:
        stop = trio.Event()
        with _bare_ends():
            async with trio.open_nursery() as nursery:
                await nursery.start(_stop_on_signals, stop)
                signal.raise_signal(signal.SIGTERM)
                await stop.wait()
                signal.raise_signal(signal.SIGTERM)
                await trio.sleep_forever()

    with pytest.raises(SystemExit) as ended:
        await hear_two()
    assert ended.value.code == 128 + signal.SIGTERM


def test_it_ends_with_its_parent_when_it_is_told_so(server: Served) -> None:
    words = (server.page_url, "--bots", "1", "--seconds", "0", "--quiet", "--with-parent")
    with subprocess.Popen(command(*words), cwd=ROOT, stdin=subprocess.PIPE) as process:
        wait_for_players(server, 1)
        assert process.poll() is None
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0


def test_bots_play_through_a_bad_network_and_the_report_says_so(server: Served, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    done = run(
        server.page_url, "--bots", "2", "--seconds", "6", "--brain", "wander", "--processes", "2", "--json", str(file),
        "--latency", "120", "--jitter", "20", "--stalls", "0.5", "--stall-ms", "100",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "120 ms round trip, 20 ms jitter, 0.5 stalls/s of 100 ms" in " ".join(done.stdout.split())
    report = json.loads(file.read_text())
    assert (report["network"]["rtt_ms"], report["network"]["stalls_per_s"]) == (120.0, 0.5)
    assert report["connected"] == 2
    assert report["rtt_ms"]["p50"] >= 120.0
    assert report["disconnects"] == {}
    assert report["checksum_mismatches"] == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_person_plays_through_a_bad_network_until_it_is_stopped(server: Served, number: signal.Signals) -> None:
    words = ["netsim", server.page_url, "--port", "0", "--latency", "80", "--seed", "1"]
    process = subprocess.Popen([sys.executable, "-m", "bots", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    found = READY.search(line)
    assert found, line
    assert "80 ms round trip" in line
    began_s = time.monotonic()
    with urlopen(f"http://127.0.0.1:{found[2]}/healthz", timeout=60) as answer:
        assert answer.status == 200
    assert time.monotonic() - began_s >= 0.08
    process.send_signal(number)
    assert process.wait(PATIENCE_S) == 0
    assert process.stdout.read() == ""
    process.stdout.close()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["http://127.0.0.1:1"], "no server at 127.0.0.1:1"),
        (["nonsense"], "is not an address"),
        (["http://127.0.0.1:1", "--brain", "genius"], "there is no brain called genius"),
        (["http://127.0.0.1:1", "--name-prefix", "x" * 30], "is not a name"),
        (["http://127.0.0.1:1", "--bots", "0"], "--bots"),
        (["http://127.0.0.1:1", "--latency", "-1"], "--latency"),
        (["http://127.0.0.1:1", "--stalls", "5"], "5 stalls of 200 ms a second leave no time between them"),
    ],
)
def test_what_can_be_mended_is_one_sentence(
    words: list[str], sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bots", "swarm", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr()
    assert ended.value.code == 2
    assert sentence in printed.err
    assert printed.err.count("\n") == 1


def test_a_bad_network_that_cant_be_is_one_sentence(server: Served) -> None:
    for url, port, sentence in (
        ("http://127.0.0.1:1", "0", "no server at 127.0.0.1:1"),
        (server.page_url, str(server.port), f"can't listen at 127.0.0.1:{server.port}"),
    ):
        command = [sys.executable, "-m", "bots", "netsim", url, "--port", port]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert sentence in done.stderr
        assert done.stderr.count("\n") == 1
