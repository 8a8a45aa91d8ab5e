"""The server's machine, in memory: its sockets, and the few calls by which the server reaches them. All from one seed.

    trio.socket.SocketType   trio's own seam: a `Socket` makes a real `trio.SocketStream`
    read, write              what the fast lane calls itself
    Poll                     what the sweep and the porch watch sockets with
    wait_readable, wait_writable

`installed(kernel)` puts them in the place of the real ones, so that both lanes run as they are. Like a real kernel
this one gives less than was asked for, takes less than it was given, uses the numbers of closed descriptors again,
runs out of them, and says that a connection was reset.
"""

import errno
import os
import socket as stdlib_socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from types import SimpleNamespace
from typing import Any, Final
from unittest.mock import patch

import trio

from protocol.polls import ALL, IN, Ready

FIRST_FD: Final = 1_000_000
INBOX_BYTES_MAX: Final = 65_536
"""Arrived and not read; the peer's kernel is told to wait then."""
OUTBOX_BYTES: Final = (4_096, 32_768, 262_144)
"""Written and not sent; one of these."""


class Socket(trio.socket.SocketType):
    """The server's end of one connection."""

    def __init__(self, kernel: "Kernel", fd: int, peer: tuple[str, int]) -> None:
        super().__init__()
        self.inbox, self.outbox = bytearray(), bytearray()
        self.outbox_bytes_max = kernel.random.choice(OUTBOX_BYTES)
        self.at_end = self.was_reset = self.is_closed = self.is_shut = False
        """`at_end`: the peer says nothing more. `is_shut`: we don't."""
        self._kernel, self._fd, self._peer = kernel, fd, peer
        self._random = Random(kernel.random.getrandbits(32))
        self._lot = trio.lowlevel.ParkingLot()

    # what a kernel does ------------------------------------------------------------------------------------

    @property
    def is_ready(self) -> bool:
        """Something to read, or the end."""
        return bool(self.inbox) or self.at_end or self.was_reset

    @property
    def is_writable(self) -> bool:
        return self.was_reset or self.is_shut or len(self.outbox) < self.outbox_bytes_max

    def changed(self) -> None:
        self._lot.unpark_all()
        self._kernel.wake_polls()

    def reset(self) -> None:
        """The peer has broken off: what was under way is lost."""
        self.was_reset = True
        self.outbox.clear()
        self.inbox.clear()
        self.changed()

    def read(self, size: int) -> bytes:
        if self.inbox:
            size = self._short("short reads", min(size, len(self.inbox)))
            received = bytes(self.inbox[:size])
            del self.inbox[:size]
            return received
        if self.was_reset:
            self.at_end = True
            raise ConnectionResetError(errno.ECONNRESET, "reset by peer")
        if self.at_end:
            return b""
        raise BlockingIOError(errno.EAGAIN, "nothing there")

    def write(self, data: bytes | bytearray | memoryview) -> int:
        if self.was_reset or self.is_shut:
            raise BrokenPipeError(errno.EPIPE, "nobody reads this")
        room = min(len(data), self.outbox_bytes_max - len(self.outbox))
        if room <= 0:
            raise BlockingIOError(errno.EAGAIN, "full")
        size = self._short("short writes", room)
        self.outbox += memoryview(data)[:size]
        return size

    def _short(self, kind: str, size: int) -> int:
        """`size`, or by chance less."""
        if size > 1 and self._random.random() < self._kernel.short_chance:
            self._kernel.faults[kind] += 1
            return self._random.randrange(1, size)
        return size

    async def wait(self, what: str) -> None:
        """Until `is_ready` or `is_writable`. Raises ClosedResourceError when it is closed meanwhile."""
        await trio.lowlevel.checkpoint()
        while not self.is_closed and not getattr(self, what):
            await self._lot.park()
        if self.is_closed:
            raise trio.ClosedResourceError("another task closed this socket")

    # what trio asks of a socket ----------------------------------------------------------------------------

    @property
    def type(self) -> stdlib_socket.SocketKind:
        return stdlib_socket.SOCK_STREAM

    @property
    def family(self) -> stdlib_socket.AddressFamily:
        return stdlib_socket.AF_INET

    @property
    def did_shutdown_SHUT_WR(self) -> bool:  # noqa: N802
        return self.is_shut

    def fileno(self) -> int:
        return -1 if self.is_closed else self._fd

    def getpeername(self) -> tuple[str, int]:
        self._check_open()
        if self.was_reset:
            raise OSError(errno.ENOTCONN, "not connected")
        return self._peer

    def getsockname(self) -> tuple[str, int]:
        self._check_open()
        return ("192.0.2.1", 8000)

    def setsockopt(self, *_: Any) -> None:
        self._check_open()

    def getsockopt(self, *_: Any) -> Any:
        self._check_open()
        return 0

    async def recv(self, size: int, flags: int = 0) -> bytes:
        await self.wait("is_ready")
        return self.read(size)

    async def send(self, data: Any, flags: int = 0) -> int:
        await self.wait("is_writable")
        return self.write(data)

    async def wait_writable(self) -> None:
        await self.wait("is_writable")

    def shutdown(self, flag: int) -> None:
        self._check_open()
        if self.was_reset:
            raise OSError(errno.ENOTCONN, "not connected")
        self.is_shut = self.is_shut or flag != stdlib_socket.SHUT_RD
        if flag != stdlib_socket.SHUT_WR:
            self.inbox.clear()
            self.at_end = True
        self.changed()

    def close(self) -> None:
        """With something unread in it, this resets the connection, as TCP does."""
        if not self.is_closed:
            self.is_closed = True
            if self.inbox:
                self.outbox.clear()
            self._kernel.closed(self._fd)
            self._lot.unpark_all()

    def _check_open(self) -> None:
        if self.is_closed:
            raise OSError(errno.EBADF, "closed")


