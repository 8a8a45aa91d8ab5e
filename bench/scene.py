"""What every contestant is given alike: how many clients, in how large an arena, who see how far and send what.

N clients are one ship each in one square room, at the same density whatever N is. A client sends one input per tick
and is sent one snapshot per tick; it sees the cells around its ship, as `protocol.cells` has them. Its stick is one
of `VARIANTS` directions and held for HOLD_TICKS; nobody fires, for the other servers have no shots.
"""

from dataclasses import dataclass
from math import cos, pi, sin, sqrt
from pathlib import Path
from typing import Final

from protocol import limits
from protocol.quantize import AIM_STEPS

TICK_RATE: Final = 30
"""Ticks, snapshots and inputs, each per second, where a scene doesn't say otherwise."""
TICK_RATE_MIN: Final = 5
TICK_RATE_MAX: Final = 60
CLIENTS_MIN: Final = 4
"""Fewer would have an arena smaller than the smallest there is."""
CLIENTS_MAX: Final = limits.PLAYERS_PER_ROOM_MAX
UNITS2_PER_CLIENT: Final = 65_536
"""The arena's area for each client: about twenty ships in a view."""
CELL_UNITS: Final = 512
VIEW_HALF_UNITS: Final = 704
VARIANTS: Final = 16
"""Directions of the stick; as many different inputs there are in a tick."""
HOLD_TICKS: Final = 15
"""Half a second at TICK_RATE."""
AIM_STEPS_PER_TICK: Final = 34
"""A quarter of a turn in a second at TICK_RATE."""
SNAPSHOT_BYTES_DEFAULT: Final = 200


@dataclass(frozen=True)
class Scene:
    """One run's. `folder` is for files that a contestant needs while it runs; it is removed afterwards.

    `snapshot_bytes` is how long a snapshot is where the contestant has none of its own (`floor`). `tick_rate` is of
    ticks, snapshots and inputs alike, per second.
    """

    clients: int
    folder: Path
    snapshot_bytes: int = SNAPSHOT_BYTES_DEFAULT
    tick_rate: int = TICK_RATE

    @property
    def arena_units(self) -> int:
        """The side of the square arena."""
        return side_units(self.clients)


def side_units(clients: int) -> int:
    return round(sqrt(clients * UNITS2_PER_CLIENT))


def stick_of(variant: int) -> tuple[int, int]:
    """`move_x` and `move_y` in -127..127, always full."""
    angle = 2 * pi * variant / VARIANTS
    return round(127 * cos(angle)), round(127 * sin(angle))


def aim_of(tick: int, variant: int) -> int:
    """The aim in 0..4095: it sweeps."""
    return (tick * AIM_STEPS_PER_TICK + variant * AIM_STEPS // VARIANTS) % AIM_STEPS


def variant_of(client: int, tick: int) -> int:
    """Which input client number `client` sends at `tick`: held for HOLD_TICKS, changed by each client at another tick.

    The directions of one client are a fixed walk that favours none. It is counted in ticks: at a lower rate a direction
    is held for longer, and as many clients change theirs in each tick.
    """
    turn = (tick + client * 7) // HOLD_TICKS
    return (turn * 5 + turn * turn * 3 + client * 11) % VARIANTS
