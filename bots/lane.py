"""The fast lane of a client: messages to and from the socket without a task switch for each.

A `Lane` is a stream beneath trio-websocket's client. The sweep of all lanes reads it; what arrives goes through a
`Sieve`: whole binary messages straight to `deliver`, everything else to the library. What we post is masked and written
to the non-blocking socket at once; what the socket does not take is kept, and everything after it waits in order, the
library's own writes too. So frames never interleave, and trio-websocket keeps the handshake, ping, pong, close and
every error.

Who handles many lanes in bulk (`Bulk`) may be lent one: then what is read while the sieve is clear goes there first,
and comes back where it isn't what it looks like; and it writes to the socket itself as long as nothing is kept.

`PlainLink` is the same for connections without a plain TCP socket (TLS) and for text: over the library's calls.
"""

import os
from collections.abc import Callable
from random import Random
from typing import Final, Protocol

import trio
import trio_websocket

from bots.sieve import Sieve
from bots.sweep import READ_BYTES, READ_BYTES_MAX, Feed, Tray, current_sweep
from protocol import frames

PAYLOAD_BYTES_MAX: Final = 65535
"""A longer message is the library's."""
HANDED_ON_BYTES_MAX: Final = 262_144
"""As much may wait for the library; then no more is read until it fetches it."""
UNSENT_BYTES_MAX: Final = 65536
"""A server that leaves this much unread is gone."""
NO_FD: Final = -1
_MASK_BITS: Final = Random().getrandbits
"""A mask hinders proxies that are fooled by what a page sends (RFC 6455, 10.3); nobody else writes our messages."""


class Bulk(Tray, Protocol):
    """Handles many lanes at once, each of which has a seat there."""

    def may_write(self, seat: int, fd: int) -> None:
        """To this descriptor from now on; NO_FD: what is said goes through the lane."""


