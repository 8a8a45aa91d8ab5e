"""A real Redis (or Valkey) on loopback, in a temporary folder, from Debian's package or whatever else has put it here.

It keeps nothing unless it is asked to. It can be killed, frozen and started again at the same port.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

START_S_MAX = 10.0
PROGRAMS = ("redis-server", "valkey-server")


def find_redis() -> str | None:
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Redis:
    """One server."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program, self._folder = program, folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self, *, keeps: bool = False) -> None:
        """`keeps`: with what it had when it was told to stop."""
        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder), "--appendonly", "no"]
        words += ["--save", "3600 1"] if keeps else ["--save", ""]
        if not keeps:
            (self._folder / "dump.rdb").unlink(missing_ok=True)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen([self._program, *words], stdout=log, stderr=log)
        end = time.monotonic() + START_S_MAX
        while self.say("PING") != b"+PONG\r\n":
            assert self._process.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < end, "Redis doesn't start"
            time.sleep(0.01)

    def stop(self) -> None:
        """As an operator does."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)

    def say(self, command: str) -> bytes:
        """The beginning of what it answers; nothing, when it isn't there."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 2.0) as connection:
                connection.sendall(command.encode() + b"\r\n")
                return connection.recv(4096)
        except OSError:
            return b""

    def _end(self, number: int) -> None:
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGCONT)
            self._process.send_signal(number)
            self._process.wait()
            self._process = None


@contextmanager
def running() -> Iterator[Redis]:
    """Until the block is left. Where there is no Redis, a test is skipped, and in continuous integration it fails."""
    program = find_redis()
    if program is None:
        absence = f"no Redis: none of {', '.join(PROGRAMS)} is on PATH"
        if os.environ.get("CI") == "true":
            pytest.fail(absence)
        pytest.skip(absence)
    folder = Path(tempfile.mkdtemp(prefix="ricochet-redis-"))
    server = Redis(program, folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
