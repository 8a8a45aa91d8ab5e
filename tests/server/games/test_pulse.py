"""The pulse: its rule, and that it hits what was on the shooter's screen, over slow lines and for nobody too late."""

from math import atan2, pi
from typing import Any

import pytest

from bench.shooting import Shooting
from bots.netsim import Conditions
from protocol.arena import Arena, Place, Rock, Size, Wall
from protocol.messages import Inputs
from protocol.motion import Button, Input
from protocol.quantize import aim_to_wire
from server import rewind, stamps
from server.games import pulse
from server.games.fighter import HULL_FULL, Fighter
from server.games.melee import SCORE_KILL, Melee
from tests.instruments.stepper import Client, Stepper

RIGHT, LEFT, UP = aim_to_wire(0.0), aim_to_wire(pi), aim_to_wire(-pi / 2)
RANGE = Arena(
    "Range",
    Size(1024, 1024),
    [Place(100, 100), Place(100, 900)],
    walls=[Wall([(600.0, 500.0), (600.0, 900.0)])],
    rocks=[Rock([(-30.0, -30.0), (30.0, -30.0), (30.0, 30.0), (-30.0, 30.0)], 300.0, 900.0)],
    crates=[Place(300, 700)],
)


class Lane:
    """Ann, Bob and Cat at the left end of a range, Bob and Cat before Ann's muzzle; nobody is protected."""

    def __init__(self, **options: Any) -> None:
        self.stepper = Stepper(arena=RANGE, options=options)
        game = self.stepper.room.game
        assert isinstance(game, Melee)
        self.melee, self.world = game, self.stepper.room.world
        self.ann, self.bob, self.cat = (self.stepper.join(name) for name in ("Ann", "Bob", "Cat"))
        for client, x in ((self.ann, 100), (self.bob, 300), (self.cat, 400)):
            self.fighter(client).protect_until = 0
            self.place(client, x, 200)

    def fighter(self, client: Client) -> Fighter:
        return self.melee.fighters[client.player.id]

    def place(self, client: Client, x: float, y: float) -> None:
        self.world.put(client.player.ship, x, y)

    def pulse(self, client: Client, aim: int, seen: int = 0) -> dict[str, Any] | None:
        """One press; what Ann is told of it."""
        before = len(self.ann.events_named("pulse"))
        tick, applied = self.stepper.room.tick + 1, client.told.tick if client.snapshots else 0
        said = Inputs(tick, [Input(aim=aim, edges=Button.PULSE)], applied, seen)
        client.say(said, self.stepper.now_s)
        self.stepper.step(2)
        told = self.ann.events_named("pulse")[before:]
        return told[0] if told else None

    def hulls(self) -> list[int]:
        return [self.fighter(client).hull for client in (self.ann, self.bob, self.cat)]


@pytest.fixture
def lane() -> Lane:
    return Lane()


def test_it_hits_the_first_ship_on_its_line_at_once(lane: Lane) -> None:
    told = lane.pulse(lane.ann, RIGHT)
    assert told == {"player": 1, "x": 100, "y": 200, "to_x": 280, "to_y": 200, "hit": 2}
    assert lane.hulls() == [HULL_FULL, HULL_FULL - pulse.PULSE_DAMAGE, HULL_FULL]
    [hit] = lane.bob.events_named("hit")
    assert (hit["player"], hit["by"], hit["damage"], hit["bounces"]) == (2, 1, pulse.PULSE_DAMAGE, 0)
    assert lane.ann.events_named("hit") == [hit]


def test_it_takes_its_time_to_load_and_the_hud_says_until_when(lane: Lane) -> None:
    fired = lane.stepper.room.tick + 1
    assert lane.pulse(lane.ann, UP)
    ready = fired + round(pulse.PULSE_S * 60)
    assert lane.fighter(lane.ann).pulse_until == ready
    at = lane.ann.welcome.hud.index("pulse_until")
    assert lane.ann.told.hud is not None
    assert lane.ann.told.hud[at] == ready
    while lane.stepper.room.tick < ready - 3:
        assert lane.pulse(lane.ann, UP) is None
    lane.stepper.step(ready - 1 - lane.stepper.room.tick)
    assert lane.pulse(lane.ann, UP)


