"""A snapshot's cells as msgpack has them: by position, and the `changed` records, most of a game's traffic, as bytes.

    keyframe   [cell, checksum, entities]
    delta      [cell, changed, checksum, gone, entered, [source, changed, …]]     nil or empty at its end is left out

    record    gap · mask · the fields of the mask, in the order of its bits
              gap · 128 + age · dangle · move_x · move_y     short for a TURN, the commonest of all, of an age below 128
    gap       unsigned: how much larger the id is than the one before, the first than 0
    mask      one byte
    dx dy dvx dvy spin status    signed         dangle move_x move_y    one byte, two's complement       age    unsigned

    unsigned  7 bits to a byte, the low ones first; the high bit says that another byte follows (LEB128)
    signed    an unsigned 2n for n >= 0, else -2n - 1 ("zigzag")

Small integers take one byte, as in msgpack, but so does every angle and stick, and middling ones take two instead of
three. `server.changes` does the same for many entities at once; a test holds them together.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from msgspec import Struct, field

from protocol.reckoning import Published
from protocol.snapshot import FIELD_NAMES, CellDelta, CellKeyframe, Field, Moved, records_from_flat, records_to_flat

INTEGER_BYTES_MAX: Final = 5
"""Of an unsigned or signed integer."""
RAW_FIELDS: Final = ("dangle", "move_x", "move_y")
"""Fields of one byte."""
UNSIGNED_FIELDS: Final = ("age",)
TURN: Final = Field.ANGLE | Field.MOVE | Field.AGE
"""A ship turned, and was where it was believed to be until then."""
TURN_BIT: Final = 128
_NAMES: Final = [
    tuple(name for field, names in FIELD_NAMES.items() if mask & field for name in names)
    for mask in range(2 * max(Field))
]
"""By mask, what follows it."""
_DELTA_DEFAULTS: Final[tuple[Any, ...]] = (None, [], [], [])
"""Of what comes after `changed`."""


class FlatKeyframe(Struct):
    """A `CellKeyframe` whose entities are flat already: 14 integers each, with an age in the place of the tick."""

    cell: int
    checksum: int
    entities: list[int]


class PackedDelta(Struct):
    """A `CellDelta` whose changes are packed already."""

    cell: int
    checksum: int | None
    gone: list[int]
    entered: list[Published]
    changed: bytes
    moved: list[tuple[int, bytes]] = field(default_factory=list)
    """(source, changed) each."""


def packed(delta: CellDelta) -> PackedDelta:
    """`delta` with its changes packed."""
    moved = [(one.source, pack_changes(one.changed)) for one in delta.moved]
    return PackedDelta(delta.cell, delta.checksum, delta.gone, delta.entered, pack_changes(delta.changed), moved)


def unpacked(delta: PackedDelta) -> CellDelta:
    """The inverse of `packed`. Raises ValueError when the bytes can't be read."""
    moved = [Moved(source, unpack_changes(changed)) for source, changed in delta.moved]
    return CellDelta(delta.cell, delta.checksum, delta.gone, delta.entered, unpack_changes(delta.changed), moved)


def keyframe_to_plain(cell: CellKeyframe | FlatKeyframe, tick: int) -> list[Any]:
    """A cell of a snapshot at `tick`. Its second item is an integer."""
    flat = cell.entities if isinstance(cell, FlatKeyframe) else records_to_flat(cell.entities, tick)
    return [cell.cell, cell.checksum, flat]


def delta_to_plain(cell: CellDelta | PackedDelta, tick: int) -> list[Any]:
    """A cell of a snapshot at `tick`. Its second item is bytes."""
    delta = cell if isinstance(cell, PackedDelta) else packed(cell)
    if delta.checksum is None and not (delta.gone or delta.entered or delta.moved):
        return [delta.cell, delta.changed]  # nearly always
    moved = [item for pair in delta.moved for item in pair]
    plain = [delta.cell, delta.changed, delta.checksum, delta.gone, records_to_flat(delta.entered, tick), moved]
    while plain[-1] in (None, []):
        plain.pop()
    return plain


def cell_from_plain(plain: list[Any], tick: int) -> CellKeyframe | CellDelta:
    """The inverse of both. Raises one of `snapshot.UNREADABLE`."""
    cell, second, *rest = plain
    if not isinstance(second, bytes):
        (entities,) = rest
        return CellKeyframe(cell, second, records_from_flat(entities, tick))
    checksum, gone, entered, moved = (*rest, *_DELTA_DEFAULTS[len(rest) :])[:4]
    pairs = list(zip(moved[::2], moved[1::2], strict=True))
    return unpacked(PackedDelta(cell, checksum, list(gone), records_from_flat(entered, tick), second, pairs))


def array_header(length: int) -> bytes:
    """How an array of so many items begins in msgpack."""
    return bytes((0x90 | length,)) if length < 16 else b"\xdc" + length.to_bytes(2, "big")


def pack_changes(changes: Iterable[list[int]]) -> bytes:
    """`[id, mask, field, …]` each, in ascending order of their ids."""
    packed = bytearray()
    before = 0
    for entity, mask, *fields in changes:
        assert entity >= before, "ids ascend"
        packed += unsigned(entity - before)
        if mask == TURN and fields[-1] < TURN_BIT:
            packed += bytes((TURN_BIT + fields[-1], *(value & 255 for value in fields[:-1])))
        else:
            packed.append(mask)
            for name, value in zip(_NAMES[mask], fields, strict=True):
                packed += _field(name, value)
        before = entity
    return bytes(packed)


def unpack_changes(packed: bytes) -> list[list[int]]:
    """The inverse of `pack_changes`. Raises ValueError when it is cut short or has an integer that is too long."""
    rest = iter(packed)
    changes, entity = [], 0
    for first in rest:
        entity += _read(rest, first)
        mask = _next(rest)
        if mask >= TURN_BIT:
            changes.append([entity, TURN, *(_raw(rest) for _ in range(3)), mask - TURN_BIT])
        else:
            changes.append([entity, mask, *(_read_field(name, rest) for name in _NAMES[mask])])
    return changes


def unsigned(value: int) -> bytes:
    """LEB128."""
    assert 0 <= value < 1 << 7 * INTEGER_BYTES_MAX
    packed = bytearray()
    while value > 127:
        packed.append(value & 127 | 128)
        value >>= 7
    packed.append(value)
    return bytes(packed)


def zigzag(value: int) -> int:
    return 2 * value if value >= 0 else -2 * value - 1


def _field(name: str, value: int) -> bytes:
    if name in RAW_FIELDS:
        return bytes((value & 255,))
    return unsigned(value if name in UNSIGNED_FIELDS else zigzag(value))


def _raw(rest: Iterator[int]) -> int:
    return (_next(rest) ^ 128) - 128


def _read_field(name: str, rest: Iterator[int]) -> int:
    if name in RAW_FIELDS:
        return _raw(rest)
    value = _read(rest, _next(rest))
    return value if name in UNSIGNED_FIELDS else (value >> 1) ^ -(value & 1)


def _read(rest: Iterator[int], first: int) -> int:
    """The unsigned integer whose `first` byte has been read."""
    value, shift = first & 127, 7
    while first & 128:
        if shift >= 7 * INTEGER_BYTES_MAX:
            raise ValueError(f"an integer has more than {INTEGER_BYTES_MAX} bytes")
        first = _next(rest)
        value |= (first & 127) << shift
        shift += 7
    return value


def _next(rest: Iterator[int]) -> int:
    byte = next(rest, None)
    if byte is None:
        raise ValueError("a changed record is cut short")
    return byte
