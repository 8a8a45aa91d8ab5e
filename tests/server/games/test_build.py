"""Build: ships come and go with a key, walls push people aside, and a restart ends nothing."""

import pytest
from msgspec.structs import replace

from protocol.arena import Place
from protocol.build_messages import Edit, Point
from protocol.messages import Inputs
from protocol.motion import Button, Input
from protocol.physics import WALL
from protocol.plan import Add, Change, Piece, Remove
from server import checkpoint
from server.games.build import SHOT, Build
from tests.instruments.plans import ARENA
from tests.instruments.stepper import Client, Stepper

BLOCK = Piece("block", 0.0, 0.0, points=((-100.0, -100.0), (100.0, -100.0), (100.0, 100.0), (-100.0, 100.0)))


class Site:
    def __init__(self) -> None:
        self.stepper = Stepper(arena=ARENA, game=Build)
        assert isinstance(self.stepper.room.game, Build)
        self.game = self.stepper.room.game
        self.world = self.stepper.room.world

    def builds(self, client: Client, x: float = 500.0, y: float = 500.0, builds: bool = True) -> None:
        client.say(Point(x, y, [], builds=builds), self.stepper.now_s)
        self.stepper.step()

    def where(self, client: Client) -> tuple[float, float]:
        return float(self.world.x[client.player.ship]), float(self.world.y[client.player.ship])


@pytest.fixture
def site() -> Site:
    return Site()


def test_one_key_is_between_building_and_trying_it_out(site: Site) -> None:
    ann = site.stepper.join("Ann")
    assert ann.player.ship
    site.builds(ann, 800.0, 300.0)
    assert not ann.player.ship
    assert ann.player.eye == (800.0, 300.0)
    site.stepper.step(60)
    assert not ann.player.ship
    site.builds(ann, 800.0, 300.0, builds=False)
    assert site.where(ann) == (800.0, 300.0)


def test_where_something_is_in_the_way_the_next_spawn_point_is_taken(site: Site) -> None:
    ann = site.stepper.join("Ann")
    for at in ((200.0, 300.0), (650.0, 380.0), (0.0, 0.0), (5000.0, 5000.0)):
        site.builds(ann, *at)
        site.builds(ann, *at, builds=False)
        assert site.where(ann) in ((100.0, 100.0), (900.0, 900.0))


def test_who_builds_sees_what_is_around_where_they_point(site: Site) -> None:
    ann, bob = site.stepper.join("Ann"), site.stepper.join("Bob")
    site.builds(ann, 1000.0, 1000.0)
    site.stepper.step(4)
    assert any(bob.player.ship in cell for cell in ann.beliefs.cells.values())
    assert not list(site.stepper.differences(ann))


def test_a_wall_that_is_built_is_bounced_off(site: Site) -> None:
    ann = site.stepper.join("Ann")
    ann.say(Edit(1, [Add(100, Piece("wall", 300.0, 100.0, points=((0.0, -80.0), (0.0, 80.0))))]), 0.0)
    site.world.put(ann.player.ship, 240.0, 100.0)
    site.world.set_velocity(ann.player.ship, 600.0, 0.0)
    site.stepper.step(20)
    assert site.where(ann)[0] < 268.0
    ann.say(Edit(2, [Remove(100)]), 1.0)
    site.world.put(ann.player.ship, 240.0, 100.0)
    site.world.set_velocity(ann.player.ship, 600.0, 0.0)
    site.stepper.step(20)
    assert site.where(ann)[0] > 300.0


def test_who_is_built_over_is_put_down_elsewhere(site: Site) -> None:
    ann = site.stepper.join("Ann")
    site.world.put(ann.player.ship, 500.0, 550.0)
    ann.say(Edit(1, [Add(100, Piece("block", 500.0, 550.0, points=BLOCK.points))]), 0.0)
    assert ann.edited == []
    site.stepper.step(60)
    assert ann.edited[-1].revision == 1
    x, y = site.where(ann)
    assert max(abs(x - 500.0), abs(y - 550.0)) >= 100.0


def test_who_is_built_over_is_put_down_elsewhere_however_fast_others_build_on(site: Site) -> None:
    ann, bob = site.stepper.join("Ann"), site.stepper.join("Bob")
    site.builds(bob)
    site.world.put(ann.player.ship, 500.0, 550.0)
    bob.say(Edit(1, [Add(100, Piece("block", 500.0, 550.0, points=BLOCK.points))]), 0.0)
    stuck_ticks = 0
    for serial in range(2, 22):
        site.stepper.step(6)
        bob.say(Edit(serial, [Change(5, x=480.0 + serial)]), site.stepper.now_s)
        x, y = site.where(ann)
        stuck_ticks += 6 * (max(abs(x - 500.0), abs(y - 550.0)) < 100.0)
    assert bob.edited[-1].refused == ""
    assert stuck_ticks <= 60, "half a second, and as much again for what was built meanwhile"


