"""Round trips, measured with messages: when to ask, and what the answers say. Pure."""

from math import inf
from typing import Final

from bots.tally import Tally
from protocol.messages import Ping, Pong

PING_INTERVAL_S: Final = 1.0
PONG_S_MAX: Final = 10.0
"""A later answer measures nothing of interest."""
_TOLD_MS_MAX: Final = 60_000


class Pings:
    """One player's. The next is due at `due_s`."""

    def __init__(self, tally: Tally) -> None:
        self.rtt_s = 0.0
        self.due_s = inf
        self._tally = tally
        self._asked_s: dict[int, float] = {}
        """By nonce."""

    def ask(self, now_s: float) -> Ping:
        """What to say."""
        nonce = int(now_s * 1000.0)
        self._asked_s = {asked: at_s for asked, at_s in self._asked_s.items() if now_s - at_s < PONG_S_MAX}
        self._asked_s[nonce] = now_s
        self.due_s = now_s + PING_INTERVAL_S
        return Ping(nonce, min(_TOLD_MS_MAX, round(self.rtt_s * 1000.0)))

    def take(self, pong: Pong, now_s: float) -> None:
        """An answer; those that nobody waits for say nothing."""
        asked_s = self._asked_s.pop(pong.nonce, None)
        if asked_s is not None:
            self.rtt_s = now_s - asked_s
            self._tally.rtt_ms.add(self.rtt_s * 1000.0)

    def stop(self) -> None:
        """The connection is gone, and so are the answers."""
        self.due_s = inf
        self._asked_s.clear()
