"""What those who play ball know: their goal and the other, the ball from near and from afar, who goes first."""

import pytest
from msgspec.structs import replace

from bots.brains.pitch import Pitch, keeper_of
from tests.bots.brains.footballers import ROSTER, ball_at, room, seen


def test_each_team_has_its_goal_and_the_others() -> None:
    one, two = Pitch(room(), 1), Pitch(room(), 2)
    assert (one.ours, one.theirs) == (two.theirs, two.ours) == ((48.0, 576.0), (2256.0, 576.0))
    assert one.mouth == 400


def test_the_ball_is_where_it_is_seen_or_else_where_the_hud_says() -> None:
    pitch = Pitch(room(), 1)
    near = pitch.ball(seen((500, 500), (700, 600)), 6)
    assert near is not None
    assert (near.x, near.y) == (700, 600)
    far = pitch.ball(seen((500, 500), None, hud=[0, 2016, 320]), 6)
    assert far is not None
    assert (far.x, far.y, far.vx) == (2016, 320, 0.0)
    assert pitch.ball(seen((500, 500), None), 6) is None
    later = ball_at(100, 100, 60, -30).after(0.5)
    assert (later.x, later.y) == (130, 85)


def test_the_nearest_go_first_and_whoever_keeps_goal_is_not_counted() -> None:
    pitch, ball = Pitch(room(), 1), ball_at(1000, 500)
    view = seen((800, 500), (1000, 500), [(5, (900, 500)), (2, (990, 500)), (1, (1000, 540))], player=3)
    assert pitch.rank(view, (800, 500), ball) == 1, "5 is nearer; 2 plays for the others, and 1 keeps goal"
    assert pitch.rank(view, (960, 500), ball) == 0


def test_one_bot_keeps_goal_for_each_team_that_can_spare_one() -> None:
    view = seen((500, 500), None)
    assert (keeper_of(view, 1), keeper_of(view, 2)) == (1, 2)
    view.roster = {**ROSTER, 1: replace(ROSTER[1], bot=False)}
    assert keeper_of(view, 1) == 3, "people play where they like"
    view.roster = {2: ROSTER[2]}
    assert keeper_of(view, 2) == 0


@pytest.mark.parametrize("spot", [(0.0, 0.0), (5000.0, 600.0), (300.0, -50.0)])
def test_inside_is_not_at_the_border(spot: tuple[float, float]) -> None:
    x, y = Pitch(room(), 1).inside(spot)
    assert 100 < x < 2204
    assert 100 < y < 1052
