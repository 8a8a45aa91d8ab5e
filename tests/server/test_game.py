"""The contract between a room and its game, told by a game that only takes notes of when it is called."""

from collections.abc import Sequence
from random import Random
from typing import ClassVar

import pytest

from protocol.errors import UserError
from protocol.gun import Gun
from protocol.kinds import Kind
from protocol.messages import Inputs
from protocol.motion import Input
from server.game import Game, Player, Stage
from server.games import GAMES, game_named
from server.games.pieces import PICKUP_KIND, SHIP_KIND
from server.world import Contact
from tests.instruments.stepper import Stepper

SHIP, PICKUP = range(2)


class Notary(Game):
    """A game without rules: it gives everyone a ship and writes down what happens."""

    name: ClassVar[str] = "notary"
    kinds: ClassVar[tuple[Kind, ...]] = (SHIP_KIND, PICKUP_KIND)
    teams: ClassVar[int] = 0
    hud: ClassVar[tuple[str, ...]] = ("tick",)
    gun: ClassVar[Gun | None] = None

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.notes: list[str] = ["made"]
        self.moves: list[int] = []
        self.contacts: list[Contact] = []

    def begin(self) -> None:
        self.notes.append("begin")
        self.pickup = self.stage.world.spawn(PICKUP, 500, 500)

    def joined(self, player: Player) -> None:
        self.notes.append(f"joined {player.name}")
        player.ship = self.stage.world.spawn(SHIP, 300, 500, owner=player.id)

    def greet(self, player: Player) -> None:
        self.notes.append(f"greet {player.name}")
        self.stage.say("hello", {"name": player.name}, [player])

    def left(self, player: Player) -> None:
        assert player.id in self.stage.players
        self.notes.append(f"left {player.name}")
        self.stage.world.remove(player.ship)

    def before_step(self) -> None:
        self.notes.append(f"before {self.stage.tick}")
        self.moves += [player.now.move_x for player in self.stage.players.values()]

    def after_step(self, contacts: Sequence[Contact]) -> None:
        self.notes.append(f"after {self.stage.tick}")
        self.contacts += contacts

    def hud_of(self, player: Player) -> tuple[int, ...]:
        self.notes.append(f"hud {player.name}")
        return (self.stage.tick,)


@pytest.fixture
def stepper() -> Stepper:
    return Stepper(game=Notary)


def notary_of(stepper: Stepper) -> Notary:
    game = stepper.room.game
    assert isinstance(game, Notary)
    return game


def test_everything_is_called_in_its_order(stepper: Stepper) -> None:
    ann = stepper.join("Ann")
    stepper.step(2)
    stepper.drop(ann)
    stepper.step()
    back = stepper.join("Ann", resume=ann.welcome.resume)
    stepper.room.leave(back.player)
    assert notary_of(stepper).notes == [
        "made",
        "begin",
        "joined Ann",
        "greet Ann",
        "before 1",
        "after 1",
        "before 2",
        "after 2",
        "hud Ann",
        "before 3",
        "after 3",
        "greet Ann",
        "left Ann",
    ]


def test_before_the_step_everyone_has_this_ticks_input(stepper: Stepper) -> None:
    client = stepper.join()
    client.say(Inputs(1, [Input(move_x=n) for n in (10, 20, 30)]), 0.0)
    stepper.step(3)
    assert notary_of(stepper).moves == [10, 20, 30]


def test_the_room_steers_whatever_ship_a_player_has(stepper: Stepper) -> None:
    client = stepper.join()
    client.pilot = lambda tick: Input(move_x=127)
    game = notary_of(stepper)
    stepper.until(lambda: bool(game.contacts))
    assert game.contacts == [Contact(client.player.ship, game.pickup)]
    first, client.player.ship = client.player.ship, stepper.room.world.spawn(SHIP, 300, 300, owner=1)
    stepper.step(10)
    assert stepper.room.world.move[client.player.ship].tolist() == [127, 0]
    assert stepper.room.world.vx[client.player.ship] > 0
    stepper.room.world.remove(first)


def test_a_player_without_a_ship_looks_from_where_it_was(stepper: Stepper) -> None:
    client = stepper.join()
    stepper.step(2)
    cells = set(client.beliefs.cells)
    stepper.room.world.remove(client.player.ship)
    ship, client.player.ship = client.player.ship, 0
    stepper.step(2)
    assert client.told.own is None
    assert set(client.beliefs.cells) == cells
    assert ship not in client.beliefs.rows()
    client.player.ship = stepper.room.world.spawn(SHIP, 1700, 1000)
    stepper.step(2)
    assert client.told.own is not None


def test_what_is_said_reaches_whom_it_is_for_at_its_tick(stepper: Stepper) -> None:
    ann, bob, eve = stepper.join("Ann"), stepper.join("Bob"), stepper.join("Eve", role="spectator")
    stepper.step(3)
    stepper.room.say("all", {"n": 1})
    stepper.room.say("some", {"n": 2}, [bob.player])
    stepper.step()
    for client, names in ((ann, ["all"]), (bob, ["all", "some"]), (eve, ["all"])):
        late = [event for event in client.events if event.tick == 3]
        assert [event.name for event in late] == names


class Careless(Notary):
    def left(self, player: Player) -> None:
        self.notes.append(f"left {player.name}")


def test_who_is_gone_has_no_ship_whatever_the_game_does_with_it() -> None:
    stepper = Stepper(game=Careless)
    ann, bob = stepper.join("Ann"), stepper.join("Bob")
    stepper.step(2)
    player, ship = ann.player, ann.player.ship
    stepper.drop(ann)
    stepper.room.leave(player)
    stepper.step(2)
    assert not stepper.room.world.alive[ship]
    assert player.ship == 0
    assert "left Ann" in notary_of(stepper).notes
    assert ship not in bob.beliefs.rows()


def test_what_is_nobodys_ship_any_more_may_stay() -> None:
    class Wrecks(Careless):
        def left(self, player: Player) -> None:
            player.ship = 0

    stepper = Stepper(game=Wrecks)
    ship = stepper.join("Ann").player.ship
    stepper.room.leave(stepper.room.players[1])
    assert stepper.room.world.alive[ship]


def test_the_stage_gives_chance_and_options() -> None:
    stepper = Stepper(seed=42, game=Notary, options={"depth": 3})
    stage = notary_of(stepper).stage
    assert stage.random.random() == Random(42).random()
    assert stage.options == {"depth": 3}
    assert stage.rates is stepper.rates


def test_the_hud_is_named_and_comes_along(stepper: Stepper) -> None:
    client = stepper.join()
    stepper.step(4)
    assert client.welcome.hud == ["tick"]
    assert [snapshot.hud for snapshot in client.snapshots] == [[2], [4]]


def test_games_are_found_by_their_names() -> None:
    assert all(game_named(name) is game and game.name == name for name, game in GAMES.items())
    with pytest.raises(UserError, match=r"no game 'chess'; there are: .*melee"):
        game_named("chess")
