"""What melee must remember of a match beyond the world and the players: plain values, so that a checkpoint holds them.

Everything else that melee keeps is derived from these, or constant. Ticks ending in `_until` are when something ends.
"""

from msgspec import Struct, field

from server.games.crates import Books


class Fighter(Struct, eq=False):
    """What melee knows of one player."""

    id: int
    """The player's."""
    hull: int = 0
    shield: int = 0
    score: int = 0
    kills: int = 0
    deaths: int = 0
    gun_until: int = 0
    rapid_until: int = 0
    protect_until: int = 0
    respawn_until: int = 0
    hurt_by: dict[int, int] = field(default_factory=dict)
    """Player to the tick of its latest hit."""


class Shot(Struct, eq=False):
    owner: int
    dies: int
    bounces: int = 0
    bounced: int = 0
    """Tick of the latest bounce: a corner is one bounce, not two."""


class Ledger(Struct, eq=False):
    """One room's match."""

    ends_tick: int
    phase: str = "play"
    fighters: dict[int, Fighter] = field(default_factory=dict)
    """By player."""
    shots: dict[int, Shot] = field(default_factory=dict)
    """By entity, the oldest first."""
    rescored: set[int] = field(default_factory=set)
    """Players whose score others have yet to hear of."""
    crates: Books = field(default_factory=Books)
