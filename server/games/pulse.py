"""The pulse: a beam that hits at once, and is judged by what its shooter saw.

It leaves the ship along the aim, stops at walls and blocks, and at the first ship, rock or crate where these were on
the shooter's screen (`Stage.rewound`). It takes long to load, so that it is the second weapon and not the first.
"""

from collections.abc import Iterable
from math import hypot
from typing import Final

from protocol.cells import VIEW_HALF_UNITS, is_within
from protocol.quantize import aim_from_wire
from server.beam import Hit
from server.game import Player, Stage
from server.games.fighter import Fighter

PULSE_S: Final = 2.5
PULSE_DAMAGE: Final = 34
PULSE_UNITS: Final = 600.0
PULSE_RADIUS: Final = 4.0
"""As thick as a shot; who aims at the edge of what is seen is right."""


def fire(stage: Stage, fighter: Fighter) -> Hit | None:
    """What the beam meets; None while there is no ship to leave from, or the last one is too recent."""
    tick, player = stage.tick, fighter.player
    if not player.ship or tick < fighter.pulse_until:
        return None
    fighter.pulse_until = tick + stage.rates.ticks_in(PULSE_S)
    fighter.protect_until = min(fighter.protect_until, tick)
    x, y = place_of(stage, player)
    aim = aim_from_wire(player.now.aim)
    return stage.rewound(player).strike(x, y, aim, PULSE_UNITS, PULSE_RADIUS, but=player.ship)


def say(stage: Stage, shooter: Player, hit: Hit, victim: int) -> None:
    """Show the beam to all who may see some of it; `victim` is the player that it hit, 0 for none."""
    x, y = place_of(stage, shooter)
    ends = {"x": round(x), "y": round(y), "to_x": round(hit.x), "to_y": round(hit.y)}
    half_units = VIEW_HALF_UNITS + hypot(hit.x - x, hit.y - y) / 2
    body = {"player": shooter.id, **ends, "hit": victim}
    stage.say_near("pulse", body, (x + hit.x) / 2, (y + hit.y) / 2, half_units)


def place_of(stage: Stage, player: Player) -> tuple[float, float]:
    return float(stage.world.x[player.ship]), float(stage.world.y[player.ship])


def players_near(players: Iterable[Player], x: float, y: float, half_units: float) -> list[Player]:
    """Those whose eye is within a square of twice `half_units` around a point."""
    return [player for player in players if is_within(half_units, player.eye, (x, y))]
