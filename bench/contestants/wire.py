"""The wire of the hand-written Python contestants: msgpack in binary messages, cells encoded once for all who see them.

    client   [2, tick, move_x, move_y, aim, buttons]
    server   [17, tick, ack, id, x, y, vx, vy, angle, [cell, …]]      cell: [[id, x, y, vx, vy, angle], …]

The first nine fields of a snapshot are the viewer's own; what it sees of the arena is made of bytes that are shared:
a cell's once per tick, a whole view's once per tick and block of cells.
"""

from math import ceil
from typing import Final

import msgpack
import numpy as np
from numpy.typing import NDArray

from bench.contestants.world import Held
from bench.scene import CELL_UNITS, VIEW_HALF_UNITS
from protocol.quantize import AIM_STEPS, MOVE_FULL

INPUT: Final = 2
SNAPSHOT: Final = 17
INPUT_BYTES_MAX: Final = 64
TICK_MAX: Final = 2**31 - 1
_OWN_FIELDS: Final = 9
_PACKER: Final = msgpack.Packer()
_ARRAY_OF_TEN: Final = bytes((0x90 + _OWN_FIELDS + 1,))


def input_of(payload: bytes | memoryview) -> tuple[int, Held]:
    """(tick, what is held). Raises ValueError for anything that is not an input with all its numbers in range."""
    try:
        message = msgpack.unpackb(payload)
    except msgpack.exceptions.UnpackException as error:
        raise ValueError(str(error)) from None
    if type(message) is not list or len(message) != 6 or message[0] != INPUT:
        raise ValueError("not an input")
    for number in message:
        if type(number) is not int:
            raise ValueError("not an integer")
    _, tick, move_x, move_y, aim, buttons = message
    if not (0 <= tick <= TICK_MAX and 0 <= aim < AIM_STEPS and 0 <= buttons <= 255):
        raise ValueError("out of range")
    if not (-MOVE_FULL <= move_x <= MOVE_FULL and -MOVE_FULL <= move_y <= MOVE_FULL):
        raise ValueError("out of range")
    return tick, Held(move_x, move_y, aim, buttons)


class Snapshots:
    """One tick's, for any number of viewers. `rows` and `position` are what `World.records` gives."""

    def __init__(self, tick: int, rows: NDArray[np.int64], position: NDArray[np.float64], arena_units: float) -> None:
        self._tick = tick
        self._side = ceil(arena_units / CELL_UNITS)
        self._cells = _encode_cells(rows, position, self._side)
        self._own = dict(zip(rows[:, 0].tolist(), rows.tolist(), strict=True))
        self._view = dict(zip(rows[:, 0].tolist(), _blocks(position, self._side), strict=True))
        self._joined: dict[int, bytes] = {}

    def of(self, ship: int, ack: int) -> bytes:
        """The message for the player of `ship`, whose newest input was for the tick `ack`."""
        own: bytes = _PACKER.pack([SNAPSHOT, self._tick, ack, *self._own[ship]])
        block = self._view[ship]
        seen = self._joined.get(block)
        if seen is None:
            seen = self._joined[block] = self._join(block)
        return _ARRAY_OF_TEN + own[1:] + seen

    def _join(self, block: int) -> bytes:
        """The cells of a block that have anything in them, as one array."""
        rest, right = divmod(block, self._side)
        rest, left = divmod(rest, self._side)
        top, bottom = divmod(rest, self._side)
        cells = [
            cell
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
            if (cell := self._cells.get(row * self._side + column))
        ]
        header: bytes = _PACKER.pack_array_header(len(cells))
        return header + b"".join(cells)


def _encode_cells(rows: NDArray[np.int64], position: NDArray[np.float64], side: int) -> dict[int, bytes]:
    """The records of each cell as one array; cells without ships are left out."""
    column_row = np.clip(position // CELL_UNITS, 0, side - 1).astype(np.int64)
    cell_of = column_row[:, 1] * side + column_row[:, 0]
    order = np.argsort(cell_of, kind="stable")
    cells, starts = np.unique(cell_of[order], return_index=True)
    records = rows[order].tolist()
    edges = [*starts.tolist(), len(records)]
    return {cell: _PACKER.pack(records[edges[n] : edges[n + 1]]) for n, cell in enumerate(cells.tolist())}


def _blocks(position: NDArray[np.float64], side: int) -> list[int]:
    """For each position the block of cells that a view around it touches, as one number: see `_join`."""
    first = np.clip((position - VIEW_HALF_UNITS) // CELL_UNITS, 0, side - 1).astype(np.int64)
    last = np.clip((position + VIEW_HALF_UNITS) // CELL_UNITS, 0, side - 1).astype(np.int64)
    blocks: list[int] = (((first[:, 1] * side + last[:, 1]) * side + first[:, 0]) * side + last[:, 0]).tolist()
    return blocks
