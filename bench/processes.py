"""A contestant as a process: started on a core of its own, asked what it cost, and ended. Linux, by way of /proc."""

import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from bench.contestants import READY
from server.config import ENVIRONMENT_PREFIX

ROOT: Final = Path(__file__).parent.parent
READY_S_MAX: Final = 60.0
STOP_S_MAX: Final = 20.0
SAID_BYTES_MAX: Final = 65_536
"""Of what a contestant prints; more is a contestant gone mad."""
_CPU_CLOCK: Final = 2
"""Which of a process's clocks, in Linux's numbers for them: the time that it was scheduled, all threads together."""
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")


class FailedError(Exception):
    """A contestant did not do what a contestant must: one sentence."""


class Contesting:
    """A running contestant and its children. `port` is where it listens."""

    def __init__(self, process: "subprocess.Popen[bytes]", errors: Path) -> None:
        self._process, self._errors = process, errors
        self._said = b""
        self.port = 0

    def wait_ready(self) -> None:
        """Raises FailedError."""
        deadline_s = time.monotonic() + READY_S_MAX
        while not (found := READY.search(self._said.decode(errors="replace"))) or b"\n" not in self._said:
            if not self._listen(deadline_s - time.monotonic()):
                raise FailedError(f"it did not get ready: {self._last_words()}")
        self.port = int(found[1])

    def mark(self) -> None:
        """What is measured begins now."""
        self._process.send_signal(signal.SIGUSR1)

    def cpu_s(self) -> float:
        """Seconds of CPU so far, in user and kernel, of all its threads and children."""
        return sum(_cpu_s(pid) for pid in _family(self._process.pid))

    def rss_mb(self) -> float:
        return sum(_rss_bytes(pid) for pid in _family(self._process.pid)) / 1e6

    def stop(self) -> Mapping[str, float | None]:
        """End it; what it says of itself in its last line, empty when that is nothing. Raises FailedError."""
        self._process.send_signal(signal.SIGTERM)
        deadline_s = time.monotonic() + STOP_S_MAX
        while self._listen(deadline_s - time.monotonic()):
            pass
        try:
            status = self._process.wait(max(0.0, deadline_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise FailedError(f"it did not end within {STOP_S_MAX:.0f} s") from None
        if status:
            raise FailedError(f"it ended with status {status}: {self._last_words()}")
        last = self._said.decode(errors="replace").strip().rpartition("\n")[2]
        try:
            said = json.loads(last)
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}

    def _listen(self, patience_s: float) -> bool:
        """Wait for more of its stdout; whether there was any."""
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], max(0.0, patience_s))
        heard = os.read(self._process.stdout.fileno(), 4096) if ready else b""
        self._said += heard
        return bool(heard) and len(self._said) <= SAID_BYTES_MAX

    def _last_words(self) -> str:
        lines = self._errors.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"status {self._process.poll()}, and nothing on stderr"


@contextmanager
def contesting(command: list[str], core: int, folder: Path) -> Iterator[Contesting]:
    """Start `command` on `core`; it is killed when the context ends and it hasn't. Raises FailedError.

    It runs in `folder`, where its stderr goes too: no settings of whoever measures reach it, neither by a file in the
    working directory nor by the environment.
    """
    errors = folder / "stderr"
    with errors.open("wb") as stderr, pinned(core):
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
        except OSError as error:
            raise FailedError(f"it can't be started: {error}") from None
    with process:
        try:
            yield Contesting(process, errors)
        finally:
            for pid in _family(process.pid) if process.poll() is None else ():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    """This process's, without settings of Ricochet's, and such that our own modules are found from anywhere."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ENVIRONMENT_PREFIX)}
    paths = [str(ROOT), *filter(None, [inherited.get("PYTHONPATH")])]
    return {**inherited, "PYTHONPATH": os.pathsep.join(paths)}


@contextmanager
def pinned(core: int) -> Iterator[None]:
    """This process, and what it starts meanwhile, on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _family(pid: int) -> list[int]:
    """A process and its descendants; those that are there."""
    family = [pid]
    for member in family:  # grows while it is walked
        for children in Path(f"/proc/{member}/task").glob("*/children"):
            with suppress(OSError):
                family += map(int, children.read_text().split())
    return family


def _cpu_s(pid: int) -> float:
    """By the process's own CPU clock, in nanoseconds where /proc counts hundredths: see clock_getcpuclockid(3)."""
    try:
        return time.clock_gettime(~pid << 3 | _CPU_CLOCK)
    except OSError:
        return 0.0


def _rss_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    except OSError:
        return 0
