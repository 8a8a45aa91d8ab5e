"""Matches as players were told of them: played to their ends, or cut short."""

from bench.cluster.matches import Matches


def told(*notes: tuple[int, str, int]) -> Matches:
    matches = Matches()
    for tick, phase, ends_tick in notes:
        matches.note(tick, phase, ends_tick)
    return matches


def test_a_match_with_a_podium_at_its_end_was_played() -> None:
    matches = told((0, "play", 600), (600, "podium", 900), (900, "play", 1500))
    assert (matches.played, matches.cut_short) == (1, 0), "the last goes on"


def test_what_is_told_again_to_whoever_comes_back_is_the_same_match() -> None:
    matches = told((0, "play", 600), (300, "play", 600), (600, "podium", 900), (610, "podium", 900))
    assert (matches.played, matches.cut_short) == (1, 0)


def test_another_that_began_before_its_end_cut_it_short() -> None:
    matches = told((0, "play", 600), (300, "play", 900), (900, "podium", 1200))
    assert (matches.played, matches.cut_short) == (1, 1)


def test_a_podium_before_its_time_is_none() -> None:
    matches = told((0, "play", 600), (300, "podium", 900), (900, "play", 1500))
    assert (matches.played, matches.cut_short) == (0, 1)


def test_whoever_comes_to_a_podium_knows_of_no_match() -> None:
    assert not told((610, "podium", 900)).all