def test_shots_bounce_and_harm_nobody(site: Site) -> None:
    ann, bob = site.stepper.join("Ann"), site.stepper.join("Bob")
    site.world.put(ann.player.ship, 300.0, 550.0)
    site.world.put(bob.player.ship, 500.0, 550.0)
    ann.say(Inputs(site.stepper.room.tick + 1, [Input(buttons=int(Button.FIRE))]), 0.0)
    site.stepper.step()
    (shot,) = site.game.shots.flying
    assert site.world.kind[shot] == SHOT
    site.stepper.until(lambda: shot not in site.game.shots.flying, ticks_max=20)
    assert bob.player.ship


def test_when_nobody_tries_out_any_more_everything_is_put_back(site: Site) -> None:
    ann = site.stepper.join("Ann")
    loose = site.game.works.loose
    site.world.put(loose[5].entity, 700.0, 200.0)
    site.stepper.step(60)
    assert float(site.world.x[loose[5].entity]) == 700.0
    site.builds(ann)
    site.stepper.step(60)
    assert float(site.world.x[loose[5].entity]) == 500.0


def test_who_leaves_is_forgotten(site: Site) -> None:
    ann = site.stepper.join("Ann")
    ann.say(Edit(1, [Change(1, x=310.0)]), 0.0)
    ann.say(Point(1.0, 1.0, []), 0.0)
    site.stepper.room.leave(ann.player)
    assert (site.game.desk.heard, site.game.builders, len(site.game._pointers)) == ({}, set(), 0)


def test_a_restart_ends_nothing(site: Site) -> None:
    ann, bob = site.stepper.join("Ann"), site.stepper.join("Bob")
    site.builds(bob)
    ann.say(Edit(1, [Change(1, x=310.0), Remove(2), Change(5, x=520.0)]), 0.0)
    site.stepper.step(30)
    ann.pilot = lambda tick: Input(buttons=Button.FIRE)
    site.stepper.step(2)
    room = site.stepper.room
    saved = checkpoint.unseal(checkpoint.seal(checkpoint.capture(room, site.stepper.lobby.save_seats(room, 0.0))))
    again = checkpoint.revive(saved, Build, ARENA, room.rates, {})
    assert isinstance(again.game, Build)
    assert again.game.shots.loaded == site.game.shots.loaded
    assert list(again.game.shots.loaded) == [ann.player.id], "her gun is loaded no sooner for it"
    assert (again.game.desk.plan, again.game.desk.revision) == (site.game.desk.plan, 1)
    assert (again.game.desk.heard, again.game.builders) == ({ann.player.id: 1}, {bob.player.id})
    assert again.arena == room.arena
    assert again.world.checksum() == room.world.checksum()
    assert len(again.world.solids) == len(room.world.solids)
    again.advance(0.0)
    assert again.game.works.loose[5].entity == site.game.works.loose[5].entity


def test_who_was_built_over_just_before_a_restart_is_put_down_elsewhere_after_it(site: Site) -> None:
    ann = site.stepper.join("Ann")
    site.world.put(ann.player.ship, 500.0, 550.0)
    ann.say(Edit(1, [Add(100, replace(BLOCK, x=500.0, y=550.0))]), 0.0)
    site.stepper.step()
    room = site.stepper.room
    saved = checkpoint.unseal(checkpoint.seal(checkpoint.capture(room, site.stepper.lobby.save_seats(room, 0.0))))
    again = checkpoint.revive(saved, Build, ARENA, room.rates, {})
    for _ in range(60):
        again.advance(0.0)
    ship = again.players[ann.player.id].ship
    assert again.world.nearest_distance(float(again.world.x[ship]), float(again.world.y[ship]), WALL) > 0.0


def test_what_is_edited_in_the_last_moment_before_a_restart_is_done_after_it(site: Site) -> None:
    ann = site.stepper.join("Ann")
    site.stepper.step(5)
    ann.say(Edit(1, [Change(4, x=700.0), Remove(5), Change(1, x=310.0)]), 0.0)
    room = site.stepper.room
    saved = checkpoint.unseal(checkpoint.seal(checkpoint.capture(room, site.stepper.lobby.save_seats(room, 0.0))))
    again = checkpoint.revive(saved, Build, ARENA, room.rates, {})
    assert isinstance(again.game, Build)
    for one in (room, again):
        one.advance(0.0)
    assert again.arena == room.arena
    assert again.game.works.loose.keys() == site.game.works.loose.keys() == {4}
    rock = again.game.works.loose[4].entity
    assert float(again.world.x[rock]) == 700.0
    assert len(again.world) == len(room.world) == 2, "a ship and a rock"
    again.advance(0.0)
    assert again.game.save().stale == {}


def test_where_no_edit_could_ever_be_taken_nobody_builds() -> None:
    assert Build.unfit(ARENA) == ""
    assert "room for 1000" in Build.unfit(replace(ARENA, crates=[Place(500.0, 500.0)] * 1000))
