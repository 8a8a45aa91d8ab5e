"""Sorts of entities that more than one game uses. The numbers are tuned together: see `protocol/kinds` for units."""

from typing import Final

from protocol.gun import Gun
from protocol.kinds import Kind

SHIP_KIND: Final = Kind(
    name="ship",
    category="ship",
    radius=16,
    mass=1,
    elasticity=0.6,
    drag=2.0,
    thrust=840,
    steered=True,
    tolerance_units=1.0,
    tolerance_angle=10,
)
SHOT_KIND: Final = Kind(
    name="shot", category="shot", radius=4, mass=0.3, elasticity=1.0, friction=0.0, tolerance_units=1.0
)
ROCK_KIND: Final = Kind(
    name="rock", category="rock", shape="polygon", radius=48, mass=30, elasticity=0.7, velocity_scale=64
)
CRATE_KIND: Final = Kind(
    name="crate", category="crate", shape="box", radius=20, mass=6, elasticity=0.4, velocity_scale=32
)
PICKUP_KIND: Final = Kind(name="pickup", category="pickup", radius=14, mass=1, sensor=True)
BALL_KIND: Final = Kind(name="ball", category="ball", radius=36, mass=2.2, elasticity=0.85, drag=0.2)
GUN: Final = Gun(
    kind=1,
    speed=900.0,
    muzzle_units=10.0,
    cooldown_s=0.22,
    rapid_cooldown_s=0.11,
    life_s=1.7,
    bounces_max=3,
    speed_per_bounce=0.1,
)
"""Of a game whose second kind is the shot."""
