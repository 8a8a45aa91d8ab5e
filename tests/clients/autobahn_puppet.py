"""Python's `autobahn` as a puppet: see `puppets` for what it is told and what it tells."""

import asyncio
import re
import ssl
import sys
from base64 import b64decode, b64encode
from typing import Any
from urllib.parse import urlsplit

from autobahn.asyncio.websocket import WebSocketClientFactory, WebSocketClientProtocol


def tell(*words: object) -> None:
    print(*words, flush=True)


def packed(payload: bytes) -> str:
    return b64encode(payload).decode()


class Puppet(WebSocketClientProtocol):
    """One connection. The names of what it is called back with are autobahn's."""

    was_opened = False

    def onConnect(self, response: Any) -> None:  # noqa: N802
        self.was_opened = True
        tell("open", response.protocol, len(response.extensions))

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803
        tell("binary" if isBinary else "text", packed(payload))

    def onPong(self, payload: bytes) -> None:  # noqa: N802
        tell("pong", packed(payload))

    def onClose(self, wasClean: bool, code: int, reason: str) -> None:  # noqa: N802, N803
        if self.was_opened:
            tell("closed", self.remoteCloseCode or code, packed((self.remoteCloseReason or "").encode()))
        else:
            status = re.search(r"\[(\d{3})\]", reason or "")
            tell("refused", status[1] if status else 0)

    def do_text(self, word: str) -> None:
        self.sendMessage(b64decode(word), isBinary=False)

    def do_binary(self, word: str) -> None:
        self.sendMessage(b64decode(word), isBinary=True)

    def do_fragments(self, *words: str) -> None:
        self.beginMessage(isBinary=True)
        for word in words:
            self.sendMessageFrame(b64decode(word))
        self.endMessage()

    def do_ping(self, word: str) -> None:
        self.sendPing(b64decode(word))

    def do_pong(self, word: str) -> None:
        self.sendPong(b64decode(word))

    def do_close(self, code: str, reason: str) -> None:
        self.sendClose(int(code), b64decode(reason).decode())


async def opened(url: str, subprotocols: str, ca: str) -> Puppet:
    factory = WebSocketClientFactory(url, protocols=subprotocols.split(","))
    factory.protocol = Puppet
    host, _, port = urlsplit(url).netloc.rpartition(":")
    tls = ssl.create_default_context(cafile=ca) if ca else None
    _, puppet = await asyncio.get_running_loop().create_connection(factory, host, int(port), ssl=tls)
    assert isinstance(puppet, Puppet)
    return puppet


async def main() -> None:
    puppet: Puppet | None = None
    while line := await asyncio.to_thread(sys.stdin.readline):
        deed, *words = line.rstrip("\n").split(" ")
        if deed == "open":
            puppet = await opened(*words)
        else:
            getattr(puppet, f"do_{deed}")(*words)


if __name__ == "__main__":
    asyncio.run(main())
