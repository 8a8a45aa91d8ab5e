"""The striker: it gets behind the ball, sends it to the other goal, and never shoots at its own."""

from math import cos, hypot, pi

import pytest

from bots.act import Act
from bots.brains.pitch import Pitch
from bots.brains.striker import Striker
from protocol.arena import Point
from tests.bots.brains.footballers import ball_at, rng, room, seen


def played(me: Point, ball: Point, mates: list[tuple[int, Point]] | None = None, player: int = 3, seed: int = 1) -> Act:
    view = seen(me, ball, mates or [], player)
    return Striker(room(), rng(seed)).play(view, Pitch(room(), 2 - player % 2), me, (0.0, 0.0), ball_at(*ball))


def test_behind_the_ball_it_goes_through_it_and_kicks() -> None:
    act = played((900, 576), (1000, 576))
    assert act.move[0] > 0.95
    assert act.boost
    far = played((500, 576), (1000, 576))
    assert far.move[0] > 0.95
    assert not far.boost


def test_in_front_of_the_ball_it_goes_around_it() -> None:
    act = played((1150, 570), (1000, 576))
    assert abs(act.move[1]) > 0.5
    assert not act.boost
    assert not any(played((1150, 570), (1000, 576), seed=seed).fire for seed in range(20)), "that would be our own goal"


def test_it_shoots_when_that_helps() -> None:
    acts = [played((700, 576), (1000, 576), seed=seed) for seed in range(40)]
    assert 15 < sum(act.fire for act in acts) < 40
    assert all(abs(act.aim) < 0.5 for act in acts)


def test_a_third_waits_behind_the_ball() -> None:
    act = played((700, 576), (1000, 576), [(5, (1010, 500)), (7, (990, 600))])
    alone = played((700, 576), (1000, 576))
    assert alone.move[0] > act.move[0]


def test_what_the_ball_does_already_is_reckoned_with() -> None:
    pitch, ball = Pitch(room(), 1), ball_at(1000, 576, 0, 300)
    x, y = Striker(room(), rng())._push(pitch, ball)
    assert y < -0.3
    assert hypot(x, y) == pytest.approx(1.0)
    assert cos(pi) * x < 0
