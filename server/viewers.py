"""What each viewer knows and is owed.

TCP is ordered and reliable, so what was written is known. A viewer that is blocked, or lags (`server.lag`), misses
snapshots, and with each of them the cells of which it had news; with the next that it gets, these come as keyframes.
So newest wins and nothing piles up. Only events are owed whatever happens; too many of them and the viewer is
`overrun`, to be ended with a reason.

A missed cell's deltas could be kept and sent later: the same bytes as before, for a client that had too many of them,
and a queue for each viewer. A delta from the last that it got to now would have to be made for each viewer alone, and
would leave it with other published ticks than everybody else's. A keyframe is made once for all who need it, costs as
much as about ten deltas of a lively cell, and whoever lags misses more than that.
"""

from collections.abc import Set
from typing import Literal

from protocol.cells import VIEW_HALF_UNITS, Block, Grid
from protocol.codec import Codec
from protocol.heads import near_part, tail
from protocol.limits import EVENTS_QUEUED_MAX
from protocol.snapshot import Own
from protocol.ticks import Rates
from server.bulletin import Bulletin
from server.lag import Lag
from server.link import Link
from server.owed import EVENTS_TOGETHER_MAX, Common, framed
from server.statistics import RoomStatistics

RATES_DEFAULT = Rates()
LINGER_UNITS = 96.0
"""A cell stays in sight until it is this much farther than where it came in; else a ship on a border would flicker."""


