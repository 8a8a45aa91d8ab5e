"""When to come back after a connection ended: PROTOCOL.md, section 9.

The delay grows from half a second to ten, and each is jittered by half, so that a thousand clients that lost
the server at once don't return at once. Whose seat is still kept waits two seconds at most, for it isn't kept for long.
"""

from random import Random
from typing import Final

from protocol.errors import Code

DELAY_S_MIN: Final = 0.5
DELAY_S_MAX: Final = 10.0
SEATED_DELAY_S_MAX: Final = 2.0
JITTER: Final = 0.5
CROWDED: Final = frozenset({429, 503})
"""What HTTP says to a crowd instead of an answer to the handshake. Nobody hurries then, whatever they have."""
UNREACHED: Final = frozenset({502, 504})
"""What a proxy says whose server isn't there, as while it is restarted, or doesn't answer."""

RETURN_AFTER: Final = frozenset(
    {1001, 1005, 1006, 1011, 1012, 1013, 1014}
    | CROWDED
    | UNREACHED
    | {
        Code.HELLO_TIMEOUT,
        Code.TOO_SLOW,
        Code.SILENT,
        Code.ROOM_CLOSED,
        Code.SERVER_STOPPING,
        Code.SERVER_FAULT,
        Code.ROOM_RETURNING,
    }
)
"""Closures that are not our fault."""


class Backoff:
    """The delays of one client."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._delay_s = DELAY_S_MIN

    def next_s(self, has_seat: bool = False) -> float:
        """How long to wait before the next attempt; `has_seat`: one is kept for us."""
        delay_s, self._delay_s = self._delay_s, min(DELAY_S_MAX, self._delay_s * 2)
        return (min(delay_s, SEATED_DELAY_S_MAX) if has_seat else delay_s) * self._rng.uniform(1 - JITTER, 1 + JITTER)

    def succeeded(self) -> None:
        """We were welcome, or are to ask again: begin anew."""
        self._delay_s = DELAY_S_MIN
