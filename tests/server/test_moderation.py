"""What an admin can do to people and rooms, and the sentence for what can't be done."""

from typing import Any

import msgspec
import pytest

from protocol.errors import Code
from protocol.limits import NAME_CHARS_MAX, SEAT_KEPT_S
from protocol.messages import Chat, Enter, Rename
from server.checkpoint import capture, revive, seal, unseal
from server.games.melee import Melee
from server.gate import Gate
from server.lobby import Lobby
from server.moderation import ACTIONS, CantBe, Moderation, Order, RoomOrder, order_about, read_order
from server.restrictions import RESTRICTIONS_MAX, mark_of
from server.tokens import Rules, Verifier
from tests.instruments.keys import HMAC, NOW_UNIX_S, token
from tests.instruments.stepper import Client, Stepper
from tests.server.conversations import open_room

EVE, ANN = "1.2.3.4:1", "1.2.3.5:1"


class House:
    """A room with Ann and Eve, guests, and Bob, who has a token; and who looks after it."""

    def __init__(self) -> None:
        self.stepper = Stepper(gate=Gate(Verifier([HMAC], Rules()), clock=lambda: NOW_UNIX_S))
        self.lobby = self.stepper.lobby
        self.moderation = Moderation(self.lobby, self.lobby.close_room, lambda: None)
        self.ann = self.stepper.join("Ann", address=ANN)
        self.eve = self.stepper.join("Eve", address=EVE)
        self.bob = self.stepper.join("Bob", address=EVE, token=token(sub="bob"))

    def do(self, action: str, **order: Any) -> str:
        act, kind = ACTIONS[action]
        return act(self.moderation, kind(**order), self.stepper.now_s)

    def cant(self, action: str, **order: Any) -> str:
        with pytest.raises(CantBe) as error:
            self.do(action, **order)
        return str(error.value)

    def session(self, name: str) -> str:
        (line,) = [line for line in self.moderation.players(self.stepper.now_s) if line["name"] == name]
        return str(line["session"])

    def names(self) -> list[str]:
        return [player.name for player in self.stepper.room.players.values()]


@pytest.fixture
def house() -> House:
    return House()


def end_of(client: Client) -> tuple[int, str]:
    client.read()
    assert client.bye is not None
    return client.bye.code, client.bye.sentence


@pytest.mark.parametrize(
    ("whom", "left"),
    [
        ({"room": "main", "player": 2}, ["Ann", "Bob"]),
        ({"address": "1.2.3.4"}, ["Ann", "Bob"]),
        ({"address": "1.2.3.4", "name": "EVE"}, ["Ann", "Bob"]),
        ({"subject": "bob"}, ["Ann", "Eve"]),
    ],
)
def test_people_are_named_in_several_ways(house: House, whom: dict[str, Any], left: list[str]) -> None:
    assert house.do("kick", **whom).startswith("kicked 1")
    assert house.names() == left


def test_who_is_kicked_is_told_why_and_may_come_back(house: House) -> None:
    house.do("kick", room="main", player=2, reason="language")
    assert end_of(house.eve) == (Code.KICKED, "kicked by an admin: language")
    assert house.stepper.join("Eve", address=EVE).bye is None


def test_who_is_banned_may_not_until_it_ends_or_is_lifted(house: House) -> None:
    said = house.do("ban", room="main", player=2, seconds=90.0, reason="spam")
    assert said == "banned address:1.2.3.4 for 90 s, and kicked 1"
    assert end_of(house.eve) == (Code.BANNED, "banned for 90 s: spam")
    assert end_of(house.stepper.join("Eve", address="1.2.3.4:99"))[0] == Code.BANNED
    assert house.bob.link.closed is None
    assert house.do("unban", address="1.2.3.4") == "address:1.2.3.4 is banned no more"
    assert house.stepper.join("Eve", address="1.2.3.4:99").bye is None


def test_a_ban_by_place_is_one_of_the_subject_who_sits_there(house: House) -> None:
    assert "subject:bob" in house.do("ban", room="main", player=3)
    assert end_of(house.stepper.join("Bob", address=ANN, token=token(sub="bob")))[0] == Code.BANNED
    assert house.stepper.join("Guest", address=EVE).bye is None