def test_walls_rocks_and_reach_stop_it(lane: Lane) -> None:
    lane.place(lane.ann, 500, 700)
    lane.place(lane.bob, 700, 700)
    told = lane.pulse(lane.ann, RIGHT)
    assert told is not None
    assert (told["to_x"], told["hit"]) == (580, 0)
    lane.fighter(lane.ann).pulse_until = 0
    lane.place(lane.ann, 100, 900)
    lane.place(lane.bob, 500, 900)
    told = lane.pulse(lane.ann, RIGHT)
    assert told is not None
    assert (told["to_x"], told["hit"]) == (265, 0)
    lane.fighter(lane.ann).pulse_until = 0
    lane.place(lane.ann, 100, 100)
    lane.place(lane.bob, 100 + pulse.PULSE_UNITS + 30, 100)
    told = lane.pulse(lane.ann, RIGHT)
    assert told is not None
    assert (told["to_x"], told["hit"]) == (100 + pulse.PULSE_UNITS, 0)
    assert lane.hulls() == [HULL_FULL] * 3


def test_it_breaks_crates(lane: Lane) -> None:
    lane.place(lane.ann, 100, 700)
    [crate] = lane.melee.crates.hulls
    whole = lane.melee.crates.hulls[crate]
    assert lane.pulse(lane.ann, RIGHT)
    assert lane.melee.crates.hulls.get(crate, 0) == max(0, whole - pulse.PULSE_DAMAGE)


def test_who_is_protected_takes_no_harm_and_who_fires_is_not_protected(lane: Lane) -> None:
    lane.fighter(lane.bob).protect_until = lane.stepper.room.tick + 100
    told = lane.pulse(lane.ann, RIGHT)
    assert told is not None
    assert told["hit"] == 2
    assert lane.hulls() == [HULL_FULL] * 3
    assert lane.bob.events_named("hit") == []
    assert lane.pulse(lane.bob, UP)
    assert lane.fighter(lane.bob).protect_until <= lane.stepper.room.tick


def test_two_that_hit_each_other_both_hit(lane: Lane) -> None:
    for client in (lane.ann, lane.bob):
        lane.fighter(client).hull = 1
    tick = lane.stepper.room.tick + 1
    lane.ann.say(Inputs(tick, [Input(aim=RIGHT, edges=Button.PULSE)]), lane.stepper.now_s)
    lane.bob.say(Inputs(tick, [Input(aim=LEFT, edges=Button.PULSE)]), lane.stepper.now_s)
    lane.stepper.step(2)
    kills = lane.ann.events_named("kill")
    assert {(kill["killer"], kill["victim"], kill["what"]) for kill in kills} == {(1, 2, "pulse"), (2, 1, "pulse")}
    assert [lane.fighter(client).score for client in (lane.ann, lane.bob)] == [SCORE_KILL] * 2


def test_nobody_pulses_on_the_podium_or_without_a_ship() -> None:
    lane = Lane(match_s=0.2)
    lane.melee._sink(lane.bob.player)
    lane.fighter(lane.bob).respawn_until = 1000
    assert lane.pulse(lane.bob, LEFT) is None
    lane.stepper.step(20)
    assert lane.melee.phase == "podium"
    assert lane.pulse(lane.ann, RIGHT) is None


def test_those_near_are_told(lane: Lane) -> None:
    lane.stepper.step(2)
    lane.cat.player.eye = 3000.0, 200.0
    assert lane.pulse(lane.ann, UP)
    assert len(lane.bob.events_named("pulse")) == 1
    assert lane.cat.events_named("pulse") == []


def test_spectators_are_told_of_what_goes_by_where_they_look_and_nothing_else(lane: Lane) -> None:
    eve = lane.stepper.join("Eve", role="spectator")
    assert lane.pulse(lane.ann, RIGHT)
    assert len(eve.events_named("pulse")) == 1
    lane.place(lane.ann, 20, 20)
    lane.fighter(lane.ann).pulse_until = 0
    for gaze in lane.stepper.room.watching._gazes:
        gaze.eye = (4096.0, 4096.0)
    assert lane.pulse(lane.ann, UP)
    assert len(eve.events_named("pulse")) == 1


