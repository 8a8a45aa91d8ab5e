"""What a drill comes to: its figures, whether they hold, and the lines that say so. Pure."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from bench.cluster.scores import Lost
from bench.cluster.sightings import Span

ROOMS_BACK_S_MAX: Final = 5.0
"""After the lease's end."""
BOTS_BACK_S_MAX: Final = 10.0
GAME_LOST_S_MAX: Final = 2.0
"""Of the game: a checkpoint is made each second, and written after those of other rooms."""
HEALED_S_MAX: Final = 10.0
"""After Redis is back, until it knows of all rooms again."""
TROUBLE_SHOWN: Final = 5


class Loss(Struct, frozen=True, kw_only=True):
    """A process was lost, and its rooms with it. Seconds are from the end of its lease."""

    how: str
    rooms: int
    bots: int
    """Who played there."""
    lease_s: float
    """From the moment itself to the end of the lease."""
    young_s: float
    """For so long after that the directory gave no room away, for it took itself to have been away."""
    rooms_back: int
    rooms_back_s: float | None
    """None: some were not."""
    bots_back: int
    """In time."""
    bots_back_s: float | None
    """None: some were not, however late."""
    missing: list[str]
    """What became of each who was not."""
    anew: int
    """Who came back as somebody else."""
    game_lost_s: float
    """Of what players had seen; at most, of any room."""
    scores_compared: int
    lost: list[Lost]

    def breaches(self) -> Iterator[str]:
        """What doesn't hold, a sentence each."""
        if self.rooms_back_s is None or self.rooms_back_s > ROOMS_BACK_S_MAX:
            back = f"{self.rooms_back} of {self.rooms} rooms were back, the last after {_s(self.rooms_back_s)}"
            yield f"{self.how}: {back}"
        if self.bots_back < self.bots:
            yield f"{self.how}: {self.bots_back} of {self.bots} bots were back within {BOTS_BACK_S_MAX:g} s"
        if self.anew:
            yield f"{self.how}: {self.anew} bots came back as somebody else"
        if self.game_lost_s > GAME_LOST_S_MAX:
            yield f"{self.how}: {self.game_lost_s:.1f} s of the game are gone"
        if self.lost:
            yield f"{self.how}: {len(self.lost)} scores are less than they were"

    def line(self) -> str:
        back = f"rooms back {_s(self.rooms_back_s)} later, bots {_s(self.bots_back_s)} later, {self.anew} of them anew"
        gone = f"{self.game_lost_s:.1f} s of the game gone"
        scores = f"{self.scores_compared} scores compared, {len(self.lost)} lost"
        who = f"{self.how}: {self.rooms} rooms with {self.bots} bots"
        young = f", and the directory was young for {self.young_s:.1f} s more" if self.young_s else ""
        return f"{who}; the lease ended after {self.lease_s:.1f} s{young}; {back}; {gone}; {scores}"


class Outage(Struct, frozen=True, kw_only=True):
    """Redis was not there for a while."""

    remembers: bool
    """Whether it had what it had before, when it was back."""
    seconds: float
    ticks_min: float
    """A second, of the slowest room, while it was away."""
    disturbed: int
    """Bots whose conversation ended meanwhile, or until all was well."""
    joins: int
    """Newcomers, by a process that hasn't the room, while it was away."""
    shut_out: list[str]
    """What became of each of them who didn't get in."""
    healed_s: float | None
    """After it was back, until it knew of all rooms; None: it never did."""

    @property
    def joins_good(self) -> int:
        return self.joins - len(self.shut_out)

    def breaches(self) -> Iterator[str]:
        """What doesn't hold, a sentence each."""
        if self.healed_s is None or self.healed_s > HEALED_S_MAX:
            yield f"when Redis was back, it knew of all rooms after {_s(self.healed_s)}"
        if self.disturbed:
            yield f"while Redis was away {self.disturbed} bots lost their connection"
        if not self.ticks_min:
            yield "while Redis was away a room stood still"
        if self.joins_good < self.joins:
            yield f"while Redis was away {self.joins_good} of {self.joins} newcomers got into rooms that were known"

    def line(self) -> str:
        gone = f"Redis gone for {self.seconds:.0f} s, and back with{'' if self.remembers else 'out'} memory"
        played = f"the slowest room did {self.ticks_min:.1f} ticks a second, {self.disturbed} bots lost a connection"
        joined = f"{self.joins_good} of {self.joins} newcomers got in"
        return f"{gone}: {played}; {joined}; it knew of all rooms {_s(self.healed_s)} later"


class Drill(Struct, frozen=True, kw_only=True):
    """All of it."""

    ground: str
    processes: int
    rooms: int
    bots: int
    joined_s: float | None
    losses: list[Loss]
    outages: list[Outage]
    double_owners: list[tuple[str, Span, Span]]
    sightings: int
    """Spans that were laid side by side."""
    checksum_mismatches: int
    trouble: list[str]
    """What servers called a mistake of their own."""

    @property
    def rooms_back_s(self) -> float | None:
        return _worst([loss.rooms_back_s for loss in self.losses])

    @property
    def bots_back(self) -> int:
        """Who was back in time, each time."""
        return self.bots - sum(loss.bots - loss.bots_back for loss in self.losses)

    @property
    def scores_lost(self) -> int:
        return sum(len(loss.lost) for loss in self.losses)

    def breaches(self) -> Iterator[str]:
        """What doesn't hold, a sentence each."""
        if self.joined_s is None:
            yield "not all bots got into the game"
        for part in self._parts():
            yield from part.breaches()
        if self.double_owners:
            yield f"{len(self.double_owners)} times two processes showed the same room"
        if self.checksum_mismatches:
            yield f"{self.checksum_mismatches} checksums did not match"

    def lines(self) -> Iterator[str]:
        """For whoever reads the whole; the figures that count come last."""
        yield (
            f"{self.processes} processes in {self.ground}, {self.rooms} rooms; all of {self.bots} bots played after "
            f"{_s(self.joined_s)}"
        )
        yield from (part.line() for part in self._parts())
        for loss in self.losses:
            yield from (f"missing after {loss.how}: {why}" for why in loss.missing[:TROUBLE_SHOWN])
        for outage in self.outages:
            yield from (f"shut out while Redis was away: {why}" for why in outage.shut_out[:TROUBLE_SHOWN])
        yield f"spans of ownership that were laid side by side: {self.sightings}"
        yield from (f"a mistake of ours: {line}" for line in self.trouble[:TROUBLE_SHOWN])
        yield from (f"it does not hold: {breach}" for breach in self.breaches())

    def _parts(self) -> list[Loss | Outage]:
        return [*self.losses, *self.outages]

    def last_line(self) -> str:
        back_s = "–" if self.rooms_back_s is None else f"{self.rooms_back_s:.1f}"
        return (
            f"processes={self.processes} bots={self.bots} rooms_back_s={back_s} bots_back={self.bots_back} "
            f"double_owners={len(self.double_owners)} scores_lost={self.scores_lost}"
        )


def _worst(figures: list[float | None]) -> float | None:
    """None as soon as one of them is none, or there is none."""
    there = [figure for figure in figures if figure is not None]
    return max(there) if there and len(there) == len(figures) else None


def _s(figure: float | None) -> str:
    return "never" if figure is None else f"{figure:.1f} s"
