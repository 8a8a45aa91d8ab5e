"""How many sockets and files this process may have open, and so how many connections it has room for.

Connections that take the last of them take them from checkpoints, recordings and the database: players would lose all
that came after the last that could be written, and nobody could be told that the server is full. A shell's limit is
often 1,024, where the system would allow much more. So it is raised to what the settings ask for, as far as that may
be; and where it mayn't, there are fewer connections.
"""

import sys
from contextlib import suppress
from typing import Final

import structlog

from server.net.capacity import UNINVITED_MAX

OWN: Final = 128
"""For what the server opens itself."""
SPARE: Final = OWN + UNINVITED_MAX
EACH: Final = 2
"""A connection, and the file that it is sent."""

log = structlog.get_logger("ricochet")


def make_room(connections_max: int) -> int:
    """How many connections there may be: so many, or as many as there is room for."""
    wanted = EACH * connections_max + SPARE
    room = max(1, raised_to(wanted) - SPARE)
    if room < connections_max:
        log.warning(
            "there are too few descriptors for connections_max (ulimit -n)",
            connections_max=connections_max,
            connections=room,
            descriptors_wanted=wanted,
        )
    return min(room, connections_max)


if sys.platform == "win32":

    def raised_to(wanted: int) -> int:
        """There is no limit that concerns us."""
        return wanted

else:
    import resource

    def raised_to(wanted: int) -> int:
        """Raise the limit to `wanted`, or as far as it may be; what of that there is now. Never lowers it."""
        soft, hard = (wanted if most == resource.RLIM_INFINITY else most for most in _limits())
        most = min(wanted, max(soft, hard))
        if soft >= most:
            return most
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, _limits()[1]))
            return most
        return soft

    def _limits() -> tuple[int, int]:
        return resource.getrlimit(resource.RLIMIT_NOFILE)
