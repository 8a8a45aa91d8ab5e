"""Which server one player connects to next, and when: the twin of the browser's `itinerary`. Pure: time is an argument.

at first           home, the server that one came in by
moved              where it leads, at once; where that leads on and on, after a pause
the room returns   home again, every two seconds or so, for as long as that is the answer
else, with a seat  the server that has it, and home, by turns: the room may be somewhere else by now
else               home
"""

from contextlib import suppress
from math import inf
from random import Random
from typing import Final

from bots.address import Address, parse_address
from bots.backoff import JITTER, Backoff
from protocol.errors import Code, UserError
from protocol.limits import SEAT_KEPT_S
from protocol.messages import Moved

RETURNING_S: Final = 2.0
"""How long to wait, jittered by half, where a room has lost its server and is expected back."""


class Itinerary:
    """Of one player, who comes in at `home`. `address` is where to connect, `led` who has led there."""

    def __init__(self, home: Address) -> None:
        self.address = self._home = self._keeps = home
        self.led: Moved | None = None
        self._lost_s = -inf

    def ended(
        self,
        code: int,
        moved: Moved | None,
        now_s: float,
        backoff: Backoff,
        rng: Random,
        *,
        was_in: bool,
        has_seat: bool,
    ) -> float:
        """A conversation with `address` ended so; how long to wait before the next. `was_in`: it had let us in."""
        was_led, self.led = self.led is not None and not was_in, None
        if was_in:
            self._lost_s, self._keeps = now_s, self.address
        if moved is not None and self._follow(moved):
            return backoff.next_s() if was_led else 0.0
        if code == Code.ROOM_RETURNING:
            self.address, self._lost_s = self._home, now_s
            return RETURNING_S * rng.uniform(1 - JITTER, 1 + JITTER)
        if was_in:
            backoff.succeeded()
        elif has_seat and self.address == self._home and now_s - self._lost_s <= SEAT_KEPT_S:
            self.address = self._keeps
        else:
            self.address = self._home
        return backoff.next_s()

    def _follow(self, moved: Moved) -> bool:
        """Nobody follows out of TLS, or to no address."""
        address: Address | None = None
        with suppress(UserError):
            address = parse_address(f"{moved.url.rstrip('/')}/play")
        if address is None or (self._home.is_tls and not address.is_tls):
            return False
        self.address, self.led = address, moved
        return True
