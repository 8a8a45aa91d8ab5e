"""Passes: a seat in a room of another process, signed with a key that all have from the directory. Each is good once.

Pure: time is an argument.
"""

from contextlib import suppress
from typing import Final

from protocol.errors import Violation
from server.tokens import Key, Rules, Verifier, secret_key, sign

AUDIENCE: Final = "ricochet-seat"
REDEEMED_MAX: Final = 4096


class Passes:
    """Those that one process gives, and takes."""

    def __init__(self) -> None:
        self.key: Key | None = None
        self._redeemed: dict[str, None] = {}

    def take_key(self, secret: bytes) -> None:
        """As the directory has it."""
        self.key = secret_key(secret.hex().encode(), AUDIENCE)

    def give(self, seat: str, room: str, until_s: float) -> str:
        """For `hello.seat`; the empty one where there has never been a key."""
        if self.key is None:
            return ""
        return sign(self.key, {"sub": f"{seat}@{room}", "aud": AUDIENCE, "exp": int(until_s)})

    def redeem(self, token: str, room: str, now_unix_s: float) -> str | None:
        """Which seat of that room `token` is good for; None: none."""
        if self.key is None:
            return None
        subject = ""
        with suppress(Violation):
            subject = Verifier([self.key], Rules(AUDIENCE)).verify(token, now_unix_s).subject or ""
        seat, _, whose = subject.partition("@")
        if whose != room or subject in self._redeemed:
            return None
        self._redeemed[subject] = None
        while len(self._redeemed) > REDEEMED_MAX:
            del self._redeemed[next(iter(self._redeemed))]
        return seat
