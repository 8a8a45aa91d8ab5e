"""Pings that were asked, and how long their answers took."""

from typing import Final

from protocol.messages import Ping, Pong

PONG_S_MAX: Final = 10.0
"""A later answer measures nothing of interest."""


class Pings:
    """Of one connection."""

    def __init__(self) -> None:
        self._asked_s: dict[int, float] = {}

    def __len__(self) -> int:
        return len(self._asked_s)

    def ask(self, now_s: float, rtt_s: float) -> Ping:
        """What to say; `rtt_s` is what the last one measured."""
        nonce = int(now_s * 1000.0)
        self._asked_s = {asked: at_s for asked, at_s in self._asked_s.items() if now_s - at_s < PONG_S_MAX}
        self._asked_s[nonce] = now_s
        return Ping(nonce, min(60_000, round(rtt_s * 1000.0)))

    def answer(self, pong: Pong, now_s: float) -> float | None:
        """The round trip; None: it was not asked, or too long ago."""
        sent_s = self._asked_s.pop(pong.nonce, None)
        return None if sent_s is None else now_s - sent_s

    def clear(self) -> None:
        """Nothing that was asked will be answered."""
        self._asked_s.clear()
