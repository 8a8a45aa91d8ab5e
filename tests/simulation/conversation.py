"""One WebSocket from the client's end, as bytes: the handshake, frames out, frames in, messages.

Whatever the server says must be what RFC 6455 allows a server to say, and in one piece: no frame inside another, no
mask, the shortest length, nothing after a close frame. `Wrong` says what is not.
"""

from collections.abc import Callable
from random import Random
from typing import Final

from protocol import frames
from protocol.codec import CODECS
from protocol.messages import ClientMessage
from tests.server.net.wires import upgrade
from tests.simulation.network import Connection

CLOSE, PING, PONG = 0x88, 0x89, 0x8A
CONTROL: Final = (CLOSE, PING, PONG)


class Wrong(AssertionError):
    """What must never be."""


class Conversation:
    """From the request to the close frame. `hear` is given each message in turn."""

    def __init__(
        self, connection: Connection, subprotocol: str, random: Random, hear: Callable[[bytes | str], None]
    ) -> None:
        self.connection = connection
        self.codec = CODECS[subprotocol]
        self.status = 0
        """Of the answer to the upgrade; 101: it is open."""
        self.closed: tuple[int, str] | None = None
        """The server's close frame."""
        self.pongs: list[bytes] = []
        self.fragments = random.random() < 0.2
        """Now and then a message goes in fragments."""
        self._hear, self._random = hear, random
        self._held = bytearray()

    @property
    def is_open(self) -> bool:
        return self.status == 101 and self.closed is None and not self.connection.is_over

    @property
    def is_over(self) -> bool:
        return self.connection.is_over

    def begin(self, now_s: float) -> None:
        self.connection.say(upgrade(self.codec.subprotocol), now_s)

    def say(self, message: ClientMessage, now_s: float) -> None:
        self.say_payload(self.codec.encode(message), now_s)

    def say_payload(self, payload: bytes, now_s: float) -> None:
        """As one message of the subprotocol's kind."""
        first = frames.TEXT if self.codec.is_text else frames.BINARY
        if self.fragments and len(payload) > 1 and self._random.random() < 0.2:
            at = self._random.randrange(1, len(payload))
            self.say_frame(payload[:at], first & 0x0F, now_s)
            self.say_frame(b"amid", PING, now_s)
            self.say_frame(payload[at:], 0x80, now_s)
        else:
            self.say_frame(payload, first, now_s)

    def say_frame(self, payload: bytes, first: int, now_s: float) -> None:
        mask = self._random.getrandbits(32).to_bytes(4, "big")
        self.connection.say(frames.masked_frame(payload, mask, first), now_s)

    def step(self, now_s: float) -> None:
        """Take in what has come."""
        self._held += self.connection.hear()
        if not self._held:
            return
        if self.status == 0:
            head, end, rest = bytes(self._held).partition(b"\r\n\r\n")
            if not end:
                return
            self._take_answer(head)
            self._held = bytearray(rest)
        if self.status == 101:
            while self._take_frame(now_s):
                pass

    def _take_answer(self, head: bytes) -> None:
        line, *headers = head.decode("ascii").split("\r\n")
        self.status = int(line.split(" ")[1])
        names = {header.partition(":")[0].strip().lower() for header in headers}
        if self.status == 101:
            if "sec-websocket-extensions" in names:
                raise Wrong("an extension was accepted")
            if f"sec-websocket-protocol: {self.codec.subprotocol}" not in (header.lower() for header in headers):
                raise Wrong(f"another subprotocol: {head!r}")

    def _take_frame(self, now_s: float) -> bool:
        held = self._held
        if len(held) < 2:
            return False
        first, length, start = held[0], held[1], 2
        if length & 0x80:
            raise Wrong(f"a masked frame, or none: {bytes(held[:20])!r}")
        if length == 126:
            if len(held) < 4:
                return False
            length, start = int.from_bytes(held[2:4], "big"), 4
        elif length == 127:
            if len(held) < 10:
                return False
            length, start = int.from_bytes(held[2:10], "big"), 10
        if len(held) < start + length:
            return False
        payload = bytes(held[start : start + length])
        del held[: start + length]
        self._take(first, payload, now_s)
        return True

    def _take(self, first: int, payload: bytes, now_s: float) -> None:
        if self.closed is not None:
            raise Wrong(f"frame {first:x} after a close frame")
        if first == CLOSE:
            self.closed = int.from_bytes(payload[:2], "big"), payload[2:].decode()
            self.say_frame(payload[:2], CLOSE, now_s)
        elif first == PING:
            self.say_frame(payload, PONG, now_s)
        elif first == PONG:
            self.pongs.append(payload)
        elif first == (frames.TEXT if self.codec.is_text else frames.BINARY):
            self._hear(payload.decode() if self.codec.is_text else payload)
        else:
            raise Wrong(f"a frame that begins with {first:x}")
