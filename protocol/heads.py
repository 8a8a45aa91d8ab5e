"""The viewers' own parts of a snapshot, of many viewers at once: one row of bytes each.

`codec.snapshot` packs one viewer's part in the shortest form. Here every field has a fixed width, so that NumPy writes
all viewers' parts as columns of one table and nothing is packed viewer by viewer:

    99 11 · ce tick32 · ce ack32 · d1 slack16 · 96 cd entity16 cb x64 cb y64 cb vx64 cb vy64 cd boost16 · c0 · 90

What is near follows (`near_part`), `c0` where nothing is, and then the `tail`, the same for everyone who sees the same:
how many cells there are, and the cells. Together they are the same message: msgpack's readers take an integer in any
width. It tells of a viewer that has a ship, and whose hud is as before; all others are `codec.snapshot`'s. Of whom no
input came, as of a few in every tick, `c0` stands in the place of the slack, and that row is two bytes shorter. `90`
says that no cell left its sight; up to `LEFT_MAX` may have (`leave`).

Before each row there is room for the header of its frame, which is a column too: nearly all frames have one of four
bytes.

`read` is the other end of it: of many messages that may begin so, which do, and what their heads say.
"""

from collections.abc import Sequence
from operator import add
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from protocol.frames import BINARY, SHORT_MAX, header
from protocol.messages import SNAPSHOT_NUMBER
from protocol.packing import array_header

_FIELDS: Final = [
    ("binary", "u1"), ("length_16", "u1"), ("length", ">u2"),
    ("message", "u1"), ("number", "u1"),
    ("uint32_tick", "u1"), ("tick", ">u4"),
    ("uint32_ack", "u1"), ("ack", ">u4"),
    ("int16_slack", "u1"), ("slack_ms", ">i2"),
    ("own", "u1"),
    ("uint16_entity", "u1"), ("entity", ">u2"),
    ("float_x", "u1"), ("x", ">f8"), ("float_y", "u1"), ("y", ">f8"),
    ("float_vx", "u1"), ("vx", ">f8"), ("float_vy", "u1"), ("vy", ">f8"),
    ("uint16_boost", "u1"), ("boost_ticks", ">u2"),
    ("hud", "u1"), ("left", "u1"),
]  # fmt: skip
_DTYPE: Final = np.dtype(_FIELDS)  # packed: no field is aligned
_CONSTANTS: Final = {
    "binary": BINARY, "length_16": SHORT_MAX + 1,
    "message": 0x99, "number": SNAPSHOT_NUMBER, "uint32_tick": 0xCE,
    "uint32_ack": 0xCE, "int16_slack": 0xD1, "own": 0x96, "uint16_entity": 0xCD, "float_x": 0xCB, "float_y": 0xCB,
    "float_vx": 0xCB, "float_vy": 0xCB, "uint16_boost": 0xCD, "hud": 0xC0, "left": 0x90,
}  # fmt: skip
HEADER_BYTES: Final = 4
ROW_BYTES: Final = _DTYPE.itemsize
"""Of the header and the head."""
_BYTES: Final = f"V{ROW_BYTES}"
"""A row as nothing but bytes."""
HEAD_BYTES: Final = ROW_BYTES - HEADER_BYTES
NOTHING_NEAR: Final = b"\xc0"
_NO_SLACK: Final = b"\xc0"
assert _DTYPE.fields is not None
_SLACK_AT: Final[int] = _DTYPE.fields["int16_slack"][1]
_SLACK_BYTES: Final = 3
NEAR_START: Final = b"\xc4"
"""With what anything near begins, and then its length, in one byte."""
LEFT_MAX: Final = 15
"""What one byte can say."""


def _template() -> NDArray[np.void]:
    row = np.zeros(1, dtype=_DTYPE)
    for name, value in _CONSTANTS.items():
        row[name] = value
    return row


_TEMPLATE: Final = _template()
_ENCODER: Final = msgspec.msgpack.Encoder()


