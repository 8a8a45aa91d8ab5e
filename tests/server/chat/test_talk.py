"""Who hears what, who doesn't, and what is remembered: through sessions, as clients have it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import limits
from protocol.errors import Code, Violation
from protocol.limits import SUBPROTOCOL_JSON
from protocol.messages import Browse, Chat, Enter
from server.checkpoint import capture, revive, seal, unseal
from server.games.melee import Melee
from server.moderation import Order
from tests.instruments.stepper import Client
from tests.server.chat.hall import Hall, last, lines, notices, number_of, refusals
from tests.server.conversations import open_room


@pytest.fixture
def hall() -> Hall:
    return Hall()


def test_a_line_says_who_said_it_and_where(hall: Hall) -> None:
    ann, bob = hall.enter("Ann"), hall.join("Bob", SUBPROTOCOL_JSON)
    hall.say(ann, "hello")
    for client in (ann, bob):
        line = last(client)
        assert (line.player, line.text, line.to, line.name, line.old) == (1, "hello", "room", "Ann", False)
        assert line.who == number_of(ann)


def test_a_room_hears_its_own(hall: Hall) -> None:
    open_room(hall, "other")
    ann, bob, eve = hall.enter("Ann", room="main"), hall.enter("Bob", room="main"), hall.enter("Eve", room="other")
    hall.say(ann, "for us")
    assert (lines(ann), lines(bob), lines(eve)) == (["for us"], ["for us"], [])


def test_a_line_is_kept_once_for_all_who_play_but_whoever_has_muted_its_speaker(hall: Hall) -> None:
    ann, bob, eve = (hall.enter(name, room="main") for name in ("Ann", "Bob", "Eve"))
    watching = hall.enter("Watching", role="spectator", sub="w", room="main")
    hall.say(eve, "/mute Ann")
    hall.step(4)
    for to in ("room", "lobby"):
        ann.say(Chat(f"to the {to}", to), hall.now_s + 60.0)
    apart = {client for client in hall.clients if client.session.seat and client.session.seat.viewer.is_apart}
    assert apart == {eve, watching}
    hall.step(4)
    assert lines(ann) == lines(bob) == lines(watching) == ["to the room", "to the lobby"]
    assert lines(eve) == []


def test_a_team_hears_its_own_and_nobody_watching_does() -> None:
    hall = Hall(teams=True)
    one, two, three = hall.enter("One"), hall.enter("Two"), hall.enter("Three")
    watching = hall.enter("Watching", role="spectator", sub="w")
    assert [client.player.team for client in (one, two, three)] == [1, 2, 1]
    hall.say(one, "attack", "team")
    assert [lines(client, "team") for client in (one, two, three, watching)] == [["attack"], [], ["attack"], []]
    late, other = hall.enter("Late"), hall.enter("Other")
    hall.flush()
    assert [(client.player.team, lines(client, "team")) for client in (late, other)] == [(2, []), (1, ["attack"])]


def test_without_teams_there_is_no_team_to_talk_to(hall: Hall) -> None:
    ann = hall.enter("Ann")
    hall.say(ann, "attack", "team")
    assert refusals(ann) == ["there are no teams here"]


def test_the_lobby_is_heard_in_all_rooms_and_has_no_player_numbers(hall: Hall) -> None:
    open_room(hall, "other")
    ann, eve = hall.enter("Ann", room="main"), hall.enter("Eve", room="other")
    hall.say(eve, "anybody?", "lobby")
    assert (last(ann).text, last(ann).to, last(ann).player, last(ann).name) == ("anybody?", "lobby", 0, "Eve")


def told_of(client: Client) -> list[tuple[str, str, bool]]:
    """(text, where, whether it is history) of all that a client has heard since it was last asked."""
    heard: list[tuple[str, str, bool]] = [(line.text, line.to, line.old) for line in client.chats]
    client.chats.clear()
    return heard


@pytest.mark.parametrize("encoding", [SUBPROTOCOL_JSON, limits.SUBPROTOCOL_MSGPACK])
def test_in_the_lobby_one_hears_and_is_heard(hall: Hall, encoding: str) -> None:
    ann = hall.enter("Ann")
    hall.say(ann, "in the room")
    hall.say(ann, "for all", "lobby")
    eve, zoe = hall.visit("Eve", encoding), hall.visit("Zoe")
    assert told_of(eve) == [("for all", "lobby", True)], "a room is not overheard"
    hall.say(eve, "hello from here", "lobby")
    assert told_of(eve) == told_of(zoe)[1:] == [("hello from here", "lobby", False)]
    assert (last(ann).text, last(ann).player, last(ann).who) == ("hello from here", 0, number_of(eve))
    for to in ("room", "team"):
        hall.say(eve, "is this a room?", to)
    assert refusals(eve) == ["you are in no room: the lobby hears you"] * 2
    hall.say(eve, "/who")
    assert notices(eve) == [f"In the lobby: Eve #{number_of(eve)}, Zoe #{number_of(zoe)}", "3 are on this server"]


def test_who_moves_hears_what_was_said_there_and_is_who_they_were(hall: Hall) -> None:
    open_room(hall, "other")
    ann, bob = hall.enter("Ann", room="main"), hall.enter("Bob", room="other")
    hall.say(ann, "in main")
    hall.say(bob, "in other")
    hall.say(bob, "in the lobby", "lobby")
    hall.say(ann, "/mute Bob")
    eve = hall.visit("Eve")
    number = number_of(eve)
    assert told_of(eve) == [("in the lobby", "lobby", True)]
    for room, said in (("main", "in main"), ("other", "in other")):
        eve.say(Enter(room), hall.now_s)
        hall.flush()
        expected = [(said, "room", True), ("in the lobby", "lobby", True)]
        assert (told_of(eve), number_of(eve)) == (expected, number)
    eve.say(Browse(), hall.now_s)
    assert told_of(eve) == [("in the lobby", "lobby", True)]
    ann.say(Browse(), hall.now_s)
    told_of(ann)
    hall.say(bob, "still here", "lobby")
    assert told_of(ann) == [], "a mute goes along"
    hall.lobby.close_room("other", hall.now_s)
    hall.say(eve, "room is gone", "lobby")
    assert told_of(ann) == [("room is gone", "lobby", False)]


def test_whoever_is_in_the_lobby_with_a_full_socket_misses_lines_and_it_is_counted(hall: Hall) -> None:
    ann, slow = hall.enter("Ann"), hall.visit("Slow")
    slow.link.block()
    for n in range(3):
        hall.say(ann, f"line {n}", "lobby")
    assert slow.link.sent == []
    assert hall.lobby.statistics().chat_missed == 3


def test_who_watches_speaks_in_the_lobby_and_not_in_the_room(hall: Hall) -> None:
    ann, eve = hall.enter("Ann"), hall.join("Eve", role="spectator")
    hall.say(eve, "go left")
    assert [error.code for error in eve.errors] == [Code.NOT_ALLOWED]
    hall.say(eve, "nice room", "lobby")
    assert lines(ann) == ["nice room"]
    mute = hall.enter("Mute", role="spectator", sub="mute")
    hall.say(mute, "let me", "lobby")
    assert [error.code for error in mute.errors] == [Code.NOT_ALLOWED], "a token with the role may not talk at all"


def test_newcomers_hear_what_was_said_marked_old_and_in_order(hall: Hall) -> None:
    ann = hall.enter("Ann")
    for text, to in (("one", "room"), ("two", "lobby"), ("three", "room")):
        hall.say(ann, text, to)
    for subprotocol in (SUBPROTOCOL_JSON, limits.SUBPROTOCOL_MSGPACK):
        bob = hall.join("Bob", subprotocol)
        hall.flush()
        assert [(line.text, line.to, line.name, line.old) for line in bob.chats] == [
            ("one", "room", "Ann", True),
            ("two", "lobby", "Ann", True),
            ("three", "room", "Ann", True),
        ]


def test_history_is_bounded(hall: Hall) -> None:
    ann = hall.enter("Ann")
    for n in range(limits.CHANNEL_HISTORY_LINES_MAX + 3):
        hall.say(ann, f"line {n}")
    bob = hall.enter("Bob")
    hall.flush()
    assert lines(bob) == [f"line {n}" for n in range(3, limits.CHANNEL_HISTORY_LINES_MAX + 3)]
    assert hall.lobby.statistics().chat_remembered == limits.CHANNEL_HISTORY_LINES_MAX


def test_a_room_that_is_gone_is_forgotten_with_what_was_said(hall: Hall) -> None:
    hall.say(hall.enter("Ann"), "secret")
    hall.lobby.close_room("main", hall.now_s)
    assert hall.lobby.statistics().chat_remembered == 0
    open_room(hall, "main")
    bob = hall.enter("Bob", room="main")
    hall.flush()
    assert lines(bob) == []


def test_who_resumes_hears_each_line_once_and_is_who_they_were(hall: Hall) -> None:
    ann, bob = hall.enter("Ann"), hall.enter("Bob")
    hall.say(bob, "before")
    hall.say(ann, "/mute Bob")
    hall.drop(ann)
    hall.say(bob, "meanwhile")
    eve = hall.enter("Eve")
    hall.say(eve, "hello")
    back = hall.join("Ann", resume=ann.welcome.resume, address="10.9.9.9:1")
    hall.flush()
    assert number_of(back) == number_of(ann)
    assert [(line.text, line.old) for line in back.chats] == [("hello", True)], "whom they have muted is mute"
    hall.say(eve, "welcome back")
    assert lines(back) == ["hello", "welcome back"]
    assert hall.lobby.statistics().chat_mutes == 1


def test_after_a_restart_one_is_called_as_before_whatever_one_says(hall: Hall) -> None:
    ann = hall.enter("Ann")
    saved = unseal(seal(capture(hall.room, hall.lobby.save_seats(hall.room, hall.now_s))))
    after = Hall()
    after.lobby.rooms.clear()
    after.room = revive(saved, Melee, hall.room.arena, hall.room.rates, {})
    after.lobby.add_room(after.room, saved.seats, after.now_s)
    back, bob = after.join("Somebody Else", resume=ann.welcome.resume), after.enter("Bob")
    after.say(back, "hello")
    after.say(back, "hello all", "lobby")
    assert [(line.text, line.name) for line in bob.chats] == [("hello", "Ann"), ("hello all", "Ann")]
    back.say(Browse(), after.now_s)
    back.say(Enter("main"), after.now_s)
    assert [player.name for player in after.room.players.values()] == ["Bob", "Ann"]


def test_an_admins_mute_follows_somebody_to_another_address(hall: Hall) -> None:
    ann, eve = hall.enter("Ann"), hall.enter("Eve")
    hall.drop(eve)
    back = hall.join("Eve", resume=eve.welcome.resume, address="10.9.9.9:1")
    hall.moderation.mute(Order(room="main", player=2), hall.now_s)
    hall.say(back, "still here", at_s=hall.now_s + 1)
    assert refusals(back) == ["an admin has muted you for a while"]
    assert lines(ann) == []


@pytest.mark.parametrize("to", ["room", "team", "lobby"])
def test_who_is_muted_by_an_admin_is_mute_in_every_channel_and_what_they_said_is_gone(to: str) -> None:
    hall = Hall(teams=True)
    ann, eve, third = hall.enter("Ann"), hall.enter("Eve"), hall.enter("Third")
    hall.say(third, "spam", to)
    hall.say(ann, "ham", to)
    hall.moderation.mute(Order(room="main", player=3, seconds=3600.0), hall.now_s)
    for text in ("more", "/me spams", f"/{to} more spam"):
        hall.say(third, text, to)
    assert refusals(third) == ["an admin has muted you for a while"] * 3
    assert "more" not in [*lines(ann), *lines(eve)]
    hall.enter("Fourth")
    fifth = hall.enter("Fifth")
    hall.flush()
    assert lines(fifth) == ["ham"]


def test_a_ban_takes_what_was_said_along(hall: Hall) -> None:
    hall.say(hall.enter("Eve"), "spam", "lobby")
    hall.moderation.ban(Order(room="main", player=1), hall.now_s)
    ann = hall.enter("Ann")
    hall.flush()
    assert lines(ann) == []


def test_a_slash_that_is_meant_and_blanks_around(hall: Hall) -> None:
    ann = hall.enter("Ann")
    hall.say(ann, "//help is no command")
    hall.say(ann, "  hi  ")
    assert lines(ann) == ["/help is no command", "hi"]


TEXTS = st.text(min_size=1, max_size=limits.CHAT_CHARS_MAX) | st.from_regex(
    r"//?(mute|unmute|report|who|help|team|lobby|kick|silence|x)( [#\"a-zA-Z0-9 ]*)?", fullmatch=True
)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from([0, 1, 2]), TEXTS, st.sampled_from(["room", "team", "lobby"])), max_size=20))
def test_whatever_is_said_is_said_or_refused_and_all_hear_the_same(said: list[tuple[int, str, str]]) -> None:
    hall = Hall(teams=True)
    people: list[Client] = [hall.enter("Ann B"), hall.enter('"'), hall.enter("#1")]
    for who, text, to in said:
        hall.say(people[who], text, to)
    for client in people:
        assert client.link.closed is None
        assert {error.code for error in client.errors} <= {Code.CHAT_REFUSED, Code.NOT_ALLOWED}
        assert all(len(line.text) <= limits.CHAT_CHARS_MAX and line.text.isprintable() for line in client.chats)
    muted = any(client.session.speaker and client.session.speaker.mutes for client in people)
    if not muted:
        heard = [[line.text for line in client.chats if line.to in ("room", "lobby")] for client in people]
        assert heard[0] == heard[1] == heard[2]


def test_a_violation_is_raised_to_whoever_asks(hall: Hall) -> None:
    ann = hall.enter("Ann")
    with pytest.raises(Violation, match="printable"):
        hall.lobby.talk.hear(ann.session, Chat("\u202e"), 1.0)
