"""What one run is worth: a row of figures, the same for every contestant."""

from typing import Final, NamedTuple

from msgspec import Struct

from bench.scene import TICK_RATE

REFERENCE: Final = "ricochet"
"""The contestant to which the others are compared."""
HELD_SHARE: Final = 29.5 / 30
"""Of the snapshots that are due every client must get so many."""


class Row(Struct, frozen=True, kw_only=True):
    """One contestant with so many clients, once. A figure that could not be had is None."""

    contestant: str
    clients: int
    repetition: int
    tick_rate: int = TICK_RATE
    """Ticks, snapshots and inputs, each per second."""
    held: bool
    """Every client got at least HELD_SHARE of its snapshots, and none was disconnected."""
    us_per_client_tick: float | None = None
    """CPU of the contestant, in microseconds. Every tick of a client counts, whether it was sent anything or not."""
    us_per_snapshot: float | None = None
    """The same for each snapshot that arrived, at clients that stayed: leaving out ticks flatters nobody by it."""
    bytes_per_client_s: float | None = None
    """What a client received, WebSocket's framing included and TCP's not."""
    lateness_ms_p50: float | None = None
    lateness_ms_p99: float | None = None
    snapshots_per_client_s_min: float | None = None
    rss_mb: float | None = None
    generator_saturated: bool = False
    """The load could not be kept up by its generator: the row says little."""


class Outcome(NamedTuple):
    """A run's row, and one sentence when something went wrong with it."""

    row: Row
    trouble: str | None = None
