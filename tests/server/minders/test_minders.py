"""Who minds the process is read from its environment; a whole server says it all in the right order."""

import json
import os
import re
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
from tests.instruments.agones_sdk import RealAgones, sdk_server
from tests.instruments.served import READY, ROOT
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


@pytest.mark.parametrize("sidecar", [stand_in, real])
async def test_agones_hears_of_a_match_from_beginning_to_end(sidecar: Any) -> None:
    """SIGTERM in the middle of it: the server waits for who plays, and says Shutdown last."""
    with trio.fail_after(HEARD_S_MAX):
        async with sidecar() as agones, minded(AGONES_SDK_HTTP_PORT=str(agones.port)) as game:
            await until(lambda: agones.state == "Ready")
            with game.playing():
                await until(lambda: agones.state == "Allocated" and agones.counters["players"]["count"] == 1)
                game.process.send_signal(signal.SIGTERM)
                while await trio.to_thread.run_sync(game.is_ready):  # noqa: ASYNC110
                    await trio.sleep(0.01)
                assert agones.state == "Allocated"
            await until(lambda: agones.state == "Shutdown")
            assert await trio.to_thread.run_sync(game.process.wait) == 0
            assert agones.health_s


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(HEARD_S_MAX)
        yield ear


async def test_systemd_hears_of_a_server_from_beginning_to_end(ear: socket.socket) -> None:
    async with minded(NOTIFY_SOCKET=ear.getsockname(), WATCHDOG_USEC="1000000") as game:
        assert ear.recv(4096).startswith(b"READY=1\n")
        assert re.match(rb"WATCHDOG=1\nSTATUS=1 rooms, 0 people", ear.recv(4096))
        game.process.send_signal(signal.SIGTERM)
        while not (said := ear.recv(4096)).startswith(b"STOPPING=1\n"):
            assert said.startswith(b"WATCHDOG=1")
        assert await trio.to_thread.run_sync(game.process.wait) == 0
