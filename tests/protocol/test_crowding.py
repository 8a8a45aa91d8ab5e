"""How much may lie over one another."""

from math import hypot
from random import Random

import pytest
from msgspec.structs import replace

from protocol import crowding
from protocol.arena import Place, Rock, Wall, faults
from protocol.blueprint import objection
from protocol.crowding import CRATE_REACH_UNITS, FEW, Circle, circle_of
from protocol.limits import LOOSE_PAIRS_MAX
from protocol.plan import Add, AnyStep, Change, Piece, Remove, apply
from tests.instruments.plans import ARENA, plan

SENTENCE = "rocks and crates: more than 4000 pairs of them lie over one another"
CRATE = Piece("crate", 500.0, 800.0)


def test_a_circle_holds_the_rock_or_the_crate() -> None:
    assert circle_of(5.0, 6.0, [(3.0, 4.0), (-1.0, 0.0), (0.0, -2.0)]) == (5.0, 6.0, 5.0)
    assert circle_of(5.0, 6.0, ()) == (5.0, 6.0, CRATE_REACH_UNITS)


def test_pairs_are_those_that_one_counts_one_by_one() -> None:
    random = Random(3)
    circles: list[Circle] = [
        (random.uniform(0, 900), random.uniform(0, 900), random.uniform(5, 40)) for _ in range(600)
    ]
    pairs = sum(hypot(x - u, y - v) < r + s for at, (x, y, r) in enumerate(circles) for u, v, s in circles[at + 1 :])
    assert crowding._pairs(circles) == pairs > 100


def test_as_many_as_can_all_lie_in_one_place_are_fine_and_one_more_is_too_many() -> None:
    pile = [(500.0, 500.0, 10.0)] * FEW
    assert FEW * (FEW - 1) // 2 <= LOOSE_PAIRS_MAX < FEW * (FEW + 1) // 2
    assert crowding.too_many_pairs(pile) == ""
    assert crowding.too_many_pairs([*pile, (510.0, 500.0, 10.0)])
    assert crowding.too_many_pairs([*pile, (900.0, 500.0, 10.0)]) == "", "it lies elsewhere"


def test_a_thousand_crates_side_by_side_are_fine() -> None:
    assert not crowding.too_many_pairs([circle_of(40.0 * (n % 32), 40.0 * (n // 32), ()) for n in range(1000)])


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (Add(5000, replace(CRATE, x=490.0)), SENTENCE),
        (Change(4, x=500.0, y=800.0), SENTENCE),
        (Add(5000, replace(CRATE, x=700.0)), ""),
        (Remove(4), ""),
    ],
)
def test_one_more_on_the_pile_is_refused(step: AnyStep, sentence: str) -> None:
    full = plan()
    for id in range(2000, 2000 + FEW - 1):
        full, touched = apply(full, [Add(id, CRATE)])
        assert not objection(full, touched)
    assert objection(*apply(full, [step])) == sentence


def test_it_is_refused_in_a_file_as_well() -> None:
    pile = replace(ARENA, crates=[Place(500.0, 800.0)] * FEW)
    assert not list(faults(pile))
    rock = Rock([(-30.0, -30.0), (30.0, -30.0), (0.0, 30.0)], 500.0, 800.0)
    assert [": ".join(fault) for fault in faults(replace(pile, rocks=[rock]))] == [SENTENCE]


# walls and blocks ------------------------------------------------------------------------------------------


def test_sides_are_counted_square_by_square_along_all_of_them() -> None:
    assert crowding._most_in_a_square([((0.0, 10.0), (2000.0, 10.0))]) <= 2
    crossing = [((10.0 * n, 0.0), (10.0 * n, 640.0)) for n in range(64)] + [
        ((0.0, 10.0 * n), (640.0, 10.0 * n)) for n in range(64)
    ]
    assert 12 <= crowding._most_in_a_square(crossing) <= 14, "six or seven each way"
    star = [((0.0, 40.0 * n), (2000.0, 2000.0 - 40.0 * n)) for n in range(50)]
    assert crowding._most_in_a_square(star) >= 40, "they cross in one place, and begin and end in many"


def test_walls_upon_each_other_are_refused() -> None:
    """Whatever touches one touches all of them."""
    bar = Piece("wall", 500.0, 600.0, points=tuple((-50.0 * (n % 2), 0.0) for n in range(32)))
    full, touched = apply(plan(), [Add(3000 + n, bar) for n in range(4)])
    assert not objection(full, touched)
    sentence = "walls and blocks: more than 128 sides of them lie within 64 units"
    assert objection(*apply(full, [Add(4000, bar)])) == sentence
    assert objection(*apply(full, [Add(4000, replace(bar, y=700.0))])) == ""
    walls = [*ARENA.walls, *(Wall([(500.0 - 50.0 * (n % 2), 600.0) for n in range(32)]) for _ in range(5))]
    assert [": ".join(fault) for fault in faults(replace(ARENA, walls=walls))] == [sentence]
