"""How often an address may ask. Pure.

Who asks for more than pages need is not answered for a while, and costs nobody a turn (`turns`).
"""

from collections import Counter
from typing import Final

QUOTA: Final = 300
QUOTA_S: Final = 10.0
CUSTOMERS_MAX: Final = 10_000
"""Of whom it is remembered how often they have asked; when there are more, all begin anew."""


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
        return self._asked[customer] <= self._most
