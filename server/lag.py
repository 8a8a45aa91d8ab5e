"""How far one client is behind what it is sent, and how much more it is sent meanwhile. All in ticks of its room.

A kernel holds seconds of snapshots for a client that doesn't read, so a socket that takes them proves nothing. What
does is `applied`, the newest snapshot that the client says it has:

    up to LAG_S_MAX old         it is sent every snapshot
    older                       the next one only when half of its age has passed since the last: the farther
                                behind, the fewer, and none in vain
    like this for BEHIND_S_MAX  hopeless; so is a socket that was full all that time

Who stops reading for half a minute finds forty snapshots or so instead of nine hundred, is through them at once, says
so, and with the next tick is sent the newest. A client that has said nothing of the snapshots of this connection (a
spectator has no inputs to say it with) is not behind as long as its socket takes what comes.

Ticks, not seconds: a server that is itself too slow makes fewer of them, and nobody is behind for that.
"""

from protocol.limits import BEHIND_S_MAX, LAG_S_MAX
from protocol.ticks import Rates


class Lag:
    """What one client was sent and has. Reports go to `applied`, and what it was sent to `sent`, before anything is
    asked here: for whoever isn't behind that is the newest there is, and nobody need say so at each snapshot."""

    __slots__ = ("_behind_since", "_first", "_hopeless_ticks", "_ticks_max", "applied", "sent")

    def __init__(self, rates: Rates) -> None:
        self.applied = 0
        """The newest snapshot that the client has reported, by its tick."""
        self.sent = 0
        """The newest snapshot that was posted to it."""
        self._first = 0
        self._behind_since: int | None = None
        self._ticks_max = rates.ticks_in(LAG_S_MAX)
        self._hopeless_ticks = rates.ticks_in(BEHIND_S_MAX)

    @property
    def is_behind(self) -> bool:
        return self._behind_since is not None

    def ticks(self, tick: int) -> int:
        """How old the newest snapshot is that the client has, while newer ones are on their way to it; else 0."""
        return tick - self.applied if self._first <= self.applied < self.sent else 0

    def is_due(self, tick: int) -> bool:
        """Whether the snapshot of `tick` is for this client. One that has caught up is no longer behind."""
        if self._behind_since is None:
            return True
        lag = self.ticks(tick)
        if lag <= self._ticks_max:
            self._behind_since = None
            return True
        return 2 * (tick - self.sent) >= lag

    def send(self, tick: int) -> None:
        """The snapshot of `tick` was posted."""
        self._first = self._first or tick
        self.sent = tick

    def note_sent(self, tick: int) -> None:
        """Of one that isn't behind, and so was sent all snapshots up to that tick; if it was sent any."""
        if self._first:
            self.sent = max(self.sent, tick)

    def block(self, tick: int) -> None:
        """The snapshot of `tick` was left out because the socket is full."""
        if self._behind_since is None:
            self._behind_since = tick
            self.note_sent(tick - 1)

    def review(self, tick: int) -> None:
        """Notice a client that has fallen behind. Now and then is enough: it takes a second to happen."""
        if self._behind_since is None and self.ticks(tick) > self._ticks_max:
            self._behind_since = tick

    def is_hopeless(self, tick: int) -> bool:
        return self._behind_since is not None and tick - self._behind_since > self._hopeless_ticks
