"""What lies beneath trio-websocket: the connection's bytes, under our own eyes.

A lane is the stream that the library believes it has. It replays the request head that the front door has
already read, keeps the next bytes back until the game is ready for them, counts what passes, and knows
whether a close frame has been sent. The library's `aclose` ends the library's use of the lane and nothing
else: `part` says what is still to be said and closes the stream.

`PlainLane` leaves every frame to the library, over any stream. `fast_lane` doesn't.
"""

from collections.abc import Callable
from contextlib import suppress

import trio
from msgspec import Struct

from protocol import limits
from protocol.errors import clip_reason
from protocol.frames import header
from server.inputs import InputBuffer
from server.statistics import Traffic

RECEIVE_BYTES_MAX = 65536
CLOSE_DEADLINE_S = 2.0
WAITING_BYTES_MAX = 262_144
"""As much may wait for a peer's socket; the peer for whom more does is given up. How long, is the session's to say."""

Deliver = Callable[[bytes, float], None]
"""Takes a message, and when it came by trio's clock."""


class Bounds(Struct, frozen=True):
    """What one connection may bring at once and leave waiting."""

    message_bytes_max: int = limits.MESSAGE_BYTES_MAX
    waiting_bytes_max: int = WAITING_BYTES_MAX
    frames_per_second_max: float = limits.MESSAGES_PER_SECOND_MAX
    frames_burst_max: float = limits.MESSAGES_BURST_MAX
    """Of frames that are no whole message: pings, pongs and fragments have a bucket of their own."""


BOUNDS = Bounds()
"""A player's."""

_CLOSE = b"\x88"
_BROKEN_FRAMING = (1002, 1007)


class PlainLane(trio.abc.Stream):
    """Every byte to and from the library, as it is."""

    __slots__ = ("_early", "_head", "_left", "_opened", "bounds", "close_sent", "is_closing", "stream", "traffic")

    def __init__(
        self, stream: trio.abc.Stream, head: bytes, early: bytes, traffic: Traffic, bounds: Bounds = BOUNDS
    ) -> None:
        """`head` is the request as it was read from `stream`; `early` is what came after it."""
        self.stream = stream
        self.traffic = traffic
        self.bounds = bounds
        self.close_sent = self.is_closing = False
        """A close frame was sent; the last word has been said, and what still comes in is for nobody."""
        self._head = head
        self._early = early
        self._opened = trio.Event()
        self._left = False

    def open(self, deliver: Deliver | None = None) -> None:
        """Let frames in. A lane that can gives binary messages to `deliver` itself, in order."""
        self._opened.set()

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        self._check_still_used()
        if self._head:
            await trio.lowlevel.checkpoint()
            head, self._head = self._head, b""
            return head
        if not self._opened.is_set():
            await self._opened.wait()
        return await self._receive_frames()

    async def _receive_frames(self) -> bytes:
        """The next bytes that are the library's; empty at the end."""
        return await self._receive()

    async def _receive(self) -> bytes:
        """The next bytes at all."""
        if self._early:
            received, self._early = self._early, b""
        else:
            received = await self._read()
        self.traffic.received_bytes += len(received)
        return received

    async def _read(self) -> bytes:
        return bytes(await self.stream.receive_some(RECEIVE_BYTES_MAX))

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        self._check_still_used()
        self._note_close_frame(data)
        self.traffic.sent_bytes += len(data)
        await self.stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await self.stream.wait_send_all_might_not_block()

    def feed(self, inputs: InputBuffer | None) -> None:
        """Inputs may go there from now on, past everybody; or no more. A lane that can makes use of it."""

    def say_no_more(self) -> None:
        """The last word has been said. Idempotent."""
        self.is_closing = True

    def forget(self) -> None:
        """The connection is over: whoever knows of the lane by its descriptor, knows it no more. Idempotent."""

    def stop_reading(self) -> None:
        """Take nothing more from the stream, which somebody else is going to read or close. Idempotent."""

    async def aclose(self) -> None:
        self._left = True
        self.stop_reading()
        await trio.lowlevel.checkpoint()

    async def abort(self) -> None:
        """Break the connection off: the library sees its end."""
        await trio.aclose_forcefully(self.stream)

    def _check_still_used(self) -> None:
        if self._left:
            raise trio.ClosedResourceError("trio-websocket has closed this lane")

    def _note_close_frame(self, data: bytes | bytearray | memoryview) -> None:
        # The library sends each frame with one call; its answer to the handshake begins with "H".
        if data[:1] == _CLOSE:
            self.close_sent = True
            self.say_no_more()

    async def part(self, code: int, reason: str) -> None:
        """End the connection for good; `code` and `reason` are how the library says that it ended.

        A close frame that the library still owes is said here.
        """
        last_words = close_frame(code, reason) if self.owes_close_frame(code) else b""
        await hang_up(self.stream, last_words)

    def owes_close_frame(self, code: int) -> bool:
        """When the peer broke the framing, the library only hangs up, where RFC 6455 asks for a close frame (7.1.7)."""
        return not self.close_sent and code in _BROKEN_FRAMING


async def hang_up(stream: trio.abc.Stream, last_words: bytes) -> None:
    """Send `last_words`, give the peer time to read them, and close.

    A socket that is closed with something unread in it is reset, and what was sent last is lost with it; so what
    still comes is read and forgotten until the peer hangs up too.
    """
    try:
        with trio.move_on_after(CLOSE_DEADLINE_S), suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            await stream.send_all(last_words)
            if isinstance(stream, trio.abc.HalfCloseableStream):
                await stream.send_eof()
                while await stream.receive_some(RECEIVE_BYTES_MAX):
                    pass
            else:
                await stream.aclose()
    finally:
        await trio.aclose_forcefully(stream)


def close_frame(code: int, reason: str) -> bytes:
    payload = code.to_bytes(2, "big") + clip_reason(reason).encode()
    return header(len(payload), _CLOSE[0]) + payload
