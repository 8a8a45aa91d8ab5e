"""Whole bots on a whole pitch: they know what they are there for, and score against those who only look on."""

from random import Random

import pytest

from bots.act import Act
from bots.brains import BRAINS
from bots.brains.teammate import Teammate
from protocol.snapshot import Snapshot
from server.games.ball import Ball
from tests.bots.brains.footballers import PITCH, rng, room, seen
from tests.bots.stage import Stage


def test_the_longest_there_keeps_goal_and_the_others_do_not() -> None:
    keeper = Teammate(room(), rng()).think(seen((1000, 576), (1500, 576), player=1), 106)
    striker = Teammate(room(), rng()).think(seen((1000, 576), (1500, 576), player=3), 106)
    assert keeper.move[0] < -0.9
    assert striker.move[0] > 0.9


def test_without_a_ship_a_team_or_a_ball_it_does_nothing() -> None:
    view = seen((500, 500), None)
    assert Teammate(room(), rng()).think(view, 106) == Act()
    view = seen((500, 500), (600, 500))
    view.roster = {}
    assert Teammate(room(), rng()).think(view, 106) == Act()
    view = seen((500, 500), (600, 500))
    view.apply(Snapshot(102, 0, None, None, None, [], None, []))
    assert Teammate(room(), rng()).think(view, 106) == Act()


@pytest.mark.parametrize("side", [1, 2])
def test_they_score_against_those_who_look_on(side: int) -> None:
    stage = Stage(PITCH, seed=3, game=Ball)
    stage.STEPS_PER_TICK = 2
    for n in range(4):
        chance, name = Random(n), "teammate" if n % 2 + 1 == side else "idle"
        stage.join(f"p{n}", brain=lambda room, name=name, chance=chance: BRAINS[name].give_brain(room, chance))  # type: ignore[misc]
    stage.play(25.0)
    game = stage.house.room.game
    assert isinstance(game, Ball)
    scores = game.book.team_scores
    assert scores[side - 1] >= 1
    assert scores[2 - side] == 0
    assert stage.tally.checksum_mismatches == 0
