"""The conversation with the lobby in it: every message while browsing, every way from room to room, and back."""

from collections.abc import Callable

import pytest

from protocol import limits
from protocol.errors import Code
from protocol.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.messages import Browse, Chat, ClientMessage, Enter, Hello, Inputs, Leave, Open, Ping, Resync
from protocol.motion import Input
from protocol.ticks import Rates
from server.catalogue import Catalogue
from server.games.melee import Melee
from server.roles import TABLE, Role
from server.seats import Doors
from server.session import State
from tests.instruments.stepper import Client, Stepper, arena_named
from tests.server.conversations import goes_on, open_room, refusal_of

ENCODINGS = (SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON)
A_HIDDEN_PAGES_TIMER_S = 60.0
"""Browsers let it run no more often when the page has been hidden for five minutes."""


@pytest.fixture
def stepper() -> Stepper:
    arenas = {name: arena_named(name) for name in ("pinball", "belt")}
    return Stepper(catalogue=Catalogue({"melee": Melee}, lambda: arenas, Rates(), lambda: 1))


def errors(client: Client) -> list[int]:
    return [error.code for error in client.errors]


# in the lobby ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_visitor_is_told_what_there_is(stepper: Stepper, encoding: str) -> None:
    stepper.join("Bob", bot=True)
    ann = stepper.visit("Ann", encoding)
    assert (ann.session.state, ann.session.seat, ann.welcomed) == (State.BROWSING, None, None)
    [news] = ann.news
    assert [(room.name, room.game, room.players, room.bots) for room in news.rooms] == [("main", "melee", 1, 1)]
    assert [(game.name, game.title, game.arenas, game.teams) for game in news.games] == [
        ("melee", "Melee", ["pinball", "belt"], 0)
    ]
    assert (news.podium, news.reason) == (None, "")


@pytest.mark.parametrize("message", [Inputs(1, [Input()]), Resync(0)], ids=["inputs", "resync"])
def test_what_was_under_way_for_a_room_is_ignored_in_the_lobby(stepper: Stepper, message: ClientMessage) -> None:
    ann = stepper.visit()
    ann.say(message, 0.0)
    assert ann.session.state is State.BROWSING
    assert not ann.errors
    assert ann.bye is None


def test_a_ping_measures_the_way_to_the_lobby(stepper: Stepper) -> None:
    ann = stepper.visit()
    ann.say(Ping(7), 0.0)
    assert [(pong.nonce, pong.tick) for pong in ann.pongs] == [(7, 0)]


def test_too_many_pings_are_too_many_there_as_well(stepper: Stepper) -> None:
    ann = stepper.visit()
    for nonce in range(limits.PINGS_BURST_MAX + 1):
        ann.say(Ping(nonce), 0.0)
    assert refusal_of(ann) == Code.TOO_MANY_MESSAGES


def test_a_second_hello_is_the_end_in_the_lobby_too(stepper: Stepper) -> None:
    ann = stepper.visit()
    ann.say(Hello(1, "Ann"), 0.0)
    assert refusal_of(ann) == Code.HELLO_TWICE


def test_whoever_leaves_from_the_lobby_is_gone(stepper: Stepper) -> None:
    ann = stepper.visit()
    ann.say(Leave(), 0.0)
    assert refusal_of(ann) == 1000
    assert len(stepper.lobby.hall) == 0


def test_a_line_for_a_room_is_refused_gently(stepper: Stepper) -> None:
    ann = stepper.visit()
    ann.say(Chat("hi"), 0.0)
    assert errors(ann) == [Code.CHAT_REFUSED]
    assert ann.session.state is State.BROWSING


def test_silence_ends_a_visit_too(stepper: Stepper) -> None:
    ann = stepper.visit()
    stepper.lobby.sweep(limits.LOBBY_SILENCE_S_MAX)
    assert ann.session.state is State.BROWSING
    stepper.lobby.sweep(limits.LOBBY_SILENCE_S_MAX + 0.1)
    ann.read()
    assert refusal_of(ann) == Code.SILENT


def test_a_page_that_is_hidden_in_the_lobby_and_gets_to_speak_once_a_minute_stays(stepper: Stepper) -> None:
    ann = stepper.visit()
    for said_s in (A_HIDDEN_PAGES_TIMER_S, 2 * A_HIDDEN_PAGES_TIMER_S + 0.3, 3 * A_HIDDEN_PAGES_TIMER_S):
        stepper.lobby.sweep(said_s)
        assert ann.session.state is State.BROWSING
        ann.say(Ping(1), said_s)


