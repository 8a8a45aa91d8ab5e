"""Coming in with a token, or without: hello, roles, keys that are on their way, bans, mutes, and whose a seat is."""

from collections.abc import Callable
from typing import Any

import pytest

from protocol.errors import Code
from protocol.limits import HELLO_DEADLINE_S
from protocol.messages import Chat, Hello, Inputs, Ping
from protocol.motion import Input
from server.gate import Gate
from server.roles import TABLE, May, Role
from server.session import State
from server.tokens import Rules, Verifier
from tests.instruments.keys import ED25519, HMAC, NOW_UNIX_S, token
from tests.instruments.stepper import Client, Stepper


class Admission(Stepper):
    """A lobby that knows the operator's keys."""

    def __init__(self, is_token_required: bool = True) -> None:
        self.verifier = Verifier([HMAC], Rules())
        super().__init__(gate=Gate(self.verifier, is_token_required, lambda: NOW_UNIX_S))

    def news_of_keys(self) -> None:
        for again in self.lobby.gate.take_waiting():
            again(self.now_s)


@pytest.fixture
def stepper() -> Admission:
    return Admission()


@pytest.fixture
def open_to_guests() -> Admission:
    return Admission(is_token_required=False)


def end_of(client: Client) -> tuple[int, str]:
    client.read()
    assert client.bye is not None
    assert client.link.closed == (client.bye.code, client.bye.sentence)
    return client.bye.code, client.bye.sentence


def refusals(client: Client) -> list[int]:
    client.read()
    return [error.code for error in client.errors]


# tokens ----------------------------------------------------------------------------------------------------


def test_a_good_token_comes_in(stepper: Admission) -> None:
    ann = stepper.join(token=token())
    assert ann.session.state is State.PLAYING
    assert ann.session.identity.subject == "ann"


@pytest.mark.parametrize(
    ("presented", "names"),
    [(None, "asks for a token"), ("", "not valid"), ("x" * 2048, "not valid"), (token(exp=1), "expired")],
)
def test_without_a_good_one_nobody_does(stepper: Admission, presented: str | None, names: str) -> None:
    client = stepper.join(token=presented)
    code, sentence = end_of(client)
    assert code == Code.NOT_AUTHENTICATED
    assert names in sentence
    assert not stepper.room.players
    assert stepper.lobby.statistics().not_authenticated == 1


def test_guests_come_in_beside_those_who_say_who_they_are(open_to_guests: Admission) -> None:
    guest, admin = open_to_guests.join(), open_to_guests.join(token=token(role="admin"))
    assert (guest.session.may, admin.session.may) == (TABLE[Role.PLAYER], TABLE[Role.ADMIN])
    assert end_of(open_to_guests.join(token="rubbish"))[0] == Code.NOT_AUTHENTICATED


# roles -----------------------------------------------------------------------------------------------------


def test_who_may_only_watch_does(stepper: Admission) -> None:
    code, sentence = end_of(stepper.join(token=token(role="spectator")))
    assert code == Code.NOT_ALLOWED
    assert "the role spectator can't join as a player" in sentence
    eve = stepper.join(token=token(role="spectator"), role="spectator")
    assert eve.welcome.role == "spectator"
    for message in (Inputs(1, [Input()]), Chat("hi")):
        eve.say(message, 0.0)
    assert refusals(eve) == [Code.NOT_ALLOWED] * 2


