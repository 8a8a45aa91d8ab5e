"""The plainest game: ships, one match after another, a scoreboard, even teams; and it outlasts the process."""

from typing import ClassVar

import numpy as np
import pytest
from msgspec.structs import replace

from protocol.arena import Arena, Place, Rock, Size
from protocol.description import Column, Description, Team
from protocol.motion import Button, Input
from server.checkpoint import capture, revive, seal, unseal
from server.game import Lasting, Player
from server.games.crates import STATUS_WHOLE
from server.games.fighter import STATUS_BOOSTING
from server.games.plain import PODIUM_S, Book, Plain
from server.results import Result
from server.room import Room
from tests.instruments.stepper import Stepper

CORNERS = [(-30.0, -30.0), (30.0, -30.0), (30.0, 30.0), (-30.0, 30.0)]
YARD = Arena("Yard", Size(1024, 1024), [Place(200, 200), Place(800, 800)], rocks=[Rock(CORNERS, 500, 500)])
MATCH_S = 10.0


class Count(Plain):
    name = "count"
    description = Description(columns=(Column(label="Points"), Column(label="Falls", best="least")))


class Sides(Count):
    name = "sides"
    teams: ClassVar[int] = 2
    description = Description(
        columns=(Column(label="Points"),), teams=(Team(name="A", hue="sky"), Team(name="B", hue="vermilion"))
    )


def stepper_of(game: type[Plain]) -> Stepper:
    return Stepper(arena=YARD, game=game, options={"match_s": MATCH_S})


@pytest.fixture
def stepper() -> Stepper:
    return stepper_of(Count)


def game_of(stepper: Stepper) -> Plain:
    game = stepper.room.game
    assert isinstance(game, Plain)
    return game


def podium(stepper: Stepper) -> None:
    stepper.until(lambda: game_of(stepper).book.phase == "podium", ticks_max=round(MATCH_S * 60) + 2)


def test_everybody_has_a_ship_and_the_arena_its_rocks(stepper: Stepper) -> None:
    ann, bob = stepper.join("Ann"), stepper.join("Bob")
    stepper.step(2)
    world = stepper.room.world
    assert len(world) == 3
    places = {(float(world.x[client.player.ship]), float(world.y[client.player.ship])) for client in (ann, bob)}
    assert places == {(200.0, 200.0), (800.0, 800.0)}, "each where there is room"
    stepper.room.leave(bob.player)
    assert len(world) == 2


class Own(Count):
    def left(self, player: Player) -> None:
        """What it overrides it doesn't call."""


def test_who_has_left_is_on_no_scoreboard_whatever_the_game_does_about_it() -> None:
    stepper = stepper_of(Own)
    ann, bob = stepper.join("Ann"), stepper.join("Bob")
    game_of(stepper).count(bob.player.id, 0)
    stepper.room.leave(bob.player)
    stepper.clients.remove(bob)
    stepper.step(60)
    assert len(stepper.room.world) == 2, "a rock, and Ann"
    assert list(game_of(stepper).book.rows) == [ann.player.id]
    podium(stepper)
    stepper.step(2)
    assert [row["player"] for row in ann.events_named("match")[-1]["standings"]] == [ann.player.id]


def test_crates_that_nobody_breaks_look_whole() -> None:
    with_crate = replace(YARD, crates=[Place(400, 700)])
    world = Stepper(arena=with_crate, game=Count).room.world
    crate = next(
        entity for entity in world.alive.nonzero()[0].tolist() if world.kinds[world.kind[entity]].name == "crate"
    )
    assert world.status[crate] == STATUS_WHOLE


def test_a_ship_that_was_taken_is_given_again(stepper: Stepper) -> None:
    ann = stepper.join()
    game_of(stepper).take_ship(ann.player)
    stepper.step()
    assert ann.player.ship


def test_a_boost_shows(stepper: Stepper) -> None:
    ann = stepper.join()
    ann.pilot = lambda tick: Input(move_x=127, buttons=Button.BOOST)
    stepper.step(4)
    assert stepper.room.world.status[ann.player.ship] == STATUS_BOOSTING
    ann.pilot = None
    stepper.step(60)
    assert stepper.room.world.status[ann.player.ship] == 0


def test_what_is_counted_is_told(stepper: Stepper) -> None:
    ann, bob = stepper.join("Ann"), stepper.join("Bob")
    assert ann.events_named("scores") == [{"scores": [[1, 0, 0]]}]
    game = game_of(stepper)
    game.count(ann.player.id, 0, 5)
    game.count(ann.player.id, 1)
    game.count(99, 0)
    stepper.step(31)
    assert bob.events_named("scores")[-1] == {"scores": [[1, 5, 1]]}


