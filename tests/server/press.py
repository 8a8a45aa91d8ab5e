"""A world and its publisher, without rooms and players, for tests of what is published."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from protocol.arena import Arena, Place, Size
from protocol.cells import Grid
from protocol.codec import CODECS
from protocol.kinds import Kind
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.reckoning import reckon_wire
from protocol.snapshot import CellDelta, CellKeyframe, Snapshot
from server.games.melee import KINDS
from server.publisher import (
    Publisher,
)
from server.world import World

ARENA = Arena("Wide", Size(2048, 1024), [Place(512, 512)])
GRID = Grid(2048, 1024)
MSGPACK = CODECS[SUBPROTOCOL_MSGPACK]
SQUARE = [(-20.0, -20.0), (20.0, -20.0), (20.0, 20.0), (-20.0, 20.0)]
GHOST = Kind(name="ghost", category="pickup", radius=1, mass=1, drag=2.0, thrust=840, steered=True, sensor=True)
TICK_RATE = 60


class Press:
    """A world and its publisher; each `publish` is one snapshot, two ticks later."""

    def __init__(self, kinds: tuple[Kind, ...] = KINDS, entities_max: int = 64) -> None:
        self.world = World(ARENA, kinds, TICK_RATE, entities_max)
        self.publisher = Publisher(self.world, GRID, TICK_RATE)
        self.tick = 0

    def publish(self, snapshots: int = 1) -> None:
        for _ in range(snapshots):
            self.world.step()
            self.world.step()
            self.tick += 2
            self.publisher.publish(self.tick)

    def delta(self, cell: int) -> CellDelta | None:
        encoded = self.publisher.encoding(MSGPACK).delta_alone(cell)
        if not encoded:
            return None
        delta = self._decoded(encoded)
        assert isinstance(delta, CellDelta)
        return delta

    def keyframe(self, cell: int) -> CellKeyframe:
        keyframe = self._decoded(self.publisher.encoding(MSGPACK).keyframe(cell))
        assert isinstance(keyframe, CellKeyframe)
        return keyframe

    def news(self) -> Iterator[CellDelta]:
        for cell in range(GRID.count):
            delta = self.delta(cell)
            if delta is not None:
                yield delta

    def said(self) -> int:
        """How many entities this snapshot said anything of."""
        return sum(len(delta.gone) + len(delta.entered) + len(delta.changed) for delta in self.news())

    def errors_units(self) -> NDArray[np.float64]:
        """How far each belief is from the truth now."""
        rows = np.flatnonzero(self.world.alive)
        believed = [
            reckon_wire(self.publisher.published(row), self.world.kinds[self.world.kind[row]], self.tick, TICK_RATE)
            for row in rows.tolist()
        ]
        places = np.array([row[:2] for row in believed]) / 8
        truth = np.stack((self.world.x[rows], self.world.y[rows]), axis=1)
        return np.asarray(np.abs(places - truth).max(axis=1))

    def _decoded(self, encoded: bytes) -> CellDelta | CellKeyframe:
        snapshot = MSGPACK.decode_server(MSGPACK.snapshot(self.tick, 0, None, None, None, [], b"", 1, encoded))
        assert isinstance(snapshot, Snapshot)
        [cell] = snapshot.cells
        return cell
