"""The load: many clients of one contestant, from one process, on raw sockets and one epoll.

Time is cut into slices, `SLICES` to a tick. In each, every socket that is ready is read once, and the clients whose
turn it is send their input; so a contestant's inputs come spread over its tick, as those of strangers would. What is
sent in a tick is made once for each variant. Nothing here waits for anything but the next slice, and `Measured` says
whether the generator itself kept time: a load that lags measures itself.
"""

import gc
import select
import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Self

from bench.dialects import LEAD_TICKS, LEAD_TICKS_MAX, LEAD_TICKS_MIN, MASK, Dialect
from bench.percentiles import percentile
from bench.scene import TICK_RATE, VARIANTS, variant_of
from bench.walker import CONTROL, Walker
from protocol.frames import BINARY, masked_frame

SLICES: Final = 16
JOINS_PER_SECOND_MAX: Final = 200
RECEIVE_BYTES: Final = 262_144
"""At once, from one client."""
UNSENT_BYTES_MAX: Final = 4096
"""Of answers to pings that pile up; further pings stay unanswered."""
BEHIND_S_MAX: Final = 1 / TICK_RATE
"""Slices later than this, or than a whole tick, are given up, and the lateness stays on record."""
SATURATED_CPU_SHARE: Final = 0.9
SATURATED_LATENESS_S: Final = 0.010

PING: Final = 0x89
PONG: Final = 0x8A
CLOSE: Final = 0x88


class Client:
    """One connection.

    `unsent` is what its socket has yet to take before anything else; `goodbye` is what the contestant closed it with.
    """

    __slots__ = ("connection", "goodbye", "number", "receive", "send", "snapshots", "unsent", "walker")

    def __init__(self, number: int, connection: socket.socket) -> None:
        self.number, self.connection = number, connection
        self.receive, self.send = connection.recv_into, connection.send
        self.walker, self.snapshots, self.unsent, self.goodbye = Walker(), 0, b"", ""


@dataclass
class Measured:
    """What the clients saw in one window."""

    seconds: float = 0.0
    received_bytes: int = 0
    snapshots: list[int] = field(default_factory=list)
    """Of each client that is still there."""
    lost: Counter[str] = field(default_factory=Counter)
    """Clients that were disconnected in it, by reason."""
    cpu_s: float = 0.0
    """The generator's own."""
    lateness_s: list[float] = field(default_factory=list)
    """Of its slices."""
    inputs: int = 0
    inputs_unsent: int = 0
    """A client's socket was full."""

    @property
    def is_saturated(self) -> bool:
        """Whether the generator may have been the bottleneck."""
        late_s = percentile(self.lateness_s, 0.99) or 0.0
        return self.cpu_s > SATURATED_CPU_SHARE * self.seconds or late_s > SATURATED_LATENESS_S


