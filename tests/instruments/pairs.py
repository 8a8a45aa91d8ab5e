"""Connected sockets, closed at the end."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

Pair = tuple[socket.socket, socket.socket]


@contextmanager
def socket_pairs(count: int) -> Iterator[list[Pair]]:
    """Both ends of each; a test may close any of them sooner."""
    made = [socket.socketpair() for _ in range(count)]
    try:
        yield made
    finally:
        for pair in made:
            for end in pair:
                end.close()