def test_a_visit_has_no_deadline_of_hello(stepper: Stepper) -> None:
    ann = stepper.visit()
    stepper.lobby.sweep(limits.HELLO_DEADLINE_S + 0.1)
    assert ann.session.state is State.BROWSING


def test_a_visitor_with_a_good_token_is_back_in_the_seat(stepper: Stepper) -> None:
    ann = stepper.join("Ann")
    stepper.drop(ann)
    back = stepper.visit("Ann", resume=ann.welcome.resume)
    assert (back.session.state, back.welcome.player, back.news) == (State.PLAYING, 1, [])


def test_and_with_a_bad_one_in_the_lobby(stepper: Stepper) -> None:
    back = stepper.visit("Ann", resume="gone")
    assert back.session.state is State.BROWSING
    assert len(back.news) == 1
    assert errors(back) == [Code.RESUME_REFUSED]


# from room to room -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("role", ["player", "spectator"])
def test_from_the_lobby_into_a_room(stepper: Stepper, role: str, encoding: str) -> None:
    ann, bob = stepper.visit("Ann", encoding), stepper.join("Bob")
    ann.say(Enter("main", role), 0.0)  # type: ignore[arg-type]
    assert ann.session.state is State.PLAYING
    assert (ann.welcome.room, ann.welcome.role) == ("main", role)
    assert len(stepper.lobby.hall) == 0
    goes_on(stepper, bob)
    assert len(ann.snapshots) == 2


def test_from_one_room_to_another_without_a_new_connection(stepper: Stepper) -> None:
    open_room(stepper, "side")
    ann, bob = stepper.join("Ann", room="main"), stepper.join("Bob", room="main")
    token = ann.welcome.resume
    ann.say(Enter("side"), 0.0)
    assert (ann.welcome.room, ann.welcome.player, ann.welcome.role) == ("side", 1, "player")
    assert ann.welcome.resume != token
    assert list(stepper.room.players) == [2]
    assert [player.name for player in stepper.lobby.rooms["side"].players.values()] == ["Ann"]
    goes_on(stepper, bob)
    assert bob.events_named("left") == [{"id": 1}]
    ann.say(Ping(3), 0.0)
    assert ann.pongs[-1].tick == 0, "of the room where she is"


def test_the_token_of_the_seat_before_opens_nothing(stepper: Stepper) -> None:
    open_room(stepper, "side")
    ann = stepper.join("Ann", room="main")
    token = ann.welcome.resume
    ann.say(Enter("side"), 0.0)
    assert errors(stepper.join("Eve", resume=token)) == [Code.RESUME_REFUSED]
    assert ann.link.closed is None
    stepper.drop(ann)
    assert stepper.join("Ann", resume=ann.welcome.resume).welcome.room == "side"


def test_browsing_gives_the_seat_up(stepper: Stepper) -> None:
    ann, bob = stepper.join("Ann"), stepper.join("Bob")
    ann.say(Browse(), 0.0)
    assert (ann.session.state, ann.session.seat) == (State.BROWSING, None)
    assert list(stepper.room.players) == [2]
    assert [room.players for room in ann.news[-1].rooms] == [1]
    goes_on(stepper, bob)
    ann.say(Browse(), 1.0)
    assert len(ann.news) == 2
    ann.say(Enter("main"), 2.0)
    assert ann.welcome.player == 3


def test_a_player_becomes_a_spectator_of_the_same_room_and_back(stepper: Stepper) -> None:
    ann = stepper.join("Ann")
    ann.say(Enter("main", "spectator"), 0.0)
    assert (ann.welcome.role, list(stepper.room.players), stepper.room.spectators) == ("spectator", [], 1)
    ann.say(Inputs(1, [Input()]), 0.0)
    assert errors(ann) == [Code.NOT_ALLOWED]
    ann.say(Enter("main", "player"), 0.0)
    assert (ann.welcome.role, list(stepper.room.players), stepper.room.spectators) == ("player", [2], 0)


def test_what_the_room_before_owed_is_owed_no_more(stepper: Stepper) -> None:
    """And a welcome waits for a full socket, as events do."""
    open_room(stepper, "side")
    ann = stepper.join("Ann", room="main")
    ann.link.block()
    stepper.room.say("news", {"n": 1})
    ann.say(Enter("side"), 0.0)
    assert ann.welcome.room == "main"
    ann.link.unblock()
    side = stepper.lobby.rooms["side"]
    for _ in range(2):
        side.advance(0.0)
    ann.read()
    assert ann.welcome.room == "side"
    assert ann.events_named("news") == []
    assert len(ann.snapshots) == 1


