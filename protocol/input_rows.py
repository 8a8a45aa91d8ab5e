"""Inputs in fixed widths: how a client's message of inputs is best written, so that a thousand are read as columns.

msgpack takes an integer in any width, so this is the same message as the shortest form of it, a few bytes longer, and
a server that reads one by one need not know that there is such a form. Of 1 to ENTRIES_MAX entries:

    95 02 · ce first_tick32 · 9n · entries · ce applied32 · cd seen16
    entry   95 · d0 move_x8 · d0 move_y8 · cd aim16 · cc buttons8 · cc edges8

All clients' messages with as many entries have one length. A row of them is unmasked, checked and taken apart by NumPy
in one go; one that isn't of this form, or has a value that isn't allowed, is left to who can say what is wrong with it.
Of a few the columns would cost more than what stands in them: `read_one` takes one apart as one large integer. Who has
many to say, each for another client, writes them as rows, too (`write`).
"""

import struct
from functools import cache, lru_cache
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from protocol.frames import BINARY, MASKED, SHORT_FRAME_START, only_message
from protocol.limits import TICK_MAX
from protocol.messages import Inputs
from protocol.motion import Input
from protocol.quantize import AIM_STEPS, MOVE_FULL

ENTRIES_MAX: Final = 8
"""So that the frame's length fits its second byte; for more there is the usual form."""
ENTRY_BYTES: Final = 12
FRAME_BYTES: Final = {SHORT_FRAME_START + 16 + ENTRY_BYTES * n: n for n in range(1, ENTRIES_MAX + 1)}
"""Lengths of such a masked frame, and how many entries it then has."""
_LENGTHS: Final = {bytes((BINARY, MASKED | length - SHORT_FRAME_START)): length for length in FRAME_BYTES}
"""By how such a frame begins."""
assert AIM_STEPS & AIM_STEPS - 1 == TICK_MAX & TICK_MAX + 1 == 0, "so what is too large has a bit that none has"

EDGES: Final = 0xFF << 40
PRESSES: Final = 0xFFFF << 32
"""Buttons and edges."""
AIM: Final = 0xFFFF << 16
_PACKED: Final = struct.Struct("<bbHBBxx")
"""An `Input` in 8 bytes, which are one integer as well."""
assert MOVE_FULL == 127, "only -128 isn't allowed"
_ENTRY_FIELDS: Final = ("move_x", "move_y", "aim", "buttons", "edges")
_PACKED_ROW: Final = np.dtype(
    {"names": _ENTRY_FIELDS, "formats": ["i1", "i1", "<u2", "u1", "u1"], "offsets": [0, 1, 2, 4, 5], "itemsize": 8}
)
"""The same in NumPy; and an entry as it is written: 95 · d0 · d0 · cd · cc · cc."""
_ENTRY_ROW: Final = np.dtype(
    {"names": _ENTRY_FIELDS, "formats": ["i1", "i1", ">u2", "u1", "u1"], "offsets": [2, 4, 6, 9, 11], "itemsize": 12}
)

Ints = NDArray[np.int64]


def pack(entry: Input) -> int:
    """`entry` as one integer."""
    plain = _PACKED.pack(entry.move_x, entry.move_y, entry.aim, entry.buttons, entry.edges)
    return int.from_bytes(plain, "little")


@lru_cache(maxsize=8192)
def unpack(packed: int) -> Input:
    """The inverse of `pack`."""
    return Input(*_PACKED.unpack(packed.to_bytes(8, "little")))


def encode(message: Inputs) -> bytes | None:
    """`message` in this form; None: it has too many entries."""
    count = len(message.entries)
    if count > ENTRIES_MAX:
        return None
    head = _HEAD.pack(0x95, Inputs.number, 0xCE, message.first_tick, 0x90 | count)
    entries = _encode_entry(message.entries[0]) if count == 1 else b"".join(map(_encode_entry, message.entries))
    return head + entries + _REST.pack(0xCE, message.applied, 0xCD, message.seen)


@lru_cache(maxsize=8192)
def _encode_entry(one: Input) -> bytes:
    return _ENTRY.pack(0x95, 0xD0, one.move_x, 0xD0, one.move_y, 0xCD, one.aim, 0xCC, one.buttons, 0xCC, one.edges)


_HEAD: Final = struct.Struct(">BBBIB")
_ENTRY: Final = struct.Struct(">BBbBbBHBBBB")
_REST: Final = struct.Struct(">BIBH")


def cut(received: bytes) -> list[bytes]:
    """The frames of such lengths that this is, one after the other; none, if it is anything else."""
    frames, at = list[bytes](), 0
    while at < len(received):
        length = _LENGTHS.get(received[at : at + 2])
        if length is None or at + length > len(received):
            return []
        frames.append(received[at : at + length])
        at += length
    return frames