class Poll:
    """An epoll; its own descriptor is itself."""

    def __init__(self, kernel: "Kernel") -> None:
        self.lot = trio.lowlevel.ParkingLot()
        self.fds: dict[int, None] = {}
        self._kernel = kernel

    def register(self, fd: int) -> None:
        if fd in self.fds:
            raise FileExistsError(errno.EEXIST, "watched already")
        self._kernel.socket(fd)
        self.fds[fd] = None
        self._kernel.wake_polls()

    def unregister(self, fd: int) -> None:
        if fd not in self.fds:
            raise FileNotFoundError(errno.ENOENT, "not watched")
        del self.fds[fd]

    def ready(self, most: int = ALL) -> list[Ready]:
        ready = [(fd, IN) for fd in self.fds if self._kernel.sockets[fd].is_ready]
        return ready if most == ALL else ready[:most]

    def fileno(self) -> "Poll":
        return self

    def close(self) -> None:
        self.fds.clear()


class Kernel:
    """All sockets, by descriptor. `faults` counts what it does to the server, by kind."""

    def __init__(self, random: Random, faults: Counter[str], fds_max: int = 100_000) -> None:
        self.random, self.faults, self.fds_max = random, faults, fds_max
        self.sockets: dict[int, Socket] = {}
        self.short_chance = random.choice((0.0, 0.02, 0.3))
        self._polls: list[Poll] = []
        self._free: list[int] = []

    def open(self, peer: tuple[str, int]) -> Socket:
        """A connection was accepted. Raises OSError when there are too many."""
        if len(self.sockets) >= self.fds_max:
            self.faults["out of descriptors"] += 1
            raise OSError(errno.EMFILE, "too many open files")
        self._free.sort(reverse=True)
        fd = self._free.pop() if self._free else FIRST_FD + len(self.sockets)
        self.sockets[fd] = made = Socket(self, fd, peer)
        return made

    def closed(self, fd: int) -> None:
        del self.sockets[fd]
        self._free.append(fd)
        for poll in self._polls:
            poll.fds.pop(fd, None)

    def socket(self, fd: int) -> Socket:
        if fd not in self.sockets:
            raise OSError(errno.EBADF, "no such descriptor")
        return self.sockets[fd]

    def poll(self) -> Poll:
        self._polls.append(Poll(self))
        return self._polls[-1]

    def wake_polls(self) -> None:
        for poll in self._polls:
            if poll.lot and poll.ready():
                poll.lot.unpark_all()

    async def wait_readable(self, what: Any) -> None:
        if isinstance(what, Poll):
            await trio.lowlevel.checkpoint()
            while not what.ready():
                await what.lot.park()
        elif isinstance(what, Socket):
            await what.wait("is_ready")
        else:
            await _WAIT_READABLE(what)

    async def wait_writable(self, what: Any) -> None:
        if isinstance(what, Socket):
            await what.wait("is_writable")
        else:
            await _WAIT_WRITABLE(what)


_WAIT_READABLE, _WAIT_WRITABLE = trio.lowlevel.wait_readable, trio.lowlevel.wait_writable


@contextmanager
def installed(kernel: Kernel) -> Iterator[None]:
    """The server's calls go to `kernel`, and no real time passes while it works."""
    calls = SimpleNamespace(
        name="posix",
        read=lambda fd, size: kernel.socket(fd).read(size),
        write=lambda fd, data: kernel.socket(fd).write(data),
    )
    clock = SimpleNamespace(perf_counter=trio.current_time)
    with (
        patch("server.net.fast_lane.os", calls),
        patch("server.net.outlet.os", calls),
        patch("server.net.sweep.os", calls),
        patch("server.net.sweep.poll_by_edges", kernel.poll),
        patch("server.net.porch.poll_by_levels", kernel.poll),
        patch("server.tick_loop.time", clock),
        patch("trio.lowlevel.wait_readable", kernel.wait_readable),
        patch("trio.lowlevel.wait_writable", kernel.wait_writable),
    ):
        yield


assert os.name == "posix", "the fast lane runs where sockets are read like files"