class Load:
    """The clients of one contestant at `port`; a context that closes them all."""

    def __init__(self, dialect: Dialect, port: int, tick_rate: int = TICK_RATE) -> None:
        self.clients: list[Client] = []
        self.lost: Counter[str] = Counter()
        """Clients that were disconnected at any time, by reason."""
        self.measured = Measured()
        self._dialect, self._port, self._tick_s = dialect, port, 1 / tick_rate
        self._epoll = select.epoll()
        self._by_fd: dict[int, Client] = {}
        self._turns: list[list[Client]] = [[] for _ in range(SLICES)]
        self._buffer = bytearray(RECEIVE_BYTES)
        self._next_slice, self._next_s = 0, time.monotonic()
        self.newest_tick: int | None = None
        """The tick of the newest snapshot of the first client."""
        self.tick = 0
        """The tick that inputs are for now."""
        self._frames: list[bytes] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self.clients:
            client.connection.close()
        self._epoll.close()

    def join(self, count: int) -> None:
        """Let `count` clients join, one after the other; those that are in play meanwhile.

        Raises what the dialect's `join` raises.
        """
        for number in range(len(self.clients), len(self.clients) + count):
            began_s = time.monotonic()
            self._add(Client(number, self._dialect.join(self._port, number)))
            self._play_until(began_s + 1 / JOINS_PER_SECOND_MAX)

    def play(self, seconds: float) -> Measured:
        """Play for so long; what was seen meanwhile."""
        for client in self.clients:
            client.snapshots = 0
        measured = self.measured = Measured()
        gc.collect()
        gc.disable()
        began_s, cpu_s = time.monotonic(), time.process_time()
        try:
            self._play_until(began_s + seconds)
        finally:
            gc.enable()
        measured.seconds, measured.cpu_s = time.monotonic() - began_s, time.process_time() - cpu_s
        measured.snapshots = [client.snapshots for client in self.clients]
        return measured

    def _play_until(self, end_s: float) -> None:
        """Run the slices that are due before `end_s`; sleep between them."""
        while self._next_s < end_s:
            now_s = time.monotonic()
            if now_s < self._next_s:
                self._rest(self._next_s - now_s)
                now_s = time.monotonic()
            late_s = now_s - self._next_s
            self.measured.lateness_s.append(late_s)
            if late_s > min(BEHIND_S_MAX, self._tick_s):
                self._next_s = now_s
            self._next_s += self._tick_s / SLICES
            self._receive()
            if self._next_slice == 0:
                self._begin_tick()
            self._send(self._turns[self._next_slice])
            self._next_slice = (self._next_slice + 1) % SLICES

    def _rest(self, seconds: float) -> None:
        """Until the next slice."""
        time.sleep(seconds)

    def _shown(self, client: Client) -> None:
        """A snapshot has come for `client`; for those who look closer."""

    def _begin_tick(self) -> None:
        self.tick = next_tick(self.tick, self.newest_tick)
        self._frames = [self._dialect.input_frame(self.tick, variant) for variant in range(VARIANTS)]

    def _receive(self) -> None:
        """Read every ready socket once."""
        buffer, by_fd, is_snapshot = self._buffer, self._by_fd, self._dialect.is_snapshot
        for fd, _ in self._epoll.poll(0, max(1, len(by_fd))):
            client = by_fd[fd]
            try:
                count = client.receive(buffer)
                frames = client.walker.walk(buffer, count)
            except BlockingIOError:
                continue
            except (OSError, ValueError) as error:
                self._lose(client, str(error))
                continue
            self.measured.received_bytes += count
            for first, head in frames:
                if first == BINARY and is_snapshot(head):
                    client.snapshots += 1
                    self._shown(client)
                    if client is self.clients[0]:
                        self.newest_tick = self._dialect.tick_of(head)
                elif first & CONTROL:
                    self._control(client, first, head)
            if not count or client.goodbye:
                self._lose(client, client.goodbye or "hung up")

    def _send(self, clients: list[Client]) -> None:
        """Each client's input for this tick; none for one whose socket hasn't taken the last."""
        frames, tick = self._frames, self.tick
        unsent = 0
        for client in clients.copy():
            frame = client.unsent or frames[variant_of(client.number, tick)]
            try:
                sent = client.send(frame)
            except BlockingIOError:
                sent = 0
            except OSError as error:
                self._lose(client, str(error))
                continue
            if sent != len(frame):
                unsent += 1
                client.unsent = frame[sent:] if sent or client.unsent else b""
            elif client.unsent:
                client.unsent = b""
        self.measured.inputs += len(clients)
        self.measured.inputs_unsent += unsent

    def _control(self, client: Client, first: int, payload: bytes) -> None:
        if first == PING and len(client.unsent) < UNSENT_BYTES_MAX:
            client.unsent += masked_frame(payload, MASK, PONG)
        elif first == CLOSE:
            client.goodbye = f"closed with {int.from_bytes(payload[:2], 'big')} {payload[2:].decode(errors='replace')}"

    def _add(self, client: Client) -> None:
        client.connection.setblocking(False)
        self.clients.append(client)
        self._by_fd[client.connection.fileno()] = client
        self._turns[client.number % SLICES].append(client)
        self._epoll.register(client.connection, select.EPOLLIN)

    def _lose(self, client: Client, reason: str) -> None:
        self.lost[reason] += 1
        self.measured.lost[reason] += 1
        self.clients.remove(client)
        self._turns[client.number % SLICES].remove(client)
        del self._by_fd[client.connection.fileno()]
        client.connection.close()


def next_tick(last: int, newest: int | None) -> int:
    """The tick that inputs are for, after `last`; `newest` is the newest snapshot's, None where they don't say."""
    if newest is None or LEAD_TICKS_MIN <= last + 1 - newest <= LEAD_TICKS_MAX:
        return last + 1
    return newest + LEAD_TICKS
