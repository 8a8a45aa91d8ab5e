"""Who minds the process is read from its environment; a whole server says it all in the right order."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import trio
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from protocol.errors import UserError
from protocol.limits import SUBPROTOCOL_JSON
from server.lobby import Lobby
from server.minders.minders import Minders
from server.statistics import Statistics
from tests.instruments.agones import LocalAgones
from tests.instruments.agones_sdk import RealAgones, needs_sdk_server, sdk_server
from tests.instruments.served import READY, ROOT
from tests.server.minders.test_systemd import heard
from tests.server.net.wires import until

HEARD_S_MAX = 60.0


async def test_nobody_minds_by_default() -> None:
    minders = Minders(Lobby(), lambda: True, {})
    await minders.run()
    minders.leave()
    await minders.farewell()


@pytest.mark.parametrize("port", ["x", "0", "70000", "-1"])
def test_a_port_that_is_none_is_one_sentence(port: str) -> None:
    with pytest.raises(UserError, match="AGONES_SDK_HTTP_PORT"):
        Minders(Lobby(), lambda: True, {"AGONES_SDK_HTTP_PORT": port})


def test_what_is_counted_joins_the_rest() -> None:
    minders = Minders(Lobby(), lambda: True, {})
    minders.counted.pings = 5
    assert minders.counting(lambda: Statistics(players=2))() == Statistics(players=2, pings=5)


class Game:
    """A server process that is minded, and somebody who plays on it."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.process, self._port = process, port

    def is_ready(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self._port}/readyz").close()
        except urllib.error.HTTPError as error:
            error.close()
            return False
        return True

    @contextmanager
    def playing(self) -> Iterator[None]:
        """Somebody plays."""
        with connect(
            f"ws://127.0.0.1:{self._port}/play",
            subprotocols=[Subprotocol(SUBPROTOCOL_JSON)],
            compression=None,
            max_size=None,
            max_queue=None,  # else what nobody reads stands before the answer to its closing, which is waited for
        ) as player:
            player.send(json.dumps({"type": "hello", "version": 1, "name": "Ada"}))
            yield


@asynccontextmanager
async def minded(**environment: str) -> AsyncIterator[Game]:
    command = [sys.executable, "-m", "ricochet", "serve", "--port", "0", "--drain-s", "50", "--match-s", "600"]
    given = {**os.environ, "RICOCHET_LOG_LEVEL": "warning", **environment}
    with subprocess.Popen(  # noqa: ASYNC220  # it is started, not waited for
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=given
    ) as process:
        try:
            assert process.stdout is not None
            line = await trio.to_thread.run_sync(process.stdout.readline)
            found = READY.search(line)
            assert found, line
            yield Game(process, int(found[2]))
        finally:
            process.kill()


@asynccontextmanager
async def stand_in() -> AsyncIterator[LocalAgones]:
    async with trio.open_nursery() as nursery:
        local = LocalAgones(nursery)
        await local.listen()
        yield local
        nursery.cancel_scope.cancel()


@asynccontextmanager
async def real() -> AsyncIterator[RealAgones]:
    async with trio.open_nursery() as nursery:
        with sdk_server() as sidecar:
            nursery.start_soon(sidecar.watch)
            yield sidecar
            nursery.cancel_scope.cancel()


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[socket.socket]:
    """Where systemd listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.setblocking(False)
        yield ear


def listen(ear: socket.socket, said: list[str]) -> list[str]:
    """What was said so far, with what is new."""
    said += heard(ear)
    return said


@pytest.mark.parametrize("sidecar", [stand_in, pytest.param(real, marks=needs_sdk_server)])
async def test_they_hear_of_a_match_from_beginning_to_end(sidecar: Any, ear: socket.socket) -> None:
    """SIGTERM in the middle of it: the server waits for who plays, and says Shutdown last."""
    said: list[str] = []
    with trio.fail_after(HEARD_S_MAX):
        async with sidecar() as agones:
            given = {"AGONES_SDK_HTTP_PORT": str(agones.port), "WATCHDOG_USEC": "1000000"}
            async with minded(**given, NOTIFY_SOCKET=ear.getsockname()) as game:
                await until(lambda: agones.state == "Ready")
                with game.playing():
                    await until(lambda: agones.state == "Allocated" and agones.counters["players"]["count"] == 1)
                    await until(lambda: any(line.startswith("WATCHDOG=1\n") for line in listen(ear, said)))
                    await until(lambda: bool(agones.health_s))
                    game.process.send_signal(signal.SIGTERM)
                    while await trio.to_thread.run_sync(game.is_ready):  # noqa: ASYNC110
                        await trio.sleep(0.01)
                    assert agones.state == "Allocated"
                await until(lambda: agones.state == "Shutdown")
                assert await trio.to_thread.run_sync(game.process.wait) == 0
    assert said[0].startswith("READY=1\n")
    assert [line for line in heard(ear) if line.startswith("STOPPING=1\n")]
