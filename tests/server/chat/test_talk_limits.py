"""What is not said, or not so soon: limits of a person and of a channel, repetition, the filter; what is counted."""

import pytest

from protocol import limits
from protocol.errors import Code
from protocol.messages import Chat
from server.chat.word_filter import WordFilter
from tests.server.chat.hall import Hall, lines, refusals


@pytest.fixture
def hall() -> Hall:
    return Hall()


def test_each_person_is_held_to_one_line_a_second_and_no_other_pays(hall: Hall) -> None:
    ann, bob = hall.enter("Ann"), hall.enter("Bob")
    for n in range(limits.CHATS_BURST_MAX + 2):
        hall.say(ann, f"line {n}", at_s=5.0)
    assert refusals(ann) == ["too many lines at once: one a second"] * 2
    hall.say(bob, "and I?", at_s=5.0)
    assert lines(ann)[-1] == "and I?"


def test_the_limit_of_a_person_outlasts_a_resume(hall: Hall) -> None:
    ann = hall.enter("Ann")
    for n in range(limits.CHATS_BURST_MAX):
        hall.say(ann, f"line {n}", at_s=5.0)
    hall.drop(ann)
    back = hall.join("Ann", resume=ann.welcome.resume)
    hall.say(back, "again", at_s=5.0)
    assert refusals(back) == ["too many lines at once: one a second"]


def test_the_same_line_is_held_down_for_a_while(hall: Hall) -> None:
    ann = hall.enter("Ann")
    hall.say(ann, "Buy  gold", at_s=10.0)
    hall.say(ann, "buy GOLD ", at_s=12.0)
    hall.say(ann, "buy gold", "lobby", at_s=19.9)
    assert refusals(ann) == ["you have just said that; say it again after 10 s"] * 2
    hall.say(ann, "buy gold", at_s=20.0)
    assert lines(ann) == ["Buy  gold", "buy gold"]


def test_a_channel_bears_so_much_from_all_together(hall: Hall) -> None:
    crowd = [hall.join(f"P{n}") for n in range(limits.CHANNEL_LINES_BURST_MAX + 5)]
    for client in crowd:
        client.say(Chat("hi", "lobby"), 50.0)
    refused = [error.sentence for client in crowd for error in client.errors]
    assert refused == ["too many talk at once: 10 lines a second are all that go"] * 5
    crowd[0].say(Chat("hi all"), 50.0)
    hall.flush()
    assert lines(crowd[1], "room") == ["hi all"], "the room is another channel"


def test_the_operators_filter_has_its_say(hall: Hall) -> None:
    ann, bob = hall.enter("Ann"), hall.enter("Bob")
    hall.lobby.talk.word_filter = WordFilter(lambda text: None if "bad" in text else text.replace("darn", "d**n"))
    for text in ("darn", "bad", "/me is bad", "/lobby bad"):
        hall.say(ann, text)
    assert lines(bob) == ["d**n"]
    assert refusals(ann) == ["the word filter of this server doesn't let that through"] * 3


def test_a_filter_that_fails_costs_the_line_and_nothing_else(hall: Hall) -> None:
    ann, bob = hall.enter("Ann"), hall.enter("Bob")

    def fail(text: str) -> str:
        raise ZeroDivisionError

    hall.lobby.talk.word_filter = WordFilter(fail)
    hall.say(ann, "hello")
    assert refusals(ann) == ["the word filter of this server has failed; the line was not said"]
    assert (lines(bob), ann.link.closed) == ([], None)
    assert hall.lobby.statistics().chat_filter_failed == 1


def test_it_is_counted(hall: Hall) -> None:
    ann, bob = hall.enter("Ann"), hall.enter("Bob")
    for text in ("hello", "hello", "/who", "/nonsense", "/mute Bob", "/report Bob spam"):
        hall.say(ann, text, at_s=5.0)
    assert bob.errors == []
    now = hall.lobby.statistics()
    assert (now.chat_lines, now.chat_commands, now.chat_refused) == (1, 4, 2)
    assert (now.chat_mutes, now.chat_reported, now.chat_reports, now.chat_remembered) == (1, 1, 1, 1)


def test_what_is_owed_to_a_full_socket_waits_and_is_bounded_like_all_else(hall: Hall) -> None:
    ann, slow = hall.enter("Ann"), hall.enter("Slow")
    hall.step(2)
    slow.link.block()
    for n in range(limits.EVENTS_QUEUED_MAX + 1):
        hall.now_s += 60.0
        ann.say(Chat(f"line {n}"), hall.now_s)
    hall.lobby.sweep(slow.session.hearing.heard_s)
    assert slow.bye is None or slow.bye.code == Code.TOO_SLOW
    assert slow.link.closed is not None
    assert slow.link.closed[0] == Code.TOO_SLOW
