"""The scenes of `ricochet bench publish`: how large a world, who is in it, and what they do.

All is drawn from a seed. The kinds are the melee's own. Two liberties make the scenes what they are called:

- free rocks drift apart from a common centre, each with a velocity of its own, so that no two ever meet, and ships that
  rest among them begin midway between four;
- a thousand ships in one cell belong to one owner, for otherwise there would be no room: they pass through each
  other, and bounce off the border all the same.
"""

from dataclasses import dataclass
from math import ceil, cos, inf, pi, sin, sqrt
from random import Random
from typing import Final

from protocol.arena import Arena, Place, Size
from protocol.kinds import Kind
from protocol.motion import Input
from protocol.quantize import AIM_STEPS, MOVE_FULL
from protocol.ticks import Rates
from server.games.pieces import ROCK_KIND, SHIP_KIND
from server.world import World

STRAY_UNITS_S: Final = 840.0
"""How fast a belief about a ship may stray from the truth on an axis: full speed one way instead of the other."""
SHIP_RECORD_BYTES_MAX: Final = 18
"""Of a ship's `changed` record: a gap of two bytes, a mask, residuals of 2 · 3 + 2 · 3, an angle, a stick."""
REST_NEWS_BYTES_S_MAX: Final = 100.0
"""What a viewer may be told where nobody steers."""

SHIP, ROCK = range(2)
KINDS: Final[tuple[Kind, ...]] = (SHIP_KIND, ROCK_KIND)

ROCK_SPACING_UNITS: Final = 180.0
ROCK_CORNERS: Final = [(-30.0, -30.0), (30.0, -30.0), (30.0, 30.0), (-30.0, 30.0)]
ROCK_FLIGHT_S: Final = 600.0
"""A rock is as far from the centre as it drifts in so many seconds: as long as the longest measurement."""
SHIP_ROOM_UNITS: Final = 40.0
"""Where ships may touch, they begin as far apart as this."""
HOLD_S: Final = 0.25
"""How long a ship of most scenes keeps its direction."""


@dataclass(frozen=True)
class Crowd:
    """One scene. Each ship has a player, and each player sees."""

    name: str
    title: str
    side_units: int
    rates: Rates
    ships: int
    rocks: int = 0
    hold_ticks: int = 0
    """How long a ship keeps a direction; 0: ships rest."""
    in_one_cell: bool = False
    bytes_per_viewer_s_max: float = inf
    """What it must not cost more than."""

    @property
    def arena(self) -> Arena:
        side = self.side_units
        return Arena(self.name, Size(side, side), [Place(side / 2, side / 2)])

    @property
    def judge(self) -> int:
        """Which ship's viewer is judged by: one that begins in the middle."""
        columns = ceil(sqrt(self.ships))
        return (columns // 2) * columns + columns // 2

    @property
    def entities(self) -> int:
        return self.ships + self.rocks


SMOOTH, AT_20_HZ = Rates(60, 30), Rates(60, 20)
CROWDS: Final = (
    Crowd("rocks", "1,500 free rocks", 8192, SMOOTH, ships=60, rocks=1500),
    Crowd("restless", "60 ships, a new direction every tick", 1024, AT_20_HZ, ships=60, hold_ticks=1),
    Crowd(
        "turning",
        "60 ships, a new direction every 250 ms",
        1024,
        AT_20_HZ,
        ships=60,
        hold_ticks=AT_20_HZ.ticks_in(HOLD_S),
        bytes_per_viewer_s_max=4000.0,
    ),
    Crowd("spread", "1,000 ships spread out", 8192, SMOOTH, ships=1000, hold_ticks=SMOOTH.ticks_in(HOLD_S)),
    Crowd("cell", "1,000 ships in one cell", 512, SMOOTH, 1000, hold_ticks=SMOOTH.ticks_in(HOLD_S), in_one_cell=True),
)


def put_ships(crowd: Crowd, world: World, chance: Random) -> list[int]:
    """Spawn the ships, on a lattice where they may touch; their entities."""
    columns = ceil(sqrt(crowd.ships))
    spacing = crowd.side_units / columns
    assert crowd.in_one_cell or spacing >= SHIP_ROOM_UNITS, f"{crowd.name}: its ships have no room"
    ships = []
    for n in range(crowd.ships):
        row, column = divmod(n, columns)
        x, y = ((at + chance.uniform(0.4, 0.6)) * spacing for at in (column, row))
        if crowd.rocks:
            x, y = (_between_rocks(crowd, at) for at in (x, y))
        ships.append(world.spawn(SHIP, x, y, owner=1 if crowd.in_one_cell else n + 1))
    return ships


def put_rocks(crowd: Crowd, world: World) -> list[int]:
    """Spawn the rocks around the centre, flying apart; their entities."""
    columns = ceil(sqrt(crowd.rocks))
    centre = crowd.side_units / 2
    rocks = []
    for n in range(crowd.rocks):
        row, column = divmod(n, columns)
        x, y = ((at - (columns - 1) / 2) * ROCK_SPACING_UNITS for at in (column, row))
        vx, vy = x / ROCK_FLIGHT_S, y / ROCK_FLIGHT_S
        rocks.append(world.spawn(ROCK, centre + x, centre + y, vx=vx, vy=vy, variant=n, corners=ROCK_CORNERS))
    return rocks


def _between_rocks(crowd: Crowd, along: float) -> float:
    """The nearest place midway between two columns, or two rows, of rocks."""
    first = crowd.side_units / 2 - ceil(sqrt(crowd.rocks)) / 2 * ROCK_SPACING_UNITS
    return first + round((along - first) / ROCK_SPACING_UNITS) * ROCK_SPACING_UNITS


class Pilots:
    """What the players of a crowd do. Each turns at a tick of its own, stick and aim together."""

    def __init__(self, crowd: Crowd, chance: Random) -> None:
        self._hold_ticks, self._chance = crowd.hold_ticks, chance
        self.inputs = [self._turn() if crowd.hold_ticks else Input() for _ in range(crowd.ships)]
        self._offsets = [chance.randrange(crowd.hold_ticks or 1) for _ in range(crowd.ships)]

    def at(self, tick: int) -> list[Input]:
        """One input for each player."""
        if self._hold_ticks:
            for n, offset in enumerate(self._offsets):
                if (tick + offset) % self._hold_ticks == 0:
                    self.inputs[n] = self._turn()
        return self.inputs

    def _turn(self) -> Input:
        angle = self._chance.random()
        move_x, move_y = (round(MOVE_FULL * along(2 * pi * angle)) for along in (cos, sin))
        return Input(move_x, move_y, aim=int(angle * AIM_STEPS) % AIM_STEPS)
