"""Who is beside a ship: what a snapshot tells exactly, and what is published of the rest."""

from math import pi, tau

import pytest
from msgspec.structs import replace

from bots.neighbourhood import BodyState
from bots.neighbours import OTHERS_UNITS, agree, neighbours, others, surroundings
from protocol.near import Near
from protocol.reckoning import Published
from protocol.snapshot import Own
from tests.bots.stage import PICKUP, published, view_of

OWN = Own(1, 500.0, 400.0, 0.0, 0.0, 0)
TOLD = Near(7, 20.5, -30.25, 10.0, -20.0, 0.25, -0.5, 127, -3)


def test_what_is_told_is_placed_beside_our_ship() -> None:
    (body,) = neighbours(OWN, [TOLD], {7: published(7, 0, 0, kind=2)}.get)
    assert (body.entity, body.kind, body.x, body.y, body.vx, body.vy) == (7, 2, 520.5, 369.75, 10.0, -20.0)
    assert (body.angle, body.spin, body.move_x, body.move_y) == (pi / 2, -pi, 127, -3)


def test_what_was_never_published_is_left_out() -> None:
    def nothing(entity: int) -> Published | None:
        return None

    assert neighbours(OWN, [TOLD], nothing) == []


def test_others_are_solid_not_too_far_and_not_known_already() -> None:
    pickup = next(at for at, kind in enumerate(view_of(None).rules.kinds) if kind is PICKUP)
    ships = [published(2, 700, 400), published(3, 560, 400, vx=16.0), published(7, 520, 400)]
    far = published(4, 500 + OTHERS_UNITS + 1, 400)
    view = view_of((500.0, 400.0), *ships, far, published(5, 510, 400, kind=pickup), published(6, 510, 410, kind=1))
    beside = neighbours(OWN, [TOLD], view.entity)
    found = others(OWN, beside, view.solids(OWN.x, OWN.y, OTHERS_UNITS))
    assert [body.entity for body in found] == [3, 2]
    assert (found[0].x, found[0].y, found[0].vx) == (560.0, 400.0, 16.0)


def test_around_our_ship_is_what_is_told_and_what_else_is_there() -> None:
    view = view_of((500.0, 400.0), published(2, 700, 400), published(7, 520, 400))
    beside, around = surroundings(OWN, [TOLD], view)
    assert ([body.entity for body in beside], [body.entity for body in around]) == ([7], [2])
    assert surroundings(None, [TOLD], view) == ([], [])


def test_a_published_angle_and_spin_are_in_radians() -> None:
    rock = published(9, 520, 400)
    rock.angle, rock.spin = 64, 4096
    (body,) = others(OWN, [], view_of((500.0, 400.0), rock).solids(OWN.x, OWN.y, OTHERS_UNITS))
    assert (body.angle, body.spin) == (pi / 2, tau)


FORESEEN = BodyState(7, 2, 0, 520.5, 369.75, 10.0, -20.0, pi, 1.0, 127, -3)


@pytest.mark.parametrize(
    ("changes", "exact", "belief", "of_a_ship"),
    [
        ({}, True, True, True),
        ({"x": 520.5 + 1 / 64, "vy": -20.0 + 1 / 16, "angle": -pi}, True, True, True),
        ({"y": 369.75 - 1 / 60}, False, True, False),
        ({"y": 369.75 - 1.01}, False, False, False),
        ({"vx": 10.07}, False, True, False),
        ({"angle": pi - 0.01}, False, True, True),
        ({"spin": 1.01}, False, True, True),
        ({"move_x": 126}, False, False, False),
    ],
)
def test_what_is_told_agrees_with_what_was_foreseen_as_far_as_it_can_be_told(
    changes: dict[str, float], exact: bool, belief: bool, of_a_ship: bool
) -> None:
    told = replace(FORESEEN, **changes)
    assert agree(FORESEEN, told, is_exact=True, turns=True) == exact
    assert agree(FORESEEN, told, is_exact=False, turns=True) == belief
    assert agree(FORESEEN, told, is_exact=True, turns=False) == of_a_ship
