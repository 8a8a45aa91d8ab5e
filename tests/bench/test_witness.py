"""A witness writes down what its player feels: more over a worse network, and nothing before it is to watch."""

from random import Random

from bench.figures import Figures, merged
from bench.pilots import Rammer, Wanderer
from bench.stage import House, Stage
from bench.touch import Touches
from bench.truths import Truths
from bench.witness import Witness
from bots.act import Act
from bots.netsim import Conditions
from bots.walls import Walls
from tests.instruments.stepper import arena_named

ARENA = arena_named("pinball")


class Watched:
    """One who is watched, and another who rams it."""

    def __init__(self, network: Conditions, watching: bool = True) -> None:
        self.stage, self.figures = Stage(House(ARENA, 5)), Figures()
        room = self.stage.house.room
        touches, truths = Touches(room.world), Truths(room.world)
        self.stage.seat("Ann", network, lambda room: Wanderer(Random(1)), foresees_shots=True)
        self.witness = Witness(self.stage.cables[0], room, touches, truths, self.figures, Walls(ARENA))
        self.stage.seat("Bob", network, lambda room: Rammer(Random(2), "ship"))
        self.witness.is_watching = watching

        def step(part: int) -> None:
            self.witness.step()
            if part == 3:
                self.witness.frame()

        def tick() -> None:
            touches.look(room.tick)
            truths.look(room.tick)
            self.witness.tick()

        self.stage.on_step, self.stage.on_tick = step, tick


def test_over_a_perfect_network_inputs_are_there_and_acknowledged_at_once() -> None:
    watched = Watched(Conditions(), watching=False)
    watched.stage.play(3.0)
    assert watched.figures == Figures()
    watched.witness.is_watching = True
    watched.stage.play(5.0)
    figures = watched.figures
    assert (figures.ticks, figures.ticks_late) == (300, 0)
    assert 140 <= figures.snapshots <= 160
    ack_ms = figures.input_to_ack_ms.percentiles()
    assert ack_ms.p50 is not None
    assert 0.0 < ack_ms.p50 < 70.0
    remote = merged(figures.ships)
    assert remote.p50 is not None
    assert 0.0 < remote.p50 < 3.0
    assert merged(figures.rocks).max is not None


def test_farther_away_answers_take_longer_and_the_picture_is_older() -> None:
    near, far = Watched(Conditions()), Watched(Conditions(rtt_ms=200.0))
    for watched in (near, far):
        watched.stage.play(6.0)
    for what in ("input_to_ack_ms", "picture_ticks"):
        close, distant = (getattr(watched.figures, what).percentiles().p50 for watched in (near, far))
        unit = 200.0 if what == "input_to_ack_ms" else 12.0
        assert distant - close > 0.8 * unit


def test_late_inputs_are_late() -> None:
    watched = Watched(Conditions(rtt_ms=20.0, stalls_per_s=0.5, stall_ms=500.0))
    watched.stage.play(10.0)
    assert watched.figures.late_percent > 2.0
    assert watched.figures.recovery_ms.total() > 3


def test_own_shots_are_counted_when_the_server_tells_of_them() -> None:
    watched = Watched(Conditions(rtt_ms=100.0))
    ann = watched.stage.cables[0].player
    watched.stage.play(2.0)
    for turn in range(8):
        ann.stick.hold(Act((0.0, 0.0), 0.7 * turn, fire=True))
        watched.stage.play(0.25)
    figures = watched.figures
    assert figures.shots_matched >= 5
    assert figures.shots_foreseen_percent == 100.0
    assert figures.own_shot_error.total() == figures.shots_matched
    assert figures.own_shot_error.share_below(2.0) == 1.0
