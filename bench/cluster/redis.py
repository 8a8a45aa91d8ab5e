"""A real Redis (or Valkey) of one's own in a temporary folder, from Debian's package or whatever else put it here.

It keeps nothing unless it is asked to. It can be killed, frozen and started again at the same port.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from protocol.errors import UserError

START_S_MAX: Final = 10.0
ANSWER_S_MAX: Final = 2.0
ANSWER_BYTES_MAX: Final = 1 << 20
PORT_MIN: Final = 20_000
PORT_MAX: Final = 32_000
PROGRAMS: Final = ("redis-server", "valkey-server")


def find_redis() -> str | None:
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Redis:
    """One server, on `host` alone."""

    def __init__(self, program: str, folder: Path, host: str = "127.0.0.1") -> None:
        self._program, self._folder, self._host = program, folder, host
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port(host)

    @property
    def url(self) -> str:
        return f"redis://{self._host}:{self.port}/0"

    @property
    def pid(self) -> int:
        """0 while it isn't there."""
        return self._process.pid if self._process is not None else 0

    def start(self, *, keeps: bool = False, forgets: bool = False) -> None:
        """`keeps`: from what it had, if it kept that, and so that it will be there the next time, however it ends;
        `forgets`: from nothing. Raises UserError."""
        words = ["--port", str(self.port), "--bind", self._host, "--dir", str(self._folder), "--save", ""]
        words += ["--protected-mode", "no", "--appendonly", "yes" if keeps else "no"]
        if forgets or not keeps:
            shutil.rmtree(self._folder / "appendonlydir", ignore_errors=True)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen([self._program, *words], stdout=log, stderr=log)
        end_s = time.monotonic() + START_S_MAX
        while self.say("PING") != b"+PONG\r\n":
            if self._process.poll() is not None or time.monotonic() > end_s:
                raise UserError(f"Redis doesn't start: {(self._folder / 'log').read_text()[-400:]}")
            time.sleep(0.01)

    def stop(self) -> None:
        """As an operator does."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def say(self, command: str) -> bytes:
        """What it answers to one line; nothing, when it isn't there."""
        answer = b""
        try:
            with socket.create_connection((self._host, self.port), ANSWER_S_MAX) as connection:
                connection.sendall(command.encode() + b"\r\nQUIT\r\n")
                while chunk := connection.recv(ANSWER_BYTES_MAX):
                    answer += chunk
        except OSError:
            return b""
        return answer.removesuffix(b"+OK\r\n")

    def figures(self) -> dict[str, float]:
        """What it says of itself (`INFO`), as far as that is numbers."""
        found = {}
        for line in self.say("INFO").decode(errors="replace").splitlines():
            name, _, value = line.partition(":")
            with suppress(ValueError):
                found[name] = float(value)
        return found

    def _end(self, number: int) -> None:
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGCONT)
            self._process.send_signal(number)
            self._process.wait()
            self._process = None


@contextmanager
def redis_at(host: str = "127.0.0.1", *, keeps: bool = False) -> Iterator[Redis]:
    """One that runs until the block is left. Raises UserError."""
    program = find_redis()
    if program is None:
        raise UserError(f"there is no Redis on PATH: neither {' nor '.join(PROGRAMS)}")
    with TemporaryDirectory(prefix="ricochet-redis-") as folder:
        server = Redis(program, Path(folder), host)
        try:
            server.start(keeps=keeps)
            yield server
        finally:
            server.kill()


def free_port(host: str) -> int:
    """One that is nobody's now, and none of those that whoever asks for any port is given."""
    while True:
        port = PORT_MIN + secrets.randbelow(PORT_MAX - PORT_MIN)
        with socket.socket() as one, suppress(OSError):
            one.bind((host, port))
            return port
