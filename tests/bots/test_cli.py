"""`ricochet swarm` as it is typed."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.instruments.served import ROOT, Served


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
    assert process.wait(15.0) == 0
    assert json.loads(file.read_text())["bots"] == 2


def test_it_ends_with_its_parent_when_it_is_told_so(server: Served) -> None:
    words = (server.page_url, "--bots", "1", "--seconds", "0", "--quiet", "--with-parent")
    with subprocess.Popen(command(*words), cwd=ROOT, stdin=subprocess.PIPE) as process:
        wait_for_players(server, 1)
        assert process.poll() is None
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(15.0) == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["http://127.0.0.1:1"], "no server at 127.0.0.1:1"),
        (["nonsense"], "is not an address"),
        (["http://127.0.0.1:1", "--brain", "genius"], "there is no brain called genius"),
        (["http://127.0.0.1:1", "--name-prefix", "x" * 30], "is not a name"),
        (["http://127.0.0.1:1", "--bots", "0"], "--bots"),
    ],
)
def test_what_can_be_mended_is_one_sentence(words: list[str], sentence: str) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