def test_who_plays_in_a_room_with_more_people_than_there_may_be_now_keeps_the_own_place(stepper: Stepper) -> None:
    ann, bob = stepper.join("Ann", room="main"), stepper.join("Bob", room="main")
    stepper.room.players_max = 1
    ann.say(Enter("main"), 0.0)
    assert [error.code for error in ann.errors] == [Code.ROOM_FULL]
    assert list(stepper.room.players) == [1, 2]
    ann.say(Ping(7), 0.0)
    assert [pong.nonce for pong in ann.pongs] == [7]
    ann.say(Enter("main", role="spectator"), 0.0)
    assert (ann.welcome.role, [*stepper.room.players]) == ("spectator", [bob.player.id])


# where one can't go ----------------------------------------------------------------------------------------


def full(stepper: Stepper) -> None:
    stepper.room.players_max = len(stepper.room.players)


def stopping(stepper: Stepper) -> None:
    stepper.lobby.doors = Doors.RETURNING


def reopening(stepper: Stepper) -> None:
    stepper.lobby.reopening.add("main")


def crowded(stepper: Stepper) -> None:
    stepper.lobby.openings.rooms_max = 1


def nothing(stepper: Stepper) -> None:
    pass


@pytest.mark.parametrize(
    ("message", "given", "code"),
    [
        (Enter("nowhere"), nothing, Code.ROOM_NOT_FOUND),
        (Enter("main"), full, Code.ROOM_FULL),
        (Enter("main"), stopping, Code.SERVER_STOPPING),
        (Enter("main"), reopening, Code.SERVER_FAULT),
        (Enter(game="chess"), nothing, Code.OPEN_REFUSED),
        (Open("Fun", "chess", "pinball"), nothing, Code.OPEN_REFUSED),
        (Open("Fun", "melee", "moon"), nothing, Code.OPEN_REFUSED),
        (Open(" Fun", "melee", "pinball"), nothing, Code.OPEN_REFUSED),
        (Open("", "melee", "pinball"), nothing, Code.OPEN_REFUSED),
        (Open("a\nb", "melee", "pinball"), nothing, Code.OPEN_REFUSED),
        (Open("Fun", "melee", "pinball"), crowded, Code.OPEN_REFUSED),
        (Open("Fun", "melee", "pinball"), stopping, Code.SERVER_STOPPING),
    ],
)
@pytest.mark.parametrize("where", ["lobby", "room"])
def test_whoever_cant_go_stays(
    stepper: Stepper, message: ClientMessage, given: Callable[[Stepper], None], code: Code, where: str
) -> None:
    open_room(stepper, "side")
    ann = stepper.visit() if where == "lobby" else stepper.join(room="side")
    seat, state = ann.session.seat, ann.session.state
    given(stepper)
    ann.say(message, 0.0)
    assert errors(ann) == [code]
    assert ann.errors[0].sentence
    assert (ann.session.seat, ann.session.state, ann.bye) == (seat, state, None)
    assert len(stepper.lobby.rooms) == 2
    ann.say(Ping(9), 1.0)
    assert ann.pongs[-1].nonce == 9


def test_a_title_too_long_is_a_bad_field(stepper: Stepper) -> None:
    ann = stepper.visit()
    ann.say(Open("x" * (limits.TITLE_CHARS_MAX + 1), "melee", "pinball"), 0.0)
    assert refusal_of(ann) == Code.INVALID_FIELD


@pytest.mark.parametrize("message", [Enter("main"), Open("Fun", "melee", "pinball")], ids=["enter", "open"])
def test_the_table_of_roles_is_asked(stepper: Stepper, message: ClientMessage, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = stepper.visit()
    monkeypatch.setattr("server.session.TABLE", {**TABLE, Role.PLAYER: TABLE[Role.SPECTATOR]})
    ann.say(message, 0.0)
    assert errors(ann) == [Code.NOT_ALLOWED]
    ann.say(Enter("main", "spectator"), 0.0)
    assert ann.welcome.role == "spectator"


def test_too_much_to_and_fro_is_the_end(stepper: Stepper) -> None:
    ann = stepper.visit()
    for _ in range(limits.MOVES_BURST_MAX + 1):
        ann.say(Browse(), 0.0)
    assert refusal_of(ann) == Code.TOO_MANY_MESSAGES
    eve, moves = stepper.visit("Eve"), (Enter("main"), Browse(), Open("Fun", "chess", "pinball"))
    for number in range(limits.MOVES_BURST_MAX + 1):
        assert eve.bye is None
        eve.say(moves[number % 3], 0.0)
    assert refusal_of(eve) == Code.TOO_MANY_MESSAGES, "whichever way one goes"
    bob = stepper.visit("Bob")
    for second in range(4 * limits.MOVES_BURST_MAX):
        bob.say(Browse(), float(second))
    assert bob.bye is None
