"""What a run over one network comes to: distributions by situation, counts, and the row that they make."""

from msgspec import Struct, field

from bench.touch import SITUATIONS, Situation
from bots.tally import Percentiles, Spread

UNITS_STEP = 0.001
TICKS_STEP = 0.01
MS_STEP = 0.5


def _spreads() -> dict[Situation, Spread]:
    return {situation: Spread(UNITS_STEP) for situation in SITUATIONS}


class Figures(Struct):
    """Everything that is measured, in a form that adds up."""

    own_error: dict[Situation, Spread] = field(default_factory=_spreads)
    """How far our ship was from where we had foreseen it, when the server's answer came."""
    surprise: dict[Situation, Spread] = field(default_factory=_spreads)
    """The same for what had been foreseen at first."""
    correction: dict[Situation, Spread] = field(default_factory=_spreads)
    """How far the snapshot moved our ship, as it is now: the jump that is then melted on the screen."""
    ships: dict[Situation, Spread] = field(default_factory=_spreads)
    """How far from the truth other ships were drawn, at the time that was drawn."""
    rocks: dict[Situation, Spread] = field(default_factory=_spreads)
    slack_ticks: Spread = field(default_factory=lambda: Spread(TICKS_STEP))
    input_to_ack_ms: Spread = field(default_factory=lambda: Spread(MS_STEP))
    picture_ticks: Spread = field(default_factory=lambda: Spread(TICKS_STEP))
    """How much older than the newest input's tick the picture was."""
    recovery_ms: Spread = field(default_factory=lambda: Spread(MS_STEP))
    """From the end of each stall to when all was normal again."""
    snaps: Spread = field(default_factory=lambda: Spread(1.0))
    """What a person sees jump because of a stall, for each."""
    ticks: int = 0
    """Of all players."""
    ticks_late: int = 0
    """Those whose own input was not there when it was needed."""
    own_shot_error: Spread = field(default_factory=lambda: Spread(UNITS_STEP))
    """How far from where we had it each of our own shots was, when the server told of it."""
    shots_matched: int = 0
    """Own shots that were foreseen, and fired."""
    shots_unforeseen: int = 0
    shots_dropped: int = 0
    """Foreseen, and never fired."""
    beyond_walls: int = 0
    """Ships drawn with a wall between them and the truth."""
    pulses_on_target: int = 0
    pulses_hit: int = 0
    """Of these."""
    pulses_too_late: int = 0
    """Hits on those who had left the line longer ago than is allowed."""
    rewinds: int = 0
    stamps_refused: int = 0
    snapshots: int = 0
    body_ticks: int = 0

    @property
    def late_percent(self) -> float:
        return 100.0 * self.ticks_late / max(1, self.ticks)

    @property
    def shots_foreseen_percent(self) -> float | None:
        """Of the own shots that the server fired. None where there were none."""
        fired = self.shots_matched + self.shots_unforeseen
        return 100.0 * self.shots_matched / fired if fired else None

    @property
    def pulse_percent(self) -> float | None:
        """None where nobody was on target."""
        return 100.0 * self.pulses_hit / self.pulses_on_target if self.pulses_on_target else None


def merged(by_situation: dict[Situation, Spread]) -> Percentiles:
    """Over all situations."""
    whole = Spread(UNITS_STEP)
    for spread in by_situation.values():
        whole.merge(spread)
    return whole.percentiles()
