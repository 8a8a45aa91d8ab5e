"""Agones' own local SDK server, where somebody has it: `sdk-server` on PATH, or what AGONES_SDK_SERVER names.

    go install agones.dev/agones/cmd/sdk-server@latest

makes one, and Agones' releases have it in `agonessdk-server-….zip`; 1.41 or newer, for its counters are those of
`/v1beta1`. It runs with `--local`: the very binary that is the sidecar of a pod, without Kubernetes.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trio

from server.minders.sidecar import Sidecar, Unheard
from tests.instruments.proxies import free_port

GAME_SERVER = {
    "apiVersion": "agones.dev/v1",
    "kind": "GameServer",
    "metadata": {"name": "local", "namespace": "default"},
    "spec": {"health": {"disabled": False, "periodSeconds": 2, "failureThreshold": 3, "initialDelaySeconds": 5}},
    "status": {
        "state": "Scheduled",
        "counters": {"players": {"count": 0, "capacity": 8}, "rooms": {"count": 0, "capacity": 4}},
    },
}
READY_S_MAX = 60.0
BINARY = shutil.which(os.environ.get("AGONES_SDK_SERVER", "sdk-server"))

needs_sdk_server = pytest.mark.skipif(
    BINARY is None,
    reason="no sdk-server on PATH, none in AGONES_SDK_SERVER; go install agones.dev/agones/cmd/sdk-server@latest",
)


class RealAgones:
    """What it says of its GameServer, asked ten times a second."""

    def __init__(self, port: int, log: Path) -> None:
        self.port, self.state = port, ""
        self.counters = {"players": {"count": 0}, "rooms": {"count": 0}}
        self._sidecar, self._log = Sidecar.at(port), log

    async def watch(self) -> None:
        """For ever."""
        while True:
            try:
                self.state = json.loads(await self._sidecar.ask("GET", "/gameserver"))["status"]["state"]
                for name, counter in self.counters.items():
                    told: dict[str, Any] = json.loads(await self._sidecar.ask("GET", f"/v1beta1/counters/{name}"))
                    counter["count"] = int(told["count"])
            except Unheard:
                pass
            await trio.sleep(0.1)

    @property
    def health_s(self) -> list[str]:
        """A line of its log for each ping."""
        return [line for line in self._log.read_text().splitlines() if "Health Ping" in line]


@contextmanager
def sdk_server() -> Iterator[RealAgones]:
    """For tests that are marked with `needs_sdk_server`."""
    assert BINARY is not None
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        (folder / "gameserver.json").write_text(json.dumps(GAME_SERVER))
        words = ["--local", "--file", str(folder / "gameserver.json"), "--address", "127.0.0.1"]
        ports = ["--http-port", str(port), "--grpc-port", str(free_port())]
        with (folder / "log").open("w") as log:
            process = subprocess.Popen([BINARY, *words, *ports], stdout=log, stderr=log)
        try:
            _wait(process, port)
            yield RealAgones(port, folder / "log")
        finally:
            process.kill()
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    end_s = time.monotonic() + READY_S_MAX
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/gameserver").close()
        except OSError:
            assert process.poll() is None, "sdk-server has ended"
            assert time.monotonic() < end_s, "sdk-server doesn't answer"
            time.sleep(0.1)
        else:
            return
