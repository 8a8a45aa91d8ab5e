"""A replay, played: what a client that is told all of it believes at each snapshot, and what has happened.

The client is ours (`bots.view`, and `bots.draft` where an arena is built), so every checksum in the file is compared.
Whatever the file, it plays or is refused with a `ReplayError`; what is believed stays within what a room may hold.
"""

from collections.abc import Iterator
from struct import error as struct_error
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from bots.draft import Draft
from bots.roster import take_note
from bots.view import View
from protocol.arena import Arena
from protocol.blueprint import arena_of
from protocol.build_messages import Edited
from protocol.cells import Grid
from protocol.errors import ReplayError
from protocol.limits import ENTITIES_PER_ROOM_MAX, TICK_MAX
from protocol.messages import Event, PlayerInfo
from protocol.plan import checksum
from protocol.reckoning import Published
from protocol.replay import ROSTER, Replay, messages_of, read_message
from protocol.snapshot import UNREADABLE, CellKeyframe, Snapshot

PLAYERS_MAX: Final = 100_000
"""Who came and went, in one replay."""
NONSENSE: Final = (*UNREADABLE, ArithmeticError, AssertionError, struct_error)
"""What comes of believing a snapshot that was made up: a server's are trusted, a file's aren't."""


class Moment(Struct):
    """One snapshot, and what happened since the one before."""

    tick: int
    snapshot: Snapshot
    events: list[Event]
    edits: list[Edited]
    """What was built; a whole plan isn't among them."""
    is_opening: bool
    """Whether it is all keyframes: a chunk begins."""


class Playback:
    """Plays `replay` once, from the beginning. `view` is what is believed, and `players` who is who."""

    def __init__(self, replay: Replay) -> None:
        welcome = replay.welcome
        self.replay, self.rate = replay, welcome.tick_rate
        self.view = View(welcome.kinds, welcome.tick_rate)
        self.players: dict[int, PlayerInfo] = {player.id: player for player in welcome.players}
        """All who ever were there."""
        self.checksums = 0
        """How many were compared, of cells and of plans."""
        self.plans_wrong = 0
        """How many whole plans were not what they said."""
        self._draft = Draft()
        size = welcome.arena.size
        if not (1 <= size.width <= 1 << 20 and 1 <= size.height <= 1 << 20):
            raise ReplayError("this can't be played: its arena has no size")
        self._cells = Grid(size.width, size.height, welcome.cell_units).count if welcome.cell_units == 512 else 0

    @property
    def arena(self) -> Arena:
        """As it is now: where one is built, it changes. Raises ReplayError when there can be none like that."""
        plan, begun = self._draft.confirmed, self.replay.welcome.arena
        if plan is None:
            return begun
        try:
            return msgspec.convert(msgspec.to_builtins(arena_of(plan, begun.name)), Arena)
        except msgspec.ValidationError as error:
            raise ReplayError(f"this can't be played: what was built is no arena: {error}") from None

    @property
    def pieces(self) -> int | None:
        """How many the arena is made of now; None: nothing is built here."""
        plan = self._draft.confirmed
        return None if plan is None else len(plan.pieces)

    @property
    def checksum_mismatches(self) -> int:
        return self.view.checksum_mismatches + self._draft.mismatches + self.plans_wrong

    def moments(self) -> Iterator[Moment]:
        """Raises ReplayError."""
        events, edits = list[Event](), list[Edited]()
        for chunk in self.replay.chunks:
            is_opening = True
            for wire in messages_of(chunk):
                message = read_message(wire)
                if isinstance(message, Snapshot):
                    self._apply(message)
                    yield Moment(message.tick, message, events, edits, is_opening)
                    events, edits, is_opening = [], [], False
                elif isinstance(message, Event):
                    self._hear(message)
                    if not (is_opening and chunk is not self.replay.chunks[0]):
                        events.append(message)
                elif isinstance(message, Edited):
                    self._build(message)
                    if message.serial:
                        edits.append(message)

    def _build(self, edited: Edited) -> None:
        """An edit that was taken, or the whole plan."""
        if edited.plan is not None and edited.plan.size != self.replay.welcome.arena.size:
            raise ReplayError("this can't be played: a plan has another size than its arena")
        try:
            self._draft.take(edited)
            plan = self._draft.confirmed
            if edited.plan is not None and plan is not None:
                self.plans_wrong += checksum(plan) != edited.checksum
        except NONSENSE as error:
            raise ReplayError(f"this can't be played: an edit makes no sense: {error}") from None
        self.checksums += 1

    def _apply(self, snapshot: Snapshot) -> None:
        view = self.view
        try:
            if not self._is_sound(snapshot):
                raise ReplayError("this can't be played: a snapshot tells of what can't be")
            view.apply(snapshot)
            known = sum(len(table.entities) for table in view.tables.values())
        except NONSENSE as error:
            raise ReplayError(f"this can't be played: a snapshot makes no sense: {error}") from None
        if known > ENTITIES_PER_ROOM_MAX:
            raise ReplayError(f"this can't be played: it has more than {ENTITIES_PER_ROOM_MAX} entities at once")
        self.checksums += sum(cell.checksum is not None for cell in snapshot.cells)

    def _is_sound(self, snapshot: Snapshot) -> bool:
        """Ticks go on, cells are of this arena, records of these kinds."""
        if not self.view.tick <= snapshot.tick <= TICK_MAX:
            return False
        for cell in snapshot.cells:
            records = cell.entities if isinstance(cell, CellKeyframe) else cell.entered
            if not 0 <= cell.cell < self._cells or not all(
                self._is_record(record, snapshot.tick) for record in records
            ):
                return False
        return True

    def _is_record(self, record: Published, tick: int) -> bool:
        whole = all(type(value) is int and -TICK_MAX <= value <= TICK_MAX for value in astuple(record))
        return whole and 0 <= record.kind < len(self.view.rules.kinds) and 0 <= record.tick <= tick

    def _hear(self, event: Event) -> None:
        try:
            infos = event.body["players"] if event.name == ROSTER else [event.body] * (event.name == "joined")
            self.players.update((info.id, info) for info in msgspec.convert(infos, list[PlayerInfo]))
            if event.name == "renamed":
                take_note(self.players, event)
        except (msgspec.ValidationError, *UNREADABLE) as error:
            raise ReplayError(f"this can't be played: nobody can be a player like that: {error}") from None
        if len(self.players) > PLAYERS_MAX:
            raise ReplayError(f"this can't be played: it has more than {PLAYERS_MAX} players")