def test_somebody_who_is_not_here_can_be_banned_all_the_same(house: House) -> None:
    assert house.do("ban", subject="carl").endswith("kicked 0")
    assert end_of(house.stepper.join("Carl", token=token(sub="carl")))[0] == Code.BANNED


def test_everybody_at_an_address_goes(house: House) -> None:
    house.stepper.join("Eve2", address="1.2.3.4:2")
    assert house.do("kick", address="1.2.3.4") == "kicked 2, all who are known as address:1.2.3.4"


@pytest.mark.parametrize("by_session", [True, False])
def test_by_session_and_by_place_one_is_kicked_and_nobody_else_who_is_there(house: House, by_session: bool) -> None:
    twin = house.stepper.join("Twin", address=EVE)
    whom = {"session": house.session("Twin")} if by_session else {"room": "main", "player": twin.player.id}
    assert house.do("kick", **whom) == "kicked 1"
    assert end_of(twin)[0] == Code.KICKED
    assert house.names() == ["Ann", "Eve", "Bob"]


def test_who_is_banned_by_session_may_not_come_back_and_the_others_may(house: House) -> None:
    twin = house.stepper.join("Twin", address=EVE)
    said = house.do("ban", session=house.session("Twin"), seconds=60.0)
    assert said == "banned address:1.2.3.4 twin for 60 s, and kicked 1"
    assert end_of(twin)[0] == Code.BANNED
    assert end_of(house.stepper.join("TWIN", address=EVE))[0] == Code.BANNED
    assert house.stepper.join("Other", address=EVE).bye is None
    house.do("unban", address="1.2.3.4", name="Twin")
    assert house.stepper.join("Twin", address=EVE).bye is None


def test_who_is_in_the_lobby_is_kicked_and_banned_as_well(house: House) -> None:
    carl, bob = house.stepper.visit("Carl", token=token(sub="carl")), house.stepper.visit("Bob", token=token(sub="bob"))
    assert [(one["name"], one["room"]) for one in house.moderation.players(0.0)][3:] == [("Carl", None), ("Bob", None)]
    assert house.do("kick", subject="carl", reason="spam") == "kicked 1"
    assert end_of(carl) == (Code.KICKED, "kicked by an admin: spam")
    assert "nobody" in house.cant("kick", subject="carl")
    assert house.do("ban", subject="bob").endswith("kicked 2"), "in the room and in the lobby"
    assert end_of(bob)[0] == Code.BANNED
    bob.say(Enter(room="main"), 1.0)
    assert house.names() == ["Ann", "Eve"]


def test_who_is_mute_is_not_heard_until_it_is_lifted(house: House) -> None:
    house.do("mute", room="main", player=2)
    house.eve.say(Chat("buy"), 1.0)
    house.do("unmute", room="main", player=2)
    house.eve.say(Chat("sorry"), 2.0)
    house.stepper.step(2)
    assert [line.text for line in house.ann.chats] == ["sorry"]


def test_who_is_mute_by_name_is_so_by_the_name_that_they_came_with(house: House) -> None:
    house.eve.say(Rename("Zoe"), house.stepper.now_s)
    said = house.do("mute", address="1.2.3.4", name="Zoe", seconds=60.0)
    assert said == "muted address:1.2.3.4 zoe and address:1.2.3.4 eve for 60 s: 1 who are here"
    house.lobby.leave(house.eve.session)
    eve = house.stepper.join("Eve", address=EVE)
    eve.say(Chat("rude"), house.stepper.now_s)
    house.stepper.step(2)
    assert house.ann.chats == []


def test_a_mute_by_session_is_lifted_before_that_of_all_who_are_there(house: House) -> None:
    session = house.session("Eve")
    house.do("mute", session=session)
    house.do("mute", address="1.2.3.4")
    assert house.do("unmute", session=session) == "address:1.2.3.4 eve is mute no more"
    assert house.do("unmute", session=session) == "address:1.2.3.4 is mute no more"
    assert "not mute" in house.cant("unmute", session=session)


