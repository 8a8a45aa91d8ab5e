"""What may be opened, and what a room is made with."""

import pytest

from protocol.errors import Code, Violation
from protocol.ticks import Rates
from server.card import Card
from server.catalogue import Catalogue, title_of
from server.games.ball import Ball
from server.games.melee import Melee
from tests.instruments.stepper import arena_named

ARENAS = {"belt": arena_named("belt"), "pinball": arena_named("pinball")}


def catalogue() -> Catalogue:
    return Catalogue({"melee": Melee}, lambda: ARENAS, Rates(60, 30), lambda: 7, {"match_s": 20.0}, players_max=9)


def test_a_room_is_made_with_what_holds_for_all() -> None:
    card = Card("Fun", "belt", is_permanent=False)
    room = catalogue().make("x", "melee", card)
    assert (room.name, room.game.name, room.arena, room.card) == ("x", "melee", ARENAS["belt"], card)
    assert (room.players_max, room.options, room.rates) == (9, {"match_s": 20.0}, Rates(60, 30))


@pytest.mark.parametrize(("game", "arena", "names"), [("chess", "belt", "chess"), ("melee", "moon", "moon")])
def test_what_there_is_not_is_named(game: str, arena: str, names: str) -> None:
    with pytest.raises(Violation, match=names) as refused:
        catalogue().make("x", game, Card("Fun", arena))
    assert refused.value.code == Code.OPEN_REFUSED


def test_whoever_doesnt_choose_has_the_first() -> None:
    assert catalogue().first(None) == catalogue().first("melee") == ("melee", "belt")
    with pytest.raises(Violation, match="chess"):
        catalogue().first("chess")


def test_only_arenas_that_fit_are_offered() -> None:
    arenas = {**ARENAS, "pitch": arena_named("pitch")}
    of_all = Catalogue({"melee": Melee, "ball": Ball}, lambda: arenas, Rates(60, 30), lambda: 7)
    assert [(game.name, game.arenas) for game in of_all.games()] == [("melee", list(arenas)), ("ball", ["pitch"])]
    assert of_all.first("ball") == ("ball", "pitch")
    with pytest.raises(Violation, match="ball can't be played in belt"):
        of_all.make("x", "ball", Card("x", "belt"))
    with pytest.raises(Violation, match="no arena for ball"):
        Catalogue({"ball": Ball}, lambda: ARENAS, Rates(60, 30), lambda: 7).first("ball")


def test_a_room_that_failed_is_made_again_as_it_was() -> None:
    room = catalogue().make("x", "melee", Card("Fun", "belt", is_permanent=False))
    again = catalogue().again(room)
    assert again is not room
    assert (again.name, again.arena, again.card, again.players_max) == ("x", room.arena, room.card, 9)


def test_a_game_has_a_title() -> None:
    assert title_of("capture_flag") == "Capture flag"
    assert [(game.title, game.arenas, game.teams) for game in catalogue().games()] == [("Melee", [*ARENAS], 0)]


def test_what_the_keys_do_is_told_before_one_is_in_a_room() -> None:
    [melee] = catalogue().games()
    assert melee.controls == Melee.description.controls != ()
