"""Matches to be written down, told shortly."""

from itertools import count

from server.results import Placing, Result
from server.standings.backlog import Played

NOW_S = 1_795_000_000.0
"""In November 2026."""
SEASON = "2026-Q4"
_keys = count(1)


def placing(who: str, place: int, team: int = 0, bot: bool = False, since_tick: int = 0, **figures: int) -> Placing:
    """Somebody whose account and name are `who`."""
    return Placing(1, who.title(), f"subject:{who}", bot, team, place, 100 - place, figures, since_tick)


def result(*placings: Placing, game: str = "melee", left: tuple[Placing, ...] = ()) -> Result:
    """Of a match of a minute."""
    return Result("pinball", game, "Pinball", 60, 0, 3600, list(placings), {}, list(left))


def played(*placings: Placing, game: str = "melee", ended_s: float = NOW_S, key: str = "") -> Played:
    return Played(key or f"match{next(_keys)}", ended_s, result(*placings, game=game))


def duel(winner: str, loser: str, game: str = "melee", ended_s: float = NOW_S, kills: int = 3) -> Played:
    return played(placing(winner, 1, kills=kills), placing(loser, 2, kills=0), game=game, ended_s=ended_s)
