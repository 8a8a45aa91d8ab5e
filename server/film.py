"""Some seconds of a room as it was published, frame by frame: what `late` shows when it is old enough. Pure.

A frame is one snapshot: the published records that are other than in the frame before, the news of its cells, and what
spectators were told since. Now and then there is a mark, from which a newcomer can begin.

What a film holds is bounded. When it is full, snapshots are left out until there is room: the next frame has all that
has changed meanwhile, and the cells in which it has, so that they can be shown as keyframes. Notes can't be left out:
where there are too many of them, the film tears, and who was watching has missed something.
"""

from collections import deque
from typing import Final

import numpy as np
from msgspec import Struct, field

from protocol.messages import Welcome
from protocol.snapshot import FIELDS_PER_RECORD
from server.beliefs import Ints
from server.bulletin import NOWHERE, Bulletin, News

FILM_BYTES_MAX: Final = 64 << 20
"""Of one room, about: a minute of sixty in the large arena, who steer and shoot all the time, takes forty."""
NOTES_BYTES_MAX: Final = 4 << 20
"""Of these, what was said."""
FRAME_BYTES: Final = 1200
"""About what a frame takes with nothing in it."""
NEWS_BYTES: Final = 450
"""And the news of one cell besides its changes."""
NOTE_BYTES: Final = 400
PLAYER_BYTES: Final = 160
"""And a player in a mark."""


class Note(Struct, frozen=True, gc=False):
    """Something that spectators are told; with a `place` (x, y, half its side), those who look there."""

    wires: dict[str, bytes]
    """By subprotocol: the message as it was when it was said."""
    place: tuple[float, float, float] | None = None

    @property
    def size_bytes(self) -> int:
        return NOTE_BYTES + sum(map(len, self.wires.values()))


class Mark(Struct, frozen=True):
    """How a spectator who came just then would begin."""

    welcome: Welcome
    greeting: list[Note]


class Frame(Struct):
    """One snapshot."""

    tick: int
    snapshots: int
    extent: int
    rows: Ints
    """Entities whose records are other than in the frame before."""
    records: Ints
    cells: Ints
    news: dict[int, News]
    missed: set[int]
    """Cells with news in snapshots that were left out before this one."""
    notes: list[Note]
    mark: Mark | None
    size_bytes: int = 0

    def put_into(self, bulletin: Bulletin) -> None:
        """`bulletin`, which is at the frame before, is at this one."""
        bulletin.table[self.rows], bulletin.cell[self.rows] = self.records, self.cells
        bulletin.tick, bulletin.snapshots, bulletin.news = self.tick, self.snapshots, self.news
        bulletin.renew(self.extent)


class Film(Struct):
    """Frames, the oldest first, and what was said since the newest."""

    frames: deque[Frame] = field(default_factory=deque)
    size_bytes: int = 0
    _notes: list[Note] = field(default_factory=list)
    _notes_bytes: int = 0
    """Of all frames, too."""
    _missed: set[int] = field(default_factory=set)
    _table: Ints | None = None
    """As of the newest frame."""
    _cell: Ints | None = None
    _extent: int = 0

    def note(self, note: Note) -> bool:
        """False: there is no room for it; the film has torn."""
        if self._notes_bytes + note.size_bytes > NOTES_BYTES_MAX:
            self._tear()
            return False
        self._notes.append(note)
        self._notes_bytes += note.size_bytes
        self.size_bytes += note.size_bytes
        return True

    def _tear(self) -> None:
        """What was said, and the marks that it followed, are gone; what was published stays."""
        for frame in self.frames:
            notes_bytes = _bytes_of(frame.notes)
            frame.size_bytes -= notes_bytes
            frame.notes, frame.mark = [], None
        self.size_bytes -= self._notes_bytes
        self._notes, self._notes_bytes = [], 0

    @property
    def is_full(self) -> bool:
        """Whether the next snapshot must be left out."""
        return self.size_bytes >= FILM_BYTES_MAX

    @property
    def ticks(self) -> int:
        """From its oldest frame to its newest."""
        return self.frames[-1].tick - self.frames[0].tick if self.frames else 0

    def leave_out(self, bulletin: Bulletin) -> None:
        self._missed |= bulletin.spoken

    def take(self, bulletin: Bulletin, mark: Mark | None) -> None:
        """One more frame."""
        rows = self._different(bulletin)
        records, cells = bulletin.table[rows].astype("<i4"), bulletin.cell[rows].astype("<i4")
        frame = Frame(
            bulletin.tick,
            bulletin.snapshots,
            bulletin.extent,
            rows.astype("<i4"),
            records,
            cells,
            dict(bulletin.news),
            self._missed,
            self._notes,
            mark,
        )
        self._missed, self._notes = set(), []
        frame.size_bytes = _size_of(frame)
        self.size_bytes += frame.size_bytes - _bytes_of(frame.notes)  # counted when they came
        self.frames.append(frame)

    def give(self, tick: int) -> Frame | None:
        """The oldest frame, if it is of `tick` or older; it is no longer here."""
        if not self.frames or self.frames[0].tick > tick:
            return None
        frame = self.frames.popleft()
        self.size_bytes -= frame.size_bytes
        self._notes_bytes -= _bytes_of(frame.notes)
        return frame

    def first_mark(self) -> Mark | None:
        return next((frame.mark for frame in self.frames if frame.mark is not None), None)

    def _different(self, bulletin: Bulletin) -> Ints:
        """The rows that are other than in the newest frame; from now on they aren't."""
        if self._table is None or self._cell is None:
            self._table = np.zeros_like(bulletin.table)
            self._cell = np.full_like(bulletin.cell, NOWHERE)
        extent = max(bulletin.extent, self._extent)
        table, cell = bulletin.table[:extent], bulletin.cell[:extent]
        is_other = cell != self._cell[:extent]
        is_other[(table != self._table[:extent]).ravel().nonzero()[0] // FIELDS_PER_RECORD] = True
        is_other &= (cell != NOWHERE) | (self._cell[:extent] != NOWHERE)
        rows: Ints = is_other.nonzero()[0]
        self._table[rows], self._cell[rows], self._extent = table[rows], cell[rows], bulletin.extent
        return rows


def _size_of(frame: Frame) -> int:
    """About."""
    news = sum([NEWS_BYTES + len(one.changed) for one in frame.news.values()])
    mark = frame.mark
    marked = 0 if mark is None else PLAYER_BYTES * len(mark.welcome.players) + _bytes_of(mark.greeting)
    columns = frame.rows.nbytes + frame.records.nbytes + frame.cells.nbytes
    return FRAME_BYTES + columns + _bytes_of(frame.notes) + news + marked


def _bytes_of(notes: list[Note]) -> int:
    return sum(note.size_bytes for note in notes)
