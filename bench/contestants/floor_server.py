"""The kernel's own cost: for each client and tick one bare receive and one bare send, and no protocol at all."""

import argparse
import select
import signal
import socket
import time
from typing import Final

from bench.contestants.lateness import Lateness
from bench.dialects.floor import ASK_FRAME_BYTES
from protocol.frames import header, unmask

RECEIVE_BYTES: Final = 4096
ACCEPTED_TOGETHER_MAX: Final = 64
"""In one tick."""
SNAPSHOT_BYTES_MAX: Final = 65_536
"""What a client asks for with its first frame is at most so much."""


class Floor:
    """The sockets, and one tick of them."""

    def __init__(self, port: int) -> None:
        self._listening = socket.create_server(("127.0.0.1", port), backlog=1024)
        self._listening.setblocking(False)
        self._epoll = select.epoll()
        self._clients: dict[int, socket.socket] = {}
        self._posts: dict[int, tuple[socket.socket, bytes]] = {}
        """What each client is sent, once it has asked."""
        self.port: int = self._listening.getsockname()[1]

    def advance(self) -> None:
        """Receive once from every socket that is ready, then send once to every client whose socket isn't full."""
        self._accept()
        for fd, _ in self._epoll.poll(0, max(1, len(self._clients))):
            client = self._clients[fd]
            received = _receive(client)
            if not received:
                self._forget(fd)
            elif fd not in self._posts:
                self._posts[fd] = client, _post_of(received)
        for client, post in self._posts.values():
            try:
                client.send(post)
            except OSError:  # full, or gone: then reading says so
                continue

    def _accept(self) -> None:
        for _ in range(ACCEPTED_TOGETHER_MAX):
            try:
                client, _ = self._listening.accept()
            except BlockingIOError:
                return
            client.setblocking(False)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._clients[client.fileno()] = client
            self._epoll.register(client, select.EPOLLIN)

    def _forget(self, fd: int) -> None:
        self._posts.pop(fd, None)
        self._clients.pop(fd).close()


def _receive(client: socket.socket) -> bytes:
    try:
        return client.recv(RECEIVE_BYTES)
    except ConnectionError:
        return b""


def _post_of(received: bytes) -> bytes:
    """The frame that a client asked for with its first frame."""
    ask = received[:ASK_FRAME_BYTES]
    length = min(SNAPSHOT_BYTES_MAX, int.from_bytes(unmask(ask[6:], ask[2:6]), "big"))
    return header(length) + bytes(length)


def main() -> None:
    parser = argparse.ArgumentParser()
    for flag in ("port", "clients", "arena", "tick-rate"):
        parser.add_argument(f"--{flag}", type=int, required=True)
    given = parser.parse_args()
    floor, lateness, stopped = Floor(given.port), Lateness(), []
    signal.signal(signal.SIGUSR1, lambda *_: lateness.forget())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.append(True))
    print(f"ready {floor.port}", flush=True)
    epoch_s, tick = time.monotonic(), 0
    while not stopped:
        deadline_s = epoch_s + tick / given.tick_rate
        time.sleep(max(0.0, deadline_s - time.monotonic()))
        lateness.record(time.monotonic() - deadline_s)
        floor.advance()
        tick += 1
    print(lateness.line(), flush=True)


if __name__ == "__main__":
    main()