class Heads:
    """One head for each viewer. Columns of one length; `came`: whether there is a slack; `states` are x, y, vx, vy."""

    def __init__(
        self,
        tick: int,
        acks: ArrayLike,
        slacks_ms: ArrayLike,
        came: NDArray[np.bool_],
        entities: ArrayLike,
        states: Sequence[ArrayLike],
        boosts_ticks: Sequence[int],
    ) -> None:
        self._rows = rows = np.repeat(_TEMPLATE, len(boosts_ticks))
        rows["tick"], rows["ack"], rows["slack_ms"], rows["entity"] = tick, acks, slacks_ms, entities
        rows["x"], rows["y"], rows["vx"], rows["vy"] = states
        rows["boost_ticks"] = boosts_ticks
        self._came = came

    def __getitem__(self, at: int) -> bytes:
        """One of them."""
        row: bytes = self._rows[at].tobytes()
        return (row if self._came[at] else _without_slack(row))[HEADER_BYTES:]

    def leave(self, at: int, left: Sequence[int]) -> bytes:
        """One of them says that these cells, `LEFT_MAX` at most, left its sight: what follows it then at once."""
        self._rows["left"][at] = 0x90 + len(left)
        return _ENCODER.encode(left)[1:]

    def frames(self, chosen: NDArray[np.int64], ends: Sequence[bytes]) -> list[bytes]:
        """The whole messages of these as they go over the wire: each one's head, and what follows it."""
        rows, lengths = self._rows[chosen], np.fromiter(map(len, ends), np.int64, len(ends))
        lengths += HEAD_BYTES
        silent = (~self._came.take(chosen)).nonzero()[0]
        lengths[silent] -= _SLACK_BYTES - len(_NO_SLACK)
        rows["length"] = lengths & 0xFFFF
        frames: list[bytes] = [*map(add, rows.view(_BYTES).tolist(), ends)]
        for at in silent.tolist():
            frames[at] = _without_slack(frames[at])
        for at in ((lengths <= SHORT_MAX) | (lengths > 0xFFFF)).nonzero()[0].tolist():
            frames[at] = header(int(lengths[at])) + frames[at][HEADER_BYTES:]
        return frames


def _without_slack(row: bytes) -> bytes:
    """A row, or a whole frame, that says that there is none."""
    return row[:_SLACK_AT] + _NO_SLACK + row[_SLACK_AT + _SLACK_BYTES :]


class Said(NamedTuple):
    """What some heads say."""

    is_head: NDArray[np.bool_]
    """Whether it is one, and nothing has left its viewer's sight. What else is said here of others means nothing."""
    ticks: NDArray[np.int64]
    acks: NDArray[np.int64]
    slacks_ms: NDArray[np.float64]


def read(heads: bytes, count: int) -> Said:
    """Of the first HEAD_BYTES of `count` messages, one after the other."""
    rows = np.frombuffer(heads, _HEAD_DTYPE, count)
    octets = np.frombuffer(heads, np.uint8).reshape(count, HEAD_BYTES)
    is_head = np.asarray((octets.take(_CONSTANT_AT, axis=1) == _CONSTANT_OCTETS).all(axis=1))
    ticks, acks = rows["tick"].astype(np.int64), rows["ack"].astype(np.int64)
    return Said(is_head, ticks, acks, rows["slack_ms"].astype(np.float64))


def _constants() -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Which octets of a head are the same in all, and what they are."""
    marks = np.zeros(1, dtype=_DTYPE)
    for name in _CONSTANTS:
        marks[name] = 1
    at = np.frombuffer(marks.tobytes(), np.uint8)[HEADER_BYTES:].nonzero()[0]
    return at, np.frombuffer(_TEMPLATE.tobytes(), np.uint8)[HEADER_BYTES:].take(at)


_HEAD_DTYPE: Final = np.dtype(_FIELDS[3:])
_CONSTANT_AT, _CONSTANT_OCTETS = _constants()


def near_part(near: bytes) -> bytes:
    """What follows a head: the packed records of what is near."""
    return NEAR_START + len(near).to_bytes(1, "big") + near if near else NOTHING_NEAR


def tail(count: int, cells: bytes) -> bytes:
    """What follows that: `count` cells, encoded and joined."""
    return array_header(count) + cells
