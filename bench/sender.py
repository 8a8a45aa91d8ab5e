"""The process that shares a game's sockets and writes for it; the other end of `senders.InProcess`.

    python -m bench.sender WIRE SOCKETS CORE

It is given the memory and the sockets, says so, and then for each order writes what is in that half of the memory, and
says when it was done and what it has cost. It ends when the wire does.
"""

import mmap
import os
import socket
import sys
import time
from contextlib import suppress

from bench.senders import DONE, FDS_PER_MESSAGE, HALF_BYTES, ORDER

WORD_BYTES = 4


def main(words: list[str]) -> None:
    """Until the game hangs up."""
    wire, sockets, core = socket.socket(fileno=int(words[0])), int(words[1]), int(words[2])
    os.sched_setaffinity(0, {core})
    fds: list[int] = []
    while len(fds) <= sockets:
        fds += socket.recv_fds(wire, 16, FDS_PER_MESSAGE)[1]
    memory = memoryview(mmap.mmap(fds[0], 2 * HALF_BYTES))
    _done(wire)
    while order := wire.recv(ORDER.size):
        half, count = ORDER.unpack(order)
        write(memory[half * HALF_BYTES : (half + 1) * HALF_BYTES], count, fds[1:])
        _done(wire)


def write(half: memoryview, count: int, fds: list[int]) -> None:
    """`count` messages: their sockets' numbers, their lengths, and then they themselves."""
    numbers = half[: count * WORD_BYTES].cast("I")
    lengths = half[count * WORD_BYTES : 2 * count * WORD_BYTES].cast("I")
    at = 2 * count * WORD_BYTES
    for number, length in zip(numbers, lengths, strict=True):
        with suppress(BlockingIOError):
            os.write(fds[number], half[at : at + length])
        at += length


def _done(wire: socket.socket) -> None:
    wire.send(DONE.pack(time.monotonic(), time.process_time()))


if __name__ == "__main__":
    main(sys.argv[1:])
