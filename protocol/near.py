"""What is close to a ship, told to its player alone and more exactly than to everybody else.

Beliefs are right to about half a unit, which is enough to draw; where a ship bounces off a rock it is not. So a
snapshot brings, of the few solid things that may touch the viewer's ship soon, the true state after its tick: the
nearest first. In msgpack `near` is one byte string of records of a fixed width, in JSON a list of objects with the
same names:

    entity              uint16
    dx dy               int16   1/64 unit: where its centre is from `own.x`, `own.y`
    vx vy               int16   1/16 unit per second
    angle               int16   1/65536 turn
    spin                int16   1/4096 turn per second
    move_x move_y       int8    the stick that a ship was steered by in this tick

All little-endian, 16 bytes together. The stick is here because the published one may be some ticks old: a change is
published only when the belief without it has become wrong, so among players who fight one stick in four is stale, and
where a ship will be depends on nothing more. A number that doesn't fit is the nearest that does.
"""

import struct
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from protocol.quantize import nearest

OFFSET_SCALE: Final = 64
VELOCITY_SCALE: Final = 16
TURN_SCALE: Final = 65_536
SPIN_SCALE: Final = 4096
OFFSET_UNITS_MAX: Final = 32_767 / OFFSET_SCALE
"""Nothing farther away can be told of."""
_RECORD: Final = struct.Struct("<H6h2b")
RECORD_BYTES: Final = _RECORD.size
INT16_MAX: Final = 32_767


class Near(Struct, frozen=True):
    """One body beside the viewer's ship: units, units/s, turns and turns/s, exactly as the integers say."""

    entity: int
    dx: float
    dy: float
    vx: float
    vy: float
    angle: float
    """-0.5..0.5"""
    spin: float
    move_x: int
    move_y: int


def pack_near(bodies: Iterable[Near]) -> bytes:
    """The records of `bodies`. `server.near` writes many viewers' at once; a test holds the two together."""
    return b"".join(
        _RECORD.pack(
            body.entity,
            _fitted(body.dx * OFFSET_SCALE),
            _fitted(body.dy * OFFSET_SCALE),
            _fitted(body.vx * VELOCITY_SCALE),
            _fitted(body.vy * VELOCITY_SCALE),
            _fitted(body.angle * TURN_SCALE),
            _fitted(body.spin * SPIN_SCALE),
            body.move_x,
            body.move_y,
        )
        for body in bodies
    )


def unpack_near(records: bytes) -> list[Near]:
    """The inverse of `pack_near`. Raises ValueError when a record is cut short."""
    if len(records) % RECORD_BYTES:
        raise ValueError(f"{len(records)} bytes are not records of {RECORD_BYTES}")
    return [
        Near(
            entity,
            dx / OFFSET_SCALE,
            dy / OFFSET_SCALE,
            vx / VELOCITY_SCALE,
            vy / VELOCITY_SCALE,
            angle / TURN_SCALE,
            spin / SPIN_SCALE,
            move_x,
            move_y,
        )
        for entity, dx, dy, vx, vy, angle, spin, move_x, move_y in _RECORD.iter_unpack(records)
    ]


def _fitted(scaled: float) -> int:
    """The nearest int16."""
    return max(-INT16_MAX - 1, min(INT16_MAX, nearest(scaled)))
