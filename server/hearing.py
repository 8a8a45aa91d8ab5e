"""When a client was heard last, and how much it may say: of one conversation, however its messages come.

Those that come one by one are counted here; inputs that are read in bulk in their player's slot of the `InputTable`. It
is one bucket, and whoever looks at it brings both up to date.
"""

from typing import Final

from msgspec import Struct, field

from protocol import limits
from server.bucket import Bucket
from server.inputs import InputBuffer

RATE: Final = limits.MESSAGES_PER_SECOND_MAX
BURST: Final = limits.MESSAGES_BURST_MAX


class Hearing(Struct, eq=False):
    """Times are seconds of trio's clock."""

    _bucket: Bucket
    _heard_s: float
    _inputs: InputBuffer | None = None
    """Where it may be heard in bulk."""
    _buckets: dict[int, Bucket] = field(default_factory=dict)
    """By the number of a message that has a bucket of its own."""

    @classmethod
    def begin(cls, now_s: float) -> "Hearing":
        return cls(Bucket.full(RATE, BURST, now_s), now_s)

    @property
    def heard_s(self) -> float:
        """When it was heard last; in the beginning, when it began."""
        if self._inputs is None:
            return self._heard_s
        return max(self._heard_s, float(self._inputs.table.heard_s[self._inputs.slot]))

    def hear(self, now_s: float) -> bool:
        """A message has come; False when it is one too many."""
        self._heard_s = now_s
        if self._inputs is None:
            return self._bucket.take(now_s)
        tokens_back_s = self._inputs.table.tokens_back_s
        self._bucket.back_s = max(self._bucket.back_s, float(tokens_back_s[self._inputs.slot]))
        is_fine = self._bucket.take(now_s)
        tokens_back_s[self._inputs.slot] = self._bucket.back_s
        return is_fine

    def hear_one(self, number: int, rate: float, burst: float, now_s: float) -> bool:
        """That was a message of a kind that has a bucket of its own besides; False when it is one too many of these."""
        bucket = self._buckets.get(number)
        if bucket is None:
            bucket = self._buckets[number] = Bucket.full(rate, burst, now_s)
        return bucket.take(now_s)

    def excuse(self, absent_s: float, now_s: float) -> None:
        """The server was away for so long, until now."""
        self._heard_s = min(self.heard_s + absent_s, now_s)

    def share(self, inputs: InputBuffer | None) -> None:
        """From now on messages may be read in bulk into `inputs`; or no more."""
        self._heard_s = self.heard_s
        if self._inputs is not None:
            table, slot = self._inputs.table, self._inputs.slot
            self._bucket.back_s = max(self._bucket.back_s, float(table.tokens_back_s[slot]))
        self._inputs = inputs
        if inputs is not None:
            inputs.table.heard_s[inputs.slot] = self._heard_s
            inputs.table.tokens_back_s[inputs.slot] = self._bucket.back_s
