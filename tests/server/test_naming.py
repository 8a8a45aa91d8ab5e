"""Another name over the same connection: who is told, what follows, and what is refused."""

import pytest

from protocol import limits
from protocol.errors import Code
from protocol.limits import SUBPROTOCOL_JSON
from protocol.messages import Enter, Rename
from server.moderation import Order
from server.restrictions import Restriction
from server.results import Score, placings
from tests.instruments.stepper import Client
from tests.server.chat.hall import Hall, last, lines, notices, number_of, refusals


@pytest.fixture
def hall() -> Hall:
    return Hall()


def rename(hall: Hall, client: Client, name: str) -> None:
    client.say(Rename(name), hall.now_s)
    hall.flush()


def renamings(client: Client) -> list[dict[str, object]]:
    return [event.body for event in client.events if event.name == "renamed"]


def test_everybody_in_the_room_is_told_and_what_is_theirs_stays(hall: Hall) -> None:
    ann, bob, eve = hall.enter("Ann"), hall.join("Bob", SUBPROTOCOL_JSON), hall.enter("Eve", role="spectator")
    player = ann.player
    rename(hall, ann, "Bea")
    assert renamings(ann) == renamings(bob) == renamings(eve) == [{"id": player.id, "name": "Bea"}]
    assert hall.room.players[player.id] is player
    assert [info.name for info in hall.enter("Late").welcome.players] == ["Bea", "Bob", "Late"]
    assert [line.name for line in placings([Score(player.id, 3)], hall.room.players)] == ["Bea"], "standings follow"
    rename(hall, ann, "Bea")
    assert len(renamings(bob)) == 1, "that is no news"


def test_who_has_no_ship_is_called_so_from_the_next_line_and_the_next_room_on(hall: Hall) -> None:
    visitor, eve = hall.visit("Ann"), hall.enter("Eve", role="spectator")
    rename(hall, visitor, "Bea")
    hall.say(visitor, "hello", "lobby")
    assert (last(eve).name, last(eve).text) == ("Bea", "hello")
    rename(hall, eve, "Eva")
    assert not renamings(eve), "nobody has an Eve in their roster"
    visitor.say(Enter(), hall.now_s)
    assert visitor.session.seated.player is not None
    assert visitor.session.seated.player.name == "Bea"


def test_a_mute_holds_and_both_names_are_understood(hall: Hall) -> None:
    ann, bob = hall.enter("Ann"), hall.enter("Bob")
    hall.say(ann, "one")
    hall.say(bob, "/mute Ann")
    rename(hall, ann, "Bea")
    hall.say(ann, "two")
    assert lines(bob) == ["one"]
    hall.say(bob, "/unmute Ann")
    hall.say(bob, "/mute Bea")
    assert notices(bob)[-1].startswith(f"You don't hear Bea #{number_of(ann)} any more")


def test_nobody_takes_a_name_that_is_banned_where_they_are(hall: Hall) -> None:
    ann, bob = hall.enter("Ann"), hall.enter("Bob")
    hall.moderation.ban(Order(address="10.0.0.1", name="Eve", seconds=600.0, reason="spam"), hall.now_s)
    rename(hall, ann, "EVE")
    assert [(error.code, error.sentence) for error in ann.errors] == [
        (Code.INVALID_NAME, "that name is banned for 10 more min: spam")
    ]
    assert (ann.session.name, ann.player.name, renamings(bob), ann.bye) == ("Ann", "Ann", [], None)
    rename(hall, bob, "Eve")
    assert renamings(ann) == [{"id": bob.player.id, "name": "Eve"}], "at another address it is another's"


def test_an_admins_mute_of_what_one_is_called_holds_by_any_other_name(hall: Hall) -> None:
    """Also where the process that was asked to mute them didn't know who that is."""
    ann, bob = hall.enter("Ann"), hall.enter("Bob")
    rename(hall, ann, "Bea")
    hall.lobby.mutes.adopt("address:10.0.0.1 bea", Restriction(hall.now_s + 600.0, ""), hall.now_s)
    hall.moderation.enforce_mute(("address:10.0.0.1 bea",))
    rename(hall, ann, "Cid")
    hall.say(ann, "rude")
    assert refusals(ann) == ["an admin has muted you for a while"]
    rename(hall, ann, "Dan")
    hall.say(ann, "ruder")
    assert lines(bob) == []
    (line,) = [one for one in hall.moderation.players(hall.now_s) if one["name"] == "Dan"]
    assert line["muted"]
    hall.moderation.unmute(Order(session=line["session"]), hall.now_s)
    hall.say(ann, "polite")
    assert lines(bob) == ["polite"]


@pytest.mark.parametrize("name", ["", " Ann", "A" * (limits.NAME_CHARS_MAX + 1), "A\nB"])
def test_what_hello_would_refuse_is_refused_and_one_plays_on(hall: Hall, name: str) -> None:
    ann, bob = hall.enter("Ann"), hall.enter("Bob")
    rename(hall, ann, name)
    assert [error.code for error in ann.errors] == [Code.INVALID_NAME]
    assert (ann.session.name, ann.player.name, renamings(bob), ann.bye) == ("Ann", "Ann", [], None)


def test_there_are_only_so_many_names_a_minute(hall: Hall) -> None:
    ann, bob = hall.enter("Ann"), hall.enter("Bob")
    for number in range(limits.RENAMES_BURST_MAX + 1):
        rename(hall, ann, f"Ann {number}")
    assert refusals(ann) == [f"too many names: {limits.RENAMES_PER_MINUTE_MAX} a minute"]
    assert len(renamings(bob)) == limits.RENAMES_BURST_MAX
    hall.now_s += 59.0 / limits.RENAMES_PER_MINUTE_MAX
    rename(hall, ann, "Too soon")
    hall.now_s += 1.0 / limits.RENAMES_PER_MINUTE_MAX
    assert ann.player.name != "Too soon"
    rename(hall, ann, "At last")
    assert ann.player.name == "At last"


def test_who_comes_back_is_called_what_they_chose(hall: Hall) -> None:
    ann = hall.enter("Ann")
    rename(hall, ann, "Bea")
    token = ann.welcome.resume
    hall.drop(ann)
    again = hall.join("Ann", resume=token)
    hall.say(again, "back")
    assert (again.session.name, again.player.name, last(again).name) == ("Bea", "Bea", "Bea")
