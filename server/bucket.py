"""A token bucket: so many per second, so many at once.

Kept as the moment at which all tokens will be back (the generic cell rate algorithm, ITU-T I.371): one number that
changes only when a token is taken.
"""

from functools import cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

ROUNDING = 1.0 + 1e-9


@cache
def _times(rate: float, burst: float) -> tuple[float, float]:
    """The same two objects for all buckets of a kind: a thousand of each would crowd the cache."""
    return 1.0 / rate, burst / rate * ROUNDING


class Bucket(Struct):
    """Time is an argument, in seconds."""

    token_s: float
    """In which one token flows back."""
    full_s: float
    """In which all of them do."""
    back_s: float
    """When all of them are back."""

    @classmethod
    def full(cls, rate: float, burst: float, now_s: float) -> "Bucket":
        """`rate` tokens flow in per second, up to `burst`."""
        token_s, full_s = _times(rate, burst)
        return cls(token_s, full_s, now_s)

    def take(self, now_s: float) -> bool:
        """Take one token; False when there is none."""
        back_s = (self.back_s if self.back_s > now_s else now_s) + self.token_s
        if back_s - now_s > self.full_s:
            return False
        self.back_s = back_s
        return True


def take_one(back_s: float, now_s: float, rate: float, burst: float) -> tuple[bool, float]:
    """`Bucket.take` from one of which only `back_s` is kept: (whether there was a token, when all are back then)."""
    token_s, full_s = _times(rate, burst)
    after_s = (back_s if back_s > now_s else now_s) + token_s
    return after_s - now_s <= full_s, after_s


def take_many(
    backs_s: NDArray[np.float64], nows_s: NDArray[np.float64], rate: float, burst: float
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """`Bucket.take` from many of one kind, each at its time: (whether there was a token, when all are back then)."""
    token_s, full_s = _times(rate, burst)
    after_s = np.maximum(backs_s, nows_s) + token_s
    return after_s - nows_s <= full_s, after_s
