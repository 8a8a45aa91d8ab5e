"""As many clients as asked for that read what they are sent and say something short thirty times a second.

    python -m bench.audience CLIENTS CORE

It says on which port, takes so many connections, plays until its input ends, and then says as one line of JSON how many
bytes each has read in the mean. What it costs is nobody's: it gives way to whoever shares its core.
"""

import os
import select
import socket
import sys
import time
from contextlib import suppress
from typing import Final

from bench.scene import TICK_RATE

NICE: Final = 10
READ_BYTES: Final = 65_536
SAID: Final = bytes(34)
"""As long as an input in its frame."""


def main(words: list[str]) -> None:
    """Until standard input ends."""
    clients, core = int(words[0]), int(words[1])
    os.sched_setaffinity(0, {core})
    os.nice(NICE)
    with socket.create_server(("127.0.0.1", 0), backlog=clients) as door:
        print(door.getsockname()[1], flush=True)
        connections = [door.accept()[0] for _ in range(clients)]
    for connection in connections:
        connection.setblocking(False)
    read_bytes, until = 0, select.poll()
    until.register(sys.stdin, select.POLLIN | select.POLLHUP)
    due_s = time.monotonic()
    while not until.poll(max(0.0, (due_s - time.monotonic()) * 1e3)):
        due_s = max(due_s + 1 / TICK_RATE, time.monotonic())
        for connection in connections:
            with suppress(BlockingIOError):
                connection.send(SAID)
                read_bytes += len(connection.recv(READ_BYTES))
    print(read_bytes / clients, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
