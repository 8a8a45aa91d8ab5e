"""So many a second and no more: who wants to connect takes a turn.

A thousand handshakes at once are a load that no real crowd makes; and when a server goes away, a thousand bots want
to come back at once.
"""


class Turnstile:
    """Gives out moments, evenly spaced once there is a queue."""

    def __init__(self, per_second: float) -> None:
        self._gap_s = 1.0 / per_second
        self._free_s = 0.0

    def take_turn_s(self, now_s: float) -> float:
        """When whoever asks now may go."""
        turn_s = max(now_s, self._free_s)
        self._free_s = turn_s + self._gap_s
        return turn_s
