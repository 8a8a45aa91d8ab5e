"""When a request is answered, so that the game has time between two of them; and whose are too many. Pure.

To answer one keeps the game's thread busy for a few milliseconds, whatever it is: a page, the metrics, a player who
joins. A hundred at the same moment would make the next tick late by all of them. So each takes a turn: no two begin
within `gap_s`, first come, first served. Where there is such a crowd that a turn is far off, it is better to hear so.

An address has a quota, too: who asks for more than pages need is not answered for a while, and costs nobody a turn.
"""

from collections import Counter
from typing import Final

HEAR_GAP_S: Final = 0.002
"""Between two who are heard at all: to read a request and refuse it is cheap, and not for nothing."""
PLAY_GAP_S: Final = 0.006
"""Between two who join: a thousand who come back after a restart are in within six seconds."""
PAGE_GAP_S: Final = 0.010
"""Between two answers of HTTP, which take longer: some ten people a second open the page."""
HEALTH_GAP_S: Final = 0.050
"""Whether the process is well is asked every few seconds, and has to be told when pages are in demand."""
WAIT_S_MAX: Final = 10.0
HEALTH_WAIT_S_MAX: Final = 1.0
QUOTA: Final = 300
QUOTA_S: Final = 10.0
CUSTOMERS_MAX: Final = 10_000
"""Of whom it is remembered how often they have asked; when there are more, all begin anew."""


class Turns:
    """One line."""

    def __init__(self, gap_s: float, wait_s_max: float = WAIT_S_MAX) -> None:
        self._gap_s, self._wait_s_max = gap_s, wait_s_max
        self._free_s = 0.0

    def take(self, now_s: float) -> float | None:
        """When whoever asks now may begin; None: not soon."""
        turn_s = max(now_s, self._free_s)
        if turn_s - now_s > self._wait_s_max:
            return None
        self._free_s = turn_s + self._gap_s
        return turn_s


class Quota:
    """So many requests from each customer of the internet (`capacity`), in so many seconds."""

    def __init__(self, most: int = QUOTA, window_s: float = QUOTA_S) -> None:
        self._most, self._window_s = most, window_s
        self._until_s = 0.0
        self._asked: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._asked)

    def take(self, customer: str, now_s: float) -> bool:
        """Whether `customer`, who asks now, may; nobody in particular always may."""
        if now_s >= self._until_s or len(self._asked) >= CUSTOMERS_MAX:
            self._asked.clear()
            self._until_s = now_s + self._window_s
        if customer:
            self._asked[customer] += 1
        return self._asked[customer] <= self._most if customer else True
