"""A snapshot taken apart no further than one viewer needs: its own part read, its cells still bytes.

Whoever sees a cell is sent the same bytes of it, so of all the bots of a process only the first needs to read them
(`Shelf`); for the others a cell is a run of bytes to recognise. `codec.decode_server` reads everything at once.
"""

from collections.abc import Container
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from protocol.codec import Wire
from protocol.messages import SNAPSHOT_NUMBER, ChatLine, Error, Event
from protocol.near import Near, unpack_near
from protocol.packing import cell_from_plain
from protocol.snapshot import CellDelta, CellKeyframe, Own

_ARRAY_OF_9: Final = 0x99
"""How a snapshot begins in msgpack, and then its number."""


NEWS: Final = frozenset((Event.number, ChatLine.number, Error.number))
"""What only the attentive hear."""


class _OwnArray(Own, array_like=True, frozen=True):
    """`Own` read from `[entity, x, …]`."""


class Slices(Struct, array_like=True, tag=SNAPSHOT_NUMBER):
    """`Snapshot`, but for `cells`: their msgpack, which `cut_cells` and `read_cell` read. What is near is read when
    asked."""

    tick: int
    ack: int
    slack_ms: int | None
    own: _OwnArray | None
    hud: list[int] | None
    left: list[int]
    packed_near: bytes | None
    cells: Raw

    @property
    def near(self) -> list[Near] | None:
        """Raises ValueError when it can't be read."""
        return None if self.packed_near is None else unpack_near(self.packed_near)


_SLICES: Final = msgspec.msgpack.Decoder(Slices)
_CELLS: Final = msgspec.msgpack.Decoder(list[Raw])
_CELL: Final[msgspec.msgpack.Decoder[list[Any]]] = msgspec.msgpack.Decoder(list[int | bytes | list[int | bytes] | None])


def slice_snapshot(wire: Wire) -> Slices | None:
    """The slices of a msgpack snapshot; None for any other message. Raises ValueError when it can't be read."""
    if isinstance(wire, str) or len(wire) < 2 or wire[0] != _ARRAY_OF_9 or wire[1] != SNAPSHOT_NUMBER:
        return None
    return _SLICES.decode(wire)


def is_numbered(wire: Wire, numbers: Container[int]) -> bool:
    """Whether a message in msgpack has one of these numbers, at the price of a glance."""
    return isinstance(wire, bytes) and len(wire) > 1 and wire[1] in numbers


def cut_cells(cells: bytes | Raw) -> list[bytes]:
    """A snapshot's cells, each for itself. Raises ValueError when they can't be read."""
    return [bytes(cell) for cell in _CELLS.decode(cells)]


def read_cell(cell: bytes, tick: int) -> CellKeyframe | CellDelta:
    """One cell of a snapshot at `tick`. Raises ValueError when it can't be read."""
    try:
        return cell_from_plain(_CELL.decode(cell), tick)
    except (TypeError, LookupError) as error:
        raise ValueError(f"not a cell of a snapshot: {error}") from error
