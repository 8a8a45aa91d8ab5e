"""The snapshot: what a viewer is told every few ticks, cell by cell.

    snapshot   tick · ack · slack_ms · own · hud · left · near · cells
      own      [entity, x, y, vx, vy, boost_ticks] exact doubles, or nil: no ship
      hud      the integers that `welcome.hud` names, or nil: as before
      left     cells that are out of sight now; forget their entities
      near     the true state of what may touch the ship soon (`near`), or nil: nothing
      cells    one delta or keyframe for each cell that has news; a known cell that is missing has none

    keyframe   cell · checksum · entities
    delta      cell · changed · checksum or nil · gone · entered · moved     what is nil or empty at its end is left out

    entities, entered   14 integers each, flat: a `Published` record whose `tick` is an age (snapshot tick - tick)
    gone                entity ids
    changed             id · mask · the fields of the mask: residuals against `reckoning` at this tick, or at one
                        that is `age` ticks earlier

    moved               source · changed: the same for entities that come from cell `source`, as was believed there

A delta is applied in the order gone, entered, moved, changed. The checksum is CRC-32 over the cell's records after
that, sorted by id, 14 little-endian int32 each (with the tick itself, not the age). Cells hold disjoint sets
of entities; one that crosses a border is gone from one and has moved to the other in the same snapshot, or has entered
it for those who don't know the first.

This module builds and reads the integers; `packing` and `codec` turn them into bytes.
"""

import struct
import zlib
from collections.abc import Iterable
from enum import IntEnum

from msgspec import Struct, field
from msgspec.structs import astuple, replace

from protocol.kinds import Kind
from protocol.near import Near
from protocol.quantize import wrap_angle
from protocol.reckoning import Published, reckon_wire

FIELDS_PER_RECORD = 14
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
"""What comes of taking a snapshot apart that isn't one."""
_TICK_AT = 5


class Field(IntEnum):
    """Bits of a mask: which fields follow in a `changed` record, in this order."""

    POSITION = 1
    """dx, dy: residuals."""
    VELOCITY = 2
    """dvx, dvy: residuals."""
    ANGLE = 4
    """dangle: residual, wrapped to -128..127."""
    SPIN = 8
    """spin: absolute."""
    MOVE = 16
    """move_x, move_y: absolute."""
    STATUS = 32
    """status: absolute."""
    AGE = 64
    """age: how many ticks before the snapshot's the new state was true, and what the residuals are against."""


FIELD_NAMES: dict[Field, tuple[str, ...]] = {
    Field.POSITION: ("dx", "dy"),
    Field.VELOCITY: ("dvx", "dvy"),
    Field.ANGLE: ("dangle",),
    Field.SPIN: ("spin",),
    Field.MOVE: ("move_x", "move_y"),
    Field.STATUS: ("status",),
    Field.AGE: ("age",),
}
"""What the integers of each field are called; they follow the mask in this order."""


class Own(Struct, frozen=True):
    """The viewer's own ship, exactly as the server simulates it after the snapshot's tick."""

    entity: int
    x: float
    y: float
    vx: float
    vy: float
    boost_ticks: int


class CellKeyframe(Struct):
    cell: int
    checksum: int
    entities: list[Published]


class Moved(Struct):
    """Entities that have come from another cell, which the viewer knows."""

    source: int
    changed: list[list[int]]
    """As in a delta, one for each entity."""


class CellDelta(Struct):
    cell: int
    checksum: int | None
    gone: list[int]
    entered: list[Published]
    changed: list[list[int]]
    """Each `[id, mask, field, …]`, in ascending order of their ids."""
    moved: list[Moved] = field(default_factory=list)


class Snapshot(Struct):
    tick: int
    ack: int
    slack_ms: int | None
    own: Own | None
    hud: list[int] | None
    left: list[int]
    near: list[Near] | None
    """The nearest first."""
    cells: list[CellKeyframe | CellDelta]


def change_of(believed: Published, now: Published, kind: Kind, tick_rate: int, age: int = 0) -> list[int]:
    """The `changed` record that turns `believed` into `now` (same entity, later or equal tick), of a snapshot that is
    `age` ticks later than `now`."""
    x, y, vx, vy, angle = reckon_wire(believed, kind, now.tick, tick_rate)
    mask = 0
    fields: list[int] = []
    if now.x != x or now.y != y:
        mask |= Field.POSITION
        fields += (now.x - x, now.y - y)
    if now.vx != vx or now.vy != vy:
        mask |= Field.VELOCITY
        fields += (now.vx - vx, now.vy - vy)
    if now.angle != angle:
        mask |= Field.ANGLE
        fields.append(wrap_angle(now.angle - angle))
    if now.spin != believed.spin:
        mask |= Field.SPIN
        fields.append(now.spin)
    if now.move_x != believed.move_x or now.move_y != believed.move_y:
        mask |= Field.MOVE
        fields += (now.move_x, now.move_y)
    if now.status != believed.status:
        mask |= Field.STATUS
        fields.append(now.status)
    if age:
        mask |= Field.AGE
        fields.append(age)
    return [now.id, mask, *fields]


def changed(believed: Published, change: list[int], kind: Kind, tick: int, tick_rate: int) -> Published:
    """`believed` after a `changed` record of a snapshot at `tick`: the inverse of `change_of`."""
    mask = change[1]
    tick -= change[-1] if mask & Field.AGE else 0
    x, y, vx, vy, angle = reckon_wire(believed, kind, tick, tick_rate)
    now = replace(believed, tick=tick, x=x, y=y, vx=vx, vy=vy, angle=angle)
    fields = iter(change[2:])
    if mask & Field.POSITION:
        now.x += next(fields)
        now.y += next(fields)
    if mask & Field.VELOCITY:
        now.vx += next(fields)
        now.vy += next(fields)
    if mask & Field.ANGLE:
        now.angle = wrap_angle(now.angle + next(fields))
    if mask & Field.SPIN:
        now.spin = next(fields)
    if mask & Field.MOVE:
        now.move_x, now.move_y = next(fields), next(fields)
    if mask & Field.STATUS:
        now.status = next(fields)
    return now


def checksum_of(entities: Iterable[Published]) -> int:
    """CRC-32 over the records, in whatever order they come."""
    rows = sorted((astuple(entity) for entity in entities), key=lambda row: row[0])
    flat = [value for row in rows for value in row]
    return zlib.crc32(struct.pack(f"<{len(flat)}i", *flat))


def records_to_flat(entities: Iterable[Published], tick: int) -> list[int]:
    """`entities` or `entered` of a snapshot at `tick`."""
    flat: list[int] = []
    for entity in entities:
        row = list(astuple(entity))
        row[_TICK_AT] = tick - row[_TICK_AT]
        flat += row
    return flat


def records_from_flat(flat: list[int], tick: int) -> list[Published]:
    """The inverse of `records_to_flat`. Raises ValueError when the length is off."""
    if len(flat) % FIELDS_PER_RECORD:
        raise ValueError(f"{len(flat)} integers are not records of {FIELDS_PER_RECORD}")
    records = []
    for at in range(0, len(flat), FIELDS_PER_RECORD):
        row = flat[at : at + FIELDS_PER_RECORD]
        row[_TICK_AT] = tick - row[_TICK_AT]
        records.append(Published(*row))
    return records
