"""`ricochet serve --processes N`, put together: shares, ports, signals, and systemd, which hears of all as of one."""

import os
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import structlog
import trio

from protocol.errors import UserError
from server.config import Config
from server.minders.notify import notify, watchdog_s_of
from server.processes.child import Cradle
from server.processes.parent import ALIVE, READY, STOPPING, Parent
from server.processes.shares import refuse_where_it_cant_be, shares_of
from server.signals import ending_signals
from server.where import url_at

BEATS_PER_PERIOD: Final = 2

log = structlog.get_logger("ricochet.processes")


async def run(config: Config) -> int:
    """Until a signal ends it: the status to exit with. Raises UserError."""
    refuse_where_it_cant_be(os.environ, sys.platform)
    ports = ports_of(config)
    mind = Mind(os.environ)
    with TemporaryDirectory(prefix="ricochet-", ignore_cleanup_errors=True) as folder:

        def on_ready() -> None:
            print(f"Ricochet is ready: {url_at(config, ports[0])} ({config.processes} processes)", flush=True)
            mind.say(READY, f"STATUS={config.processes} processes")

        parent = Parent(shares_of(config, ports), Cradle(Path(folder)).spawn, config.drain_s, on_ready)
        async with trio.open_nursery() as nursery:
            await nursery.start(pass_signals_on, parent, mind.say)
            nursery.start_soon(mind.run)
            status = await parent.run()
            nursery.cancel_scope.cancel()
    return status


def ports_of(config: Config) -> list[int]:
    """That of the settings and those after it; with 0 any that are free. Raises UserError."""
    if config.port:
        return list(range(config.port, config.port + config.processes))
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with ExitStack() as taken:  # all at once, so that no two are the same
        try:
            servers = [socket.create_server((config.host, 0), family=family) for _ in range(config.processes)]
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise UserError(f"no ports of {config.host} can be had: {why}") from None
        return [taken.enter_context(server).getsockname()[1] for server in servers]


class Mind:
    """systemd, where it has started us. The parent sees to it that each process lives; we say that the parent does."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET")
        self._watchdog_s = watchdog_s_of(environment, os.getpid())

    def say(self, *lines: str) -> None:
        if self._address:
            try:
                notify(self._address, *lines)
            except OSError as error:
                log.warning("systemd can't be told", why=str(error))

    async def run(self) -> None:
        """For ever, or until there is nothing to do."""
        while self._address and self._watchdog_s is not None:
            self.say(ALIVE)
            await trio.sleep(self._watchdog_s / BEATS_PER_PERIOD)


async def pass_signals_on(
    parent: Parent, say: Callable[..., None], task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
) -> None:
    """Started once a signal would be noticed."""
    with trio.open_signal_receiver(*ending_signals()) as signals:
        task_status.started()
        async for number in signals:
            if not parent.is_stopping.is_set():
                log.info("stopping", processes=len(parent.children))
                say(STOPPING, "STATUS=Draining: those who play may finish")
            parent.stop(number)
