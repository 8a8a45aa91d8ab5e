"""Python's `websockets` as a puppet: see `puppets` for what it is told and what it tells."""

import asyncio
import ssl
import sys
from base64 import b64decode, b64encode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol


def tell(*words: object) -> None:
    print(*words, flush=True)


def packed(payload: bytes) -> str:
    return b64encode(payload).decode()


class Puppet:
    """One connection after another."""

    def __init__(self) -> None:
        self._socket: ClientConnection | None = None
        self._listening: asyncio.Task[None] | None = None

    @property
    def socket(self) -> ClientConnection:
        assert self._socket is not None, "open comes first"
        return self._socket

    async def open(self, url: str, subprotocols: str, ca: str) -> None:
        offered = [Subprotocol(name) for name in subprotocols.split(",")]
        tls = ssl.create_default_context(cafile=ca) if ca else None
        try:
            self._socket = await connect(url, subprotocols=offered, ssl=tls)
        except InvalidStatus as refused:
            tell("refused", refused.response.status_code)
            return
        tell("open", self.socket.subprotocol, len(self.socket.protocol.extensions))
        self._listening = asyncio.create_task(self._listen(self.socket))

    async def _listen(self, socket: ClientConnection) -> None:
        try:
            while True:
                message = await socket.recv()
                if isinstance(message, str):
                    tell("text", packed(message.encode()))
                else:
                    tell("binary", packed(message))
        except ConnectionClosed:
            tell("closed", socket.close_code, packed((socket.close_reason or "").encode()))

    async def text(self, word: str) -> None:
        await self.socket.send(b64decode(word).decode())

    async def binary(self, word: str) -> None:
        await self.socket.send(b64decode(word))

    async def fragments(self, *words: str) -> None:
        await self.socket.send([b64decode(word) for word in words])

    async def ping(self, word: str) -> None:
        await (await self.socket.ping(b64decode(word)))
        tell("pong", word)

    async def pong(self, word: str) -> None:
        await self.socket.pong(b64decode(word))

    async def close(self, code: str, reason: str) -> None:
        await self.socket.close(int(code), b64decode(reason).decode())


async def main() -> None:
    puppet = Puppet()
    while line := await asyncio.to_thread(sys.stdin.readline):
        deed, *words = line.rstrip("\n").split(" ")
        await getattr(puppet, deed)(*words)


if __name__ == "__main__":
    asyncio.run(main())
