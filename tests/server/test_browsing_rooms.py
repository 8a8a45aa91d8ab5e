"""Rooms that open and end, as those who know the lobby see it."""

import pytest

from protocol import limits
from protocol.errors import Code
from protocol.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.messages import Browse, ClientMessage, Enter, Inputs, Open
from protocol.motion import Input
from protocol.ticks import Rates
from server.catalogue import Catalogue
from server.games.melee import Melee
from server.session import State
from tests.instruments.stepper import Client, Stepper, arena_named
from tests.server.conversations import refusal_of

ENCODINGS = (SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON)


@pytest.fixture
def stepper() -> Stepper:
    arenas = {name: arena_named(name) for name in ("pinball", "belt")}
    return Stepper(catalogue=Catalogue({"melee": Melee}, lambda: arenas, Rates(), lambda: 1))


def errors(client: Client) -> list[int]:
    return [error.code for error in client.errors]


@pytest.mark.parametrize("first", [None, Browse(), Enter("main")], ids=["visitor", "browse", "enter"])
def test_a_rooms_end_brings_those_who_know_the_lobby_there(stepper: Stepper, first: ClientMessage | None) -> None:
    ann = stepper.visit() if first is None else stepper.join()
    if first is not None:
        ann.say(first, 0.0)
    ann.say(Enter("main"), 0.0)
    told = len(ann.news)
    stepper.lobby.close_room("main", 0.0, sentence="it is over")
    ann.read()
    assert (ann.session.state, ann.session.seat, ann.bye) == (State.BROWSING, None, None)
    assert [(news.rooms, news.reason) for news in ann.news[told:]] == [([], "it is over")]
    ann.say(Inputs(5, [Input()]), 0.0)
    ann.say(Enter(), 0.0)
    assert ann.welcome.room != "main"


def test_for_everybody_else_the_conversation_ends(stepper: Stepper) -> None:
    bob = stepper.join("Bob")
    stepper.lobby.close_room("main", 0.0)
    bob.read()
    assert refusal_of(bob) == Code.ROOM_CLOSED


def test_a_room_that_failed_says_so(stepper: Stepper) -> None:
    ann = stepper.visit()
    ann.say(Enter("main"), 0.0)
    stepper.lobby.close_room("main", 0.0, Code.SERVER_FAULT, "a mistake of ours")
    ann.read()
    assert ann.news[-1].reason == "a mistake of ours"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_whoever_opens_a_room_is_in_it(stepper: Stepper, encoding: str) -> None:
    opened = list[str]()
    stepper.lobby.on_open = lambda room: opened.append(room.name)
    ann, bob = stepper.visit("Ann", encoding), stepper.visit("Bob")
    ann.say(Open("Ann's place", "melee", "belt"), 0.0)
    assert (ann.session.state, ann.welcome.player, ann.welcome.role) == (State.PLAYING, 1, "player")
    assert ann.welcome.arena.name == arena_named("belt").name
    assert opened == [ann.welcome.room]
    bob.say(Browse(), 1.0)
    [listed] = [room for room in bob.news[-1].rooms if room.name == ann.welcome.room]
    assert (listed.title, listed.arena, listed.players) == ("Ann's place", "belt", 1)
    bob.say(Enter(listed.name), 2.0)
    assert bob.welcome.player == 2


def test_a_private_room_is_listed_for_nobody_and_open_to_whoever_has_its_name(stepper: Stepper) -> None:
    ann, bob = stepper.visit("Ann"), stepper.visit("Bob")
    ann.say(Open("Secret", "melee", "pinball", private=True), 0.0)
    bob.say(Browse(), 1.0)
    assert [room.name for room in bob.news[-1].rooms] == ["main"]
    bob.say(Enter(), 1.0)
    assert bob.welcome.room == "main", "quick play doesn't lead there"
    bob.say(Enter(ann.welcome.room), 2.0)
    assert bob.welcome.player == 2


def test_one_person_opens_so_many_rooms_and_no_more(stepper: Stepper) -> None:
    ann = stepper.visit()
    for number in range(limits.OPENS_BURST_MAX):
        ann.say(Open(f"Room {number}", "melee", "pinball"), 0.0)
    assert len(stepper.lobby.rooms) == 1 + limits.OPENS_BURST_MAX
    ann.say(Open("One more", "melee", "pinball"), 1.0)
    assert errors(ann) == [Code.OPEN_REFUSED]
    eve = stepper.visit("Eve")
    eve.say(Open("Another connection", "melee", "pinball"), 1.0)
    assert errors(eve) == [Code.OPEN_REFUSED], "from the same address"
    ann.say(Open("Later", "melee", "pinball"), 60.0 / limits.OPENS_PER_MINUTE_MAX + 1.0)
    assert len(stepper.lobby.rooms) == 2 + limits.OPENS_BURST_MAX