class Viewer:
    """One link's share in a room of these `rates`. What it costs is counted into `statistics`, the room's."""

    __slots__ = (
        *(
            "_common",
            "_events",
            "_fresh",
            "_is_steady",
            "_stirred",
            "_statistics",
            "_told",
            "hud",
            "lag",
            "link",
            "overrun",
            "seen",
        ),
    )

    def __init__(
        self,
        link: Link,
        rates: Rates = RATES_DEFAULT,
        statistics: RoomStatistics | None = None,
        stirred: "set[Viewer] | None" = None,
        common: Common | None = None,
    ) -> None:
        """Into `stirred` it puts itself whenever it is steady or no more, sees others, or is owed something of its own;
        what `common` says from the next snapshot on it is owed as well."""
        self.link = link
        self._stirred = stirred if stirred is not None else set()
        self._common = common or Common()
        self.lag = Lag(rates)
        self.overrun = False
        """Events piled up beyond the bound."""
        self.seen = Block()
        """The cells of the latest snapshot."""
        self._told: frozenset[int] = frozenset()
        """Cells that the client holds something of."""
        self._fresh: frozenset[int] = frozenset()
        """Of these, the cells in which it knows exactly what is published."""
        self._is_steady = False
        self._events: list[bytes] | None = []
        """What it is owed; None: what all are."""
        self._common.apart[self] = None
        self.hud: tuple[int, ...] | None = None
        """As it was told last."""
        self._statistics = statistics or RoomStatistics()

    @property
    def is_steady(self) -> bool:
        """Whether it knows all that it sees, and could be told by one head and the shared tail; see `address`."""
        return self._is_steady

    @is_steady.setter
    def is_steady(self, is_steady: bool) -> None:
        self._is_steady = is_steady
        self._stirred.add(self)

    @property
    def codec(self) -> Codec:
        return self.link.codec

    @property
    def _owed(self) -> list[bytes]:
        return self._common.messages if self._events is None else self._events

    @property
    def owed(self) -> int:
        """How many messages wait."""
        return len(self._owed)

    @property
    def is_apart(self) -> bool:
        """Whether it is owed something else than all."""
        return self._events is not None

    def part(self) -> list[bytes]:
        """What it is owed is a list of its own, until that is empty at a snapshot."""
        if self._events is None:
            self._events = [*self._common.messages]
            self._common.apart[self] = None
            self._stirred.add(self)
        return self._events

    def rejoin(self) -> bool:
        """Be owed what all are, from now on; False: something waits, or it speaks in words."""
        if self._events or self.codec.is_text:
            return False
        self._events = None
        return True

    def owe(self, message: bytes) -> None:
        """Queue a message that must not be lost; it goes out with the next snapshot, before it."""
        events = self.part()
        self._stirred.add(self)
        if len(events) >= EVENTS_TOGETHER_MAX:
            self.pay()
        if len(events) >= EVENTS_QUEUED_MAX:
            self.overrun = True
        else:
            events.append(message)

    def owed_frames(self) -> bytes:
        """What is owed, as it goes over the wire; whoever writes it says `paid`."""
        return framed(self._owed)

    def paid(self) -> None:
        """What was owed has been written. What all are owed is forgotten by whoever shows them all."""
        if self._events is not None:
            self._events.clear()

    def post(self, snapshot: bytes) -> None:
        """One that was made already, after what is owed. Not to a blocked link."""
        self.link.post(*self._owed, snapshot)
        self.paid()

    def pay(self) -> None:
        """Post what is owed now, if the socket takes anything."""
        if self._owed and not self.link.blocked:
            self.link.post(*self.part())
            self.paid()

    def forget(self, cell: int) -> bool:
        """The client's belief about `cell` is off: it needs a keyframe. False when it was not believed to know it."""
        known = cell in self._fresh
        self._fresh = self._fresh - {cell}
        self.is_steady = False
        return known

    def pass_to(self, sight: Block) -> None:
        """Steady as ever, it was told of a `passage` (`encoded_cells`) to `sight`."""
        self._statistics.keyframes += len(sight.all - self.seen.all)
        self._see(sight)
        self._stirred.add(self)

    def _see(self, sight: Block) -> None:
        self.seen, self._told, self._fresh = sight, sight.all, sight.all

    def miss(self, cells: Set[int]) -> None:
        """There was something new in these that it won't be told."""
        self._fresh = self._fresh - cells
        self.is_steady = False

    def review(self, tick: int, shown_tick: int = 0, applied: int | None = None) -> bool:
        """Asked now and then: whether there is any hope that the client keeps up. `shown_tick` is the newest snapshot's
        that it was sent if it isn't behind, `applied` what it says that it has."""
        if applied is not None:
            self.lag.applied = applied
        if not self.lag.is_behind:
            self.lag.note_sent(shown_tick)
        self.lag.review(tick)
        if self.lag.is_behind:
            self.is_steady = False
        return not self.lag.is_hopeless(tick)

    def sight(self, grid: Grid, x: float, y: float) -> Block:
        """The cells to show from (x, y)."""
        near, told = grid.around(x, y), self._told
        if near is self.seen:
            return near
        if near.all <= told <= grid.around(x, y, VIEW_HALF_UNITS + LINGER_UNITS).all:
            return self.seen
        return near

    def wait(self, bulletin: Bulletin) -> Literal[False]:
        """Blocked, it misses the bulletin's tick."""
        self.lag.block(bulletin.tick)
        return self._miss_all(bulletin)

    def _miss_all(self, bulletin: Bulletin) -> Literal[False]:
        """Of this one; what it is owed waits."""
        self.part()
        self.miss(bulletin.spoken)
        return False

    def show(
        self,
        bulletin: Bulletin,
        sight: Block,
        ack: int,
        slack_ms: int | None,
        own: Own | None,
        hud: tuple[int, ...],
        may_be_steady: bool = False,
        near: bytes = b"",
        head: bytes = b"",
    ) -> bool:
        """Address and post the snapshot of the bulletin's tick; False when the viewer misses it: blocked, or behind.

        `may_be_steady` from now on, as far as that is not the viewer's to say; `near` are packed records;
        `head` is the own part in fixed widths (`protocol.heads`), which will do where the hud is as before.
        """
        if self.link.blocked:
            return self.wait(bulletin)
        if not self.lag.is_due(bulletin.tick):
            return self._miss_all(bulletin)
        left = () if sight is self.seen else sorted(self._told.difference(sight))
        count, cells = self._cells(bulletin, sight)
        told_hud = hud if hud != self.hud else None
        if head and told_hud is None and not left and not self.codec.is_text:
            told = head + near_part(near) + tail(count, cells)
        else:
            told = self.codec.snapshot(bulletin.tick, ack, slack_ms, own, told_hud, left, near, count, cells)
        self.post(told)
        self._see(sight)
        self.hud = hud
        self.is_steady = may_be_steady and not self.codec.is_text and not self.lag.is_behind
        self.lag.send(bulletin.tick)
        return True

    def _cells(self, bulletin: Bulletin, sight: Block) -> tuple[int, bytes]:
        encoding, fresh = bulletin.encoding(self.codec), self._fresh
        if sight is self.seen and len(fresh) == len(sight):
            return encoding.joined(sight)
        if len(fresh) == len(self.seen):
            self._statistics.keyframes += len(sight.all - self.seen.all)
            return encoding.passage(self.seen, sight)
        known = fresh.intersection(sight)
        self._statistics.keyframes += len(sight) - len(known)
        parts = [encoding.delta_alone(cell) if cell in known else encoding.keyframe(cell) for cell in sight]
        return len(parts) - parts.count(b""), self.codec.join(parts)
