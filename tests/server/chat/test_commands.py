"""What begins with a slash, as people type it."""

import pytest

from protocol import limits
from protocol.errors import Code
from protocol.messages import Leave
from server.card import Card
from server.chat.commands import COMMANDS, NOTICE_CHARS_MAX, WHO_NAMES_MAX
from server.chat.marshal import Marshal
from server.chat.reports import REPORTS_OF_ONE_MAX
from server.games.melee import Melee
from tests.instruments.stepper import arena_named
from tests.server.chat.hall import Hall, lines, notices, number_of, refusals
from tests.server.conversations import open_room


@pytest.fixture
def hall() -> Hall:
    return Hall()


def test_help_tells_every_command_that_one_may_give(hall: Hall) -> None:
    hall.lobby.talk.moderator = Marshal(hall.lobby, hall.moderation)
    ann, root = hall.enter("Ann"), hall.enter("Root", sub="root", role="admin")
    hall.say(ann, "/help")
    hall.say(root, "/HELP")
    assert len(notices(ann)) == sum(not command.moderates for command in COMMANDS.values())
    assert len(notices(root)) == len(COMMANDS)
    for name, command in COMMANDS.items():
        assert command.usage.split()[0] == f"/{name}"


@pytest.mark.parametrize("text", ["/", "/ mute", "/fly", "/kick Bob", "/silence Bob", "/<script>alert(1)</script>x"])
def test_unknown_commands_get_a_sentence_and_nobody_hears_them(hall: Hall, text: str) -> None:
    ann, bob = hall.enter("Ann"), hall.enter("Bob")
    hall.say(ann, text)
    (sentence,) = refusals(ann)
    assert sentence.startswith("there is no command /")
    assert sentence.endswith("; /help tells which there are")
    assert (ann.errors[0].code, bob.chats, bob.link.closed) == (Code.CHAT_REFUSED, [], None)


def test_channels_by_name(hall: Hall) -> None:
    ann, bob = hall.enter("Ann"), hall.enter("Bob")
    hall.say(ann, "/lobby hi all")
    hall.say(ann, "/room hi room", "lobby")
    hall.say(ann, "/team hi")
    hall.say(ann, "/lobby")
    assert (lines(bob, "lobby"), lines(bob, "room")) == (["hi all"], ["hi room"])
    assert refusals(ann) == ["there are no teams here", "say what: /lobby TEXT"]


def test_me(hall: Hall) -> None:
    ann, bob = hall.enter("Ann"), hall.enter("Bob")
    hall.say(ann, "/me waves", "lobby")
    hall.say(ann, "/me")
    assert lines(bob, "lobby") == ["*waves*"]
    assert refusals(ann) == ["say what you do: /me DEED"]


def test_who_is_here(hall: Hall) -> None:
    open_room(hall, "other")
    ann, bob = hall.enter("Ann", room="main"), hall.enter("Bob", room="main")
    hall.join("Robo", bot=True, room="main")
    hall.enter("Eve", room="other")
    hall.say(ann, "/who")
    assert notices(ann) == [
        f"In main: Ann #{number_of(ann)}, Bob #{number_of(bob)}, 1 bot",
        "3 are on this server",
    ]


def test_who_says_what_people_call_the_room_and_never_the_key_of_a_private_one(hall: Hall) -> None:
    key, card = "a-key-of-friends", Card("Fun", "pinball", is_private=True, is_permanent=False)
    hall.lobby.open_room(key, Melee, arena_named("pinball"), hall.rates, seed=2, card=card)
    ann = hall.enter("Ann", room=key)
    hall.say(ann, "/who")
    assert notices(ann) == [f"In Fun: Ann #{number_of(ann)}", "1 is on this server"]


def test_who_in_a_crowd_is_bounded(hall: Hall) -> None:
    crowd = [hall.join("W" * limits.NAME_CHARS_MAX) for _ in range(WHO_NAMES_MAX + 10)]
    hall.say(crowd[0], "/who")
    told = notices(crowd[0])
    assert all(len(text) <= NOTICE_CHARS_MAX for text in told)
    assert told[-2].endswith("and 10 more")
    assert sum(text.count("#") for text in told) == WHO_NAMES_MAX


