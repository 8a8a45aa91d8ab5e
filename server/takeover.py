"""The folder and the port, of which there is one each: taken from a server that is about to let go of them.

With `takeover_s` a second server can be started beside the first. It waits; the first is asked to stop, keeps its
rooms and lets go of both; the second takes them and goes on. Clients come back by themselves.
"""

import errno
from typing import Final

import structlog
import trio

from protocol.errors import UserError
from server.config import Config
from server.store import Folder

LOOK_EVERY_S: Final = 0.05
BACKLOG: Final = 1024

log = structlog.get_logger("ricochet.takeover")


async def take_folder(config: Config, until_s: float) -> Folder | None:
    """The folder of `state_dir`, for this process alone, as soon as it can be had. Raises UserError."""
    if config.state_dir is None:
        return None
    folder = Folder(config.state_dir)
    is_waiting = False
    while not folder.lock():
        holder = folder.holder()
        if trio.current_time() >= until_s:
            folder.close()
            raise UserError(f"{config.state_dir} is in use by another server, process {holder}")
        if not is_waiting:
            log.info("waiting for another server to let go", folder=str(config.state_dir), process=holder)
            is_waiting = True
        await trio.sleep(LOOK_EVERY_S)
    return folder


async def listen(config: Config, until_s: float = 0.0) -> list[trio.SocketListener]:
    """The sockets of `config`'s host and port, as soon as they can be had. Raises UserError."""
    while True:
        try:
            return await trio.open_tcp_listeners(config.port, host=config.host or None, backlog=BACKLOG)
        except OSError as error:
            if trio.current_time() >= until_s or error.errno != errno.EADDRINUSE:
                why = (error.strerror or str(error)).lower()
                raise UserError(f"port {config.port} of {config.host} can't be had: {why}") from None
        await trio.sleep(LOOK_EVERY_S)
