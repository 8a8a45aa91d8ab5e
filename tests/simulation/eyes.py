"""What a client makes of its snapshots, and what must be true of each of them.

    ticks rise; acks never fall, and none is of a tick that the client has sent nothing for
    all cells that must be seen are known, none that may not be seen is told of
    what is believed of every known cell is what was published at that tick, to the bit
    our own ship is where the world had it

Most share the bots' `View` and its shelf; some use `tests.instruments.beliefs`, which shares nothing with the code.
"""

import struct
import zlib

from bots.shelf import Shelf
from bots.slices import Slices, slice_snapshot
from bots.view import View
from protocol.codec import Codec
from protocol.messages import Welcome
from protocol.snapshot import Snapshot
from tests.instruments.beliefs import Beliefs
from tests.simulation.conversation import Wrong
from tests.simulation.history import History


class Eyes:
    """Of one conversation, from its welcome on."""

    def __init__(
        self, welcome: Welcome, history: History, shelf: Shelf, sent_ticks: set[int], independent: bool
    ) -> None:
        """`sent_ticks`: what inputs were ever sent for from this seat."""
        self.tick = self.ack = self.snapshots = 0
        self._welcome, self._history, self._sent_ticks = welcome, history, sent_ticks
        self._view = View(welcome.kinds, welcome.tick_rate, welcome.hud, shelf)
        self._beliefs = Beliefs(welcome.kinds, welcome.tick_rate) if independent else None

    def see(self, wire: bytes | str, codec: Codec) -> bool:
        """Take in a message if it is a snapshot."""
        snapshot: Snapshot | Slices | None = slice_snapshot(wire) if self._beliefs is None else None
        if snapshot is None:
            decoded = codec.decode_server(wire)
            if not isinstance(decoded, Snapshot):
                return False
            snapshot = decoded
        self._check_order(snapshot)
        if self._beliefs is not None:
            assert isinstance(snapshot, Snapshot)
            self._beliefs.apply(snapshot)
        else:
            disagreed = self._view.apply(snapshot)
            if disagreed:
                raise Wrong(f"tick {snapshot.tick}: checksums of cells {disagreed}")
        self._check_cells(snapshot)
        self.tick, self.ack = snapshot.tick, snapshot.ack
        self.snapshots += 1
        return True

    def _check_order(self, snapshot: Snapshot | Slices) -> None:
        if snapshot.tick <= self.tick:
            raise Wrong(f"snapshot {snapshot.tick} after {self.tick}")
        if snapshot.ack < self.ack:
            raise Wrong(f"tick {snapshot.tick}: ack {snapshot.ack} after {self.ack}")
        if snapshot.ack > snapshot.tick or (snapshot.ack and snapshot.ack not in self._sent_ticks):
            raise Wrong(f"tick {snapshot.tick}: ack {snapshot.ack}, for which nothing was sent")

    def _check_cells(self, snapshot: Snapshot | Slices) -> None:
        moment = self._history.at(snapshot.tick)
        if moment is None:
            raise Wrong(f"a snapshot of tick {snapshot.tick}, when there was none")
        player = self._welcome.player
        known = self._known()
        near, wide = self._history.near_and_wide(moment.eyes[player] if player else self._history.middle)
        if not near <= known.keys() <= wide:
            raise Wrong(f"tick {snapshot.tick}: knows {sorted(known)}, must {sorted(near)}, may {sorted(wide)}")
        for cell, checksum in known.items():
            if checksum != moment.checksums[cell]:
                raise Wrong(f"tick {snapshot.tick}, cell {cell}: believes something else than is published")
        ship, own = moment.ships.get(player), snapshot.own
        if (own and (own.entity, own.x, own.y)) != ship:
            raise Wrong(f"tick {snapshot.tick}: own ship {own}, not {ship}")
        if snapshot.ack != moment.acks.get(player, 0):
            raise Wrong(f"tick {snapshot.tick}: ack {snapshot.ack}, not {moment.acks.get(player)}")

    def _known(self) -> dict[int, int]:
        """The checksum of what is believed, by cell."""
        if self._beliefs is None:
            return {cell: table.checksum for cell, table in self._view.tables.items()}
        return {
            cell: zlib.crc32(b"".join(struct.pack("<14i", *known[entity]) for entity in sorted(known)))
            for cell, known in self._beliefs.cells.items()
        }
