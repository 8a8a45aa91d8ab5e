"""Who is in which place when a match has ended."""

from server.game import Player
from server.inputs import InputBuffer
from server.results import Score, placings
from server.statistics import RoomStatistics


def player(number: int, team: int = 0, subject: str = "") -> Player:
    inputs = InputBuffer(RoomStatistics())
    return Player(number, f"P{number}", 0, False, inputs, team=team, subject=subject)


def test_the_best_come_first_and_equals_share_a_place() -> None:
    players = {n: player(n) for n in (1, 2, 3, 4)}
    placed = placings([Score(1, 50), Score(2, 80), Score(3, 50), Score(4, 0)], players)
    assert [(line.player, line.place) for line in placed] == [(2, 1), (1, 2), (3, 2), (4, 4)]


def test_everybody_has_the_place_of_their_team() -> None:
    players = {1: player(1, team=1), 2: player(2, team=2), 3: player(3, team=2)}
    placed = placings([Score(1, 9), Score(2, 1), Score(3, 4, {"goals": 1})], players, {1: 2, 2: 3})
    assert [(line.player, line.team, line.place) for line in placed] == [(3, 2, 1), (2, 2, 1), (1, 1, 2)]
    assert placed[0].figures == {"goals": 1}


def test_a_draw_of_teams_has_no_loser() -> None:
    players = {1: player(1, team=1), 2: player(2, team=2)}
    assert [line.place for line in placings([Score(1, 0), Score(2, 0)], players, {1: 1, 2: 1})] == [1, 1]


def test_who_has_left_has_no_place() -> None:
    assert [line.subject for line in placings([Score(1, 5), Score(2, 3)], {2: player(2, subject="ann")})] == ["ann"]
