"""Spectators who see the room some seconds late, so that what they are shown, or show to others, helps nobody cheat.

Each snapshot is put on a film (`server.film`), and taken off it when it is old enough. What is taken off brings a table
of its own up to that tick, a `Bulletin` like the publisher's, so that whoever comes, or looks elsewhere, is sent true
keyframes, deltas and checksums of that time. What was said comes with the snapshot that it came with. A newcomer begins
at the last mark: with the players who were there then, what the game said to greet them, and what was said since.

Players see what they always did. The film is shot while nobody watches, too, for whoever comes is shown what was then.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from protocol.cells import Grid
from protocol.codec import CODECS, Codec
from protocol.kinds import Kind
from protocol.messages import Event, Message, Welcome
from protocol.reckoning import reckon
from protocol.snapshot import FIELDS_PER_RECORD
from protocol.ticks import Rates
from server.beliefs import KIND, OWNER
from server.bulletin import NOWHERE, Bulletin
from server.film import Film, Frame, Mark, Note
from server.game import Game, Player
from server.owed import Encoded, owe
from server.spectators import NOBODY, Gaze, Spectators
from server.statistics import RoomStatistics
from server.viewers import Viewer

OPTION: Final = "spectator_delay_s"
"""The operator's setting, of a room's options."""
MARK_S: Final = 2.0
"""So often a newcomer could begin: what was said since is told in one go."""

Introduce = Callable[[Codec], tuple[Welcome, list[bytes]]]
"""Welcome and greeting of a spectator who came now."""


class Lateness(Struct, frozen=True):
    """By how much spectators of a room are late, and what it takes to show them the past."""

    ticks: int
    rates: Rates
    kinds: tuple[Kind, ...]
    capacity: int
    """Of entities."""


def lateness_of(game: type[Game], options: Mapping[str, Any], rates: Rates, capacity: int) -> Lateness | None:
    """In a room of `game`; None: they see it as it is."""
    delay_s = options.get(OPTION, 0.0)
    if not delay_s or not game.may_be_late:
        return None
    return Lateness(rates.ticks_in(delay_s), rates, tuple(game.kinds), capacity)


class LateSpectators(Spectators):
    """Of one room. They are introduced to it as `introduce` says now, when that is old enough."""

    def __init__(
        self,
        grid: Grid,
        middle: tuple[float, float],
        players: Mapping[int, Player],
        statistics: RoomStatistics,
        lateness: Lateness,
        introduce: Introduce,
    ) -> None:
        super().__init__(grid, middle, players, statistics)
        self.late_ticks, self._rates = lateness.ticks, lateness.rates
        self._introduce, self._film = introduce, Film()
        self._rerun = Rerun(grid, lateness)
        self._mark: Mark | None = None
        """The last that is old enough."""
        self._since: list[Note] = []
        """What was said since that mark to everybody, and is old enough."""
        self._marks_from = 0
        """When another is due, by the room's tick."""

    def welcome(self, now: Welcome) -> Welcome:
        mark = self._mark or self._film.first_mark()
        players, arena = (now.players, now.arena) if mark is None else (mark.welcome.players, mark.welcome.arena)
        return replace(now, tick=self.tick_at(now.tick), players=players, arena=arena)

    def add(self, viewer: Viewer, greet: Callable[[], None]) -> None:
        """What is so now is not for them yet."""
        mark = self._mark or self._film.first_mark()
        late, wait = (round(ticks * self._rates.tick_s, 1) for ticks in (self.late_ticks, self._ticks_to_first()))
        owe(Event(self._rerun.tick, "late", {"seconds": late, "starts_in_s": wait}), [viewer])
        for note in [*(mark.greeting if mark is not None else ()), *self._since]:
            _hand(note, [viewer])
        self._gazes.append(Gaze(viewer, self._middle))

    def _ticks_to_first(self) -> int:
        """Until the first snapshot that is shown; 0: there has been one."""
        if self._rerun.tick:
            return 0
        return max(0, self.late_ticks - self._film.ticks)

    def hear(self, message: Message, encoded: Encoded, may_be_lost: bool = False) -> None:
        self._note(Note(_in_all(message, encoded)))

    def hear_near(self, message: Message, encoded: Encoded, x: float, y: float, half_units: float) -> None:
        self._note(Note(_in_all(message, encoded), (x, y, half_units)))

    def _note(self, note: Note) -> None:
        if not self._film.note(note):
            self._mark, self._since, self._marks_from = None, [], 0
            for viewer in self:
                viewer.overrun = True  # it would never be told

    def show(self, bulletin: Bulletin) -> None:
        """Keep the snapshot of the bulletin's tick, and show what is old enough."""
        self._take(bulletin)
        while (frame := self._film.give(bulletin.tick - self.late_ticks)) is not None:
            self._play(frame)
        self.held_bytes = self._film.size_bytes

    def _take(self, bulletin: Bulletin) -> None:
        if self._film.is_full:
            self._film.leave_out(bulletin)
            self._statistics.late_left_out += 1
            return
        mark = None
        if bulletin.tick >= self._marks_from:
            self._marks_from = bulletin.tick + self._rates.ticks_in(MARK_S)
            mark = self._new_mark()
        self._film.take(bulletin, mark)

    def _new_mark(self) -> Mark:
        introductions = {name: self._introduce(codec) for name, codec in CODECS.items()}
        wires = zip(*(greeting for _, greeting in introductions.values()), strict=True)
        greeting = [Note(dict(zip(introductions, wire, strict=True))) for wire in wires]
        return Mark(next(iter(introductions.values()))[0], greeting)

    def _play(self, frame: Frame) -> None:
        self._rerun.play(frame)
        for note in frame.notes:
            _hand(note, self if note.place is None else self._near(*note.place))
            if note.place is None:
                self._since.append(note)
        if frame.mark is not None:
            self._mark, self._since = frame.mark, []
        if frame.missed:
            for viewer in self:
                viewer.miss(frame.missed)
        super().show(self._rerun)

    def _eye(self, gaze: Gaze) -> tuple[float, float]:
        place = self._rerun.place_of(gaze.followed) if gaze.followed != NOBODY else None
        if place is not None:
            gaze.eye = place
        return gaze.eye


