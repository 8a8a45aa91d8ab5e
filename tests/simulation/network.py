"""The network between the clients and the server's machine: slow, uneven, cut anywhere, and full at times.

A `Connection` is the client's end. What it says goes in pieces of any length, each with an arrival of its own
(`bots.netsim`); what the server wrote leaves its kernel as the way takes it. A client that doesn't read fills its own
kernel, then the way, then the server's.
"""

from collections import Counter, deque
from itertools import pairwise
from math import inf
from random import Random
from typing import Final

import trio

from bots.netsim import PERFECT, Conditions, Route
from tests.simulation.kernel import INBOX_BYTES_MAX, Kernel, Socket

UNREAD_BYTES_MAX: Final = 65_536
"""A client's kernel takes no more than this for a client that doesn't read."""
PIECES_MAX: Final = 4


class Connection:
    """One connection, as its client has it."""

    def __init__(self, random: Random, conditions: Conditions, seed: int, now_s: float, faults: Counter[str]) -> None:
        self.reads = True
        self.is_over = False
        """Nothing comes any more."""
        self.socket: Socket | None = None
        """The server's end, once it is accepted."""
        self._random, self._faults = random, faults
        self._route: Route[bytes] = Route(conditions, seed, now_s * 1000.0)
        self._arrived: deque[bytes] = deque()
        """At the server's machine, whose kernel has no room for it yet. Nothing at all: the end."""
        self._unread = bytearray()
        self._is_cut = False
        self._has_ended = False

    def say(self, data: bytes, now_s: float) -> None:
        """Send, in one or several pieces."""
        if self._is_cut or self._has_ended or not data:
            return
        places = [0, len(data)]
        if self._random.random() < 0.2:
            places += [self._random.randrange(len(data)) for _ in range(self._random.randrange(PIECES_MAX))]
            self._faults["split sends"] += len(places) - 2
        places.sort()
        for start, end in pairwise(places):
            if end > start:
                self._route.up.put(data[start:end], end - start, now_s * 1000.0)

    def hear(self) -> bytes:
        """What has come, if the client reads."""
        if not self.reads:
            return b""
        heard, self._unread = bytes(self._unread), bytearray()
        return heard

    def finish(self, now_s: float) -> None:
        """Say the end (FIN), after all that was said."""
        if not self._is_cut and not self._has_ended:
            self._has_ended = True
            self._route.up.put(b"", 0, now_s * 1000.0)

    def cut(self) -> None:
        """Break (RST), with all that is under way."""
        if not self._is_cut:
            self._is_cut = self.is_over = True
            if self.socket is not None and not self.socket.is_closed:
                self.socket.reset()

    def vanish(self) -> None:
        """Be gone without a word: nothing passes any more, and nobody says so."""
        self._is_cut = self.is_over = True

    def calm(self, now_s: float) -> None:
        """From now on the network is perfect."""
        self._route.breaks_ms = inf
        for pipe in (self._route.up, self._route.down):
            pipe.way.change(PERFECT, now_s * 1000.0)

    @property
    def is_gone(self) -> bool:
        """Nothing can happen on it any more."""
        return self.is_over and (self.socket is None or self.socket.is_closed or self._is_cut)

    def step(self, now_s: float) -> None:
        """Carry both ways what is due."""
        now_ms = now_s * 1000.0
        if now_ms >= self._route.breaks_ms and not self._is_cut:
            self._faults["network breaks"] += 1
            self.cut()
        if self._is_cut or self.socket is None:
            return
        if not self.socket.is_closed:
            self._carry_up(self.socket, now_ms)
        self._carry_down(self.socket, now_ms)

    def _carry_up(self, socket: Socket, now_ms: float) -> None:
        self._arrived.extend(self._route.up.take(now_ms))
        if not self._arrived:
            return
        while self._arrived and len(socket.inbox) < INBOX_BYTES_MAX:
            piece = self._arrived.popleft()
            if piece:
                socket.inbox += piece
            else:
                socket.at_end = True
        socket.changed()

    def _carry_down(self, socket: Socket, now_ms: float) -> None:
        down = self._route.down
        if socket.outbox and not down.is_full:
            down.put(bytes(socket.outbox), len(socket.outbox), now_ms)
            socket.outbox.clear()
            socket.changed()
        if len(self._unread) < UNREAD_BYTES_MAX:
            for piece in down.take(now_ms):
                self._unread += piece
        if (socket.is_closed or socket.is_shut) and not socket.outbox and not down and not self._unread:
            self.is_over = True


class Listener(trio.abc.Listener[trio.SocketStream]):
    """Where the server accepts."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._waiting: deque[tuple[Connection, tuple[str, int]]] = deque()
        self._news = trio.Event()

    def connect(self, connection: Connection, peer: tuple[str, int]) -> None:
        self._waiting.append((connection, peer))
        self._news.set()

    async def accept(self) -> trio.SocketStream:
        """Raises OSError when descriptors have run out."""
        await trio.lowlevel.checkpoint()
        while not self._waiting:
            self._news = trio.Event()
            await self._news.wait()
        connection, peer = self._waiting[0]
        socket = self._kernel.open(peer)
        self._waiting.popleft()
        connection.socket = socket
        if connection.is_over:
            socket.reset()
        return trio.SocketStream(socket)

    async def aclose(self) -> None:
        await trio.lowlevel.checkpoint()