def test_where_the_last_room_is_closed_a_fresh_one_is_told_of(house: House) -> None:
    def close(name: str, now_s: float) -> None:
        house.lobby.close_room(name, now_s)
        if not house.lobby.rooms:
            open_room(house.stepper, "fresh")

    house.moderation = Moderation(house.lobby, close, lambda: None)
    open_room(house.stepper, "other")
    assert house.do("close", room="other") == "closed the room other"
    assert house.do("close", room="main") == "closed the room main; a fresh one is open in its place"


def test_a_room_is_closed(house: House) -> None:
    assert house.do("close", room="main") == "closed the room main"
    assert end_of(house.ann)[0] == Code.ROOM_CLOSED
    assert "no room" in house.cant("close", room="main")


@pytest.mark.parametrize(
    ("action", "order", "names"),
    [
        ("kick", {"room": "main", "player": 9}, "no player 9"),
        ("kick", {"room": "side", "player": 1}, "'side'"),
        ("kick", {"address": "9.9.9.9"}, "nobody"),
        ("kick", {}, "say whom"),
        ("kick", {"player": 1}, "say whom"),
        ("kick", {"room": "main"}, "say whom"),
        ("kick", {"room": "main", "player": 1, "subject": "bob"}, "say whom"),
        ("ban", {"subject": "bob", "address": "1.2.3.4"}, "say whom"),
        ("ban", {"address": "1.2.3.400"}, "'1.2.3.400' is no address"),
        ("ban", {"address": "1.2.3.4/24"}, "is no address"),
        ("mute", {"address": "eve", "name": "Eve"}, "'eve' is no address"),
        ("unban", {"subject": "bob"}, "not banned"),
        ("unmute", {"subject": "bob"}, "not mute"),
    ],
)
def test_what_cant_be_done_is_said_and_changes_nothing(
    house: House, action: str, order: dict[str, Any], names: str
) -> None:
    assert names in house.cant(action, **order)
    assert house.names() == ["Ann", "Eve", "Bob"]
    assert not house.moderation.restrictions(0.0)


def test_a_full_table_is_said_and_nobody_is_kicked(house: House) -> None:
    for n in range(RESTRICTIONS_MAX):
        house.do("ban", subject=f"nobody-{n}")
    assert str(RESTRICTIONS_MAX) in house.cant("ban", subject="bob")
    assert house.names() == ["Ann", "Eve", "Bob"]


def test_a_reason_is_text_on_one_line() -> None:
    with pytest.raises(ValueError, match="printable"):
        Order(subject="bob", reason="a\nb")


def test_it_tells_who_is_here_and_what_holds(house: House) -> None:
    house.do("mute", subject="bob", seconds=60.0, reason="loud")
    house.stepper.drop(house.eve)
    house.stepper.join("Zoe", role="spectator")
    house.stepper.visit("Viv")
    told = {line["name"]: line for line in house.moderation.players(1.0)}
    assert {name: line["room"] for name, line in told.items() if line["room"] != "main"} == {"Viv": None}
    assert (told["Viv"]["connected"], told["Zoe"]["connected"]) == (True, True)
    assert not any(line["bot"] for line in told.values())
    assert [(told[name]["player"], told[name]["connected"], told[name]["muted"]) for name in ("Ann", "Eve", "Bob")] == [
        (1, True, False),
        (2, False, False),
        (3, True, True),
    ]
    assert (told["Bob"]["subject"], told["Bob"]["role"], told["Bob"]["known_as"]) == ("bob", "player", "subject:bob")
    assert (told["Zoe"]["player"], told["Zoe"]["room"]) == (None, "main")
    assert house.do("kick", session=house.session("Zoe")) == "kicked 1"
    assert [told[name]["kept_s"] for name in ("Ann", "Eve", "Bob")] == [None, SEAT_KEPT_S - 1.0, None]
    assert house.moderation.restrictions(1.0) == [
        {"what": "mute", "known_as": "subject:bob", "seconds": 59, "reason": "loud"}
    ]


