"""Clients that play for a while, then neither read nor write for a while, then play on. A process of `bench stall`.

    python -m bench.sleepers PORT CLIENTS SLEEP_S

It says `ready CLIENTS`, plays, sleeps for SLEEP_S when it gets SIGUSR1, and at SIGTERM says as one line of JSON what
came of it (`Slept`). Each client applies every cell of every snapshot and compares every checksum, as a player's does.
It gives way to other processes of its core: what is measured there is not its own time.
"""

import os
import select
import signal
import socket
import sys
import time
from http.client import HTTPConnection
from typing import Final

import msgspec
from msgspec import Struct, field

from bench.dialects import MASK
from bench.dialects.ricochet import RicochetDialect
from bench.scene import TICK_RATE
from bots.shelf import Shelf
from bots.slices import slice_snapshot
from bots.view import View
from protocol.codec import MsgpackCodec
from protocol.frames import masked_frame, peel
from protocol.messages import Bye, Inputs, Resync
from protocol.motion import Input
from server.games.melee import Melee

NICE: Final = 10
POLL_S: Final = 0.005
RECEIVE_BYTES: Final = 65_536
FRAME_BYTES_MAX: Final = 65_535
HTTP_S_MAX: Final = 10.0


class Slept(Struct):
    """What came of it. Times in seconds from the moment of waking; None: never."""

    right_s: list[float | None] = field(default_factory=list)
    """Of each client: when it had a snapshot no older than the moment, every cell of it as the server has it."""
    unread_snapshots_max: int = 0
    """The most that one of them found waiting."""
    checksum_mismatches: int = 0
    disconnected: list[str] = field(default_factory=list)


class Sleeper:
    """One client, and what it believes."""

    def __init__(self, connection: socket.socket, shelf: Shelf) -> None:
        connection.setblocking(False)
        self.connection = connection
        self.view = View(Melee.kinds, TICK_RATE, shelf=shelf)
        self.ended: str | None = None
        self.woke_tick = 0
        """The server's tick when it woke; 0: it has not slept."""
        self.right_s: float | None = None
        self.unread = 0
        """Snapshots from before it woke that it has read since."""
        self._codec = MsgpackCodec()
        self._held = bytearray()

    def read(self) -> None:
        """Take in what has come."""
        try:
            received = self.connection.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self.ended = str(error)
            return
        if not received:
            self.ended = self.ended or "hung up"
        self._held += received
        messages, taken_bytes, _ = peel(self._held, False, FRAME_BYTES_MAX)
        del self._held[:taken_bytes]
        for message in messages:
            self._take(message)

    def say(self, tick: int) -> None:
        """An input for `tick`, and with it the newest snapshot that was applied."""
        self._post(Inputs(tick, [Input(127, 0)], self.view.tick))

    def _take(self, payload: bytes) -> None:
        if (snapshot := slice_snapshot(payload)) is not None:
            self.unread += snapshot.tick < self.woke_tick
            for cell in self.view.apply(snapshot):
                self._post(Resync(cell))
        elif isinstance(message := self._codec.decode_server(payload), Bye):
            self.ended = f"{message.code} {message.sentence}"

    def _post(self, message: Inputs | Resync) -> None:
        try:
            self.connection.send(masked_frame(self._codec.encode(message), MASK))
        except OSError as error:
            self.ended = str(error)


class Dormitory:
    """All of them, on one epoll."""

    def __init__(self, port: int, clients: int) -> None:
        self._port = port
        dialect, shelf = RicochetDialect(), Shelf()
        self.sleepers = [Sleeper(dialect.join(port, 100_000 + number), shelf) for number in range(clients)]
        self._epoll = select.epoll()
        self._by_fd = {sleeper.connection.fileno(): sleeper for sleeper in self.sleepers}
        for fd in self._by_fd:
            self._epoll.register(fd, select.EPOLLIN)
        self._next_s = time.monotonic()
        self._woke_s = 0.0

    def play(self) -> None:
        """A moment of it."""
        for fd, _ in self._epoll.poll(POLL_S):
            sleeper = self._by_fd[fd]
            sleeper.read()
            if sleeper.ended is not None:
                self._epoll.unregister(fd)
            elif sleeper.right_s is None and sleeper.view.tick >= sleeper.woke_tick > 0:
                sleeper.right_s = time.monotonic() - self._woke_s
        if time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + 1 / TICK_RATE
            for sleeper in self.sleepers:
                if sleeper.ended is None and sleeper.view.tick:
                    sleeper.say(sleeper.view.tick + 3)

    def sleep(self, seconds: float) -> None:
        """Neither read nor write, and then go on."""
        time.sleep(seconds)
        self._woke_s = time.monotonic()
        tick = server_tick(self._port)
        for sleeper in self.sleepers:
            sleeper.woke_tick = tick

    def result(self) -> Slept:
        return Slept(
            right_s=[sleeper.right_s for sleeper in self.sleepers],
            unread_snapshots_max=max((sleeper.unread for sleeper in self.sleepers), default=0),
            checksum_mismatches=sum(sleeper.view.checksum_mismatches for sleeper in self.sleepers),
            disconnected=[sleeper.ended for sleeper in self.sleepers if sleeper.ended is not None],
        )


def server_tick(port: int) -> int:
    """The tick of the server's room. Raises OSError."""
    connection = HTTPConnection("127.0.0.1", port, timeout=HTTP_S_MAX)
    try:
        connection.request("GET", "/api/rooms")
        return int(msgspec.json.decode(connection.getresponse().read())[0]["tick"])
    finally:
        connection.close()


def main(words: list[str]) -> None:
    """Until SIGTERM."""
    port, clients, sleep_s = int(words[0]), int(words[1]), float(words[2])
    signals: list[int] = []
    for number in (signal.SIGUSR1, signal.SIGTERM):
        signal.signal(number, lambda number, _: signals.append(number))
    os.nice(NICE)
    dormitory = Dormitory(port, clients)
    print(f"ready {clients}", flush=True)
    while signal.SIGTERM not in signals:
        dormitory.play()
        if signal.SIGUSR1 in signals:
            signals.remove(signal.SIGUSR1)
            dormitory.sleep(sleep_s)
    print(msgspec.json.encode(dormitory.result()).decode(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
