"""Which room is the best: company, but no crowd; nobody's private room; and what the list says."""

import pytest

from protocol.errors import Violation
from protocol.limits import ROOMS_LISTED_MAX
from protocol.ticks import Rates
from server.card import PERMANENT, Card
from server.game import Player
from server.games.melee import Melee
from server.room import Room
from server.rooms import CROWD, best, described, given, listed
from tests.instruments.stepper import FakeLink, arena_named

CABIN = arena_named("pinball")
OPENED = Card("Opened", is_permanent=False)


def room_of(name: str, people: int = 0, bots: int = 0, card: Card = PERMANENT, players_max: int = 64) -> Room:
    """A room with so many who are connected."""
    room = Room(name, Melee, CABIN, Rates(), 1, players_max=players_max, card=card)
    for number in range(people + bots):
        player: Player = room.join(f"P{number}", bot=number >= people)
        room.watch(FakeLink(), player)
    return room


def test_company_is_the_best() -> None:
    empty, bots, lively = room_of("empty"), room_of("bots", bots=5), room_of("lively", people=2, card=OPENED)
    assert best([empty, bots, lively], None, None, watches=False) is lively
    assert best([empty, bots], None, None, watches=False) is bots
    assert best([], None, None, watches=False) is None


def test_but_no_crowd() -> None:
    crowd, larger, quiet = room_of("crowd", bots=CROWD), room_of("larger", bots=CROWD + 2), room_of("quiet")
    assert best([crowd, quiet], None, None, watches=False) is quiet
    assert best([larger, crowd], None, None, watches=False) is crowd


def test_a_full_room_is_for_those_who_watch() -> None:
    full = room_of("full", people=2, players_max=2)
    assert best([full], None, None, watches=False) is None
    assert best([full], None, None, watches=True) is full


def test_another_one_rather_than_the_one_where_they_are() -> None:
    here, there = room_of("here", people=3), room_of("there")
    assert best([here, there], None, here, watches=False) is there
    assert best([here], None, here, watches=False) is here
    full = room_of("full", people=2, players_max=2)
    assert best([full], None, full, watches=False) is full, "their own place is free"


def test_of_the_game_that_is_asked_for() -> None:
    assert best([room_of("main")], "ball", None, watches=False) is None
    assert best([room_of("main")], "melee", None, watches=False) is not None


def test_a_private_room_is_nobodys_choice() -> None:
    private = room_of("x", people=3, card=Card("Ours", is_private=True, is_permanent=False))
    assert best([private], None, None, watches=True) is None
    with pytest.raises(Violation, match="no room is open"):
        given([private])
    assert listed([private]) == []


def test_whoever_names_no_room_in_hello_is_given_the_emptiest_of_the_operators() -> None:
    first, second, opened = room_of("first", bots=2), room_of("second", bots=1), room_of("opened", card=OPENED)
    assert given([first, second, opened]) is second
    assert given([opened]) is opened


def test_the_list_begins_with_the_most_people_and_ends_somewhere() -> None:
    quiet, lively = room_of("quiet", bots=2), room_of("lively", people=1, card=OPENED)
    lively.watch(FakeLink(), None)
    rows = listed([quiet, lively])
    assert [(row.name, row.title, row.players, row.bots, row.spectators) for row in rows] == [
        ("lively", "Opened", 1, 0, 1),
        ("quiet", "quiet", 2, 2, 0),
    ]
    assert len(listed([quiet] * (ROOMS_LISTED_MAX + 1))) == ROOMS_LISTED_MAX


def test_tools_are_told_of_all_rooms_that_are_open_to_all() -> None:
    opened = room_of("opened", people=1, bots=2, card=OPENED)
    private = room_of("x", card=Card("Ours", is_private=True, is_permanent=False))
    [row] = described([opened, private])
    assert (row["name"], row["title"], row["game"], row["map"]) == ("opened", "Opened", "melee", CABIN.name)
    assert (row["players"], row["bots"], row["people"], row["players_max"], row["resting"]) == (3, 2, 1, 64, False)
