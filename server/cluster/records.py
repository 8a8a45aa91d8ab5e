"""What processes tell the directory, what it answers, and the times that all of them keep.

**The timing rule.** The directory gives a room to nobody else before `ttl_s` have passed since it last heard its
owner. The owner counts from *before* it sent what was heard, by a clock of its own that never stands still, and stops
the room `margin_s` sooner. So the owner has stopped before anybody else may start. No two clocks need to show the same
time; what is assumed of them, and what the margin is for:

- both run equally fast, to one part in a hundred: 0.16 s
- the directory's may be set forward: by more than `away_s`, and it notices (see `ledger`); by less, and that is 2.5 s
- the owner looks at its clock before each tick, so the last tick may take the rest
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

ROOMS_MAX: Final = 100_000
PROCESSES_MAX: Final = 10_000
ORPHANS_MAX: Final = 10_000


class Timing(Struct, frozen=True):
    """The same for all processes of one directory."""

    ttl_s: float = 16.0
    """For so long after it heard an owner the directory gives its rooms to nobody else."""
    margin_s: float = 3.5
    """The owner stops so much sooner."""
    away_s: float = 2.5
    """A directory that has heard no owner for longer was itself away. More than `beat_s`, less than the margin."""
    beat_s: float = 2.0
    answer_s: float = 1.5
    """How long an answer may take; without one, nobody knows whether the directory has heard."""
    seat_s: float = 10.0
    """How long a reserved seat is kept for whoever was sent to it."""
    orphan_s: float = 60.0
    """How long a room without an owner is remembered, for somebody to adopt it."""
    silent_s: float = 5.0
    """An owner that wasn't heard for so long, more than two beats, may be gone: nobody is led to it."""

    @property
    def ttl_ms(self) -> int:
        return round(self.ttl_s * 1000)

    @property
    def away_ms(self) -> int:
        return round(self.away_s * 1000)

    @property
    def seat_ms(self) -> int:
        return round(self.seat_s * 1000)

    @property
    def silent_ms(self) -> int:
        return round(self.silent_s * 1000)

    @property
    def orphan_ms(self) -> int:
        return round(self.orphan_s * 1000)


class Process(Struct, frozen=True):
    """What a process says of itself."""

    url: str
    """Where the world finds it, as in `https://a.game.example`."""
    rooms_max: int = 0
    players_max: int = 0
    players: int = 0
    is_open: bool = True
    """Whether newcomers are welcome; not while it drains."""


class Notice(Struct, frozen=True):
    """What its owner says of a room."""

    name: str
    title: str = ""
    game: str = ""
    arena: str = ""
    players: int = 0
    bots: int = 0
    spectators: int = 0
    seats: int = 0
    """How many players it takes."""
    private: bool = False
    permanent: bool = False
    """Whether it is the operator's: then it is opened afresh where nothing else is left of it."""

    @property
    def people(self) -> int:
        return self.players - self.bots


class Owned(Struct, frozen=True):
    """A room that a process says it owns."""

    notice: Notice
    fence: int
    """Which claim that goes back to: each has a greater number than all before it."""


class Entry(Struct, frozen=True):
    """A room as the directory knows it."""

    notice: Notice
    fence: int
    lease: int
    """Of its owner."""
    process: Process
    held: int
    """How many seats are reserved."""
    silent_ms: int
    """How long ago its owner was last heard."""

    @property
    def free(self) -> int:
        """Seats that are neither taken nor reserved."""
        return max(0, self.notice.seats - self.notice.players - self.held)


class Way(Struct, frozen=True):
    """The answer to somebody who wants to be led to a room."""

    entry: Entry | None = None
    """The room as it was when they asked."""
    is_orphan: bool = False
    """It has no owner now, and may have one soon."""
    is_kept: bool = False
    """The seat that they asked for is theirs from now on."""


class Orphan(Struct, frozen=True):
    """A room whose owner was heard of no more, or went and left it to others."""

    notice: Notice
    fence: int
    """Under which it was owned last."""
    ago_ms: int
    """For how long it has had no owner."""


class Why(StrEnum):
    """Why a claim was not granted."""

    GRANTED = "granted"
    TAKEN = "taken"
    """Somebody owns the room; `Claimed.owner` says who."""
    WAIT = "wait"
    """The directory may have forgotten something: it grants nothing for `Claimed.wait_ms`."""
    LOST = "lost"
    """Whoever asks has no lease any more."""
    FULL = "full"
    """There are too many rooms."""


class Claimed(Struct, frozen=True):
    """The answer to a claim."""

    why: Why
    fence: int = 0
    owner: int = 0
    """A lease."""
    wait_ms: int = 0


class Heard(Struct, frozen=True):
    """The answer to a beat."""

    is_lost: bool = False
    """There is no such lease any more: nothing that came with the beat is owned."""
    lost: tuple[str, ...] = ()
    """Rooms that are not, or no longer, this owner's under the fence that it named."""
    held: tuple[tuple[str, int], ...] = ()
    """How many seats of a room are reserved, where any are."""


class Taken(Struct, frozen=True):
    """A reserved seat on which somebody sits by now: they are among the room's players."""

    room: str
    seat: str
