"""What melee must remember of a match beyond the world and the players: plain values, for a checkpoint."""

from msgspec import Struct, field
from msgspec.structs import astuple

from server.game import Player
from server.games.crates import Books
from server.games.fighter import Fighter
from server.games.shots import Shot


class Record(Struct, array_like=True, gc=False):
    """A `Fighter`, with its player's number in the place of the player."""

    id: int
    hull: int
    shield: int
    score: int
    kills: int
    deaths: int
    gun_until: int
    pulse_until: int
    rapid_until: int
    protect_until: int
    respawn_until: int
    hurt_by: dict[int, int]

    def fighter(self, player: Player, stirred: set[int]) -> Fighter:
        _, *values = astuple(self)
        fighter = Fighter(player, *values)
        fighter.stirred = stirred
        return fighter


class Ledger(Struct):
    """One room's match."""

    ends_tick: int
    phase: str
    fighters: list[Record]
    shots: dict[int, Shot]
    """By entity, the oldest first."""
    rescored: set[int]
    crates: Books = field(default_factory=Books)


def record_of(fighter: Fighter) -> Record:
    """Field by field, for a full room has a thousand of them and the tick waits."""
    f = fighter
    return Record(
        f.player.id,
        f.hull,
        f.shield,
        f.score,
        f.kills,
        f.deaths,
        f.gun_until,
        f.pulse_until,
        f.rapid_until,
        f.protect_until,
        f.respawn_until,
        f.hurt_by,
    )
