"""Whom an admin means: one alone by a number that they keep, or all at an address, and how many that is."""

import pytest

from protocol.messages import Browse, Chat, Rename
from server.checkpoint import capture, revive
from server.games.melee import Melee
from server.lobby import Lobby
from server.whom import everybody, keys_of, session_of
from tests.server.test_moderation import EVE, House


@pytest.fixture
def house() -> House:
    return House()


def test_of_two_at_an_address_one_can_be_meant(house: House) -> None:
    twin = house.stepper.join("Twin", address=EVE)
    session = house.session("Twin")
    assert house.do("mute", session=session, seconds=60.0) == "muted address:1.2.3.4 twin for 60 s: 1 who are here"
    twin.say(Chat("buy"), 1.0)
    house.eve.say(Chat("hello"), 1.0)
    house.stepper.step(2)
    assert [line.text for line in house.ann.chats] == ["hello"]
    assert house.do("kick", session=session) == "kicked 1"
    assert (twin.session.seat, house.names()) == (None, ["Ann", "Eve", "Bob"])
    assert "no session" in house.cant("kick", session=session)
    assert "say whom" in house.cant("kick", session=house.session("Eve"), address="1.2.3.4")


def test_who_is_mute_by_session_is_so_by_another_name(house: House) -> None:
    house.do("mute", session=house.session("Eve"))
    assert house.eve.session.speaker is not None
    house.eve.session.speaker.rename("Somebody")
    house.eve.say(Chat("buy"), 1.0)
    house.stepper.step(2)
    assert house.ann.chats == []


def test_a_rename_escapes_no_ban_and_orders_know_the_present_name(house: House) -> None:
    house.eve.say(Rename("Rude"), 1.0)
    assert house.do("mute", address="1.2.3.4", name="Rude").endswith("1 who are here")
    house.eve.say(Rename("Ruder"), 2.0)
    house.eve.say(Chat("buy"), 2.0)
    house.stepper.step(2)
    assert house.ann.chats == []
    session, said = (
        house.session("Ruder"),
        "banned address:1.2.3.4 eve and address:1.2.3.4 ruder for 3600 s, and kicked 1",
    )
    assert house.do("ban", session=session) == said
    for name, is_out in (("Eve", True), ("RUDER", True), ("Zoe", False)):
        assert (house.stepper.join(name, address=EVE).bye is not None) == is_out


@pytest.mark.parametrize("action", ["kick", "ban"])
def test_who_is_called_otherwise_now_is_meant_by_that_name(house: House, action: str) -> None:
    house.eve.say(Rename("Rude"), 1.0)
    assert house.do(action, address="1.2.3.4", name="Rude").startswith(("kicked 1", "banned address:1.2.3.4 rude"))
    assert house.names() == ["Ann", "Bob"]


def test_a_mute_by_name_is_lifted_as_it_was_made(house: House) -> None:
    house.eve.say(Rename("Rude"), 1.0)
    house.do("mute", address="1.2.3.4", name="Rude")
    house.do("unmute", address="1.2.3.4", name="Rude")
    assert house.moderation.restrictions(1.0) == []


def test_a_session_keeps_its_number_from_room_to_room_and_through_a_lost_connection(house: House) -> None:
    session, resume = house.session("Eve"), house.eve.welcome.resume
    house.stepper.drop(house.eve)
    assert house.session("Eve") == session, "while she is away"
    back = house.stepper.join("Eve", address="1.2.3.4:7", resume=resume)
    assert house.session("Eve") == session
    back.say(Browse(), house.stepper.now_s)
    assert house.session("Eve") == session
    assert len({line["session"] for line in house.moderation.players(0.0)}) == 3


def test_lifting_a_mute_by_session_lifts_that_of_the_address_if_there_is_no_other(house: House) -> None:
    house.do("mute", address="1.2.3.4")
    assert house.do("unmute", session=house.session("Eve")) == "address:1.2.3.4 is mute no more"
    assert "is not mute" in house.cant("unmute", session=house.session("Eve"))


def test_a_seat_of_before_a_restart_has_no_number_and_can_be_meant_by_name(house: House) -> None:
    room = house.stepper.room
    saved = capture(room, house.lobby.save_seats(room, 0.0))
    lobby = Lobby()
    lobby.add_room(revive(saved, Melee, room.arena, room.rates, {}), saved.seats, 0.0)
    ours = [(session_of(lobby, one), keys_of(one)) for one in everybody(lobby)]
    assert ours == [
        (None, ("address:1.2.3.5", "address:1.2.3.5 ann", "address:1.2.3.5 ann")),
        (None, ("address:1.2.3.4", "address:1.2.3.4 eve", "address:1.2.3.4 eve")),
        (None, ("subject:bob", "subject:bob", "subject:bob")),
    ]
