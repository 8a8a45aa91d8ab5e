"""A connection to a stepped server through a bad network, in memory: nothing sleeps, time is whatever the test says.

    line = Line(link, session, Conditions(rtt_ms=200.0), seed=1, clock=lambda: stepper.now_s)
    line.say(message)                   what the client sends
    for message in line.carry(): …      what has arrived at the client; the server is given what has arrived there

`stepper.join(…, network=…)` has clients of the instrument's own at its end, `tests.bots.stage` real bots.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from bots.netsim import Conditions, Route
from server.session import Session

if TYPE_CHECKING:
    from tests.instruments.stepper import FakeLink


class Line:
    """Call `carry` often: what is due is delivered then, and not between."""

    def __init__(
        self, link: "FakeLink", session: Session, network: Conditions, seed: int, clock: Callable[[], float]
    ) -> None:
        """`clock` tells the seconds."""
        self.is_broken = False
        self._clock = clock
        self._link, self._session = link, session
        self.route: Route[bytes | str] = Route(network, seed, clock() * 1000.0)
        """For a test that changes the weather: `route.up.way.change`."""

    def say(self, message: bytes | str) -> None:
        """Send to the server."""
        if not self.is_broken:
            self.route.up.put(message, len(message), self._clock() * 1000.0)

    def carry(self) -> list[bytes | str]:
        """Give the server what has arrived there, take what it has posted; what has arrived here."""
        now_s, link, down = self._clock(), self._link, self.route.down
        now_ms = now_s * 1000.0
        if now_ms >= self.route.breaks_ms:
            self.cut()
        if self.is_broken:
            return []
        for message in self.route.up.take(now_ms):
            self._session.receive(message, now_s)
        for posted in link.sent:
            down.put(posted, len(posted), now_ms)
        link.sent = []
        arrived = down.take(now_ms)
        if link.blocked != down.is_full:
            link.block() if down.is_full else link.unblock()
        return arrived

    def cut(self) -> None:
        """Break, with all that is under way. The server notices at once."""
        if not self.is_broken:
            self.is_broken = True
            self._session.lost(self._clock())
