"""What a newcomer is given: a colour and a team of those that are least taken, and the list of who is there."""

from collections.abc import Iterable
from typing import Final

from protocol.messages import PlayerInfo
from server.game import Player

COLOURS: Final = 12


def info_of(player: Player) -> PlayerInfo:
    """A player's line."""
    return PlayerInfo(player.id, player.name, player.colour, player.bot, player.team)


def rarest_colour(players: Iterable[Player]) -> int:
    """The one that the fewest have; the first of several."""
    taken = [player.colour for player in players]
    return min(range(COLOURS), key=lambda colour: (taken.count(colour), colour))


def smallest_team(players: Iterable[Player], teams: int) -> int:
    """The team with the fewest players, from 1 on; 0 in a game without teams."""
    taken = [player.team for player in players]
    return min(range(1, teams + 1), key=lambda team: (taken.count(team), team), default=0)
