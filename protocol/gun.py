"""What a ship fires: told in `welcome`, so that a client can show its own shots at once, and foresee their bounces."""

from msgspec import Struct


class Gun(Struct, frozen=True, kw_only=True):
    """A ship's gun, and what its shots do.

    It fires in a tick in which fire is held or pressed, `cooldown_s` after the last shot, before the ship is
    steered: from `muzzle_units` before its middle, to where it aims, with `speed` units/s.
    """

    kind: int
    """Of its shots, by its place among the game's kinds."""
    speed: float
    muzzle_units: float
    cooldown_s: float
    rapid_cooldown_s: float
    """The same until the tick `rapid_until` of the hud."""
    life_s: float
    bounces_max: int
    """One more ends a shot."""
    speed_per_bounce: float
    """How much faster a shot is after each bounce, as a part of `speed`."""
