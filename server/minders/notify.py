"""systemd's way of being told things: a datagram of lines; and how often it wants to hear that all is well."""

import socket
from collections.abc import Mapping


def notify(address: str, *lines: str) -> None:
    """Say it at `address`, a path, or an abstract name after "@". What isn't taken at once is an OSError."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
        ours.setblocking(False)
        ours.sendto("\n".join(lines).encode(), "\0" + address[1:] if address.startswith("@") else address)


def watchdog_s_of(environment: Mapping[str, str], pid: int) -> float | None:
    """After so long without a sign of life process `pid` is taken for dead; None: nobody asks for one."""
    usec = environment.get("WATCHDOG_USEC", "")
    is_asked = usec.isdecimal() and int(usec) > 0 and environment.get("WATCHDOG_PID", str(pid)) == str(pid)
    return int(usec) / 1e6 if is_asked else None
