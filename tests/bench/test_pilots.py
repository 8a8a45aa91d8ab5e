"""Pilots meet what they are to meet."""

from math import hypot, pi
from random import Random

import pytest

from bench.pilots import PILOTS, Rammer, Wanderer
from tests.bots.stage import PICKUP, common_room, published, view_of


def test_a_wanderer_turns_and_boosts_and_holds_its_course_between() -> None:
    pilot, view = Wanderer(Random(1)), view_of((500.0, 500.0))
    acts = [pilot.think(view, tick) for tick in range(200)]
    assert 20 < len({id(act) for act in acts}) < 80
    assert any(act.boost for act in acts)
    assert all(hypot(*act.move) in (0.0, pytest.approx(1.0)) for act in acts)


def test_a_rammer_flies_at_the_nearest_of_its_sort() -> None:
    view = view_of((500.0, 500.0), published(7, 900.0, 500.0), published(8, 500.0, 300.0, kind=2))
    assert PICKUP.category == "pickup"
    act = Rammer(Random(1), "ship").think(view, 1)
    assert act.move == pytest.approx((1.0, 0.0))
    assert Rammer(Random(1), "pickup").think(view, 1).aim == pytest.approx(-pi / 2)


def test_it_flies_elsewhere_at_times_and_without_a_target() -> None:
    view = view_of((500.0, 500.0), published(7, 900.0, 500.0))
    pilot = Rammer(Random(1), "ship")
    aims = [pilot.think(view, tick).aim for tick in range(300)]
    assert 20 < sum(aim != 0.0 for aim in aims) < 200
    lonely = Rammer(Random(1), "rock")
    assert len({lonely.think(view, tick).aim for tick in range(50)}) > 3


@pytest.mark.parametrize("name", PILOTS)
def test_each_of_them_can_be_given_a_room(name: str) -> None:
    assert PILOTS[name](common_room(), Random(1)).think(view_of(None), 1) is not None
