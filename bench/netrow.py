"""One line of `ricochet bench netcode`: one network and one situation.

What belongs to a situation is counted where the ship that it is about (ours, or the remote one) had touched that
lately. Slack, late inputs, answers and pulses belong to the network, and are the same in its four rows.
"""

from collections.abc import Iterator

from msgspec import Struct

from bench.netplay import Measured
from bench.touch import SITUATIONS, Situation
from bots.netsim import Conditions
from bots.tally import Percentiles


class NetRow(Struct, frozen=True, kw_only=True):
    """Percentiles are null where nothing was measured."""

    rtt_ms: float
    jitter_ms: float
    """A round trip takes up to so much longer, half of it on each way."""
    stalls: bool
    situation: Situation
    seconds: float
    seed: int
    own_error_units: Percentiles
    """In the crowd: what we foresaw of a tick, when the server's answer came, and where our ship then was."""
    surprise_units: Percentiles
    """The same for what was foreseen at first, before any snapshot had corrected it: what was on the screen."""
    correction_shown_units: Percentiles
    """How far a snapshot moved our ship as it is drawn: in free play, with nobody there; `contact`: in the crowd."""
    correction_in_crowd_units: Percentiles
    remote_error_units: Percentiles
    """Other ships, drawn against where they truly were at the drawn time."""
    remote_rock_error_units: Percentiles
    slack_ticks: Percentiles
    input_to_ack_ms: Percentiles
    picture_age_ticks: Percentiles
    """From the tick that is drawn to that of the newest input."""
    late_inputs_percent: float
    """Ticks, after the first seconds, for which the player's own input was not there."""
    own_shot_error_units: Percentiles
    """Our own shots, drawn from the tick in which we fired: how far off they were when the server told of them."""
    own_shots_foreseen_percent: float | None
    own_shots_dropped: int
    """Foreseen, and never fired."""
    pulses_on_target: int
    """On the shooter's screen."""
    pulse_hits_percent: float | None
    pulses_too_late: int
    """Hits on ships that had left the line more than a quarter of a second ago."""
    stamps_refused_percent: float
    ships_beyond_walls: int
    """Drawn with a wall between them and the truth; of all frames."""
    stall_recovery_ms: Percentiles
    stall_snaps: Percentiles
    """What jumped, for each stall."""
    body_ticks_per_snapshot: float
    """What foreseeing costs: ticks lived again, times bodies beside our ship."""


def rows_of(measured: Measured, network: Conditions, seconds: float, seed: int) -> Iterator[NetRow]:
    for situation in SITUATIONS:
        yield _row(measured, network, situation, seconds, seed)


def _row(measured: Measured, network: Conditions, situation: Situation, seconds: float, seed: int) -> NetRow:
    crowd, alone = measured.crowd, measured.alone
    in_crowd = crowd.correction[situation].percentiles()
    return NetRow(
        rtt_ms=network.rtt_ms,
        jitter_ms=network.jitter_ms,
        stalls=network.stalls_per_s > 0.0,
        situation=situation,
        seconds=seconds,
        seed=seed,
        own_error_units=crowd.own_error[situation].percentiles(),
        surprise_units=crowd.surprise[situation].percentiles(),
        correction_shown_units=in_crowd if situation == "contact" else alone.correction[situation].percentiles(),
        correction_in_crowd_units=in_crowd,
        remote_error_units=crowd.ships[situation].percentiles(),
        remote_rock_error_units=crowd.rocks[situation].percentiles(),
        slack_ticks=crowd.slack_ticks.percentiles(),
        input_to_ack_ms=crowd.input_to_ack_ms.percentiles(),
        picture_age_ticks=crowd.picture_ticks.percentiles(),
        late_inputs_percent=round(crowd.late_percent, 3),
        own_shot_error_units=crowd.own_shot_error.percentiles(),
        own_shots_foreseen_percent=_percent(crowd.shots_foreseen_percent),
        own_shots_dropped=crowd.shots_dropped,
        pulses_on_target=alone.pulses_on_target,
        pulse_hits_percent=_percent(alone.pulse_percent),
        pulses_too_late=alone.pulses_too_late,
        stamps_refused_percent=round(100.0 * alone.stamps_refused / max(1, alone.rewinds), 2),
        ships_beyond_walls=crowd.beyond_walls,
        stall_recovery_ms=crowd.recovery_ms.percentiles(),
        stall_snaps=crowd.snaps.percentiles(),
        body_ticks_per_snapshot=round(crowd.body_ticks / max(1, crowd.snapshots), 2),
    )


def _percent(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
