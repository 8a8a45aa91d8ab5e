"""The viewers' own parts of a snapshot, of many viewers at once: one row of bytes each, WebSocket header included.

`codec.snapshot` packs one viewer's part in the shortest form. Here every field has a fixed width, so that NumPy writes
all viewers' parts as columns of one table and nothing is packed viewer by viewer:

    82 7e length16 · 98 11 · ce tick32 · ce ack32 · d1 slack16 · 96 cd entity16 cb x64 cb y64 cb vx64 cb vy64
    cd boost16 · c0 · 90 · dc count16           the cells follow, the same bytes for everyone who sees the same

It is the same message: msgpack's readers take an integer in any width. It tells of a viewer that has a ship, whose
input came, whose hud is as before and whom no cell left; all others are `codec.snapshot`'s.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from protocol.frames import BINARY
from protocol.messages import SNAPSHOT_NUMBER

_FIELDS: Final = [
    ("frame", "u1"), ("extended", "u1"), ("length", ">u2"),
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
    ("array16_cells", "u1"), ("cells", ">u2"),
]  # fmt: skip
_DTYPE: Final = np.dtype(_FIELDS)  # packed: no field is aligned
_CONSTANTS: Final = {
    "frame": BINARY, "extended": 126, "message": 0x98, "number": SNAPSHOT_NUMBER, "uint32_tick": 0xCE,
    "uint32_ack": 0xCE, "int16_slack": 0xD1, "own": 0x96, "uint16_entity": 0xCD, "float_x": 0xCB, "float_y": 0xCB,
    "float_vx": 0xCB, "float_vy": 0xCB, "uint16_boost": 0xCD, "hud": 0xC0, "left": 0x90, "array16_cells": 0xDC,
}  # fmt: skip
ROW_BYTES: Final = _DTYPE.itemsize
_HEADER_BYTES: Final = 4
_SHORT_MAX: Final = 125
"""A frame's payload up to this has a header of two bytes, which RFC 6455 insists on."""


def _template() -> NDArray[np.void]:
    row = np.zeros(1, dtype=_DTYPE)
    for name, value in _CONSTANTS.items():
        row[name] = value
    return row


_TEMPLATE: Final = _template()


def framed_heads(
    tick: int,
    acks: ArrayLike,
    slacks_ms: ArrayLike,
    entities: ArrayLike,
    states: Sequence[ArrayLike],
    boosts_ticks: ArrayLike,
    cell_counts: ArrayLike,
    cells_bytes: Sequence[int],
) -> list[bytes]:
    """One head for each viewer, complete with the header of the frame that head and cells make together.

    Columns of one length: `states` are x, y, vx, vy; `cells_bytes` is the length of the cells that will follow, which
    together with the head must stay below 64 KiB.
    """
    rows = np.repeat(_TEMPLATE, len(cells_bytes))
    payload_bytes = np.asarray(cells_bytes, dtype=np.int64) + (ROW_BYTES - _HEADER_BYTES)
    assert payload_bytes.max(initial=0) < 65_536, "a longer frame has a longer header"
    rows["tick"], rows["ack"], rows["slack_ms"], rows["entity"] = tick, acks, slacks_ms, entities
    rows["x"], rows["y"], rows["vx"], rows["vy"] = states
    rows["boost_ticks"], rows["cells"], rows["length"] = boosts_ticks, cell_counts, payload_bytes
    short = payload_bytes <= _SHORT_MAX
    rows["length"][short] = (BINARY << 8) + payload_bytes[short]  # its last two bytes are the short header
    plain = rows.tobytes()
    starts = np.arange(len(rows)) * ROW_BYTES + 2 * short
    ends = range(ROW_BYTES, len(plain) + 1, ROW_BYTES)
    return [plain[start:end] for start, end in zip(starts.tolist(), ends, strict=True)]