@pytest.mark.parametrize("role", [*Role])
def test_the_session_asks_the_table(stepper: Admission, role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another table, another answer: nothing of it is written down elsewhere."""
    silent = {**TABLE, role: May(watch=True, play=True)}
    for asked_by in ("server.session.TABLE", "server.chat.talk.TABLE"):
        monkeypatch.setattr(asked_by, silent)
    mute = stepper.join(token=token(role=role.value))
    mute.say(Inputs(1, [Input()]), 0.0)
    mute.say(Chat("hi"), 0.0)
    assert refusals(mute) == [Code.NOT_ALLOWED]


@pytest.mark.parametrize("role", [Role.PLAYER, Role.EDITOR, Role.ADMIN])
def test_whoever_watches_is_a_spectator_meanwhile(stepper: Admission, role: Role) -> None:
    eve = stepper.join(token=token(role=role.value), role="spectator")
    assert eve.session.may == TABLE[Role.SPECTATOR]


# keys that are on their way --------------------------------------------------------------------------------


def waiting(stepper: Admission, **hello: Any) -> Client:
    stepper.lobby.gate.ask_for_keys = lambda: True
    client = stepper.join(token=token(ED25519, "EdDSA"), **hello)
    assert client.session.state is State.WAITING
    assert client.link.closed is None
    return client


def test_an_unknown_key_is_refused_when_there_will_be_no_news(stepper: Admission) -> None:
    assert end_of(stepper.join(token=token(ED25519, "EdDSA")))[0] == Code.NOT_AUTHENTICATED


def test_a_hello_waits_for_the_key_of_its_token(stepper: Admission) -> None:
    ann = waiting(stepper)
    assert stepper.lobby.statistics().hellos_waiting == 1
    stepper.verifier.keys = [HMAC, ED25519]
    stepper.news_of_keys()
    assert ann.session.state is State.PLAYING
    ann.read()
    assert ann.welcome.player == 1
    assert stepper.lobby.statistics().hellos_waiting == 0


def test_and_is_refused_when_the_news_is_of_others(stepper: Admission) -> None:
    ann = waiting(stepper)
    stepper.news_of_keys()
    assert end_of(ann)[0] == Code.NOT_AUTHENTICATED


def test_the_deadline_of_hello_holds_while_it_waits(stepper: Admission) -> None:
    ann = waiting(stepper)
    stepper.lobby.sweep(HELLO_DEADLINE_S + 0.1)
    assert end_of(ann)[0] == Code.HELLO_TIMEOUT
    stepper.verifier.keys = [ED25519]
    stepper.news_of_keys()
    assert not stepper.room.players


def test_who_has_gone_meanwhile_is_let_in_no_more(stepper: Admission) -> None:
    ann = waiting(stepper)
    stepper.drop(ann)
    stepper.verifier.keys = [ED25519]
    stepper.news_of_keys()
    assert not stepper.room.players


@pytest.mark.parametrize(("message", "code"), [(Hello(1, "Ann"), Code.HELLO_TWICE), (Ping(1), Code.HELLO_EXPECTED)])
def test_nothing_else_may_be_said_while_it_waits(stepper: Admission, message: Any, code: Code) -> None:
    ann = waiting(stepper)
    ann.say(message, 0.0)
    assert end_of(ann)[0] == code


# whose a seat is -------------------------------------------------------------------------------------------


def test_a_seat_is_resumed_only_by_its_subject(stepper: Admission) -> None:
    ann = stepper.join(token=token())
    stepper.drop(ann)
    eve = stepper.join("Eve", token=token(sub="eve"), resume=ann.welcome.resume)
    assert refusals(eve) == [Code.RESUME_REFUSED]
    assert eve.welcome.player == 2
    back = stepper.join("Ann", token=token(iat=NOW_UNIX_S), resume=ann.welcome.resume)
    assert back.welcome.player == ann.welcome.player


def test_a_guest_may_not_resume_what_a_subject_sat_on(open_to_guests: Admission) -> None:
    ann = open_to_guests.join(token=token())
    thief = open_to_guests.join("Thief", resume=ann.welcome.resume)
    assert refusals(thief) == [Code.RESUME_REFUSED]
    assert ann.link.closed is None


def test_a_bad_token_does_not_use_the_resume_token_up(stepper: Admission) -> None:
    ann = stepper.join(token=token())
    stepper.drop(ann)
    assert end_of(stepper.join(token="rubbish", resume=ann.welcome.resume))[0] == Code.NOT_AUTHENTICATED
    assert stepper.join(token=token(), resume=ann.welcome.resume).welcome.player == 1


def test_a_guest_may_come_back_from_another_address() -> None:
    stepper = Stepper()
    ann = stepper.join(address="1.2.3.4:1")
    stepper.drop(ann)
    assert stepper.join(address="5.6.7.8:1", resume=ann.welcome.resume).welcome.player == 1


# bans and mutes --------------------------------------------------------------------------------------------


def test_a_banned_subject_stays_out_until_it_ends(stepper: Admission) -> None:
    stepper.lobby.bans.add("subject:ann", 600.0, "spam", stepper.now_s)
    assert end_of(stepper.join(token=token())) == (Code.BANNED, "banned for 10 more min: spam")
    assert stepper.join(token=token(sub="bob")).session.state is State.PLAYING
    stepper.now_s = 601.0
    assert stepper.join(token=token()).session.state is State.PLAYING
    assert stepper.lobby.statistics().bans == 1


def test_a_banned_address_keeps_its_guests_out_and_nobody_else(open_to_guests: Admission) -> None:
    open_to_guests.lobby.bans.add("address:1.2.3.4", 600.0, "", open_to_guests.now_s)
    assert end_of(open_to_guests.join(address="1.2.3.4:999"))[0] == Code.BANNED
    assert open_to_guests.join(address="1.2.3.5:999").session.state is State.PLAYING
    assert open_to_guests.join(address="1.2.3.4:999", token=token()).session.state is State.PLAYING


def test_the_resume_token_of_who_is_banned_opens_nothing() -> None:
    stepper = Stepper()
    eve = stepper.join(address="1.2.3.4:1")
    stepper.drop(eve)
    stepper.lobby.bans.add("address:1.2.3.4", 60.0, "", 0.0)
    assert end_of(stepper.join(address="1.2.3.4:2", resume=eve.welcome.resume))[0] == Code.BANNED


def test_who_is_mute_plays_on_and_is_not_heard() -> None:
    stepper = Stepper()
    eve, ann = stepper.join("Eve", address="1.2.3.4:1"), stepper.join("Ann", address="1.2.3.5:1")
    stepper.lobby.mutes.add("address:1.2.3.4", 60.0, "", 0.0)
    eve.say(Chat("buy"), 1.0)
    ann.say(Chat("hi"), 1.0)
    stepper.step(2)
    assert refusals(eve) == [Code.CHAT_REFUSED]
    assert [line.text for line in ann.chats] == ["hi"]
    eve.say(Chat("sorry"), 61.0)
    stepper.step(2)
    assert [line.text for line in ann.chats] == ["hi", "sorry"]


def expelled(stepper: Stepper, client: Client) -> Callable[[], None]:
    (seat,) = [seat for seat in stepper.lobby.seats() if seat.player and seat.player.id == client.welcome.player]
    return lambda: stepper.lobby.expel(seat, Code.KICKED, "enough")


def test_who_is_expelled_is_told_and_loses_the_seat() -> None:
    stepper = Stepper()
    eve, ann = stepper.join("Eve"), stepper.join("Ann")
    expelled(stepper, eve)()
    assert end_of(eve) == (Code.KICKED, "enough")
    eve.session.lost(1.0)
    stepper.clients.remove(eve)
    stepper.step(2)
    assert ann.events_named("left") == [{"id": eve.welcome.player}]
    back = stepper.join("Eve", resume=eve.welcome.resume)
    assert refusals(back) == [Code.RESUME_REFUSED]
    assert not list(stepper.differences(ann))


def test_who_has_dropped_can_be_expelled_too() -> None:
    stepper = Stepper()
    eve = stepper.join("Eve")
    stepper.drop(eve)
    expelled(stepper, eve)()
    assert not stepper.room.players
    assert not stepper.lobby.seats()
