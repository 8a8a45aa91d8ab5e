"""Bodies that are left over: taken again, of their kind alone, and no polygons."""

from protocol.physics import CATEGORY_BITS
from server.spares import Spares
from tests.server.test_world import KINDS, ROCK, SHIP, SHOT, SQUARE


def test_what_was_given_back_is_taken_again_and_is_its_new_owners() -> None:
    spares = Spares(KINDS)
    body, shape = spares.take(SHOT, None, 7)
    spares.give_back(SHOT, body, shape)
    again, its_shape = spares.take(SHOT, None, 9)
    assert (again, its_shape) == (body, shape)
    assert (its_shape.filter.group, its_shape.filter.categories) == (9, CATEGORY_BITS["shot"])


def test_each_kind_has_its_own_and_none_is_given_twice() -> None:
    spares = Spares(KINDS)
    shot = spares.take(SHOT, None, 0)
    spares.give_back(SHOT, *shot)
    assert spares.take(SHIP, None, 0)[0] is not shot[0]
    assert spares.take(SHOT, None, 0)[0] is shot[0]
    assert spares.take(SHOT, None, 0)[0] is not shot[0]


def test_a_polygon_is_made_anew() -> None:
    spares = Spares(KINDS)
    rock = spares.take(ROCK, SQUARE, 0)
    spares.give_back(ROCK, *rock)
    assert spares.take(ROCK, SQUARE, 0)[0] is not rock[0]
