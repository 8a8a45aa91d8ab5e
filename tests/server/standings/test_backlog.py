"""Matches wait in a bounded line, whatever the database does."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from server.standings.backlog import PAUSE_S_MAX, PAUSE_S_MIN, TRIES_MAX, Backlog, Played
from tests.server.standings.matches import NOW_S, duel, placing, played, result

STEPS = st.lists(st.sampled_from(["match", "crowd", "written", "away", "failed"]), max_size=120)
MATCHES, LINES = 5, 30


@given(STEPS)
def test_any_sequence_of_matches_and_outages_leaves_it_bounded_and_loses_nothing_uncounted(steps: list[str]) -> None:
    backlog, put, written, latest = Backlog(MATCHES, LINES), 0, 0, ""
    for step in steps:
        first = backlog.first()
        if step in ("match", "crowd"):
            latest = f"m{put}"
            backlog.put(played(*[placing("x", 1)] * (2 if step == "match" else 13), key=latest))
            put += 1
        elif step == "away":
            assert PAUSE_S_MIN <= backlog.away() <= PAUSE_S_MAX
        elif first is not None and step == "written":
            backlog.written(first)
            written += 1
        elif first is not None:
            backlog.failed(first)
        assert len(backlog) <= MATCHES
        assert 0 <= backlog.lines <= LINES
        assert put == written + backlog.dropped + len(backlog)
        assert (backlog.lines == 0) == (len(backlog) == 0)


def test_the_oldest_goes_first_and_the_oldest_is_dropped() -> None:
    backlog, matches = Backlog(2), [duel("ann", "bob") for _ in range(3)]
    for match in matches:
        backlog.put(match)
    assert (backlog.first(), backlog.dropped) == (matches[1], 1)
    backlog.written(matches[1])
    assert backlog.first() == matches[2]


def test_what_was_dropped_while_it_was_being_written_is_not_counted_against_the_next() -> None:
    backlog, old, new = Backlog(1), duel("ann", "bob"), duel("cid", "dan")
    backlog.put(old)
    backlog.put(new)
    backlog.written(old)
    assert backlog.failed(old)
    assert backlog.first() is new


def test_a_match_that_is_larger_than_the_line_is_dropped() -> None:
    backlog = Backlog(lines_max=3)
    backlog.put(played(*[placing("x", 1)] * 4))
    assert (len(backlog), backlog.dropped, backlog.lines) == (0, 1, 0)


def test_what_can_not_be_written_is_given_up_after_some_tries() -> None:
    backlog, bad, good = Backlog(), duel("ann", "bob"), duel("cid", "dan")
    backlog.put(bad)
    backlog.put(good)
    assert [backlog.failed(bad) for _ in range(TRIES_MAX)] == [False] * (TRIES_MAX - 1) + [True]
    assert (backlog.first(), backlog.dropped) == (good, 1)


def test_pauses_grow_while_it_is_away_and_begin_anew() -> None:
    backlog, match = Backlog(), duel("ann", "bob")
    backlog.put(match)
    assert [backlog.away() for _ in range(9)][:3] == [0.5, 1.0, 2.0]
    backlog.written(match)
    assert backlog.away() == PAUSE_S_MIN


def test_a_match_is_known_by_whose_room_it_was_in_and_when() -> None:
    match = result(placing("ann", 1))
    keys = {Played.of(match, NOW_S + seconds, origin).key for seconds in (0, 5) for origin in ("here", "there")}
    assert len(keys) == 2
    assert Played.of(match, NOW_S, "here").began_s == NOW_S - 60
    later = replace(match, started_tick=7200, ended_tick=7200 + 1800)
    assert Played.of(later, NOW_S, "here").began_s == NOW_S - 30


def test_a_match_without_some_of_its_people() -> None:
    match = duel("ann", "bob")
    rest = match.without(["subject:ann"])
    assert [line.subject for line in rest.result.placings] == ["subject:bob"]
    assert (rest.key, rest.ended_s) == (match.key, match.ended_s)


def test_who_left_early_is_no_more_in_it_than_who_stayed() -> None:
    match = Played.of(result(placing("ann", 1), left=(placing("bob", 0), placing("cid", 0))), NOW_S, "here")
    rest = match.without(["subject:bob"])
    assert [line.subject for line in (*rest.result.placings, *rest.result.left)] == ["subject:ann", "subject:cid"]
