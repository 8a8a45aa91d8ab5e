"""Carries connections through a bad network: real sockets at both ends, `netsim` in between.

Whatever bytes are read of one end are written to the other when the network has let them arrive. Nothing is looked
into, so handshakes, subprotocols, close codes, pages and TLS pass untouched, and so do the ends: a closed half,
a reset. What is held back is bounded: of an end whose pipe is full, or whose peer takes nothing, no more is read.

A `Relay` carries all connections of a process from two tasks, however many there are: one reads whatever is ready,
one writes whatever is due. The system's timers count in whole ms, so what arrives is late by up to one, and, as all
that is ready within one is read together, seems to have been sent late by up to one more. Nothing comes early.
"""

import os
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from heapq import heappop, heappush
from math import inf
from typing import Final

import trio

from bots.netsim import Conditions, Pipe, Route, seed_of
from bots.sweep import Sweep

GAP_S: Final = 0.001
RECEIVE_BYTES: Final = 65_536
SEGMENT_BYTES: Final = 1400
"""Through a bottleneck a long read goes in such pieces, as it would on a wire."""
CONNECTIONS_MAX: Final = 2048
"""More are refused at the door."""
_NO_LINGER: Final = struct.pack("ii", 1, 0)
_END: Final = b""
"""Goes through a pipe in its place among the bytes: the sender has closed its half."""
_RESET: Final = None