def restarted(house: House) -> Moderation:
    """The next process, where everybody has yet to come back; the clock there says 100."""
    room, before = house.stepper.room, house.lobby
    saved = unseal(seal(capture(room, before.save_seats(room, house.stepper.now_s))))
    lobby = Lobby()
    lobby.add_room(revive(saved, Melee, room.arena, room.rates, {}), saved.seats, 100.0)
    return Moderation(lobby, lobby.close_room, lambda: None)


def test_after_a_restart_those_who_have_yet_to_come_back_are_seen_and_can_be_sent_away(house: House) -> None:
    after = restarted(house)
    told = after.players(110.0)
    assert [(line["name"], line["connected"], line["kept_s"], line["known_as"]) for line in told] == [
        ("Ann", False, SEAT_KEPT_S - 10.0, "address:1.2.3.5"),
        ("Eve", False, SEAT_KEPT_S - 10.0, "address:1.2.3.4"),
        ("Bob", False, SEAT_KEPT_S - 10.0, "subject:bob"),
    ]
    assert after.kick(Order(room="main", player=1), 110.0) == "kicked 1"
    assert after.ban(Order(subject="bob"), 110.0).endswith("and kicked 1")
    assert [line["name"] for line in after.players(110.0)] == ["Eve"]
    assert [player.name for player in after.lobby.rooms["main"].players.values()] == ["Eve"]


def test_a_room_order_is_about_a_room() -> None:
    assert {name for name, (_, kind) in ACTIONS.items() if kind is RoomOrder} == {"close"}


def test_reports_are_listed_and_dismissed(house: House) -> None:
    house.eve.say(Chat("rude"), 1.0)
    house.ann.say(Chat("/report Eve rude"), 2.0)
    (report,) = house.moderation.reports(5.0)
    assert (report["report"], report["name"], report["known_as"]) == (1, "Eve", "address:1.2.3.4")
    assert (report["by"], report["seconds_ago"], report["reason"]) == ("Ann", 3, "rude")
    assert [line["text"] for line in report["lines"]] == ["rude"]
    assert house.do("dismiss", report=1) == "dismissed the report 1"
    assert house.moderation.reports(5.0) == []
    assert house.cant("dismiss", report=1) == "there is no report 1"


def test_a_ban_reaches_those_who_are_in_the_lobby(house: House) -> None:
    guest, ann = house.stepper.visit("Guest", address=EVE), house.stepper.visit("Ann", address=ANN)
    assert house.do("ban", address="1.2.3.4").endswith("and kicked 2")
    assert end_of(guest)[0] == Code.BANNED
    assert ann.bye is None
    ann.read()
    assert ann.link.closed is None


@pytest.mark.parametrize("action", ["mute", "ban"])
def test_what_somebody_has_said_goes_whatever_they_were_called_then(house: House, action: str) -> None:
    house.eve.say(Chat("rude"), house.stepper.now_s)
    house.eve.say(Rename("Zoe"), house.stepper.now_s)
    house.bob.say(Chat("polite"), house.stepper.now_s)
    house.do(action, address="1.2.3.4", name="Zoe")
    late = house.stepper.join("Late")
    house.stepper.step(4)
    assert [line.text for line in late.chats] == ["polite"]


def test_whoever_hasnt_said_who_they_are_isnt_meant_yet(house: House) -> None:
    stranger = house.stepper.connect(address=EVE)
    assert house.do("ban", address="1.2.3.4").endswith("and kicked 1")
    assert stranger.link.closed is None


def test_somebody_elsewhere_is_meant_by_what_they_are_known_by(house: House) -> None:
    assert order_about("subject:a:b", "subject:a:b", "spam") == Order(subject="a:b", reason="spam")
    network = "address:2001:db8::/64"
    assert order_about(network, f"{network} ann b", "") == Order(address="2001:db8::/64", name="ann b")
    longest = order_about(network, mark_of(network, "ΐ" * NAME_CHARS_MAX, is_guest=True), "")
    assert read_order(msgspec.json.encode(longest), Order) == longest
    with pytest.raises(CantBe, match="there is no other process"):
        house.moderation.kick_afar(Order(subject="ann"))
    asked = list[Order]()
    house.moderation.on_kick_afar = asked.append
    house.moderation.kick_afar(Order(subject="ann"))
    assert asked == [Order(subject="ann")]