class Rerun(Bulletin):
    """What was published, as of the frame that is shown."""

    def __init__(self, grid: Grid, lateness: Lateness) -> None:
        super().__init__(grid, np.zeros((lateness.capacity, FIELDS_PER_RECORD), dtype=np.int64))
        self._kinds, self._tick_rate = lateness.kinds, lateness.rates.tick_rate
        self._is_ship = np.array([kind.category == "ship" for kind in lateness.kinds])
        self._places: dict[int, tuple[float, float] | None] = {}
        """Of players who are followed, in this frame."""

    def play(self, frame: Frame) -> None:
        """The next one."""
        frame.put_into(self)
        self._places.clear()

    def place_of(self, player: int) -> tuple[float, float] | None:
        """Where the ship of `player` is believed to be; None: it has none."""
        if player not in self._places:
            self._places[player] = self._find(player)
        return self._places[player]

    def _find(self, player: int) -> tuple[float, float] | None:
        records = self.table[: self.extent]
        its = (records[:, OWNER] == player) & (self.cell[: self.extent] != NOWHERE) & self._is_ship[records[:, KIND]]
        for row in its.nonzero()[0].tolist():
            record = self.published(row)
            at = reckon(record, self._kinds[record.kind], self.tick, self._tick_rate)
            return at.x, at.y
        return None


def _in_all(message: Message, encoded: Encoded) -> Encoded:
    """Now, for whoever says it may go on with it."""
    return {name: encoded[name] if name in encoded else codec.encode(message) for name, codec in CODECS.items()}


def _hand(note: Note, viewers: Iterable[Viewer]) -> None:
    for viewer in viewers:
        viewer.owe(note.wires[viewer.codec.subprotocol])