class Rows(Struct):
    """What some messages say, each with as many entries."""

    is_good: NDArray[np.bool_]
    """Whether it is of this form, with nothing that isn't allowed. What else is said here of others means nothing."""
    first_ticks: Ints
    entries: Ints
    """`(entries, messages)`, packed."""
    applied: Ints
    seen: Ints


def read(frames: bytes, count: int) -> Rows:
    """What `count` masked frames of one length, one after the other, say: a length that is one of FRAME_BYTES.

    A payload is whole 32-bit words, so it is unmasked and checked word by word.
    """
    form = _form(FRAME_BYTES[len(frames) // count])
    rows = np.frombuffer(frames, form.frame)
    words = rows["words"] ^ rows["mask"][:, None]
    is_good = np.logical_and.reduce((words & form.same) == form.constant, axis=1)
    is_good &= rows["opening"] == form.opening
    said = words.view(form.payload)[:, 0]
    entries = said["entries"]
    packed = np.zeros(entries.shape, _PACKED_ROW)
    for name in _ENTRY_FIELDS:
        packed[name] = entries[name]
    is_full = packed.view(np.int8).reshape(count, -1, _PACKED.size)[:, :, :2] < -MOVE_FULL
    if np.count_nonzero(is_full):
        is_good &= ~is_full.any(axis=(1, 2))
    first_ticks, applied, seen = (said[name].astype(np.int64) for name in ("first_tick", "applied", "seen"))
    return Rows(is_good, first_ticks, packed.view("<i8").T, applied, seen)


def write(first_ticks: Ints, entries: Ints, applied: Ints, seen: Ints, masks: NDArray[np.uint32]) -> bytes:
    """Masked frames, one after the other, of one length, that say this: the inverse of `read`. `entries` are packed, as
    in `Rows`, and each has a mask of its own."""
    form, count = _form(len(entries)), len(first_ticks)
    said = np.frombuffer(bytearray(form.blank * count), form.payload)
    said["first_tick"], said["applied"], said["seen"] = first_ticks, applied, seen
    packed = np.ascontiguousarray(entries.T, "<i8").view(_PACKED_ROW)
    for name in _ENTRY_FIELDS:
        said["entries"][name] = packed[name]
    rows = np.empty(count, form.frame)
    rows["opening"], rows["mask"] = form.opening, masks
    rows["words"] = said.view("<u4").reshape(count, -1) ^ masks[:, None]
    return rows.tobytes()


class One(NamedTuple):
    """What one good message says, as in `Rows`."""

    first_tick: int
    entries: list[int]
    applied: int
    seen: int


def read_one(frame: bytes) -> One | None:
    """What one masked frame says, of a length that is one of FRAME_BYTES; None where `read` wouldn't call it good."""
    plain, form = only_message(frame, len(frame)), _form(FRAME_BYTES[len(frame)])
    if plain is None or int.from_bytes(plain, "little") & form.all_same != form.all_constant:
        return None
    first_tick, *fields, applied, seen = form.fields_of(plain)
    entries = []
    for at in range(0, len(fields), 5):
        move_x, move_y, aim, buttons, edges = fields[at : at + 5]
        if move_x == 0x80 or move_y == 0x80:
            return None
        entries.append(move_x | move_y << 8 | aim << 16 | buttons << 32 | edges << 40)
    return One(first_tick, entries, applied, seen)


class _Form:
    """Of a message with so many entries: how its frame is laid out, and what in it is the same in all that are good."""

    def __init__(self, entries: int) -> None:
        least = encode(Inputs(0, [Input()] * entries, 0, 0))
        most = encode(Inputs(TICK_MAX, [Input(-1, -1, AIM_STEPS - 1, 0xFF, 0xFF)] * entries, TICK_MAX, 0xFFFF))
        assert least is not None and most is not None
        self.blank = least
        """One that says nothing yet."""
        zeros, ones, length = np.frombuffer(least, "<u4"), np.frombuffer(most, "<u4"), len(least)
        self.same = ~(zeros ^ ones)
        """Which bits of each word are the same, and what they are."""
        self.constant = zeros & self.same
        self.all_same, self.all_constant = (
            int.from_bytes(words.tobytes(), "little") for words in (self.same, self.constant)
        )
        """The same as one integer."""
        self.opening = BINARY | (MASKED | length) << 8
        self.frame = np.dtype([("opening", "<u2"), ("mask", "<u4"), ("words", "<u4", (length // 4,))])
        rest = 8 + ENTRY_BYTES * entries
        self.payload = np.dtype(
            {
                "names": ["first_tick", "entries", "applied", "seen"],
                "formats": [">u4", (_ENTRY_ROW, (entries,)), ">u4", ">u2"],
                "offsets": [3, 8, rest + 1, rest + 6],
                "itemsize": length,
            }
        )
        self.fields_of = struct.Struct(f">3xIx{entries * 'xxBxBxHxBxB'}xIxH").unpack


_form = cache(_Form)