def test_mute_and_unmute(hall: Hall) -> None:
    ann, bob, eve = hall.enter("Ann"), hall.enter("Bob"), hall.enter("Ann B")
    hall.say(ann, "/mute Ann B")
    for client in (bob, eve):
        hall.say(client, f"from {client.player.name}")
        hall.say(client, f"also from {client.player.name}", "lobby")
    assert lines(ann) == ["from Bob", "also from Bob"]
    assert lines(bob)[-1] == "also from Ann B", "others hear them"
    hall.say(ann, "/muted")
    hall.say(ann, "/unmute ann b")
    hall.say(eve, "again")
    assert lines(ann)[-1] == "again"
    hall.say(ann, "/unmute Ann B")
    hall.say(ann, "/muted")
    shown = f"Ann B #{number_of(eve)}"
    assert notices(ann) == [
        f"You don't hear {shown} any more; /unmute Ann B undoes it",
        f"You don't hear: {shown}",
        f"You hear {shown} again",
        "You don't hear: nobody, you hear everybody",
    ]
    assert refusals(ann) == ["you have muted nobody"]


def test_whoever_was_not_muted_cannot_be_unmuted_and_it_is_said_so(hall: Hall) -> None:
    ann, _, _ = hall.enter("Ann"), hall.enter("Bob"), hall.enter("Eve")
    hall.say(ann, "/mute Eve")
    hall.say(ann, "/unmute Bob")
    assert refusals(ann) == ["you have muted nobody called Bob; /muted tells whom you have"]


def test_a_mute_holds_when_they_come_back_and_for_nobody_else_there(hall: Hall) -> None:
    ann, eve = hall.enter("Ann"), hall.join("Eve", address="1.2.3.4:1")
    hall.say(ann, "/mute Eve")
    hall.drop(eve)
    again = hall.join("Eve", address="1.2.3.4:2")
    sister = hall.join("Liz", address="1.2.3.4:3")
    namesake = hall.join("Eve", address="1.2.3.5:1")
    for client in (again, sister, namesake):
        hall.say(client, f"{client.session.link.address}")
    assert lines(ann) == ["1.2.3.4:3", "1.2.3.5:1"]


def test_a_subject_is_muted_by_whatever_name(hall: Hall) -> None:
    ann, eve = hall.enter("Ann"), hall.enter("Eve", sub="eve")
    hall.say(ann, f"/mute #{number_of(eve)}")
    hall.drop(eve)
    hall.say(hall.enter("Adam", sub="eve"), "me again")
    assert lines(ann) == []


def test_mutes_are_bounded(hall: Hall) -> None:
    ann = hall.enter("Ann")
    for n in range(limits.PERSONAL_MUTES_MAX + 1):
        hall.enter(f"P{n}")
        hall.say(ann, f"/mute P{n}")
    assert refusals(ann) == [f"you have muted {limits.PERSONAL_MUTES_MAX} people; /unmute one first"]
    assert hall.lobby.statistics().chat_mutes == limits.PERSONAL_MUTES_MAX


def test_who_has_the_same_name_is_told_apart_by_a_number(hall: Hall) -> None:
    ann, one, two = hall.enter("Ann"), hall.enter("Bob"), hall.enter("Bob")
    hall.say(ann, "/mute Bob")
    assert refusals(ann) == [f"2 people are called Bob: say #{number_of(one)} or #{number_of(two)} instead"]
    hall.say(ann, f"/mute #{number_of(two)}")
    hall.say(one, "I am one")
    hall.say(two, "I am two")
    assert lines(ann) == ["I am one"]


