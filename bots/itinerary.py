"""Which server one player connects to next, and when: the twin of the browser's `itinerary`. Pure: time is an argument.

at first           home, the server that one came in by
moved              where it leads, at once; where that leads on and on, after a pause
the room returns   home again, every two seconds or so, for as long as that is the answer
else, with a seat  the server that has it, and home, by turns: the room may be somewhere else by now
else               home

A server may say which others there are (`learn`). Then a home that doesn't let us in hands over to the next of them, in
an order of our own, so that those who lost a server together don't all go to the same; the one that has the seat has
its turn after all of them, for they know where the room is. None is waited for for long while there are others, unless
all are slow.
"""

from collections.abc import Iterable
from contextlib import suppress
from math import inf
from random import Random
from typing import Final

from bots.address import Address, parse_address
from bots.backoff import CROWDED, JITTER, RETURN_AFTER, Backoff
from protocol.errors import Code, UserError
from protocol.limits import HOMES_MAX, SEAT_KEPT_S
from protocol.messages import Moved

RETURNING_S: Final = 2.0
"""How long to wait, jittered by half, where a room has lost its server and is expected back."""
CONNECT_S_MAX: Final = 10.0
"""How long a server is waited for."""
PATIENCE_S: Final = 4.0
"""And at first, where there is another to try; twice as long after each that failed."""
DOUBLED_MAX: Final = 4


class Itinerary:
    """Of one player, who comes in at `home`. `address` is where to connect, `led` who has led there."""

    def __init__(self, home: Address) -> None:
        self.address = self._first = self._keeps = home
        self._homes = [home]
        """The one that counts, and then the others in the order in which they are tried."""
        self.led: Moved | None = None
        self._lost_s = -inf
        self._failures = self._asked = 0
        """In a row; and of these, how many at home."""

    @property
    def patience_s(self) -> float:
        """How long to wait for `address` to answer."""
        has_others = len({*self._homes, self._keeps}) > 1
        return min(CONNECT_S_MAX, PATIENCE_S * 2 ** min(self._failures, DOUBLED_MAX)) if has_others else CONNECT_S_MAX

    def learn(self, urls: Iterable[str]) -> None:
        """These are the others of the fleet, as people open them."""
        home, *_ = self._homes
        others = [address for url in urls if (address := self._trusted(url)) is not None]
        self._homes = list(dict.fromkeys([home, self._first, *others[:HOMES_MAX]]))

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
            self._lost_s, self._keeps, self._failures, self._asked = now_s, self.address, 0, 0
            home, *others = self._homes
            self._homes = [home, *rng.sample(others, len(others))]
        if moved is not None and self._follow(moved):
            return backoff.next_s(has_seat) if was_led else 0.0
        if code == Code.ROOM_RETURNING:
            self._lost_s, self._failures = now_s, 0
            self.address, *_ = self._homes
            backoff.succeeded()
            return RETURNING_S * rng.uniform(1 - JITTER, 1 + JITTER)
        is_kept = has_seat and now_s - self._lost_s <= SEAT_KEPT_S
        if was_in:
            backoff.succeeded()
        else:
            self._failed(is_kept, has_answered=code not in RETURN_AFTER)
        return backoff.next_s(is_kept and code not in CROWDED)

    def _failed(self, is_kept: bool, has_answered: bool) -> None:
        """After an attempt that led nowhere: whereto now."""
        home, *others = self._homes
        self._failures += 1
        if self.address == home:
            self._asked += 1
            if not has_answered:
                self._homes = [*others, home]
            if is_kept and self._keeps not in self._homes and self._asked % len(self._homes) == 0:
                self.address = self._keeps
                return
        self.address = self._homes[0]

    def _follow(self, moved: Moved) -> bool:
        address = self._trusted(moved.url)
        if address is None:
            return False
        self.address, self.led = address, moved
        return True

    def _trusted(self, url: str) -> Address | None:
        """Nobody follows out of TLS, or to no address."""
        with suppress(UserError):
            address = parse_address(f"{url.rstrip('/')}/play")
            return address if address.is_tls or not self._first.is_tls else None
        return None
