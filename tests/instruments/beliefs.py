"""What a client believes: sections 5 and 6 of PROTOCOL.md, put into Python once more, as plainly as it goes.

It shares nothing with `protocol.snapshot` and `protocol.reckoning`: rows are lists of 14 integers in the order of
the page, and each formula is written out, so that a slip on either side shows as a difference.
"""

import struct
import zlib
from collections.abc import Sequence
from math import floor, sqrt

from msgspec.structs import astuple

from protocol.kinds import Kind
from protocol.snapshot import CellDelta, CellKeyframe, Snapshot

ID, KIND, VARIANT, OWNER, STATUS, TICK, X, Y, VX, VY, ANGLE, SPIN, MOVE_X, MOVE_Y = range(14)

Row = list[int]


class Beliefs:
    """The cells that a client knows, and the published states in them."""

    def __init__(self, kinds: Sequence[Kind], tick_rate: int) -> None:
        self.cells: dict[int, dict[int, Row]] = {}
        self.mismatches: list[int] = []
        """Cells whose checksum disagreed."""
        self.checked = 0
        """How many checksums were compared."""
        self._kinds, self._tick_rate = kinds, tick_rate

    def apply(self, snapshot: Snapshot) -> None:
        for cell in snapshot.left:
            del self.cells[cell]
        before = {cell: dict(known) for cell, known in self.cells.items()}
        for news in snapshot.cells:
            if isinstance(news, CellDelta):
                for entity in news.gone:
                    del self.cells[news.cell][entity]
        for news in snapshot.cells:
            if isinstance(news, CellKeyframe):
                self.cells[news.cell] = {record.id: list(astuple(record)) for record in news.entities}
            else:
                self._apply_delta(news, snapshot.tick, before)
            self._check(news)

    def rows(self) -> dict[int, Row]:
        """All that is believed, by entity. No entity is in two cells."""
        rows: dict[int, Row] = {}
        for known in self.cells.values():
            assert not rows.keys() & known.keys()
            rows |= known
        return rows

    def _apply_delta(self, news: CellDelta, tick: int, before: dict[int, dict[int, Row]]) -> None:
        known = self.cells[news.cell]
        for record in news.entered:
            assert record.id not in known
            known[record.id] = list(astuple(record))
        for moved in news.moved:
            for change in moved.changed:
                assert change[0] not in known
                known[change[0]] = before[moved.source][change[0]]
                self._change(known[change[0]], change, tick)
        for change in news.changed:
            self._change(known[change[0]], change, tick)

    def _change(self, row: Row, change: list[int], tick: int) -> None:
        mask, fields = change[1], change[2:]
        if mask & 64:
            tick -= fields.pop()
        row[X : ANGLE + 1] = reckon(row, self._kinds[row[KIND]], tick, self._tick_rate)
        row[TICK] = tick
        if mask & 1:
            row[X] += fields.pop(0)
            row[Y] += fields.pop(0)
        if mask & 2:
            row[VX] += fields.pop(0)
            row[VY] += fields.pop(0)
        if mask & 4:
            row[ANGLE] = (row[ANGLE] + fields.pop(0) + 128) % 256 - 128
        if mask & 8:
            row[SPIN] = fields.pop(0)
        if mask & 16:
            row[MOVE_X], row[MOVE_Y] = fields.pop(0), fields.pop(0)
        if mask & 32:
            row[STATUS] = fields.pop(0)
        assert not fields

    def _check(self, news: CellKeyframe | CellDelta) -> None:
        if news.checksum is None:
            return
        self.checked += 1
        known = self.cells[news.cell]
        if zlib.crc32(b"".join(struct.pack("<14i", *known[entity]) for entity in sorted(known))) != news.checksum:
            self.mismatches.append(news.cell)


def reckon(row: Row, kind: Kind, tick: int, tick_rate: int) -> Row:
    """x, y, vx, vy and angle at `tick`, as section 6 says, rounded."""
    n = tick - row[TICK]
    keep, gain = 1 - kind.drag / tick_rate, kind.thrust / tick_rate
    k, s = 1.0, 0.0
    for _ in range(min(n, 600)):
        k *= keep
        s += k
    if keep == 1:
        k, s = 1.0, float(n)
    length = max(127.0, sqrt(row[MOVE_X] ** 2 + row[MOVE_Y] ** 2))
    positions, velocities = [], []
    for axis in (0, 1):
        v = row[VX + axis] / kind.velocity_scale
        u = 0.0 if keep == 1 else row[MOVE_X + axis] / length * gain / (1 - keep)
        positions.append(floor((row[X + axis] / 8 + (n * u + (v - u) * s) / tick_rate) * 8 + 0.5))
        velocities.append(floor((u + (v - u) * k) * kind.velocity_scale + 0.5))
    angle = floor(row[ANGLE] + row[SPIN] * n / (tick_rate * 16) + 0.5)
    return [*positions, *velocities, (angle + 128) % 256 - 128]
