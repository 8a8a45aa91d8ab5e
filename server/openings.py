"""Who may open how many rooms: a bucket for each person or address, and a bounded table of them. Pure."""

from typing import Final

from protocol import limits
from server.bucket import Bucket

OPENERS_MAX: Final = 1024
"""With more of them at once, whoever isn't among them waits."""


class Openings:
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
