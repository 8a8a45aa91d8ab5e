"""Rooms and sessions as an admin sees them: true, searchable, and never more than fits a page."""

import pytest

from protocol.stats import ROOMS_SHOWN_MAX, SESSIONS_SHOWN_MAX, Look, Sessions
from server.card import Card
from server.gate import Gate
from server.lobby import Lobby
from server.stats_tables import Directory, rooms
from server.tokens import Rules, Verifier
from tests.instruments.keys import HMAC, NOW_UNIX_S, token
from tests.instruments.stepper import Stepper


def sessions(lobby: Lobby, look: Look, now_s: float) -> Sessions:
    return Directory(lobby, now_s).page(look)


@pytest.fixture
def stepper() -> Stepper:
    return Stepper(gate=Gate(Verifier([HMAC], Rules()), clock=lambda: NOW_UNIX_S))


def test_a_room(stepper: Stepper) -> None:
    stepper.join("Ann")
    stepper.join("Bolt", bot=True)
    stepper.join("Eve", role="spectator")
    stepper.step(3)
    [row] = rooms(stepper.lobby)
    assert (row.name, row.game, row.arena) == ("main", "melee", stepper.room.arena.name)
    assert (row.players, row.bots, row.spectators) == (2, 1, 1)
    assert (row.tick, row.tick_rate, row.players_max) == (3, 60, stepper.room.players_max)
    assert row.entities == len(stepper.room.world)


def test_a_room_is_called_what_people_call_it(stepper: Stepper) -> None:
    assert rooms(stepper.lobby)[0].title == "main"
    stepper.room.card = Card(title="Ann's place")
    assert rooms(stepper.lobby)[0].title == "Ann's place"


def test_of_many_rooms_the_fullest_are_shown(stepper: Stepper) -> None:
    room = stepper.room
    for n in range(ROOMS_SHOWN_MAX + 5):
        stepper.lobby.open_room(f"room {n}", type(room.game), room.arena, room.rates, seed=n)
    stepper.join("Ann", room="room 104")
    shown = rooms(stepper.lobby)
    assert len(shown) == ROOMS_SHOWN_MAX
    assert shown[0].name == "room 104"


def test_a_session(stepper: Stepper) -> None:
    ann = stepper.join("Ann", token=token(sub="ann", role="editor"))
    ann.player.rtt_ms = 42
    [row] = sessions(stepper.lobby, Look(), stepper.now_s).rows
    assert (row.room, row.player, row.name, row.bot) == ("main", ann.player.id, "Ann", False)
    assert (row.subject, row.role, row.known_as) == ("ann", "editor", "subject:ann")
    assert (row.connected, row.kept_s, row.muted, row.rtt_ms) == (True, None, False, 42)
    stepper.lobby.mutes.add("subject:ann", 60.0, "", stepper.now_s)
    ann.link.block()
    [row] = sessions(stepper.lobby, Look(), stepper.now_s).rows
    assert (row.muted, row.blocked) == (True, True)
    stepper.drop(ann)
    [row] = sessions(stepper.lobby, Look(), stepper.now_s).rows
    assert (row.connected, row.blocked) == (False, False)
    assert row.kept_s is not None
    assert row.kept_s > 0


def test_somebody_in_the_lobby_is_in_no_room(stepper: Stepper) -> None:
    stepper.visit("Carl", token=token(sub="carl"))
    stepper.join("Ann")
    shown = sessions(stepper.lobby, Look(), stepper.now_s).rows
    assert [(row.name, row.room, row.connected) for row in shown] == [("Ann", "main", True), ("Carl", None, True)]
    assert (shown[1].player, shown[1].known_as, shown[1].kept_s) == (None, "subject:carl", None)
    assert sessions(stepper.lobby, Look("carl"), stepper.now_s).matches == 1


def test_a_spectator_has_no_player(stepper: Stepper) -> None:
    stepper.join("Eve", role="spectator", address="203.0.113.5:1000")
    [row] = sessions(stepper.lobby, Look(), stepper.now_s).rows
    assert (row.player, row.name, row.known_as) == (None, "Eve", "address:203.0.113.5")


def test_people_come_before_bots(stepper: Stepper) -> None:
    for n in range(3):
        stepper.join(f"Bot {n}", bot=True)
        stepper.join(f"Person {n}")
    shown = [row.name for row in sessions(stepper.lobby, Look(), 0.0).rows]
    assert shown == ["Person 0", "Person 1", "Person 2", "Bot 0", "Bot 1", "Bot 2"]


def test_pages_have_everybody_once_and_end(stepper: Stepper) -> None:
    for n in range(2 * SESSIONS_SHOWN_MAX + 3):
        stepper.join(f"Bot {n}", bot=True)
    pages = [sessions(stepper.lobby, Look(first=n * SESSIONS_SHOWN_MAX), 0.0) for n in range(4)]
    assert [len(page.rows) for page in pages] == [SESSIONS_SHOWN_MAX, SESSIONS_SHOWN_MAX, 3, 3]
    assert {page.matches for page in pages} == {2 * SESSIONS_SHOWN_MAX + 3}
    assert len({row.name for page in pages[:3] for row in page.rows}) == 2 * SESSIONS_SHOWN_MAX + 3
    assert pages[3].first == pages[2].first, "the last page, when there are no more"


@pytest.mark.parametrize("search", ["ann", " ANN ", "subject:ann", "ubject"])
def test_somebody_is_found_by_what_is_known_of_them(stepper: Stepper, search: str) -> None:
    stepper.join("Ann", token=token(sub="ann"))
    stepper.join("Bob", address="203.0.113.5:1000")
    found = sessions(stepper.lobby, Look(search), 0.0)
    assert [row.name for row in found.rows] == ["Ann"]
    assert (found.search, found.matches) == (search, 1)


def test_a_search_that_finds_nobody_is_an_empty_page(stepper: Stepper) -> None:
    stepper.join("Ann")
    assert sessions(stepper.lobby, Look("nobody", 50), 0.0).rows == []
    assert sessions(stepper.lobby, Look("main"), 0.0).matches == 1, "by their room"


def test_two_words_of_different_fields_are_no_word(stepper: Stepper) -> None:
    stepper.join("Ann", address="203.0.113.5:1000")
    assert sessions(stepper.lobby, Look("annaddress"), 0.0).matches == 0
