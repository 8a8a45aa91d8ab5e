"""How long to wait before something that failed is tried again: twice as long each time, up to a limit. Pure."""


class Backoff:
    """From `least_s` to `most_s`. There is no chance in it: one process has one sidecar, and nobody else retries."""

    def __init__(self, least_s: float, most_s: float) -> None:
        self._least_s, self._most_s = least_s, most_s
        self._next_s = least_s

    def take_s(self) -> float:
        """It has failed: the pause from now on."""
        pause_s, self._next_s = self._next_s, min(self._most_s, 2 * self._next_s)
        return pause_s

    def reset(self) -> None:
        """It has worked."""
        self._next_s = self._least_s
