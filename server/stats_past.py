"""The last minutes of the server's numbers, for whoever comes to watch it: so their charts don't begin empty. Pure.

Kept is what is told anyhow, of some numbers alone, in a ring of PAST_MOMENTS_MAX: 120 bytes or so for each moment.
"""

from collections import deque

from msgspec import Struct

from protocol.stats import PAST_GAUGES, PAST_MOMENTS_MAX, PAST_RATES, Past, Percentiles
from server.stats import Interval, in_ms


class Moment(Struct, frozen=True):
    """What has been in one interval. Numbers are in the order of PAST_GAUGES and PAST_RATES."""

    at_ms: int
    seconds: float
    ticks: int
    duration_ms: Percentiles | None
    lateness_ms: Percentiles | None
    gauges: tuple[float | None, ...]
    rates: tuple[float | None, ...]


class Remembered:
    """The latest moments, the oldest first."""

    def __init__(self) -> None:
        self._moments = deque[Moment](maxlen=PAST_MOMENTS_MAX)

    def __len__(self) -> int:
        return len(self._moments)

    def add(self, been: Interval, at_ms: int) -> Moment:
        """What has just been."""
        duration, lateness = been.histograms["tick_duration_seconds"], been.histograms["tick_lateness_seconds"]
        moment = Moment(
            at_ms=at_ms,
            seconds=round(been.seconds, 3),
            ticks=int(duration.total),
            duration_ms=in_ms(duration),
            lateness_ms=in_ms(lateness),
            gauges=tuple(been.gauges.get(name) for name in PAST_GAUGES),
            rates=tuple(round(been.rates[name], 3) if name in been.rates else None for name in PAST_RATES),
        )
        self._moments.append(moment)
        return moment

    def told(self) -> Past:
        """As a newcomer is told it."""
        moments = list(self._moments)
        return Past(
            at_ms=[moment.at_ms for moment in moments],
            seconds=[moment.seconds for moment in moments],
            ticks=[moment.ticks for moment in moments],
            duration_ms=[moment.duration_ms for moment in moments],
            lateness_ms=[moment.lateness_ms for moment in moments],
            gauges={name: [moment.gauges[at] for moment in moments] for at, name in enumerate(PAST_GAUGES)},
            rates={name: [moment.rates[at] for moment in moments] for at, name in enumerate(PAST_RATES)},
        )