class Lane(trio.abc.Stream):
    """The stream beneath the library, and the link above it."""

    def __init__(self, stream: trio.SocketStream, deliver: Callable[[bytes], None]) -> None:
        """What `deliver` raises comes out of `receive_some`, and so ends the task that runs the connection."""
        self.received_bytes = 0
        self.sent_bytes = 0
        self.fate = ""
        """Why we gave the connection up, if it was us."""
        self._stream = stream
        self._fd = stream.socket.fileno()
        self._deliver = deliver
        self._sieve = Sieve(PAYLOAD_BYTES_MAX)
        self._unsent = bytearray()
        self._handed_on = bytearray()
        """Read, and not yet fetched by the library."""
        self._news = trio.Event()
        self._is_watched = self._is_at_end = self._is_fed = self._is_kept = False
        self._bulk: Bulk | None = None
        self._seat = 0
        self._error: Exception | None = None

    def post(self, message: bytes) -> None:
        """Send one message now, or as soon as the socket takes it. A dead connection is noticed by its reader."""
        self._write(frames.masked_frame(message, _MASK_BITS(32).to_bytes(4, "little")))

    def post_frame(self, frame: bytes) -> None:
        """The same for what is a whole masked frame already."""
        self._write(frame)

    def came_back(self, message: bytes | str) -> None:
        """The library has delivered `message`: see `Sieve`."""
        self._sieve.came_back()
        self._mind_feed()

    def lend(self, bulk: Bulk | None, seat: int = 0) -> None:
        """To who handles many lanes at once; or to nobody any more."""
        self._bulk, self._seat = bulk, seat
        if bulk is not None:
            bulk.may_write(seat, NO_FD if self._unsent else self._fd)
        self._mind_feed()

    def _mind_feed(self) -> None:
        """Where what is read goes first depends on whether we are lent, and whether anything is half read."""
        is_fed = self._bulk is not None and self._is_watched and self._sieve.is_clear
        if is_fed != self._is_fed:
            self._is_fed = is_fed
            feed = Feed(self._bulk, self._seat, self.take) if is_fed and self._bulk is not None else None
            current_sweep().feed(self._fd, feed)

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        """The next bytes for the library. May be more than `max_bytes`: they have been read already."""
        await trio.lowlevel.checkpoint()
        while not self._handed_on:
            if self._error is not None:
                raise self._error
            if self._fd == NO_FD:
                raise trio.ClosedResourceError("the connection is closed")
            if self._is_at_end:
                return b""
            self._watch()
            self._news = trio.Event()
            await self._news.wait()
        handed_on, self._handed_on = bytes(self._handed_on), bytearray()
        return handed_on

    def _watch(self) -> None:
        if not self._is_watched:
            self._is_watched = True
            current_sweep().add(self._fd, self._read_ready)
            self._mind_feed()

    def _look_away(self) -> None:
        if self._is_watched:
            self._is_watched = self._is_fed = False
            current_sweep().remove(self._fd)

    def _read_ready(self) -> None:
        """Called by the sweep: there is something to read, or the end, or there was."""
        if not self._is_watched:
            return
        try:
            received = os.read(self._fd, READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:  # reset by the other end
            self._end(trio.BrokenResourceError(str(error)))
        else:
            self.take(received + self._read_more() if len(received) == READ_BYTES else received)

    def take(self, received: bytes) -> None:
        """What was read; nothing: the end."""
        if not self._is_watched:
            return
        try:
            if received:
                self._take(received)
        except Exception as error:  # of whoever listens: its connection's affair, not that of all the others
            self._end(error)
        else:
            if not received:
                self._end()
            elif self._handed_on:
                if len(self._handed_on) > HANDED_ON_BYTES_MAX:
                    self._look_away()
                self._news.set()

    def _end(self, error: Exception | None = None) -> None:
        """There is nothing more to read."""
        self._is_at_end, self._error = error is None, error
        self._look_away()
        self._news.set()

    def _read_more(self) -> bytes:
        """What is left of much; nothing, too, at the end, which is ready again."""
        try:
            return os.read(self._fd, READ_BYTES_MAX - READ_BYTES)
        except OSError:  # and whatever it is is told again
            return b""

    def _take(self, received: bytes) -> None:
        self.received_bytes += len(received)
        messages, left = self._sieve.sort(received)
        if left:
            self._handed_on += left
        self._mind_feed()
        for message in messages:
            self._deliver(message)

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await trio.lowlevel.checkpoint()
        if self._fd == NO_FD:
            raise trio.ClosedResourceError("the connection is closed")
        self._write(data)
        while self._unsent:
            await self.wait_send_all_might_not_block()
            self._write(b"")

    async def wait_send_all_might_not_block(self) -> None:
        await trio.lowlevel.wait_writable(self._stream.socket)

    async def aclose(self) -> None:
        self.close()
        await self._stream.aclose()

    def _write(self, data: bytes | bytearray | memoryview) -> None:
        """Write `data` after what has been kept; keep what the socket does not take."""
        if self._fd == NO_FD:
            return
        if self._unsent:
            self._unsent += data
            data, self._unsent = self._unsent, bytearray()
        try:
            written = os.write(self._fd, data) if data else 0
        except BlockingIOError:
            written = 0
        except OSError:  # reset: the reader is told the same, and ends the connection
            return
        self.sent_bytes += written
        if written < len(data):
            self._unsent += memoryview(data)[written:]
            if len(self._unsent) > UNSENT_BYTES_MAX:
                self.fate = f"the server left more than {UNSENT_BYTES_MAX} bytes unread"
                self.close()
        if self._is_kept != bool(self._unsent):
            self._is_kept = not self._is_kept
            if self._bulk is not None:
                self._bulk.may_write(self._seat, NO_FD if self._is_kept else self._fd)

    def close(self) -> None:
        """Wake whoever waits with an error. The number of the descriptor is forgotten, for it may be another's soon."""
        if self._fd == NO_FD:
            return
        self._look_away()
        self._fd = NO_FD
        if self._bulk is not None:
            self._bulk.may_write(self._seat, NO_FD)
        self._unsent.clear()
        self._news.set()
        self._stream.socket.close()


class PlainLink:
    """Posts through trio-websocket's own calls; `run` is its writer."""

    def __init__(self, connection: trio_websocket.WebSocketConnection, is_text: bool) -> None:
        self.received_bytes = 0
        self.sent_bytes = 0
        self._connection = connection
        self._is_text = is_text
        self._post, self._posted = trio.open_memory_channel[bytes](256)

    def post(self, message: bytes) -> None:
        """Send one message soon. Of a writer that is 256 messages behind, the newest are dropped: it is lost anyway."""
        try:
            self._post.send_nowait(message)
        except trio.WouldBlock:
            return
        self.sent_bytes += len(message)

    def came_back(self, message: bytes | str) -> None:
        """The library has delivered `message`. We can't see the socket, so count payload."""
        self.received_bytes += len(message)

    async def run(self) -> None:
        """Write what is posted until the connection ends."""
        try:
            async for message in self._posted:
                await self._connection.send_message(message.decode() if self._is_text else message)
        except trio_websocket.ConnectionClosed:
            return
