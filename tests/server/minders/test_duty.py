"""What is said to Agones, and when: a server with people on it is Allocated, and nothing takes that away from them."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.limits import SEAT_KEPT_S
from server.minders.duty import AGAIN_S, EMPTY_S, Duty, Word, read_counter, read_line


def test_it_is_ready_when_players_are_welcome_and_not_before() -> None:
    duty = Duty()
    assert duty.due(0.0, is_ready=False, people=0) is None
    assert duty.due(1.0, is_ready=True, people=0) is Word.READY
    duty.said(Word.READY, 1.0)
    assert duty.due(2.0, is_ready=True, people=0) is None


def test_ready_that_is_being_seen_to_is_not_said_again() -> None:
    """A controller makes it Ready; to say it once more may take back an allocation that came in between."""
    duty = Duty()
    duty.heard("Scheduled", 0.0)
    duty.said(Word.READY, 1.0)
    duty.heard("RequestReady", 1.1)
    assert duty.due(1e6, is_ready=True, people=0) is None
    assert duty.due(1e6, is_ready=True, people=1) is Word.ALLOCATE


def test_news_that_was_late_does_not_make_it_say_ready_twice() -> None:
    duty = Duty()
    duty.said(Word.READY, 1.0)
    duty.heard("Scheduled", 1.1)  # a counter has changed, of a GameServer that isn't Ready yet
    assert duty.due(1.2, is_ready=True, people=0) is None
    assert duty.due(1.0 + AGAIN_S, is_ready=True, people=0) is Word.READY  # it got lost


def test_what_was_heard_while_it_was_said_is_newer() -> None:
    duty = Duty()
    before = duty.news
    duty.heard("Ready", 1.0)
    duty.heard("Allocated", 1.1)  # and only now it hears that Ready was taken
    duty.said(Word.READY, 1.2, before)
    assert duty.is_allocated
    assert duty.due(1.1 + EMPTY_S, is_ready=True, people=0) is Word.READY


def test_the_first_player_makes_it_allocated_and_the_last_leaves_it_ready_after_a_while() -> None:
    duty = Duty()
    duty.said(Word.READY, 0.0)
    assert duty.due(1.0, True, people=1) is Word.ALLOCATE
    duty.said(Word.ALLOCATE, 1.0)
    assert duty.due(500.0, True, people=1) is None
    assert duty.due(501.0, True, people=0) is None
    assert duty.due(500.0 + EMPTY_S - 0.1, True, people=0) is None
    assert duty.due(500.0 + EMPTY_S, True, people=0) is Word.READY


def test_a_seat_is_kept_for_less_long_than_an_empty_server_is() -> None:
    assert EMPTY_S > SEAT_KEPT_S


def test_those_for_whom_it_was_allocated_have_time_to_come() -> None:
    duty = Duty()
    duty.said(Word.READY, 0.0)
    duty.heard("Allocated", 1000.0)
    assert duty.due(1000.0 + EMPTY_S - 0.1, True, people=0) is None
    duty.heard("Allocated", 1030.0)  # the same news again prolongs nothing
    assert duty.due(1000.0 + EMPTY_S, True, people=0) is Word.READY


def test_a_draining_server_is_never_ready_again() -> None:
    duty = Duty()
    duty.said(Word.ALLOCATE, 0.0)
    duty.leave()
    assert duty.due(1e6, is_ready=True, people=0) is None
    assert duty.due(1e6, is_ready=True, people=1) is None


@pytest.mark.parametrize("state", ["Unhealthy", "Shutdown", "Error"])
def test_there_is_no_way_back(state: str) -> None:
    duty = Duty()
    duty.heard(state, 0.0)
    assert duty.due(1e6, True, people=0) is None
    assert duty.due(1e6, True, people=3) is None


def test_a_reservation_is_others_to_end_unless_somebody_plays() -> None:
    duty = Duty()
    duty.heard("Reserved", 0.0)
    assert duty.due(1e6, True, people=0) is None
    assert duty.due(1e6, True, people=1) is Word.ALLOCATE


@given(
    st.lists(
        st.tuples(
            st.floats(0, 2 * EMPTY_S),
            st.integers(0, 2),
            st.sampled_from(["", "", "RequestReady", "Ready", "Allocated", "Reserved", "Scheduled"]),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_it_is_never_ready_while_somebody_plays_or_may_come_back(story: list[tuple[float, int, str, bool]]) -> None:
    """Whatever Agones says, and whether or not it hears us."""
    duty, now_s, seen_s = Duty(), 0.0, -1e9
    for pause_s, people, state, is_taken in story:
        now_s += pause_s
        if state:
            duty.heard(state, now_s)
        word = duty.due(now_s, True, people)
        seen_s = now_s if people else seen_s
        if word is Word.READY:
            assert now_s - seen_s >= EMPTY_S
        if word is not None and is_taken:
            duty.said(word, now_s)
            if people:
                assert duty.is_allocated


def test_a_line_of_the_watch_is_read() -> None:
    told = read_line(
        b'{"result":{"object_meta":{"name":"x"},"spec":{"health":{"disabled":true,"period_seconds":7,'
        b'"failure_threshold":3}},"status":{"state":"Allocated","ports":[],"players":null}}}'
    )
    assert (told.state, told.health.disabled, told.health.period_seconds) == ("Allocated", True, 7)


def test_what_is_not_told_is_as_agones_has_it() -> None:
    told = read_line(b'{"result":{"spec":null,"status":null}}')
    assert (told.state, told.health.disabled, told.health.period_seconds) == ("", False, 5)


NONE_OF_ITS = (
    b"",
    b"{",
    b"[]",
    b'{"error":{"code":14}}',
    b'{"result":{"status":{"state":5}}}',
    b'{"result":{"status":{"state":"\xff"}}}',
    b"[" * 100_000,
)


@pytest.mark.parametrize("line", NONE_OF_ITS, ids=range(len(NONE_OF_ITS)))
def test_anything_else_is_refused(line: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        read_line(line)


def test_a_capacity_is_a_string_or_a_number() -> None:
    assert read_counter(b'{"name":"players","count":"3","capacity":"64"}').capacity == 64
    assert read_counter(b'{"capacity":5}').capacity == 5
    with pytest.raises(msgspec.DecodeError):
        read_counter(b'{"capacity":"many"}')
