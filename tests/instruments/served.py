"""A real server: `ricochet serve` as a process of its own, on a loopback port that the system chose."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
READY = re.compile(r"(https?)://127\.0\.0\.1:(\d+)/")
STOP_S = 60.0


@dataclass
class Served:
    """Where it listens, and its process."""

    scheme: str
    port: int
    process: "subprocess.Popen[str]"
    has_ended: bool = False

    def kill(self) -> None:
        """As `kill -9` does."""
        self.has_ended = True
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """As a deployment does, with SIGTERM; it ends by itself."""
        self.has_ended = True
        self.process.terminate()
        assert self.process.wait(STOP_S) == 0

    @property
    def page_url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/"

    @property
    def play_url(self) -> str:
        return f"{self.scheme.replace('http', 'ws')}://127.0.0.1:{self.port}/play"


@contextmanager
def behind_a_bad_network(server: Served, *flags: str) -> Iterator[str]:
    """Run `ricochet netsim` in front of `server`; the address of its page. It must end by itself, too."""
    command = [sys.executable, "-m", "ricochet", "netsim", server.page_url, "--port", "0", *flags]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = READY.search(line)
        assert found, f"not ready: {line!r}, status {process.poll()}"
        yield found[0]
        process.send_signal(signal.SIGINT)
        assert process.wait(STOP_S) == 0
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def served(*flags: str) -> Iterator[Served]:
    """Run until the block is left; then, if it still runs, it must end by itself, with status 0, when asked to."""
    command = [sys.executable, "-m", "ricochet", "serve", "--port", "0", *flags]
    environment = {**os.environ, "RICOCHET_LOG_LEVEL": "warning"}
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = READY.search(line)
        assert found, f"not ready: {line!r}, status {process.poll()}"
        serving = Served(found[1], int(found[2]), process)
        yield serving
        if not serving.has_ended:
            process.send_signal(signal.SIGINT)
            assert process.wait(STOP_S) == 0
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
