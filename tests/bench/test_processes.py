"""A contestant's process: how it gets ready, what it costs, and how it ends, however badly it behaves."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from bench import processes
from bench.processes import FailedError, contesting, pinned

GOOD = """
import signal, sys
said = []
signal.signal(signal.SIGUSR1, lambda *_: said.append("marked"))
signal.signal(signal.SIGTERM, lambda *_: said.append("stopped"))
print("ready 4321", flush=True)
while "stopped" not in said:
    signal.pause()
print('{"ticks": %d}' % said.count("marked"))
"""
CORE = min(os.sched_getaffinity(0))


def python(source: str) -> list[str]:
    return [sys.executable, "-c", source]


def test_it_gets_ready_is_marked_and_tells_its_figures(tmp_path: Path) -> None:
    with contesting(python(GOOD), CORE, tmp_path) as running:
        running.wait_ready()
        assert running.port == 4321
        running.mark()
        time.sleep(0.1)  # signals of different numbers have no order
        assert running.stop() == {"ticks": 1}


def test_ricochets_line_is_understood(tmp_path: Path) -> None:
    source = "print('Ricochet is ready: http://127.0.0.1:1234/', flush=True); import time; time.sleep(60)"
    with contesting(python(source), CORE, tmp_path) as running:
        running.wait_ready()
        assert running.port == 1234


def test_cpu_and_memory_count_threads_and_children(tmp_path: Path) -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass\n"
    source = f"""
import subprocess, sys, threading
child = subprocess.Popen([sys.executable, "-c", {(burn + "time.sleep(60)")!r}])
def burn():
    exec({burn!r})
    print("ready 1", flush=True)
threading.Thread(target=burn).start()
import time; time.sleep(60)
"""
    with contesting(python(source), CORE, tmp_path) as running:
        running.wait_ready()
        deadline_s = time.monotonic() + 60
        while running.cpu_s() < 0.55:
            assert time.monotonic() < deadline_s, running.cpu_s()
            time.sleep(0.01)
        assert running.rss_mb() > 10


def test_no_settings_of_whoever_measures_reach_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path.parent)
    (tmp_path.parent / "ricochet.toml").write_text("port = 1")
    monkeypatch.setenv("RICOCHET_LANE", "plain")
    source = """
from server.config import load
assert (load({}).port, load({}).lane) == (8000, "fast")
print("ready 1", flush=True)
import signal
signal.pause()
"""
    with contesting(python(source), CORE, tmp_path) as running:
        running.wait_ready()


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("raise SystemExit('no such world')", "no such world"),
        ("pass", "nothing on stderr"),
        ("print('x' * 1_000_000)", "did not get ready"),
    ],
)
def test_what_never_gets_ready_says_why(source: str, why: str, tmp_path: Path) -> None:
    with contesting(python(source), CORE, tmp_path) as running, pytest.raises(FailedError, match=why):
        running.wait_ready()


def test_what_cant_be_started_says_why(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="can't be started"), contesting(["/nowhere/at/all"], CORE, tmp_path):
        pass


def test_a_bad_end_is_told(tmp_path: Path) -> None:
    source = "import signal; print('ready 1', flush=True); signal.pause()"
    with contesting(python(source), CORE, tmp_path) as running:
        running.wait_ready()
        with pytest.raises(FailedError, match=f"status -{signal.SIGTERM}"):
            running.stop()


def test_what_does_not_end_is_killed_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STOP_S_MAX", 0.1)
    source = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("ready", child.pid, flush=True)
time.sleep(600)
"""
    with contesting(python(source), CORE, tmp_path) as running:
        running.wait_ready()
        child = running.port
        with pytest.raises(FailedError, match="did not end within"):
            running.stop()
    deadline_s = time.monotonic() + 60
    while is_running(child):
        assert time.monotonic() < deadline_s
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Whether it is there, and not only its remains."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_core_is_kept_to_and_given_back(tmp_path: Path) -> None:
    before = os.sched_getaffinity(0)
    with pinned(CORE):
        assert os.sched_getaffinity(0) == {CORE}
    assert os.sched_getaffinity(0) == before
    with contesting(python(GOOD), CORE, tmp_path) as running:
        running.wait_ready()
        assert os.sched_getaffinity(running._process.pid) == {CORE}
        assert os.sched_getaffinity(0) == before
