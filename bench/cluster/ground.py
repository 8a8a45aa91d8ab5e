"""Where the processes of a cluster live, and how one of them is cut off from the network.

    namespaces   each process in a network namespace of its own, all joined by a bridge on which Redis, PostgreSQL and
                 the players are. Cut off: its cable is pulled. Nobody hears of it; packets are lost, both ways
    loopback     each at a port of 127.0.0.1, where namespaces aren't allowed. Cut off: it is stopped in the middle of
                 whatever it does (SIGSTOP), and goes on later, with all that has piled up for it. The system takes
                 connections for it meanwhile, which nobody answers

What is cut off in a namespace runs on and can still be watched from within; what is stopped can't.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, Protocol

from bench.cluster.redis import free_port

NETWORK: Final = "198.18.{third}.{host}"
"""Of the addresses that are set aside for measuring networks (RFC 2544): nobody else's."""
PORT: Final = 8000
IP_S_MAX: Final = 10.0


class Place(Protocol):
    """Where one process is to live."""

    host: str
    port: int

    def within(self, command: list[str]) -> list[str]:
        """`command`, such that it runs there."""

    def cut(self, pid: int) -> None:
        """From now on the process there, `pid`, reaches nobody, nor anybody it."""

    def mend(self, pid: int) -> None:
        """As it was before."""


class Ground(Protocol):
    """All places, and the address that those share who are in none of them."""

    name: str
    host: str
    places: "list[Place]"


class Corner:
    """A network namespace with one cable, to the bridge."""

    def __init__(self, name: str, number: int, third: int) -> None:
        self.host, self.port = NETWORK.format(third=third, host=10 + number), PORT
        self._name, self._cable, self._plug = f"{name}-{number}", f"{name}v{number}", f"{name}p{number}"

    def open(self, bridge: str) -> None:
        _ip("netns", "add", self._name)
        _ip("link", "add", self._cable, "type", "veth", "peer", "name", self._plug, "netns", self._name)
        _ip("link", "set", self._cable, "master", bridge, "up")
        _ip("-n", self._name, "addr", "add", f"{self.host}/24", "dev", self._plug)
        _ip("-n", self._name, "link", "set", self._plug, "up")
        _ip("-n", self._name, "link", "set", "lo", "up")

    def close(self) -> None:
        for words in (["link", "del", self._cable], ["netns", "del", self._name]):
            with suppress(OSError, subprocess.SubprocessError):
                _ip(*words)

    def within(self, command: list[str]) -> list[str]:
        return ["ip", "netns", "exec", self._name, *command]

    def cut(self, pid: int) -> None:
        _ip("link", "set", self._cable, "down")

    def mend(self, pid: int) -> None:
        _ip("link", "set", self._cable, "up")


class Namespaces:
    """As many corners as wanted, and the bridge. Raises OSError or SubprocessError where that isn't allowed."""

    name = "network namespaces"

    def __init__(self, count: int) -> None:
        short, third = f"rico{os.getpid() % 100_000}", os.getpid() % 250 + 1
        self.host = NETWORK.format(third=third, host=1)
        self._bridge, self._corners = f"{short}b", [Corner(short, number, third) for number in range(1, count + 1)]
        self.places: list[Place] = list(self._corners)

    def open(self) -> None:
        _ip("link", "add", self._bridge, "type", "bridge")
        _ip("addr", "add", f"{self.host}/24", "dev", self._bridge)
        _ip("link", "set", self._bridge, "up")
        for corner in self._corners:
            corner.open(self._bridge)

    def close(self) -> None:
        """Also what was opened in part."""
        for corner in self._corners:
            corner.close()
        with suppress(OSError, subprocess.SubprocessError):
            _ip("link", "del", self._bridge)


class Berth:
    """A port of this machine."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.port = free_port(self.host)

    def within(self, command: list[str]) -> list[str]:
        return command

    def cut(self, pid: int) -> None:
        os.kill(pid, signal.SIGSTOP)

    def mend(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


class Loopback:
    """As many ports as wanted."""

    name = "loopback ports"
    host = "127.0.0.1"

    def __init__(self, count: int) -> None:
        self.places: list[Place] = [Berth() for _ in range(count)]


@contextmanager
def ground_of(count: int, *, loopback: bool = False) -> Iterator[Ground]:
    """Namespaces, or else, where they can't be had or aren't wanted, ports of loopback; until the block is left."""
    if loopback or shutil.which("ip") is None or os.geteuid() != 0:
        yield Loopback(count)
        return
    namespaces = Namespaces(count)
    try:
        try:
            namespaces.open()
        except (OSError, subprocess.SubprocessError):
            ground: Ground = Loopback(count)
        else:
            ground = namespaces
        yield ground
    finally:
        namespaces.close()


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=IP_S_MAX)
