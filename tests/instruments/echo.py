"""An echo behind the real front door, for the tests' own builds: `ricochet serve` has no such thing.

    python -m tests.instruments.echo {fast,plain}

Requests, handshakes, lanes, sieve and links are those of the game; only who is met behind them is another, and what
one connection may bring is more, for conformance tests send messages of 16 MiB. The subprotocol is a player's, but
text and binary messages come back as what they were.
"""

import sys
from functools import partial

import trio
from starlette.applications import Starlette

from protocol import limits
from protocol.codec import CODECS
from server.link import Link
from server.net.front_door import FrontDoor
from server.net.http import HttpServer
from server.net.lane import Bounds
from server.net.link import FastLink, PlainLink
from server.statistics import Traffic

MANY = 1e9
ROOMY = Bounds(32 * 1024 * 1024, 64 * 1024 * 1024, frames_per_second_max=MANY, frames_burst_max=MANY)
JSON = CODECS[limits.SUBPROTOCOL_JSON]


class Echo:
    """A conversation in which every message is answered by itself."""

    def __init__(self, link: Link) -> None:
        assert isinstance(link, FastLink | PlainLink)
        self._link = link
        self._text_link = type(link)(link._connection, link._lane, JSON, link.address, link._nursery)  # type: ignore[arg-type]

    def receive(self, wire: bytes | str, now_s: float) -> None:
        if isinstance(wire, str):
            self._text_link.post(wire.encode())
        else:
            self._link.post(wire)

    def end(self, code: int, sentence: str) -> None:
        self._link.close(code, sentence)

    def lost(self, now_s: float) -> None:
        pass


class EchoHost:
    """Whoever comes over `lane` finds an echo. Over another than that, nothing would be proved."""

    def __init__(self, lane: str) -> None:
        self.traffic = Traffic()
        self._lane = lane

    def meet(self, link: Link, now_s: float) -> Echo:
        assert isinstance(link, FastLink) == (self._lane == "fast")
        return Echo(link)


def front_door(lane: str, bounds: Bounds = ROOMY) -> FrontDoor:
    return FrontDoor(EchoHost(lane), HttpServer(Starlette()), may_be_fast=lane == "fast", bounds=bounds)


async def serve(lane: str) -> None:
    """On a loopback port that the system chose and that is printed, until this process is stopped."""
    [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
    print(listener.socket.getsockname()[1], flush=True)
    await trio.serve_listeners(front_door(lane).welcome, [listener])


if __name__ == "__main__":
    trio.run(partial(serve, sys.argv[1]))
