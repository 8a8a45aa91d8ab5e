"""One person: their mark, their limits, what they have just said."""

from hypothesis import given
from hypothesis import strategies as st

from protocol import limits
from server.chat.speaker import SAID_MAX, Speaker


def test_a_guest_is_known_by_address_and_name_a_subject_by_itself() -> None:
    assert Speaker(1, "Ann", "address:1.2.3.4", is_guest=True).named.mark == "address:1.2.3.4 ann"
    assert Speaker(1, "Ann", "subject:ann", is_guest=False).named.mark == "subject:ann"


def test_coming_back_changes_the_key_and_not_the_mark() -> None:
    ann = Speaker(7, "Ann", "address:1.2.3.4", is_guest=True)
    ann.mutes["x"] = ann.named
    back = ann.come_back("address:5.6.7.8")
    assert (back.named.number, back.named.key, back.named.mark) == (7, "address:5.6.7.8", "address:1.2.3.4 ann")
    assert not back.hears("x")
    assert back.hears("y")


def test_whoever_takes_up_a_seat_of_before_a_restart_is_called_what_it_is_called() -> None:
    ann = Speaker(7, "Eve", "address:1.2.3.4", is_guest=True)
    ann.rename("Ann")
    assert (ann.named.name, ann.named.mark) == ("Ann", "address:1.2.3.4 ann")
    known = Speaker(7, "Eve", "subject:ann", is_guest=False)
    known.rename("Ann")
    assert (known.named.name, known.named.mark) == ("Ann", "subject:ann")


def test_the_same_but_for_case_and_blanks_is_the_same() -> None:
    ann = Speaker(1, "Ann", "k", is_guest=True)
    ann.note("Buy   GOLD", 5.0)
    assert ann.has_just_said(" buy gold", 14.9)
    assert not ann.has_just_said("buy gold!", 6.0)
    assert not ann.has_just_said("buy gold", 5.0 + limits.CHAT_REPEAT_S_MIN)


@given(st.lists(st.floats(0, 3), max_size=60))
def test_as_much_is_remembered_as_the_limit_lets_through(pauses_s: list[float]) -> None:
    """Nothing that was said within the time is forgotten, and what is kept is bounded."""
    ann, now_s = Speaker(1, "Ann", "k", is_guest=True), 100.0
    said: list[tuple[str, float]] = []
    for n, pause_s in enumerate(pauses_s):
        now_s += pause_s
        if ann.lines.take(now_s):
            ann.note(f"line {n}", now_s)
            said.append((f"line {n}", now_s))
    for text, said_s in said:
        assert ann.has_just_said(text, now_s) == (now_s - said_s < limits.CHAT_REPEAT_S_MIN)
    assert len(ann._said) <= SAID_MAX
