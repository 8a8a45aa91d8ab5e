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
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from protocol.frames import BINARY, MASKED, SHORT_FRAME_START, only_message
from protocol.messages import Inputs
from protocol.motion import Input
from protocol.quantize import AIM_STEPS, MOVE_FULL

ENTRIES_MAX: Final = 8
"""So that the frame's length fits its second byte; for more there is the usual form."""
ENTRY_BYTES: Final = 12
FRAME_BYTES: Final = {SHORT_FRAME_START + 16 + ENTRY_BYTES * n: n for n in range(1, ENTRIES_MAX + 1)}
"""Lengths of such a masked frame, and how many entries it then has."""
_TICK_MAX: Final = 2**31 - 1

EDGES: Final = 0xFF << 40
PRESSES: Final = 0xFFFF << 32
"""Buttons and edges."""
AIM: Final = 0xFFFF << 16
_PACKED: Final = struct.Struct("<bbHBBxx")
"""An `Input` in 8 bytes, which are one integer as well."""
assert MOVE_FULL == 127, "only -128 isn't allowed"

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

    A payload is whole 32-bit words, and all of them are taken apart word by word: `word[n]` is the nth of each.
    """
    block = np.frombuffer(frames, np.uint8).reshape(count, -1)
    length = block.shape[1]
    word = block[:, SHORT_FRAME_START:].copy().view("<u4").T.copy()
    word ^= block[:, 2:SHORT_FRAME_START].copy().view("<u4").T
    opening = block[:, :2].copy().view("<u2")[:, 0]
    same, constant = _constants(FRAME_BYTES[length])
    wrong = np.bitwise_or.reduce((word & same) ^ constant, axis=0)
    is_good = (wrong == 0) & (opening == BINARY | (MASKED | length - SHORT_FRAME_START) << 8)
    first_ticks = (word[0] >> 24 | word[1] << 8).byteswap()  # 95 02 ce t3, t2 t1 t0 9n
    before, after = word[-2], word[-1]  # ce a3 a2 a1, a0 cd s1 s0
    applied = (before >> 8 | after << 24).byteswap()
    seen = after >> 24 | after >> 8 & 0xFF00
    is_good &= (first_ticks | applied) <= _TICK_MAX
    entries, is_allowed = _entries(word[2:-2:3], word[3:-2:3], word[4:-2:3])
    is_good &= is_allowed
    return Rows(is_good, first_ticks.astype(np.int64), entries, applied.astype(np.int64), seen.astype(np.int64))


def write(first_ticks: Ints, entries: Ints, applied: Ints, seen: Ints, masks: NDArray[np.uint32]) -> bytes:
    """Masked frames, one after the other, of one length, that say this: the inverse of `read`. `entries` are packed, as
    in `Rows`, and each has a mask of its own."""
    blank, fields = _blank(len(entries))
    rows = np.frombuffer(bytearray(blank * len(first_ticks)), fields)
    rows["first_tick"], rows["applied"], rows["seen"] = first_ticks, applied, seen
    packed = np.ascontiguousarray(entries.T, "<i8").view(_PACKED_FIELDS)
    for name in _NAMES:
        rows["entries"][name] = packed[name]
    keys = masks.astype("<u4", copy=False)[:, None]
    payload = rows.view("<u4").reshape(len(rows), -1)
    payload ^= keys
    block = np.empty((len(rows), SHORT_FRAME_START + rows.itemsize), np.uint8)
    block[:, :2] = BINARY, MASKED | rows.itemsize
    block[:, 2:SHORT_FRAME_START] = keys.view(np.uint8)
    block[:, SHORT_FRAME_START:] = payload.view(np.uint8)
    return block.tobytes()


def _fields(offsets: Sequence[int], formats: Sequence[str], size: int) -> np.dtype[np.void]:
    """Of one entry, among bytes that stay as they are."""
    return np.dtype({"names": _NAMES, "formats": formats, "offsets": offsets, "itemsize": size})


_NAMES: Final = ("move_x", "move_y", "aim", "buttons", "edges")
_PACKED_FIELDS: Final = _fields((0, 1, 2, 4, 5), ("u1", "u1", "<u2", "u1", "u1"), 8)
_ENTRY_FIELDS: Final = _fields((2, 4, 6, 9, 11), ("u1", "u1", ">u2", "u1", "u1"), ENTRY_BYTES)


@cache
def _blank(entries: int) -> tuple[bytes, np.dtype[np.void]]:
    """A payload that says nothing yet, and its fields."""
    plain, rest = encode(Inputs(0, [Input()] * entries, 0, 0)), 8 + ENTRY_BYTES * entries
    assert plain is not None
    formats = (">u4", (_ENTRY_FIELDS, (entries,)), ">u4", ">u2")
    fields: Any = {"names": ("first_tick", "entries", "applied", "seen"), "formats": formats}
    return plain, np.dtype(fields | {"offsets": (3, 8, rest + 1, rest + 6), "itemsize": len(plain)})


class One(NamedTuple):
    """What one good message says, as in `Rows`."""

    first_tick: int
    entries: list[int]
    applied: int
    seen: int


def read_one(frame: bytes) -> One | None:
    """What one masked frame says, of a length that is one of FRAME_BYTES; None where `read` wouldn't call it good."""
    plain = only_message(frame, len(frame))
    count = FRAME_BYTES[len(frame)]
    same, constant, fields_of = _form(count)
    if plain is None or int.from_bytes(plain, "little") & same != constant:
        return None
    first_tick, *fields, applied, seen = fields_of(plain)
    entries = []
    for at in range(0, 5 * count, 5):
        move_x, move_y, aim, buttons, edges = fields[at : at + 5]
        if move_x == 0x80 or move_y == 0x80 or aim >= AIM_STEPS:
            return None
        entries.append(move_x | move_y << 8 | aim << 16 | buttons << 32 | edges << 40)
    return One(first_tick, entries, applied, seen) if first_tick | applied <= _TICK_MAX else None


