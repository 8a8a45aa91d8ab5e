"""The keeper: where it stands, when it comes out; and that it saves what would else be goals."""

from random import Random

import pytest

from bots.act import Act
from bots.brains import BRAINS
from bots.brains.keeper import OUT_UNITS, Keeper
from bots.brains.pitch import Ball, Pitch
from protocol.arena import Point
from server.games.ball import Ball as BallGame
from tests.bots.brains.footballers import PITCH, ball_at, rng, room, seen
from tests.bots.stage import Stage

SHOTS = [(900.0, 300.0), (900.0, 576.0), (900.0, 850.0), (1000.0, 450.0), (1000.0, 700.0)]


def played(me: Point, ball: Ball) -> Act:
    return Keeper(room(), rng()).play(seen(me, (ball.x, ball.y)), Pitch(room(), 1), me, (0.0, 0.0), ball)


def test_it_stands_between_the_ball_and_the_goal() -> None:
    keeper, pitch = Keeper(room(), rng()), Pitch(room(), 1)
    x, y = keeper._post(pitch, ball_at(1200, 576), (1.0, 0.0))
    assert (x, y) == pytest.approx((48 + OUT_UNITS, 576))
    assert 576 < keeper._post(pitch, ball_at(600, 1000), (1.0, 0.0))[1] <= 776


def test_it_goes_to_where_a_ball_will_come() -> None:
    keeper, pitch = Keeper(room(), rng()), Pitch(room(), 1)
    _, y = keeper._post(pitch, ball_at(668, 376, -500, 100), (1.0, 0.0))
    assert y == pytest.approx(476)


def test_it_clears_what_lies_in_front_of_the_goal() -> None:
    act = played((150, 576), ball_at(280, 600))
    assert act.move[0] > 0.9
    assert act.fire
    assert act.boost


def test_it_does_not_shoot_into_its_own_goal() -> None:
    act = played((300, 576), ball_at(120, 560))
    assert not act.fire
    assert not act.boost


def conceded(brain: str) -> int:
    """How many of some shots go in, with a team of `brain` and one that looks on."""
    stage = Stage(PITCH, seed=5, game=BallGame)
    stage.STEPS_PER_TICK = 2
    game = stage.house.room.game
    assert isinstance(game, BallGame)
    goals = 0
    for n, name in enumerate((brain, "idle", "idle")):
        rng = Random(n)
        stage.join(f"p{n}", brain=lambda room, name=name, rng=rng: BRAINS[name].give_brain(room, rng))  # type: ignore[misc]
    stage.play(1.0)
    for x, y in SHOTS:
        game.book.team_scores = [0, 0]
        game.book.kickoff_tick = 0
        stage.house.room.world.put(game.book.ball, x, y)
        stage.house.room.world.set_velocity(game.book.ball, (100 - x) * 0.62, (576 - y) * 0.62)
        stage.play(2.2)
        goals += game.book.team_scores[1]
    return goals


def test_keepers_save_what_would_else_be_goals() -> None:
    assert conceded("idle") >= 4
    assert conceded("teammate") <= 1
