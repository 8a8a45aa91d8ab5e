"""Who is in which place when a match has ended."""

from protocol.limits import PODIUM_PLACES_MAX
from protocol.messages import Standing
from server.game import Player
from server.inputs import InputBuffer
from server.results import (
    DEPARTURES_MAX,
    STAYED_S_MIN,
    Departures,
    Placing,
    Result,
    Score,
    placings,
    podium_of,
)
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


def test_who_has_an_account_and_had_played_has_left() -> None:
    gone = Departures()
    gone.note(player(1, subject="ann", team=2), STAYED_S_MIN)
    gone.note(player(2, subject="bob"), STAYED_S_MIN - 0.1)
    gone.note(player(3), 100.0)
    bot = player(4, subject="bots")
    bot.bot = True
    gone.note(bot, 100.0)
    (line,) = gone.take()
    assert (line.subject, line.team, line.place, line.score, line.figures) == ("ann", 2, 0, 0, {})
    assert gone.take() == []


def test_of_many_who_have_left_the_latest_are_known() -> None:
    gone = Departures()
    for number in range(DEPARTURES_MAX + 5):
        gone.note(player(number, subject=f"p{number}"), 100.0)
    left = gone.take()
    assert (len(left), left[0].subject, left[-1].subject) == (DEPARTURES_MAX, "p5", f"p{DEPARTURES_MAX + 4}")


def test_a_podium_has_so_many_places() -> None:
    lines = [Placing(n, f"P{n}", "", False, 1, n, 100 - n, {}) for n in range(1, 30)]
    podium = podium_of(Result("r", "ball", "a", 60, 0, 10, lines, {1: 3}))
    assert len(podium.standings) == PODIUM_PLACES_MAX
    assert podium.standings[0] == Standing("P1", 1, 99)
