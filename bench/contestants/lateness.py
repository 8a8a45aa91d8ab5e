"""How late a contestant's ticks begin, as it tells the harness: see `bench.contestants`."""

import json
from collections import deque
from typing import Final

from bench.percentiles import percentile

TICKS_KEPT_MAX: Final = 100_000
"""Most of an hour at 30 ticks a second."""


class Lateness:
    """The lateness of the ticks since the last `forget`, in ms."""

    def __init__(self) -> None:
        self._late_ms: deque[float] = deque(maxlen=TICKS_KEPT_MAX)

    def record(self, late_s: float) -> None:
        self._late_ms.append(max(0.0, late_s * 1e3))

    def forget(self) -> None:
        self._late_ms.clear()

    def line(self) -> str:
        """What the contestant prints when it ends."""
        late_ms = list(self._late_ms)
        p50, p99 = percentile(late_ms, 0.5), percentile(late_ms, 0.99)
        return json.dumps({"lateness_ms_p50": p50, "lateness_ms_p99": p99, "ticks": len(late_ms)})
