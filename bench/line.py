"""A connection to a server through a bad network, in memory: nothing sleeps, time is whatever the caller says.

    link = MemoryLink()
    line = Line(link, lobby.meet(link, now_s), Conditions(rtt_ms=200.0), seed=1, clock=lambda: house.now_s)
    line.say(message)                   what the client sends
    for message in line.carry(): …      what has arrived at the client; the server is given what has arrived there

`bench.stage` has real players of ours at its end; the tests' stepper, clients of its own.
"""

from collections.abc import Callable

from bots.netsim import Conditions, Route
from protocol.codec import CODECS
from protocol.limits import SUBPROTOCOL_MSGPACK
from server.inputs import InputBuffer
from server.link import NO_FD
from server.session import Session


class MemoryLink:
    """A `server.link.Link` in memory."""

    def __init__(self, subprotocol: str = SUBPROTOCOL_MSGPACK, address: str = "memory") -> None:
        self.codec = CODECS[subprotocol]
        self.address = address
        self.guest = ""
        self.fd, self.outlet = NO_FD, None
        self.blocked = False
        self.waiting_bytes = 0
        self.sent: list[bytes] = []
        self.closed: tuple[int, str] | None = None
        self._posts_left: int | None = None

    def feed(self, inputs: InputBuffer | None) -> None:
        """Messages come one by one."""

    def post(self, *messages: bytes) -> None:
        assert not self.blocked, "posted to a blocked link"
        if self.closed is None:
            self.sent.extend(messages)
        if self._posts_left is not None:
            self._posts_left -= 1
            self.blocked = self._posts_left <= 0

    def close(self, code: int, reason: str) -> None:
        if self.closed is None:
            self.closed = code, reason

    def block(self, after_posts: int = 0) -> None:
        """Become blocked, now or by the post that is so many from here."""
        self._posts_left = after_posts
        self.blocked = after_posts == 0

    def unblock(self) -> None:
        self._posts_left, self.blocked = None, False


class Line:
    """Call `carry` often: what is due is delivered then, and not between."""

    def __init__(
        self, link: MemoryLink, session: Session, network: Conditions, seed: int, clock: Callable[[], float]
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