@cache
def _form(entries: int) -> tuple[int, int, Callable[[bytes], tuple[int, ...]]]:
    """(which bits are the same in all messages, what they are, what reads the others) of a whole payload."""
    same, constant = (int.from_bytes(words.tobytes(), "little") for words in _constants(entries))
    return same, constant, struct.Struct(f">3xIx{entries * 'xxBxBxHxBxB'}xIxH").unpack


def _entries(
    first: NDArray[np.uint32], second: NDArray[np.uint32], third: NDArray[np.uint32]
) -> tuple[Ints, NDArray[np.bool_]]:
    """(packed, whether all are allowed) of the three words of each: 95 d0 mx d0, my cd a1 a0, cc b cc e."""
    move_x, move_y = first >> 16 & 0xFF, second & 0xFF
    aim = second >> 24 | second >> 8 & 0xFF00
    packed = np.empty((*first.shape, 2), "<u4")
    packed[..., 0] = move_x | move_y << 8 | aim << 16
    packed[..., 1] = third >> 8 & 0xFF | third >> 24 << 8
    is_allowed = (aim < AIM_STEPS) & (move_x != 0x80) & (move_y != 0x80)
    return packed.view("<i8")[..., 0], is_allowed.all(axis=0)


@cache
def _constants(entries: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """(which bits of each word are the same in all messages, what they are)."""
    least = encode(Inputs(0, [Input()] * entries, 0, 0))
    most = encode(Inputs(0xFFFFFFFF, [Input(-1, -1, 0xFFFF, 0xFF, 0xFF)] * entries, 0xFFFFFFFF, 0xFFFF))
    assert least is not None and most is not None
    zeros, ones = (np.frombuffer(payload, "<u4")[:, None] for payload in (least, most))
    same = ~(zeros ^ ones)
    return same, zeros & same
