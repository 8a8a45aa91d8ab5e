"""A whole server in this process, on a loopback port."""

from typing import Any

import trio
import trio.testing

from server.app import Server, url_of
from server.config import Config
from server.takeover import listen


def settings(**changes: Any) -> Config:
    return Config(port=0, seed=1, **changes)


class Running:
    """A server that takes connections."""

    def __init__(self, server: Server, url: str) -> None:
        self.server, self.url = server, url

    async def connect(self) -> trio.SocketStream:
        host, _, port = self.url.removeprefix("http://").rstrip("/").partition(":")
        return await trio.open_tcp_stream(host, int(port))

    async def get(self, path: str) -> tuple[int, bytes]:
        """(status, body) of one GET."""
        answer = b""
        async with await self.connect() as stream:
            await stream.send_all(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            while more := await stream.receive_some(65536):
                answer += more
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), body


async def started(nursery: trio.Nursery) -> Running:
    """It serves until the nursery ends."""
    config = settings()
    server = Server(config)
    listeners = await listen(config)
    await nursery.start(server.serve, listeners)
    return Running(server, url_of(config, listeners))
