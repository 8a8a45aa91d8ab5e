"""Ratings: what must hold of them whatever the match."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.standings.rating import (
    MU,
    SIDES_MAX,
    SIGMA,
    SIGMA_MIN,
    Side,
    Skill,
    rate,
    sigma_after_at_most,
)

skills = st.builds(Skill, st.floats(-50, 100), st.floats(SIGMA_MIN, SIGMA))
sides = st.builds(Side, st.integers(1, 12), st.lists(skills, min_size=1, max_size=4))
matches = st.lists(sides, min_size=2, max_size=12)
NEARLY = 1e-9


def test_a_newcomer_has_a_thousand_points_and_is_new() -> None:
    assert (Skill().points, Skill().certainty) == (1000, "new")


@given(matches)
def test_whoever_is_ahead_of_all_does_not_fall_and_whoever_is_behind_all_does_not_rise(match: list[Side]) -> None:
    places = sorted(side.place for side in match)
    for side, after in zip(match, rate(match), strict=True):
        for old, new in zip(side.skills, after, strict=True):
            if side.place < places[1]:
                assert new.mu >= old.mu - NEARLY
            if side.place > places[-2]:
                assert new.mu <= old.mu + NEARLY


@given(matches)
def test_certainty_stays_within_bounds(match: list[Side]) -> None:
    for side, after in zip(match, rate(match), strict=True):
        for old, new in zip(side.skills, after, strict=True):
            assert SIGMA_MIN <= new.sigma <= sigma_after_at_most(old.sigma) + NEARLY


@given(matches, st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_told_makes_no_difference(match: list[Side], random: Random) -> None:
    after = rate(match)
    order = list(range(len(match)))
    random.shuffle(order)
    shuffled = rate([match[i] for i in order])
    for i, skills_after in zip(order, shuffled, strict=True):
        for one, other in zip(after[i], skills_after, strict=True):
            assert one.mu == pytest.approx(other.mu, abs=1e-6)
            assert one.sigma == pytest.approx(other.sigma, abs=1e-6)


@given(skills, skills, st.booleans())
def test_of_two_who_are_equally_known_one_wins_what_the_other_loses(ann: Skill, bob: Skill, is_draw: bool) -> None:
    bob = Skill(bob.mu, ann.sigma)
    (after_ann,), (after_bob,) = rate([Side(1, [ann]), Side(1 if is_draw else 2, [bob])])
    assert after_ann.mu + after_bob.mu == pytest.approx(ann.mu + bob.mu)


@given(skills, st.integers(2, 10))
def test_a_draw_among_equals_moves_nobody(skill: Skill, people: int) -> None:
    for (after,) in rate([Side(1, [skill])] * people):
        assert after.mu == pytest.approx(skill.mu)


@given(skills, skills)
def test_a_draw_brings_the_better_one_down(ann: Skill, bob: Skill) -> None:
    (after_ann,), (after_bob,) = rate([Side(1, [ann]), Side(1, [bob])])
    low, high = sorted([(ann.mu, after_ann.mu), (bob.mu, after_bob.mu)])
    assert low[1] >= low[0] - NEARLY
    assert high[1] <= high[0] + NEARLY


def test_a_crowd_moves_nobody_more_than_a_duel() -> None:
    duel = rate([Side(1, [Skill()]), Side(2, [Skill()])])[0][0].mu - MU
    crowd = rate([Side(place, [Skill()]) for place in range(1, 51)])[0][0].mu - MU
    assert 0 < crowd <= duel + NEARLY


def test_more_than_a_field_are_rated_in_fields_and_the_order_holds() -> None:
    after = [skill.mu for (skill,) in rate([Side(place, [Skill()]) for place in range(1, 3 * SIDES_MAX)])]
    assert after[0] > MU > after[-1]
    assert len(after) == 3 * SIDES_MAX - 1
    assert sorted(after, reverse=True) == pytest.approx(after, abs=0.5)


def test_one_side_is_no_match() -> None:
    assert rate([Side(1, [Skill(30, 2)])]) == [[Skill(30, 2)]]
    assert rate([]) == []


def test_who_is_better_comes_to_be_known_for_it() -> None:
    random = Random(5)
    strengths = [random.gauss(25, 6) for _ in range(12)]
    known = [Skill() for _ in strengths]
    for _ in range(150):
        form = {player: random.gauss(strengths[player], 4) for player in random.sample(range(12), 6)}
        ranked = sorted(form, key=lambda player: -form[player])
        for player, (skill,) in zip(ranked, rate([Side(n, [known[p]]) for n, p in enumerate(ranked)]), strict=True):
            known[player] = skill
    by_strength = sorted(range(12), key=lambda player: -strengths[player])
    by_points = sorted(range(12), key=lambda player: -known[player].points)
    assert set(by_strength[:4]) == set(by_points[:4])
    assert {skill.certainty for skill in known} <= {"settling", "settled"}


@given(skills)
def test_a_new_season_keeps_some_of_it(skill: Skill) -> None:
    carried = skill.carried_over()
    assert abs(carried.mu - MU) <= abs(skill.mu - MU)
    assert carried.sigma >= skill.sigma
    assert (carried.mu - MU) * (skill.mu - MU) >= 0