class Relay:
    """All connections of a process that go through the same bad network, each with chances of its own."""

    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions
        self.connections = self.broken = self.refused = 0
        """That are open now; that the network broke; that were too many."""
        self.read_bytes = self.reads = 0
        self._sweep = Sweep(GAP_S)
        self._due: list[tuple[float, int, Callable[[float], None]]] = []
        self._count = 0
        self._flows: set[Flow] = set()
        self._nap = trio.CancelScope()
        self._nursery: trio.Nursery | None = None

    @property
    def held_bytes(self) -> int:
        """Read, and not yet written."""
        return sum(flow.held_bytes for flow in self._flows)

    async def run(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Carry, for ever."""
        async with trio.open_nursery() as self._nursery:
            self._nursery.start_soon(self._sweep.run)
            self._nursery.start_soon(self._deliver)
            task_status.started()

    async def open(self, host: str, port: int, seed: int) -> trio.SocketStream:
        """A connection to there, through here. Raises OSError."""
        far = await trio.open_tcp_stream(host, port)
        ours, theirs = trio.socket.socketpair()
        assert self._nursery is not None
        self._nursery.start_soon(self.carry, trio.SocketStream(ours), far, seed)
        return trio.SocketStream(theirs)

    async def listen(
        self, host: str, port: int, to_host: str, to_port: int, seed: int,
        task_status: trio.TaskStatus[int] = trio.TASK_STATUS_IGNORED,
    ) -> None:  # fmt: skip
        """Accept connections and carry each to there, for ever; starts with the port. Raises OSError."""
        listeners = await trio.open_tcp_listeners(port, host=host)
        count = 0

        async def welcome(near: trio.SocketStream) -> None:
            nonlocal count
            count += 1
            if self.connections >= CONNECTIONS_MAX:
                self.refused += 1
                return
            try:
                far = await trio.open_tcp_stream(to_host, to_port)
            except OSError:
                _reset(near.socket)
                return
            await self.carry(near, far, seed_of(seed, count))

        task_status.started(listeners[0].socket.getsockname()[1])
        await trio.serve_listeners(welcome, listeners)

    async def carry(self, near: trio.SocketStream, far: trio.SocketStream, seed: int) -> None:
        """Carry one connection to its end: of both halves, by a reset, or when the network breaks it."""
        route: Route[bytes | None] = Route(self.conditions, seed, now_ms())
        ended = trio.Event()
        up = Flow(self, near.socket, far.socket, route.up)
        down = Flow(self, far.socket, near.socket, route.down)

        def look() -> None:
            if (up.is_over and down.is_over) or up.was_reset or down.was_reset:
                ended.set()

        up.on_end = down.on_end = look
        self.connections += 1
        self._flows |= {up, down}
        is_sound = False
        try:
            up.watch()
            down.watch()
            with trio.move_on_at(route.breaks_ms / 1000.0) as life:
                await ended.wait()
            self.broken += life.cancelled_caught
            is_sound = not (life.cancelled_caught or up.was_reset or down.was_reset)
        finally:
            self.connections -= 1
            self._flows -= {up, down}
            for flow, stream in ((up, near), (down, far)):
                flow.close()
                if not is_sound:
                    _reset(stream.socket)
                stream.socket.close()

    def at(self, moment_ms: float, act: Callable[[float], None]) -> None:
        """Call `act` with the time, then."""
        self._count += 1
        heappush(self._due, (moment_ms, self._count, act))
        self._nap.deadline = min(self._nap.deadline, moment_ms / 1000.0)

    def look_at(self, fd: int, read: Callable[[], None]) -> None:
        self._sweep.add(fd, read)

    def look_away(self, fd: int) -> None:
        self._sweep.remove(fd)

    def call_when_writable(self, sock: trio.socket.SocketType, act: Callable[[], None]) -> None:
        """Unless it is closed first."""

        async def wait() -> None:
            try:
                await trio.lowlevel.wait_writable(sock)
            except trio.ClosedResourceError:
                return
            act()

        assert self._nursery is not None
        self._nursery.start_soon(wait)

    async def _deliver(self) -> None:
        due = self._due
        while True:
            with trio.CancelScope(deadline=due[0][0] / 1000.0 if due else inf) as self._nap:
                await trio.sleep_forever()
            moment_ms = now_ms()
            while due and due[0][0] <= moment_ms:
                heappop(due)[2](moment_ms)


class Flow:
    """One direction of a connection, from `source` to `target`."""

    def __init__(
        self, relay: Relay, source: trio.socket.SocketType, target: trio.socket.SocketType, pipe: Pipe[bytes | None]
    ) -> None:
        self.is_over = self.was_reset = False
        """Nothing more will be written, and why."""
        self.on_end: Callable[[], None] = lambda: None
        self._relay = relay
        self._source, self._target = source, target
        self._source_fd, self._target_fd = source.fileno(), target.fileno()
        self._pipe = pipe
        self._segment_bytes = SEGMENT_BYTES if pipe.way.conditions.bandwidth_bytes_per_s else RECEIVE_BYTES
        self._unsent = b""
        """Due, and not taken by the target."""
        self._last: list[bytes | None] = []
        """The mark, once it has arrived."""
        self._is_read = self._is_scheduled = self._is_blocked = self._has_read_all = False

    @property
    def held_bytes(self) -> int:
        return self._pipe.held_bytes + len(self._unsent)

    def watch(self) -> None:
        """Read, as long as there is something to read and room for it."""
        if not (self._is_read or self._has_read_all or self.is_over or self._pipe.is_full):
            self._is_read = True
            self._relay.look_at(self._source_fd, self._read_ready)

    def close(self) -> None:
        """Forget both ends: their descriptors may be others' soon."""
        self.is_over = True
        self._look_away()

    def _look_away(self) -> None:
        if self._is_read:
            self._is_read = False
            self._relay.look_away(self._source_fd)

    def _read_ready(self) -> None:
        if not self._is_read:
            return
        moment_ms = now_ms()
        try:
            chunk = os.read(self._source_fd, RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._put_last(_RESET, moment_ms)
            return
        if not chunk:
            self._put_last(_END, moment_ms)
            return
        self._relay.reads += 1
        self._relay.read_bytes += len(chunk)
        self._put(chunk, moment_ms)

    def _put(self, chunk: bytes, moment_ms: float) -> None:
        pipe, step = self._pipe, self._segment_bytes
        if len(chunk) <= step:
            pipe.put(chunk, len(chunk), moment_ms)
        else:
            for at in range(0, len(chunk), step):
                segment = chunk[at : at + step]
                pipe.put(segment, len(segment), moment_ms)
        self._schedule()
        if pipe.is_full:
            self._look_away()

    def _put_last(self, mark: bytes | None, moment_ms: float) -> None:
        self._has_read_all = True
        self._look_away()
        self._pipe.put(mark, 0, moment_ms)
        self._schedule()

    def _schedule(self) -> None:
        if len(self._pipe) and not (self._is_scheduled or self._is_blocked):
            self._is_scheduled = True
            self._relay.at(self._pipe.next_ms, self._arrive)

    def _arrive(self, moment_ms: float) -> None:
        """Something is due."""
        self._is_scheduled = False
        if self.is_over:
            return
        arrived = self._pipe.take(moment_ms)
        if not arrived[-1]:
            self._last.append(arrived.pop())
        self._unsent = b"".join(arrived)  # type: ignore[arg-type]  # a mark is the last
        self._write()

    def _write(self) -> None:
        """Write what is due; what the target does not take, when it does again."""
        self._is_blocked = False
        if self.is_over:
            return
        try:
            written = os.write(self._target_fd, self._unsent) if self._unsent else 0
        except BlockingIOError:
            written = 0
        except OSError:  # the target is gone, which will be read of it, too
            self._end()
            return
        self._unsent = self._unsent[written:]
        if self._unsent:
            self._is_blocked = True
            self._relay.call_when_writable(self._target, self._write)
        elif self._last:
            self.was_reset = self._last[0] is _RESET
            self._end()
        else:
            self._schedule()
            self.watch()

    def _end(self) -> None:
        self.close()
        with suppress(OSError):
            self._target.shutdown(socket.SHUT_WR)
        self.on_end()


def now_ms() -> float:
    return trio.current_time() * 1000.0


def _reset(sock: trio.socket.SocketType) -> None:
    """Make the coming close a reset, as when a router has forgotten the connection."""
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
