"""Who counts in a match: people, who were there, between at least two sides."""

from hypothesis import given
from hypothesis import strategies as st

from server.results import Placing, Result
from server.standings.rules import FIGURES_MAX, LABEL_CHARS_MAX, NUMBER_MAX, Entrant, entrants, label
from tests.server.standings.matches import placing, result


def told(people: list[Entrant]) -> list[tuple[str, int, bool]]:
    return [(one.name, one.place, one.won) for one in people]


def test_bots_do_not_count_and_take_nobodys_place() -> None:
    match = result(placing("bot1", 1, bot=True), placing("ann", 2), placing("bot2", 3, bot=True), placing("bob", 4))
    assert told(entrants(match)) == [("Ann", 1, True), ("Bob", 2, False)]


def test_alone_among_bots_is_practice() -> None:
    assert entrants(result(placing("bot", 1, bot=True), placing("ann", 2))) == []
    assert entrants(result()) == []


def test_who_has_no_account_does_not_count() -> None:
    nobody = Placing(2, "Eve", "", False, 0, 2, 5, {})
    assert entrants(result(placing("ann", 1), nobody)) == []
    assert told(entrants(result(placing("ann", 1), nobody, placing("bob", 3)))) == [("Ann", 1, True), ("Bob", 2, False)]


def test_equals_share_a_place_and_a_draw_of_all_is_nobodys_win() -> None:
    assert told(entrants(result(placing("ann", 1), placing("bob", 1)))) == [("Ann", 1, False), ("Bob", 1, False)]
    tied = result(placing("ann", 1), placing("bob", 1), placing("cid", 3))
    assert told(entrants(tied)) == [("Ann", 1, True), ("Bob", 1, True), ("Cid", 3, False)]


def test_teams_are_sides() -> None:
    match = result(placing("ann", 1, team=2), placing("bob", 1, team=2), placing("cid", 2, team=1))
    people = entrants(match)
    assert told(people) == [("Ann", 1, True), ("Bob", 1, True), ("Cid", 2, False)]
    assert people[0].side == people[1].side != people[2].side


def test_people_who_are_all_in_one_team_have_practised() -> None:
    match = result(placing("ann", 1, team=1), placing("bob", 1, team=1), placing("bot", 2, team=2, bot=True))
    assert entrants(match) == []


def test_one_account_counts_once_by_its_worst_place() -> None:
    match = result(placing("ann", 1), placing("bob", 2), placing("ann", 3))
    assert told(entrants(match)) == [("Bob", 1, True), ("Ann", 2, False)]
    assert entrants(result(placing("ann", 1), placing("ann", 2))) == []


def test_who_came_for_the_last_moments_does_not_count() -> None:
    late, in_time = placing("bob", 2, since_tick=1801), placing("bob", 2, since_tick=1800)
    assert entrants(result(placing("ann", 1), late)) == []
    assert len(entrants(result(placing("ann", 1), in_time))) == 2


def test_of_a_short_match_half_is_enough() -> None:
    lines = [placing("ann", 1), placing("bob", 2, since_tick=50)]
    assert len(entrants(Result("r", "melee", "Pinball", 60, 0, 100, lines, {}))) == 2
    lines = [placing("ann", 1), placing("bob", 2, since_tick=51)]
    assert entrants(Result("r", "melee", "Pinball", 60, 0, 100, lines, {})) == []
    later = [placing("ann", 1), placing("bob", 2, since_tick=5050)]
    assert len(entrants(Result("r", "melee", "Pinball", 60, 5000, 5100, later, {}))) == 2


def test_who_left_comes_last_whatever_their_team_does() -> None:
    match = result(placing("ann", 1, team=1), placing("bob", 2, team=2), left=(placing("cid", 0, team=1),))
    people = entrants(match)
    assert told(people) == [("Ann", 1, True), ("Bob", 2, False), ("Cid", 3, False)]
    assert [one.has_left for one in people] == [False, False, True]
    assert len({one.side for one in people}) == 3


def test_who_is_left_alone_has_won() -> None:
    assert told(entrants(result(placing("ann", 1), left=(placing("bob", 0),)))) == [("Ann", 1, True), ("Bob", 2, False)]


def test_two_who_left_are_no_match() -> None:
    people = entrants(result(left=(placing("ann", 0), placing("bob", 0))))
    assert told(people) == [("Ann", 1, False), ("Bob", 1, False)]


def test_who_left_and_came_back_was_there() -> None:
    back = placing("bob", 1, since_tick=3500)
    assert told(entrants(result(back, placing("ann", 2), left=(placing("bob", 0),)))) == [
        ("Bob", 1, True),
        ("Ann", 2, False),
    ]


def test_what_a_game_says_is_kept_within_bounds() -> None:
    wild = {f"figure number {number} with a long name": 1 << 80 for number in range(20)}
    odd = Placing(1, "A\u202eB\x00" + "c" * 99, "subject:x", False, 0, 1, -(1 << 70), wild)
    one = entrants(result(odd, placing("ann", 2)))[0]
    assert (len(one.name), one.name[:2], one.score) == (20, "AB", -NUMBER_MAX)
    assert len(one.figures) <= FIGURES_MAX
    assert set(one.figures.values()) == {NUMBER_MAX}


lines = st.builds(
    Placing,
    st.integers(1, 9),
    st.sampled_from(["Ann", "\u202e", "B" * 30]),
    st.sampled_from(["", "a", "b", "c", "d"]),
    st.booleans(),
    st.integers(0, 2),
    st.integers(1, 9),
    st.integers(),
    st.dictionaries(st.sampled_from(["kills", "goals"]), st.integers()),
    st.integers(0, 6000),
)


@given(
    st.builds(
        Result,
        st.just("r"),
        st.just("g"),
        st.just("a"),
        st.just(60),
        st.integers(0, 2000),
        st.integers(2000, 6000),
        st.lists(lines, max_size=8),
        st.just({}),
        st.lists(lines, max_size=4),
    )
)
def test_whatever_the_match(match: Result) -> None:
    people = entrants(match)
    assert len(people) != 1
    assert len({one.subject for one in people}) == len(people)
    assert not people or min(one.place for one in people) == 1
    assert not people or not all(one.won for one in people)
    assert [one.place for one in people] == sorted(one.place for one in people)
    assert all(one.subject and len(label(one.name)) <= LABEL_CHARS_MAX for one in people)
    for one in people:
        assert {other.place for other in people if other.side == one.side} == {one.place}