def test_it_is_judged_where_the_shooter_saw_its_target(lane: Lane) -> None:
    """Bob has just left the line; on Ann's screen he is still in it, and for Cat, who says nothing, he isn't."""
    lane.place(lane.cat, 100, 230)
    lane.stepper.step(20)
    lane.world.set_velocity(lane.bob.player.ship, 0.0, -400.0)
    lane.stepper.step(10)
    assert lane.world.y[lane.bob.player.ship] < 160
    told = lane.pulse(lane.cat, aim_to_wire(atan2(-30, 200)))
    assert told is not None
    assert told["hit"] == 0
    told = lane.pulse(lane.ann, RIGHT, seen=12 * 16)
    assert told is not None
    assert told["hit"] == 2
    statistics = lane.stepper.room.statistics
    assert (statistics.rewinds, statistics.stamps_refused) == (2, 0)


def test_a_stamp_that_can_not_be_is_refused_and_counted(lane: Lane) -> None:
    lane.stepper.step(20)
    lane.world.set_velocity(lane.bob.player.ship, 0.0, -400.0)
    lane.stepper.step(14)
    told = lane.pulse(lane.ann, RIGHT, seen=60 * 16)
    assert told is not None
    assert told["hit"] != 2, "judged by what the server knows of Ann, whose line is quick"
    assert lane.stepper.room.statistics.stamps_refused == 1
    assert lane.stepper.lobby.statistics().stamps_refused == 1


# over slow lines -------------------------------------------------------------------------------------------

QUICK = Conditions(rtt_ms=40.0, jitter_ms=10.0)
FAR = Conditions(rtt_ms=140.0, jitter_ms=20.0)
TOO_FAR = Conditions(rtt_ms=390.0, jitter_ms=20.0)


def test_at_150_ms_what_was_on_target_on_the_screen_hits() -> None:
    shootings = [Shooting(FAR, seed=seed) for seed in (1, 2, 3)]
    for shooting in shootings:
        shooting.play(20)
    on_target = sum(shooting.on_target for shooting in shootings)
    assert on_target > 80
    assert sum(shooting.on_target_hits for shooting in shootings) / on_target >= 0.95
    assert sum(shooting.too_late for shooting in shootings) == 0


def test_over_a_quick_line_no_stamp_is_refused_and_all_hit() -> None:
    shooting = Shooting(QUICK)
    shooting.play(30)
    assert shooting.on_target_hits >= 0.98 * shooting.on_target > 20
    assert shooting.room.statistics.rewinds >= shooting.fired
    assert shooting.room.statistics.stamps_refused == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_at_400_ms_the_limit_holds_and_is_counted(seed: int) -> None:
    shooting = Shooting(TOO_FAR, seed=seed)
    shooting.play(30)
    assert shooting.hits > 0
    assert shooting.on_target_hits < 0.8 * shooting.on_target
    assert shooting.too_late == 0
    statistics = shooting.room.statistics
    assert statistics.stamps_refused == statistics.rewinds > 20


def test_who_lies_about_what_it_saw_hits_nobody_later() -> None:
    shooting = Shooting(QUICK, stamp=lambda tick: tick - 60)
    shooting.play(30)
    statistics = shooting.room.statistics
    assert statistics.stamps_refused == statistics.rewinds > 20
    assert shooting.too_late == 0


def test_without_the_limit_people_would_be_hit_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests above look for is to be found."""
    monkeypatch.setattr(rewind, "REWIND_S_MAX", 1.0)
    monkeypatch.setattr(stamps, "REWIND_S_MAX", 1.0)
    shooting = Shooting(TOO_FAR)
    shooting.play(30)
    assert shooting.too_late > 0
    assert shooting.on_target_hits > 0.9 * shooting.on_target
