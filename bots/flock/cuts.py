"""What many lanes have brought, taken apart into snapshots, as far as these are plain. Pure.

Nearly all that a flock is told is one frame with a snapshot that begins with a head of fixed widths. A glance tells it:
the head itself is read, and checked, with all the others. Snapshots of any other form are sliced one by one, and there
may be several that came at once; what is news that no flock listens to is dropped. Whatever else there is, is left,
with all that came with it, for the usual way.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from bots.slices import NEWS, Slices, is_numbered, slice_snapshot
from protocol.frames import SHORT_MAX, header, peel
from protocol.heads import HEAD_BYTES, NEAR_START, NOTHING_NEAR
from protocol.messages import SNAPSHOT_NUMBER, Pong

PAYLOAD_BYTES_MAX: Final = 65535
_SNAPSHOT: Final = bytes((0x99, SNAPSHOT_NUMBER))
_LONGER: Final = SHORT_MAX + 1
_SHORT_START: Final = 2
_LONGER_START: Final = 4
_GLANCES: Final = 1024
_STARTS: Final = [
    header(max(0, length - (_SHORT_START if length < _LONGER + _SHORT_START else _LONGER_START))) + _SNAPSHOT
    for length in range(_GLANCES)
]
"""By the length of a frame: how it begins, if it is a snapshot's."""
_PONG: Final = frozenset((Pong.number,))
BLANK: Final = bytes(HEAD_BYTES)
_USUAL: Final = frozenset((b"\x90" + NOTHING_NEAR, b"\x90" + NEAR_START))
"""Nothing has left, and nothing is near, or something."""
_NOTHING_NEAR: Final = NOTHING_NEAR[0]


class Cuts(NamedTuple):
    """Column by column, one row for each snapshot; and the places of all that isn't understood."""

    places: list[int]
    """Of what it came with. Several of one place are in order."""
    starts: list[int]
    """Of its frame within that."""
    heads: list[bytes]
    """`heads.read` says whether it is one, and what it says."""
    left: list[tuple[int, ...]]
    """The cells that have."""
    cells: list[bytes]
    spelled: dict[int, Slices]
    """By the number of the row: what was read of one that has no head of fixed widths, and a blank one here."""
    pongs: list[tuple[int, bytes]]
    """(place, frame) of each: they may be heard after snapshots that came with them."""
    unknown: list[int]


def cut(received: Sequence[bytes]) -> Cuts:
    """All that was `received`, each from another."""
    cuts = Cuts([], [], [], [], [], {}, [], [])
    add_place, add_start, add_head = cuts.places.append, cuts.starts.append, cuts.heads.append
    add_left, add_cells = cuts.left.append, cuts.cells.append
    for place, frame in enumerate(received):
        length = len(frame)
        near = HEAD_BYTES + (_SHORT_START if length < _LONGER + _SHORT_START else _LONGER_START)
        if near < length < _GLANCES and frame.startswith(_STARTS[length]) and frame[near - 1 : near + 1] in _USUAL:
            add_place(place)
            add_start(0)
            add_head(frame[near - HEAD_BYTES : near])
            add_left(())
            add_cells(_cells_of(frame, near))
        elif not _cut_several(cuts, place, frame):
            cuts.unknown.append(place)
    return cuts


def _cut_several(cuts: Cuts, place: int, received: bytes) -> bool:
    """Add what came together; False, and nothing is added: there is something unknown among it."""
    messages, used, _ = peel(received, False, PAYLOAD_BYTES_MAX)
    if used < len(received):
        return False
    rows, pongs, start = list[tuple[int, bytes, Slices | None]](), list[bytes](), 0
    for message in messages:
        begins, start = start, start + len(message) + (_SHORT_START if len(message) < _LONGER else _LONGER_START)
        if is_numbered(message, NEWS):
            continue
        if is_numbered(message, _PONG):
            pongs.append(received[begins:start])
        elif message.startswith(_SNAPSHOT) and message[HEAD_BYTES - 1 : HEAD_BYTES + 1] in _USUAL:
            rows.append((begins, message, None))
        else:
            try:
                slices = slice_snapshot(message)
            except ValueError:
                return False
            if slices is None:
                return False
            rows.append((begins, message, slices))
    cuts.pongs.extend((place, pong) for pong in pongs)
    for begins, message, slices in rows:
        if slices is not None:
            cuts.spelled[len(cuts.places)] = slices
        cuts.places.append(place)
        cuts.starts.append(begins)
        cuts.heads.append(BLANK if slices else message[:HEAD_BYTES])
        cuts.left.append(tuple(slices.left) if slices else ())
        cuts.cells.append(bytes(slices.cells) if slices else _cells_of(message, HEAD_BYTES))
    return True


def _cells_of(frame: bytes, near: int) -> bytes:
    """What follows what is near, which begins there."""
    return frame[near + 1 if frame[near] == _NOTHING_NEAR else near + 2 + frame[near + 1] :]
