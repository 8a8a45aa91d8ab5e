"""Ways for a room's snapshots to get into its sockets, and how much of the game's core each of them takes.

    now       as the fast lane does: one `os.write` for each, within the tick
    thread    the tick notes what is to be written, and a thread writes it: a system call doesn't hold the interpreter
    process   another process has the same sockets (SCM_RIGHTS) and writes what it finds in memory that both share
    none      nothing is written: the most that any way could save

All of them put the WebSocket header before each message, as a link does. A socket that is full is passed by.
"""

import mmap
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from array import array
from collections.abc import Sequence
from contextlib import suppress
from struct import Struct
from typing import Final, Protocol

from protocol.codec import CODECS, Codec
from protocol.frames import header
from protocol.limits import SUBPROTOCOL_MSGPACK
from server.inputs import InputBuffer
from server.link import NO_FD

HALF_BYTES: Final = 16_777_216
"""Of the shared memory, which has two: one is filled while the other is written out. A tick of 1,400 takes a tenth."""
FDS_PER_MESSAGE: Final = 200
"""The kernel takes 253."""
ORDER: Final = Struct("<II")
"""Which half, and how many messages are in it."""
DONE: Final = Struct("<dd")
"""When all of a tick was written, by the clock that all share, and the process's CPU so far; in seconds."""
END_S_MAX: Final = 10.0


class Way(Protocol):
    """One of them. Between two `flush`es is a tick."""

    def put(self, number: int, data: bytes) -> None:
        """Socket `number` is to have `data`."""

    def flush(self) -> None:
        """That was all of this tick."""

    def written_s(self) -> list[float]:
        """When each tick so far was written to its last byte; called once, at the end."""

    def cpu_s(self) -> float:
        """What others than the game's thread have used so far."""

    def close(self) -> None:
        """Idempotent."""


class Posting:
    """A `server.link.Link` that puts, once it is opened; what is posted before is nobody's.

    When a thousand come at once, a million news of who has come are posted: that is not what is measured.
    """

    blocked = False
    waiting_bytes = 0
    guest = ""
    outlet = None
    fd = NO_FD
    address = "bench"

    def __init__(self, number: int) -> None:
        self.codec: Codec = CODECS[SUBPROTOCOL_MSGPACK]
        self._number, self._put = number, _forget

    def open(self, way: Way) -> None:
        self._put = way.put

    def post(self, *messages: bytes) -> None:
        if len(messages) == 1:
            self._put(self._number, header(len(messages[0])) + messages[0])
        else:
            self._put(self._number, b"".join([header(len(message)) + message for message in messages]))

    def feed(self, inputs: InputBuffer | None) -> None:
        """Messages come one by one."""

    def close(self, code: int, reason: str) -> None:
        raise AssertionError(f"a session has ended: {code} {reason}")


def _forget(number: int, data: bytes) -> None:
    pass


class Now:
    """Within the tick."""

    def __init__(self, fds: Sequence[int]) -> None:
        self._fds, self._written_s = fds, list[float]()

    def put(self, number: int, data: bytes) -> None:
        with suppress(BlockingIOError):
            os.write(self._fds[number], data)

    def flush(self) -> None:
        self._written_s.append(time.monotonic())

    def written_s(self) -> list[float]:
        return self._written_s

    def cpu_s(self) -> float:
        return 0.0

    def close(self) -> None:
        pass


class Nowhere(Now):
    """What the game costs without any sending."""

    def put(self, number: int, data: bytes) -> None:
        pass


class InThread:
    """By a thread of this process, on `core`."""

    def __init__(self, fds: Sequence[int], core: int) -> None:
        self._fds, self._core = fds, core
        self._batch: list[tuple[int, bytes]] = []
        self._batches: queue.SimpleQueue[list[tuple[int, bytes]] | None] = queue.SimpleQueue()
        self._written_s: list[float] = []
        self._cpu_s = 0.0
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def put(self, number: int, data: bytes) -> None:
        self._batch.append((self._fds[number], data))

    def flush(self) -> None:
        batch, self._batch = self._batch, []
        self._batches.put(batch)

    def written_s(self) -> list[float]:
        self.close()
        return self._written_s

    def cpu_s(self) -> float:
        return self._cpu_s

    def close(self) -> None:
        self._batches.put(None)
        self._thread.join(END_S_MAX)

    def _write(self) -> None:
        os.sched_setaffinity(threading.get_native_id(), {self._core})
        while (batch := self._batches.get()) is not None:
            for fd, data in batch:
                with suppress(BlockingIOError):
                    os.write(fd, data)
            self._written_s.append(time.monotonic())
            self._cpu_s = time.thread_time()


class InProcess:
    """By a process of its own, on `core`."""

    def __init__(self, fds: Sequence[int], core: int) -> None:
        self._wire, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        memory = os.memfd_create("ricochet-bench")
        os.ftruncate(memory, 2 * HALF_BYTES)
        self._memory, self._half = mmap.mmap(memory, 2 * HALF_BYTES), 0
        words = [sys.executable, "-m", "bench.sender", str(theirs.fileno()), str(len(fds)), str(core)]
        self._process = subprocess.Popen(words, pass_fds=[theirs.fileno()])
        theirs.close()
        everything = [memory, *fds]
        for at in range(0, len(everything), FDS_PER_MESSAGE):
            socket.send_fds(self._wire, [b"fds"], everything[at : at + FDS_PER_MESSAGE])
        os.close(memory)
        self._wire.settimeout(END_S_MAX)
        DONE.unpack(self._wire.recv(DONE.size))  # it has them all
        self._numbers, self._parts = array("I"), list[bytes]()
        self._written_s, self._cpu_s, self._waiting = list[float](), 0.0, 0

    def put(self, number: int, data: bytes) -> None:
        self._numbers.append(number)
        self._parts.append(data)

    def flush(self) -> None:
        while self._waiting > 1:  # the half that is to be filled is still being written out
            self._hear()
        lengths = array("I", map(len, self._parts))
        blob = b"".join([self._numbers.tobytes(), lengths.tobytes(), *self._parts])
        assert len(blob) <= HALF_BYTES
        start = self._half * HALF_BYTES
        self._memory[start : start + len(blob)] = blob
        self._wire.send(ORDER.pack(self._half, len(self._numbers)))
        self._waiting += 1
        self._half ^= 1
        self._numbers, self._parts = array("I"), []

    def _hear(self) -> None:
        written_s, self._cpu_s = DONE.unpack(self._wire.recv(DONE.size))
        self._written_s.append(written_s)
        self._waiting -= 1

    def written_s(self) -> list[float]:
        while self._waiting:
            self._hear()
        return self._written_s

    def cpu_s(self) -> float:
        return self._cpu_s

    def close(self) -> None:
        self._wire.close()
        self._process.wait(END_S_MAX)
        self._memory.close()


WAYS: Final = ("now", "thread", "process", "none")


def way_of(name: str, fds: Sequence[int], core: int) -> Way:
    """`core` is where others than the game's thread run."""
    match name:
        case "thread":
            return InThread(fds, core)
        case "process":
            return InProcess(fds, core)
        case "none":
            return Nowhere(fds)
        case "now":
            return Now(fds)
    raise ValueError(f"there is no way {name!r}")
