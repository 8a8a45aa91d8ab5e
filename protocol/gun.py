"""A ship's gun: told in `welcome`, so that a client can show its own shots at once and foresee their bounces; and when
it fires.
"""

from msgspec import Struct

from protocol.motion import Button, Input
from protocol.ticks import ticks_in


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


class Trigger:
    """When our gun may fire again, as far as we know."""

    def __init__(self, gun: Gun, tick_rate: int) -> None:
        self._gun, self._tick_rate = gun, tick_rate
        self._until = 0

    def pull(self, tick: int, now: Input, rapid_until: int) -> bool:
        """Whether it fires at `tick`."""
        if not now.wants(Button.FIRE) or tick < self._until:
            return False
        self._until = tick + self._cooldown(tick, rapid_until)
        return True

    def fired(self, tick: int, foreseen_tick: int | None, rapid_until: int) -> None:
        """The server fired at `tick` what we foresaw for another, or not at all (None)."""
        if foreseen_tick is None:
            self._until = max(self._until, tick + self._cooldown(tick, rapid_until))
        else:
            self._until += tick - foreseen_tick

    def _cooldown(self, tick: int, rapid_until: int) -> int:
        cooldown_s = self._gun.rapid_cooldown_s if rapid_until > tick else self._gun.cooldown_s
        return ticks_in(cooldown_s, self._tick_rate)
