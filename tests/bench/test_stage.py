"""A stage is a whole game in the game's own time, and the same one for the same seeds."""

from random import Random

from bench.pilots import Wanderer
from bench.stage import House, Stage
from bots.netsim import Conditions
from tests.instruments.stepper import arena_named

BAD = Conditions(rtt_ms=100.0, jitter_ms=20.0)


def played(seed: int) -> Stage:
    stage = Stage(House(arena_named("pinball"), seed))
    stage.seat("Ann", BAD, lambda room: Wanderer(Random(seed)))
    stage.play(2.0)
    return stage


def test_players_come_in_and_fly() -> None:
    stage = played(1)
    [player] = stage.house.room.players.values()
    assert (player.name, stage.house.room.tick) == ("Ann", 120)
    assert abs(stage.house.now_s - 2.0) < 1e-9
    assert player.inputs.ack > 60
    [cable] = stage.cables
    assert min(cable.sent_bytes, cable.received_bytes) > 1000
    assert cable.player.tick > stage.house.room.tick
    assert 0.1 <= cable.player.pings.rtt_s < 0.2


def test_the_same_seed_is_the_same_game() -> None:
    one, same, other = played(1), played(1), played(2)
    assert one.house.room.world.checksum() == same.house.room.world.checksum()
    assert one.house.room.world.checksum() != other.house.room.world.checksum()
    assert one.cables[0].received_bytes == same.cables[0].received_bytes


def test_whoever_watches_is_called_at_each_step_and_tick() -> None:
    stage, steps, ticks = Stage(House(arena_named("pinball"))), list[int](), list[int]()
    stage.on_step, stage.on_tick = steps.append, lambda: ticks.append(stage.house.room.tick)
    stage.play(2 / 60)
    assert steps == [*range(Stage.STEPS_PER_TICK)] * 2
    assert ticks == [1, 2]


def test_a_cable_that_is_dropped_leaves_a_seat() -> None:
    stage = played(1)
    stage.cables[0].drop()
    stage.play(0.2)
    assert len(stage.house.room.players) == 1
    assert stage.house.room.viewers() == []
