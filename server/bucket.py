"""A token bucket: so many per second, so many at once."""

from msgspec import Struct


class Bucket(Struct):
    """`rate` tokens flow in per second, up to `burst`. Time is an argument, in seconds."""

    rate: float
    burst: float
    level: float
    at_s: float

    @classmethod
    def full(cls, rate: float, burst: float, now_s: float) -> "Bucket":
        return cls(rate, burst, burst, now_s)

    def take(self, now_s: float) -> bool:
        """Take one token; False when there is none."""
        self.level = min(self.burst, self.level + max(0.0, now_s - self.at_s) * self.rate)
        self.at_s = now_s
        if self.level < 1.0:
            return False
        self.level -= 1.0
        return True
