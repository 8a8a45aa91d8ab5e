"""The lane over a plain TCP socket: whole binary messages and posted frames pass trio-websocket by.

Receiving, the sweep of all lanes reads this one when it is ready. Inputs may be read in bulk, with those of others;
else its sieve gives whole messages to the game at once, and keeps everything else for the library to fetch.
Sending, `write` is the one place from which bytes go to the socket, the library's included, so frames never
interleave; but for whole frames that the outlet writes past it, while nothing waits here. It never waits: what the
socket doesn't take is the remainder, all that follows goes behind it, and a task writes it out as the peer reads. A
peer for whom `waiting_bytes_max` pile up is given up; one that reads nothing is the session's to end. Nothing is lost
by cancelling, for no write is ever under way.

A tick begins with a sweep, so what one lane has brought must not take long. Of many messages that come at once the
first few are delivered there; the rest goes to the backlog, and until that is delivered no more is read from the lane.
"""

import os
import socket
from collections import deque
from contextlib import suppress
from functools import partial

import trio

from protocol.frames import only_message
from server.inputs import InputBuffer
from server.net.backlog import current_backlog
from server.net.bulk import Feed
from server.net.lane import BOUNDS, Bounds, Deliver, PlainLane
from server.net.outlet import OUTLET
from server.net.sieve import Sieve
from server.net.sweep import current_sweep
from server.statistics import Traffic

HANDED_ON_BYTES_MAX = 65_536
"""As much may wait for the library; then no more is read until it fetches it."""
DELIVERED_TOGETHER_MAX = 4
"""More messages than these, from one peer in one sweep, wait for a turn each."""
UNSENT_BYTES_MAX = 32_768
"""More than this the kernel doesn't hold for a peer that is not reading: what is newer had better be sent instead."""


def can_carry(stream: trio.abc.Stream) -> bool:
    """Whether there is a plain socket, which this platform reads and writes like a file."""
    return isinstance(stream, trio.SocketStream) and os.name == "posix"


