"""Colours and teams of newcomers: even, and the first of equals."""

from server.game import Player
from server.inputs import InputBuffer
from server.roster import COLOURS, info_of, rarest_colour, smallest_team
from server.statistics import RoomStatistics


def player_of(number: int, colour: int = 0, team: int = 0) -> Player:
    return Player(number, f"P{number}", colour, False, InputBuffer(RoomStatistics()), team=team)


def test_colours_are_taken_evenly() -> None:
    players = list[Player]()
    for number in range(2 * COLOURS):
        players.append(player_of(number, rarest_colour(players)))
    assert [player.colour for player in players] == [*range(COLOURS), *range(COLOURS)]


def test_teams_are_filled_evenly_and_none_is_none() -> None:
    players = list[Player]()
    for number in range(5):
        players.append(player_of(number, team=smallest_team(players, 2)))
    assert [player.team for player in players] == [1, 2, 1, 2, 1]
    del players[1]
    assert smallest_team(players, 2) == 2
    assert smallest_team(players, 0) == 0


def test_a_line_says_who_somebody_is() -> None:
    info = info_of(player_of(3, 5, 2))
    assert (info.id, info.name, info.colour, info.bot, info.team) == (3, "P3", 5, False, 2)
