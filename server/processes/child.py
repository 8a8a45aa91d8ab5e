"""Both ends of a child: how the parent starts and hears one, and what a server does that is one.

The parent is to it what systemd is to a process that is alone: it has a socket for each (`NOTIFY_SOCKET`), and asks
for signs of life. The child gets its settings by the environment, logs to where we do and prints nothing else, and
ends when the pipe closes that is its stdin: that is so once the parent is gone, however it ended. It has a session of
its own, so that Ctrl-C comes from the parent alone, and once.
"""

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog
import trio

from server.config import Config
from server.processes.parent import SILENCE_S_MAX
from server.processes.shares import Share

WORDS_BYTES_MAX: Final = 4096
STDERR: Final = 2

log = structlog.get_logger("ricochet.processes")


class Process:
    """A child that runs."""

    def __init__(self, process: trio.Process, ear: trio.socket.SocketType) -> None:
        self.pid = process.pid
        self._process, self._ear = process, ear

    async def hear(self) -> list[str]:
        return (await self._ear.recv(WORDS_BYTES_MAX)).decode(errors="replace").splitlines()

    async def ended(self) -> int:
        return await self._process.wait()

    def tell(self, number: int) -> None:
        if self._process.poll() is None:
            self._process.send_signal(number)

    def close(self) -> None:
        self._ear.close()
        if isinstance(self._process.stdin, trio.lowlevel.FdStream):
            self._process.stdin.close()


class Cradle:
    """Starts children; their sockets are in `folder`, which must be nobody else's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def spawn(self, share: Share) -> Process:
        """Raises OSError."""
        address = self._folder / str(share.number)
        address.unlink(missing_ok=True)
        ear = trio.socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            await ear.bind(str(address))
            process = await trio.lowlevel.open_process(
                [sys.executable, "-m", "ricochet", "member", str(share.number)],
                stdin=subprocess.PIPE,
                stdout=STDERR,
                env=share.environment(os.environ) | _minded_at(address),
                start_new_session=True,
            )
        except BaseException:
            ear.close()
            raise
        return Process(process, ear)


def _minded_at(address: Path) -> dict[str, str]:
    return {"NOTIFY_SOCKET": str(address), "WATCHDOG_USEC": str(round(SILENCE_S_MAX * 1e6))}


async def serve_as_member(config: Config, number: int) -> None:
    """A server that ends with its parent, and says in its logs which one it is. Raises UserError."""
    from server.app import run  # the parent, which has this module too, needs nothing of a game

    structlog.contextvars.bind_contextvars(process=number)
    trio.lowlevel.spawn_system_task(_end_with_parent, sys.stdin.fileno())
    await run(config, lambda url: log.info("ready", url=url))


async def _end_with_parent(stdin: int) -> None:
    with suppress(OSError):
        await trio.to_thread.run_sync(os.read, stdin, 1, abandon_on_cancel=True)
    signal.raise_signal(signal.SIGTERM)