class FastLane(PlainLane):
    """A message is delivered before anything that came after it is handed on to the library."""

    __slots__ = (
        *("_broken", "_deliver", "_ended", "_fd", "_feed", "_handed_on", "_news", "_nursery", "_reading", "_remainder"),
        *("_is_delivering", "_settled", "_sieve", "_socket", "blocked"),
    )

    def __init__(
        self,
        stream: trio.SocketStream,
        head: bytes,
        early: bytes,
        traffic: Traffic,
        nursery: trio.Nursery,
        bounds: Bounds = BOUNDS,
    ) -> None:
        """`nursery` is where the remainder is written from."""
        super().__init__(stream, head, early, traffic, bounds)
        self._socket = stream.socket
        self._nursery = nursery
        self._sieve = Sieve(bounds.message_bytes_max, shut=True)
        self._deliver: Deliver = _undeliverable
        self._remainder = bytearray()
        self.blocked = False
        """Whether there is a remainder, or nobody to take anything."""
        self._settled = trio.Event()
        self._broken = False
        self._fd = stream.socket.fileno()
        OUTLET.add(self._fd, self)
        self._feed: Feed | None = None
        self._reading = self._ended = self._is_delivering = False
        self._handed_on = bytearray()
        """Read, and not yet fetched by the library."""
        self._news = trio.Event()
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES_MAX)

    def open(self, deliver: Deliver | None = None) -> None:
        if deliver is not None:
            self._deliver = deliver
            self._sieve.open()
        if self._early:
            early, self._early = self._early, b""
            self._take(early, trio.current_time())
        if not self._is_delivering:
            self._read_on()
        OUTLET.clear(self._fd, not (self.blocked or self._broken or self.is_closing))
        super().open()

    @property
    def fd(self) -> int:
        """Of the socket."""
        return self._fd

    def forget(self) -> None:
        """The connection is over, and its descriptor will be another's: whoever still writes here, writes nowhere."""
        OUTLET.remove(self._fd, self)
        self._broken = self.blocked = True

    @property
    def waiting_bytes(self) -> int:
        """What is held here: for the peer to take, and for the library to fetch."""
        return len(self._remainder) + len(self._handed_on)

    async def _receive_frames(self) -> bytes:
        await trio.lowlevel.checkpoint()
        while not self._handed_on and not self._ended:
            self._news = trio.Event()
            await self._news.wait()
        handed_on, self._handed_on = bytes(self._handed_on), bytearray()
        if not (self._reading or self._ended or self._is_delivering):
            self._read_on()
        return handed_on

    def _read_on(self) -> None:
        self._reading = True
        current_sweep().add(self._fd, self._take_read)
        self._settle_feed()

    def feed(self, inputs: InputBuffer | None) -> None:
        self._feed = Feed(inputs.table, inputs.slot, self.traffic) if inputs is not None else None
        self._settle_feed()

    def _settle_feed(self) -> None:
        """Let the sweep know whether it may be used now: not between the two halves of a frame."""
        if self._reading:
            may_be_fed = self._sieve.is_between and not self.is_closing
            current_sweep().feed(self._fd, self._feed if may_be_fed else None)

    def say_no_more(self) -> None:
        super().say_no_more()
        self._sieve.shut()  # what still comes is for nobody, but for the close: the library looks for it, and gives way
        OUTLET.clear(self._fd, False)
        self._settle_feed()

    def _pause(self) -> None:
        if self._reading:
            self._reading = False
            current_sweep().remove(self._fd)

    def stop_reading(self) -> None:
        self._pause()
        self._ended = True
        OUTLET.clear(self._fd, False)
        self._news.set()

    def _take_read(self, received: bytes, now_s: float) -> None:
        """What the sweep has read; nothing is the end."""
        if not self._reading:
            return
        if not received:
            self.stop_reading()
            return
        sieve = self._sieve
        try:
            if sieve.is_between and (message := only_message(received, sieve.message_bytes_max)) is not None:
                self.traffic.received_bytes += len(received)  # one short message alone, as they nearly all are
                self._deliver(message, now_s)
            else:
                self._take(received, now_s)
                if self._feed is not None:
                    self._settle_feed()
        except Exception as error:
            self._end_for(error)

    def _take(self, received: bytes, now_s: float) -> None:
        self.traffic.received_bytes += len(received)
        messages, handed_on = self._sieve.sift(received)
        for message in messages[:DELIVERED_TOGETHER_MAX]:
            self._deliver(message, now_s)
        if len(messages) > DELIVERED_TOGETHER_MAX:
            self._pause()
            self._is_delivering = True
            rest = deque(messages[DELIVERED_TOGETHER_MAX:])
            current_backlog().put(partial(self._deliver_one, rest, handed_on, now_s))
        elif handed_on:
            self._hand_on(handed_on)

    def _deliver_one(self, messages: deque[bytes], handed_on: bytes, now_s: float) -> bool:
        """Of what came at `now_s`; whether there is more. After the last, what was behind it is handed on."""
        try:
            if not self.is_closing:
                self._deliver(messages.popleft(), now_s)
        except Exception as error:
            self._end_for(error)
        if self._ended:
            return False
        if messages and not self.is_closing:  # else it is for nobody any more
            return True
        self._is_delivering = False
        self._hand_on(handed_on)
        if len(self._handed_on) <= HANDED_ON_BYTES_MAX:
            self._read_on()
        return False

    def _end_for(self, error: Exception) -> None:
        """A mistake of ours ends this connection, and neither the sweep nor the tick it is part of."""
        self.stop_reading()
        self._nursery.start_soon(_fail, error)

    def _hand_on(self, received: bytes) -> None:
        self._handed_on += received
        self._news.set()
        if len(self._handed_on) > HANDED_ON_BYTES_MAX:
            self._pause()

    def write(self, data: bytes) -> None:
        """Write what the socket takes and keep the rest. After the end of the connection, do nothing."""
        if self._broken:
            return
        length = len(data)
        self.traffic.sent_bytes += length
        if self._remainder:
            self._remainder += data
            if len(self._remainder) > self.bounds.waiting_bytes_max:
                self._give_up()
            return
        try:
            written = os.write(self._fd, data)
        except OSError as error:
            written = self._not_written(error)
        if written < length:
            self._keep(data, written)

    def wrote(self, data: bytes, written: int) -> None:
        """The outlet has written so much of `data`, with nothing waiting here."""
        self._keep(data, written)

    def failed(self, error: OSError, data: bytes) -> None:
        """It couldn't."""
        self._keep(data, self._not_written(error))

    def _keep(self, data: bytes, written: int) -> None:
        """The rest of `data`, which the socket didn't take, until it does."""
        if not self._broken:
            self._remainder += memoryview(data)[written:]
            self.blocked = True
            OUTLET.clear(self._fd, False)
            self._settled = trio.Event()
            self._nursery.start_soon(self._write_remainder)

    def _not_written(self, error: OSError) -> int:
        """How much was written when `os.write` raised: nothing. Unless the socket was just full, the peer is gone."""
        if not isinstance(error, BlockingIOError):
            self._give_up()
        return 0

    async def _write_remainder(self) -> None:
        while self._remainder:
            try:
                await trio.lowlevel.wait_writable(self._socket)
            except (OSError, trio.ClosedResourceError):
                self._give_up()
            else:
                try:
                    written = os.write(self._fd, self._remainder)
                except OSError as error:
                    written = self._not_written(error)
                del self._remainder[:written]
        self.blocked = self._broken
        OUTLET.clear(self._fd, not (self._broken or self.is_closing))
        self._settled.set()

    async def abort(self) -> None:
        self._give_up()
        await trio.lowlevel.checkpoint()

    def _give_up(self) -> None:
        """The peer is gone or might as well be: forget what waits for it, and let the reader see the end."""
        self._broken = True
        OUTLET.clear(self._fd, False)
        self._remainder.clear()
        self.blocked = True
        self._settled.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """The library's frames go the same way, but it waits until they are gone, as backpressure asks."""
        await trio.lowlevel.checkpoint()
        self._check_still_used()
        self._note_close_frame(data)
        self.write(bytes(data))
        if self._remainder:
            await self._settled.wait()
        if self._broken:
            raise trio.BrokenResourceError("the peer is gone, or reads nothing")


def _undeliverable(message: bytes, now_s: float) -> None:
    raise AssertionError("a shut sieve takes nothing")


async def _fail(error: Exception) -> None:
    await trio.lowlevel.checkpoint()
    raise error
