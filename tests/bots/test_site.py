"""A bot in a room where the arena is built bounces off what was built, as it foresees."""

import pytest

from bots.act import Act
from bots.player import Player
from protocol.build_messages import Edit
from protocol.plan import Add, AnyStep, Change, Piece, Remove
from server.games.build import Build
from tests.bots.stage import Stage
from tests.instruments.plans import ARENA

WALL = 1000
SOMEWHERE = Piece("wall", 512.0, 600.0, points=((-50.0, 0.0), (50.0, 0.0)))


@pytest.mark.parametrize("attentive", [True, False])
def test_walls_come_and_go_for_all_bots_of_the_room(attentive: bool) -> None:
    stage = Stage(ARENA, game=Build)
    ann, bob = stage.join("Ann", attentive=attentive), stage.join("Bob")
    stage.play(1.0)
    room, first = stage.rooms._rooms["main"], len(ARENA.walls)
    steps: list[tuple[AnyStep, int]] = [
        (Add(WALL, SOMEWHERE), first + 1),
        (Change(WALL, radius=24.0), first + 1),
        (Remove(WALL), first),
    ]
    for serial, (step, walls) in enumerate(steps, 1):
        before = room.walls
        bob.say(Edit(serial, [step]))
        stage.play(0.7)
        assert (len(room.arena.walls), room.revision) == (walls, serial)
        assert room.walls is not before
        assert room.arena == stage.house.room.arena
    assert ann.welcome is not None


@pytest.mark.parametrize("latency_ms", [0, 60])
def test_what_was_built_is_bounced_off_as_foreseen(latency_ms: int) -> None:
    stage = Stage(ARENA, game=Build)
    ann = stage.join("Ann", latency_s=latency_ms / 1000.0)
    stage.play(1.0)
    bob = stage.join("Bob")
    stage.play(0.5)
    x, y = place_of(ann)
    way = 1.0 if x < 512.0 else -1.0
    bob.say(Edit(1, [Add(WALL, Piece("wall", x + 100.0 * way, y, points=((0.0, -60.0), (0.0, 60.0))))]))
    stage.play(0.8)
    assert len(stage.house.room.arena.walls) == len(ARENA.walls) + 1
    ann.stick.hold(Act((way, 0.0)))
    stage.tally.prediction_error_units.counts.clear()
    stage.play(2.0)
    assert 20.0 < (place_of(ann)[0] - x) * way < 100.0, "up to the wall, and no further"
    worst = stage.tally.prediction_error_units.percentiles().max
    assert worst is not None
    assert worst < 0.1


def test_a_rock_beside_a_bot_comes_and_goes_before_its_shape_is_known() -> None:
    stage = Stage(ARENA, game=Build)
    ann, bob = stage.seat("Ann", foresees_shots=True), stage.join("Bob")
    stage.play(1.0)
    ann.stick.hold(Act(fire=True))
    bob.say(Edit(1, [Change(4, angle=1.0)]))  # whoever follows the plan has heard of it
    stage.play(0.5)
    for serial in range(2, 8):
        x, y = place_of(ann)
        rock = Piece("rock", x + 60.0, y, points=((-20.0, -20.0), (20.0, -20.0), (0.0, 20.0)))
        bob.say(Edit(serial, [Remove(1000) if serial % 2 else Add(1000, rock)]))
        stage.play(0.1)
    stage.play(0.5)
    assert stage.rooms._rooms["main"].arena == stage.house.room.arena


def place_of(player: Player) -> tuple[float, float]:
    ship = player.ship
    assert ship is not None
    return ship.x, ship.y