def test_whoever_is_in_the_room_comes_before_namesakes_elsewhere(hall: Hall) -> None:
    open_room(hall, "other")
    ann, near, _ = hall.enter("Ann", room="main"), hall.enter("Bob", room="main"), hall.enter("Bob", room="other")
    hall.say(ann, "/mute Bob")
    assert notices(ann)[0].startswith(f"You don't hear Bob #{number_of(near)} any more")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("/mute", "say whom: a name, or # and a number; /who tells both"),
        ("/mute Nobody", "there is nobody called Nobody; /who tells who is here"),
        ("/mute #99", "there is nobody called #99; /who tells who is here"),
        ("/mute Ann", "that is you"),
        ("/report Ann x", "that is you"),
        ("/unmute Bob", "you have muted nobody"),
        ("/report Bob", "say why: /report NAME REASON"),
    ],
)
def test_what_cannot_be_is_a_sentence(hall: Hall, text: str, sentence: str) -> None:
    ann, bob = hall.enter("Ann"), hall.enter("Bob")
    hall.say(ann, text)
    assert (refusals(ann), notices(ann), bob.chats) == ([sentence], [], [])


def test_a_report_has_a_reason_and_the_last_lines_also_about_who_has_left(hall: Hall) -> None:
    ann, eve = hall.enter("Ann"), hall.enter("Eve <b>")
    hall.say(eve, "rude words")
    hall.say(ann, "hey")
    hall.say(eve, "ruder words", "lobby")
    eve.say(Leave(), hall.now_s)
    hall.say(ann, "/report Eve <b> rude words, twice")
    (report,) = hall.moderation.reports(hall.now_s + 7)
    assert (report["name"], report["by"], report["room"], report["seconds_ago"]) == ("Eve <b>", "Ann", "main", 7)
    assert report["reason"] == "rude words, twice"
    assert [(line["name"], line["text"]) for line in report["lines"]] == [
        ("Eve <b>", "rude words"),
        ("Ann", "hey"),
        ("Eve <b>", "ruder words"),
    ]
    assert notices(ann)[-1].startswith(f"Reported Eve <b> #{report['number']} to the admins")


def test_a_report_from_the_lobby_is_of_no_room(hall: Hall) -> None:
    ann, eve = hall.join("Ann", role="visitor"), hall.enter("Eve")
    hall.say(eve, "rude words", "lobby")
    hall.say(ann, "/report Eve rude words", "lobby")
    (report,) = hall.moderation.reports(hall.now_s)
    assert (report["name"], report["by"], report["room"]) == ("Eve", "Ann", None)
    assert [line["text"] for line in report["lines"]] == ["rude words"]
    assert [line.player for line in ann.chats if line.to == "notice"] == [0], "nobody said it"


def test_reports_are_bounded_in_rate_and_number(hall: Hall) -> None:
    ann = hall.enter("Ann")
    hall.enter("Eve")
    for n in range(limits.REPORTS_BURST_MAX + 1):
        hall.say(ann, f"/report Eve reason {n}", at_s=100.0)
    assert refusals(ann) == ["too many reports at once: three a minute"]
    hall.now_s = 100.0
    for n in range(REPORTS_OF_ONE_MAX):
        hall.say(ann, f"/report Eve again {n}")
    assert len(hall.lobby.talk.reports) == REPORTS_OF_ONE_MAX
    assert refusals(ann)[-1] == f"{REPORTS_OF_ONE_MAX} reports of yours are waiting for an admin already"


def test_commands_have_a_limit_of_their_own(hall: Hall) -> None:
    ann = hall.enter("Ann")
    for _ in range(limits.COMMANDS_BURST_MAX + 1):
        hall.say(ann, "/muted", at_s=5.0)
    assert refusals(ann) == ["too many commands at once: one a second"]
    hall.say(ann, "but lines go", at_s=5.0)
    assert lines(ann) == ["but lines go"]


def test_who_only_watches_may_ask_mute_and_report(hall: Hall) -> None:
    hall.enter("Bob")
    eve = hall.join("Eve", role="spectator")
    for text in ("/who", "/mute Bob", "/report Bob spam"):
        hall.say(eve, text)
    assert (len(notices(eve)), eve.errors) == (4, [])