def test_one_match_after_another(stepper: Stepper) -> None:
    results: list[Result] = []

    class Notes:
        def opened(self, room: Room) -> None: ...
        def closed(self, room: Room) -> None: ...
        def concluded(self, room: Room, result: Result) -> None:
            results.append(result)

    stepper.room.listener = Notes()
    ann, bob = stepper.join("Ann"), stepper.join("Bob")
    game = game_of(stepper)
    game.count(bob.player.id, 0, 7)
    podium(stepper)
    match = ann.events_named("match")[-1]
    assert (match["phase"], match["winner"]) == ("podium", 0)
    assert match["standings"] == [{"player": 2, "score": 7}, {"player": 1, "score": 0}]
    assert [(one.player, one.place, one.figures) for one in results[0].placings] == [
        (2, 1, {"points": 7, "falls": 0}),
        (1, 2, {"points": 0, "falls": 0}),
    ]
    game.count(ann.player.id, 0)
    assert game.book.rows[1] == [0, 0], "between matches nothing counts"
    assert game.rests
    stepper.until(lambda: game.book.phase == "play", ticks_max=round(PODIUM_S * 60) + 2)
    assert game.book.rows == {1: [0, 0], 2: [0, 0]}
    assert not game.rests


def test_a_game_that_ends_the_match_in_every_tick_ends_each_once() -> None:
    class Over(Count):
        def before_step(self) -> None:
            super().before_step()
            self.end_match()

    stepper = stepper_of(Over)
    ann = stepper.join("Ann")
    stepper.step(2)
    assert (stepper.room.matches, game_of(stepper).book.phase) == (1, "podium")
    stepper.step(round(PODIUM_S * 60) + 2)
    assert stepper.room.matches == 2, "the podium has its time, and the next match is one"
    assert [event["phase"] for event in ann.events_named("match")] == ["play", "podium", "play", "podium"]


def test_only_whole_numbers_are_counted(stepper: Stepper) -> None:
    ann = stepper.join("Ann")
    game, half = game_of(stepper), 0.5
    with pytest.raises(TypeError):
        game.count(ann.player.id, 0, half)  # type: ignore[arg-type]  # as whoever writes no types may
    game.count(ann.player.id, 0, np.int64(2))  # type: ignore[arg-type]
    assert game.book.rows[ann.player.id] == [2, 0]
    assert type(game.book.rows[ann.player.id][0]) is int


def test_teams_are_even_when_a_match_begins() -> None:
    stepper = stepper_of(Sides)
    clients = [stepper.join(name, bot=name in "FG") for name in "ABCDEFG"]
    assert [client.player.team for client in clients] == [1, 2, 1, 2, 1, 2, 1]
    for client in clients[1:4:2]:
        stepper.room.leave(client.player)
    stepper.clients = [clients[0]]
    podium(stepper)
    stepper.until(lambda: game_of(stepper).book.phase == "play", ticks_max=round(PODIUM_S * 60) + 2)
    assert clients[0].events_named("teamed") == [{"player": 7, "team": 2}], "a bot, and of those the last"
    assert sorted(player.team for player in stepper.room.players.values()) == [1, 1, 1, 2, 2]


def test_the_team_that_leads_wins_and_none_in_a_draw() -> None:
    for scores, winner in (([2, 1], 1), ([0, 3], 2), ([1, 1], 0)):
        stepper = stepper_of(Sides)
        ann = stepper.join()
        assert ann.events_named("team_scores") == [{"scores": [0, 0]}]
        game_of(stepper).book.team_scores = list(scores)
        podium(stepper)
        assert ann.events_named("match")[-1]["winner"] == winner


def test_a_restart_does_not_end_it(stepper: Stepper) -> None:
    ann = stepper.join()
    game = game_of(stepper)
    assert isinstance(game, Lasting)
    game.count(ann.player.id, 0, 3)
    stepper.step(40)
    saved = unseal(seal(capture(stepper.room, stepper.lobby.save_seats(stepper.room, stepper.now_s))))
    room = revive(saved, Count, YARD, stepper.rates, {"match_s": MATCH_S})
    again = room.game
    assert isinstance(again, Count)
    assert again.book == game.book
    assert isinstance(again.book, Book)
    room.advance(1.0)
    assert room.players[1].ship == ann.player.ship
