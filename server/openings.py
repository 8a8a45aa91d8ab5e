"""Rooms for whoever wants one more: who may open how many, what they are called, and the limit of the process. Pure.

Each person, or address, has a bucket, in a bounded table; this machine itself has none, as it has no limit of
connections. Quick play's own rooms need none: it opens one only where all
others are full.
"""

from collections.abc import Callable
from typing import Final

from protocol import limits
from protocol.errors import Code, Violation
from protocol.messages import Open, is_good_title
from server.bucket import Bucket
from server.catalogue import Catalogue, title_of
from server.restrictions import address_key
from server.room import Room
from server.statistics import Opening

OPENERS_MAX: Final = 1024
"""With more of them at once, whoever isn't among them waits."""
ROOMS_MAX_DEFAULT: Final = 64
THIS_MACHINE: Final = frozenset(map(address_key, ("127.0.0.1", "::1")))


class Openings:
    """Without a catalogue no room can be opened. What is opened, and what isn't for a limit, is `counted`."""

    def __init__(self, catalogue: Catalogue | None, new_token: Callable[[], str], rooms_max: int) -> None:
        self.counted = Opening()
        self.rooms_max = rooms_max
        self._catalogue, self._new_token = catalogue, new_token
        self._allowances = Allowances()

    def open(self, message: Open, key: str, rooms: int, now_s: float, account: str = "") -> Room:
        """What `key`, as bans know people, asks for, beside so many `rooms`; drafts are an `account`'s. Raises
        Violation."""
        if not is_good_title(message.title):
            raise Violation(Code.OPEN_REFUSED, "a title is printable characters, with no blank at either end")
        self._check(rooms)
        if key not in THIS_MACHINE and not self._allowances.take(key, now_s):
            self.counted.opens_refused += 1
            raise Violation(Code.OPEN_REFUSED, "you have opened enough rooms for now; wait a little")
        return self._make(message.title, message.game, message.arena, message.private, key, account)

    def another(self, game: str | None, rooms: int) -> Room:
        """One for quick play. Raises Violation."""
        if self._catalogue is None:
            raise Violation(Code.ROOM_NOT_FOUND, "no room is open")
        self._check(rooms)
        game, arena = self._catalogue.first(game)
        return self._make(f"{title_of(game)} {self.counted.rooms_opened + 1}", game, arena, False, "")

    def again(self, room: Room) -> Room:
        """A fresh one in the place of `room`, which has failed."""
        assert self._catalogue is not None
        return self._catalogue.again(room)

    def _check(self, rooms: int) -> None:
        if rooms >= self.rooms_max:
            self.counted.opens_refused += 1
            raise Violation(Code.OPEN_REFUSED, f"there are {self.rooms_max} rooms already; enter one of them")

    def _make(self, title: str, game: str, arena: str, is_private: bool, opener: str, account: str = "") -> Room:
        if self._catalogue is None:
            raise Violation(Code.OPEN_REFUSED, "no rooms can be opened here")
        token = self._new_token()
        name = token if is_private else f"{game[:24]}-{token[-8:]}"
        room = self._catalogue.open(name, title, game, arena, is_private, opener, account)
        self.counted.rooms_opened += 1
        return room


class Allowances:
    """Known by what bans know people by. Time is an argument, in seconds."""

    def __init__(self, openers_max: int = OPENERS_MAX) -> None:
        self._openers_max = openers_max
        self._buckets: dict[str, Bucket] = {}

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str, now_s: float) -> bool:
        """Whether `key` may open one more now; it has, then."""
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= self._openers_max:
                self._buckets = {other: one for other, one in self._buckets.items() if one.back_s > now_s}
            if len(self._buckets) >= self._openers_max:
                return False
            rate = limits.OPENS_PER_MINUTE_MAX / 60
            bucket = self._buckets[key] = Bucket.full(rate, limits.OPENS_BURST_MAX, now_s)
        return bucket.take(now_s)
