"""What melee knows of one player: its ship's hull and shield, its guns, its score."""

from typing import Any, Final

from msgspec import Struct, field

from server.game import Player

HULL_FULL: Final = 100
SHIELD_FULL: Final = 60
STATUS_SHIELD, STATUS_PROTECTED, STATUS_RAPID, STATUS_BOOSTING = 16, 32, 64, 128
STATUS_TIMED: Final = STATUS_PROTECTED | STATUS_RAPID | STATUS_BOOSTING
"""What ends by itself."""

HUD: Final = ("hull", "shield", "rapid_until", "protect_until", "respawn_until", "pulse_until")
"""What a player is told of its fighter."""


class Fighter(Struct, eq=False):
    """One player in melee. Ticks ending in `_until` are when something ends."""

    player: Player
    hull: int = 0
    shield: int = 0
    score: int = 0
    kills: int = 0
    deaths: int = 0
    gun_until: int = 0
    pulse_until: int = 0
    rapid_until: int = 0
    protect_until: int = 0
    respawn_until: int = 0
    hurt_by: dict[int, int] = field(default_factory=dict)
    """Player to the tick of its latest hit."""
    stirred: set[int] = field(default_factory=set)
    """Where its player's ID goes when something changes that the hud shows."""

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name in HUD:
            self.stirred.add(self.player.id)

    def revive(self, protect_until: int) -> None:
        """With a new ship."""
        self.hull, self.shield, self.rapid_until, self.hurt_by = HULL_FULL, 0, 0, {}
        self.protect_until, self.respawn_until = protect_until, 0
        self.player.helm.boost_ticks = 0

    def suffer(self, damage: int, by: int, tick: int) -> None:
        """The shield takes damage first."""
        absorbed = min(self.shield, damage)
        self.shield -= absorbed
        self.hull -= damage - absorbed
        self.hurt_by[by] = tick

    def status(self, tick: int, boosting_ticks: float) -> int:
        """As on the wire. With more than `boosting_ticks` of its cool-down left, a boost still shows."""
        status = -(-self.hull * 15 // HULL_FULL)  # 0 to 15, rounded up: only wrecks show 0
        if self.shield:
            status |= STATUS_SHIELD
        if self.protect_until > tick:
            status |= STATUS_PROTECTED
        if self.rapid_until > tick:
            status |= STATUS_RAPID
        if self.player.helm.boost_ticks > boosting_ticks:
            status |= STATUS_BOOSTING
        return status
