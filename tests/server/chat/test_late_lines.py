"""What those who watch a room late hear of it, and when."""

import pytest

from protocol.messages import Enter
from server.chat.channel import HELD_LINES_MAX, Channel
from server.moderation import Order
from tests.instruments.stepper import Client
from tests.server.chat.hall import Hall, lines
from tests.server.chat.test_channel import line

DELAY_S = 2.0
DELAY = round(DELAY_S * 60)


@pytest.fixture
def hall() -> Hall:
    hall = Hall(delay_s=DELAY_S)
    hall.step(DELAY)
    return hall


def pass_by(hall: Hall, ticks: int) -> None:
    """As many ticks, and what is done twice a second after them."""
    hall.step(ticks)
    for client in hall.clients:
        client.session.hearing.excuse(1e9, hall.now_s)
    hall.lobby.sweep(hall.now_s)
    hall.flush()


def watch(hall: Hall, name: str) -> Client:
    return hall.enter(name, role="spectator")


def test_they_hear_a_line_when_they_see_what_it_is_about(hall: Hall) -> None:
    ann, eve = hall.enter("Ann"), watch(hall, "Eve")
    hall.say(ann, "behind the rock!")
    assert (lines(ann), lines(eve)) == (["behind the rock!"], [])
    pass_by(hall, DELAY - 1)
    assert lines(eve) == []
    pass_by(hall, 1)
    assert [(said.text, said.old, said.name) for said in eve.chats] == [("behind the rock!", False, "Ann")]
    pass_by(hall, DELAY)
    assert lines(eve) == ["behind the rock!"], "once"
    assert lines(ann) == ["behind the rock!"]


def test_whoever_comes_is_told_what_has_been_said_by_then_and_the_rest_later(hall: Hall) -> None:
    ann = hall.enter("Ann")
    hall.say(ann, "first")
    pass_by(hall, DELAY)
    hall.say(ann, "second")
    eve, bob = watch(hall, "Eve"), hall.enter("Bob")
    hall.flush()
    assert lines(eve) == ["first"]
    assert lines(bob) == ["first", "second"], "who plays is told all"
    pass_by(hall, DELAY)
    assert [(said.text, said.old) for said in eve.chats] == [("first", True), ("second", False)]


def test_what_is_said_in_the_lobby_is_about_nothing_that_is_seen(hall: Hall) -> None:
    ann, eve = hall.enter("Ann"), watch(hall, "Eve")
    hall.say(ann, "anybody for ball?", "lobby")
    assert lines(eve) == ["anybody for ball?"]


def test_whom_they_have_muted_meanwhile_they_do_not_hear(hall: Hall) -> None:
    ann, bob, eve = hall.enter("Ann"), hall.enter("Bob"), watch(hall, "Eve")
    for client in (ann, bob):
        hall.say(client, f"I am {client.player.name}")
    hall.say(eve, "/mute Bob")
    pass_by(hall, DELAY)
    assert lines(eve) == ["I am Ann"]


def test_what_an_admin_has_taken_out_meanwhile_nobody_hears(hall: Hall) -> None:
    ann, bob, eve = hall.enter("Ann"), hall.enter("Bob"), watch(hall, "Eve")
    for client in (ann, bob):
        hall.say(client, f"I am {client.player.name}")
    hall.moderation.mute(Order(room="main", player=bob.player.id), hall.now_s)
    pass_by(hall, DELAY)
    assert lines(eve) == ["I am Ann"]


def test_who_has_begun_to_play_meanwhile_has_heard_it_by_then(hall: Hall) -> None:
    ann, eve = hall.enter("Ann"), watch(hall, "Eve")
    hall.say(ann, "come and play")
    eve.say(Enter("main"), hall.now_s)
    hall.flush()
    pass_by(hall, DELAY)
    assert [(said.text, said.old) for said in eve.chats] == [("come and play", True)]


def test_where_nobody_is_late_nothing_is_kept_for_later() -> None:
    hall = Hall()
    ann, eve = hall.enter("Ann"), watch(hall, "Eve")
    hall.say(ann, "now")
    assert lines(eve) == ["now"]
    assert hall.room.channels.everyone.due(0) == []


def test_a_channel_keeps_so_many_for_later_and_gives_each_when_it_is_due() -> None:
    channel = Channel("room")
    for number in range(HELD_LINES_MAX + 2):
        channel.hold(line(number), number)
    assert [said.order for said in channel.due(3)] == [2, 3]
    assert channel.due(3) == []
    assert channel.expunge("k") == 0, "it has remembered none of them"
    assert channel.due(HELD_LINES_MAX) == []
