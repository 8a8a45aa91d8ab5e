"""The pulse: its rule, and that it hits what was on the shooter's screen, over slow lines and for nobody too late."""

from collections import deque
from collections.abc import Callable
from math import atan2, cos, hypot, pi, sin
from random import Random
from typing import Any

import pytest

from bots.act import Act
from bots.player import Player as Remote
from bots.walls import Walls
from protocol.arena import Arena, Block, Place, Rock, Size, Wall
from protocol.limits import REWIND_S_MAX
from protocol.messages import Event, Inputs
from protocol.motion import Button, Input
from protocol.quantize import aim_to_wire
from server import rewind, stamps
from server.games import pulse
from server.games.fighter import HULL_FULL, Fighter
from server.games.melee import SCORE_KILL, Melee
from server.games.pieces import SHIP_KIND
from tests.bots.stage import Stage
from tests.instruments.screen import Screen
from tests.instruments.stepper import Client, Stepper, wander

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
    assert {(kill["killer"], kill["victim"]) for kill in lane.ann.events_named("kill")} == {(1, 2), (2, 1)}
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
    told = lane.pulse(lane.ann, RIGHT, seen=14 * 16)
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

HALL = Arena(
    "Hall",
    Size(1100, 900),
    [Place(200, 200), Place(900, 200), Place(200, 700), Place(900, 700)],
    walls=[Wall([(550.0, 350.0), (550.0, 550.0)])],
    blocks=[Block([(250.0, 400.0), (330.0, 400.0), (330.0, 480.0), (250.0, 480.0)])],
)
WALLS = Walls(HALL)
TARGETS = 2
SHIP_RADIUS = SHIP_KIND.radius


class Marksman:
    """A player at a browser: sees others a little in the past, aims at a point of one of them and lets go."""

    def __init__(self, remote: Remote, stamp: Callable[[float], float], rng: Random) -> None:
        self.remote, self.rng, self._stamp = remote, rng, stamp
        self.screen: Screen | None = None
        self.on_target: deque[bool] = deque()
        """Of each pulse let go, oldest first: whether on the screen it met somebody."""
        self.now_s = 0.0
        self._held = False
        self._aim = 0.0
        self._move = (0.0, 0.0)
        remote.on_snapshot = self._heard

    def _heard(self) -> None:
        if self.screen is None:
            assert self.remote.view is not None
            self.screen = Screen(self.remote.view, 30)
        self.screen.heard(self.now_s)

    def frame(self, now_s: float, is_ready: bool) -> None:
        """One picture, sixty times a second."""
        if self.screen is None or self.remote.ship is None or self.remote.view is None:
            return
        drawn = self.screen.frame(now_s)
        self.remote.seen_tick = self._stamp(self.screen.tick)
        own = self.remote.view.own
        x, y = self.remote.ship.x, self.remote.ship.y
        ships = {e: drawn[e] for e in drawn if own and e != own.entity and self._is_ship(e)}
        near = [spot for spot in ships.values() if hypot(spot[0] - x, spot[1] - y) < pulse.PULSE_UNITS]
        if self.rng.random() < 0.03:
            turn = self.rng.uniform(0, 2 * pi)
            self._move = (0.6 * cos(turn), 0.6 * sin(turn))
        if self._held or not is_ready or not near:
            self.remote.stick.hold(Act(self._move, self._aim))
            self._held = False
            return
        target = self.rng.choice(near)
        aim = atan2(target[1] - y, target[0] - x)
        off = self.rng.uniform(-1.2, 1.2) * SHIP_RADIUS
        aim_wire = aim_to_wire(aim + atan2(off, hypot(target[0] - x, target[1] - y)))
        self._aim = aim_wire * 2 * pi / 4096
        self.remote.stick.hold(Act(self._move, self._aim, pulse=True))
        self._held = True
        self.on_target.append(self._meets_somebody(x, y, list(ships.values())))

    def _is_ship(self, entity: int) -> bool:
        assert self.remote.view is not None
        found = self.remote.view.entity(entity)
        return found is not None and found.kind == 0

    def _meets_somebody(self, x: float, y: float, ships: list[tuple[float, float]]) -> bool:
        """Whether, as drawn, the beam touches a ship before a wall."""
        dx, dy = cos(self._aim), sin(self._aim)
        for at in ships:
            along, across = (at[0] - x) * dx + (at[1] - y) * dy, (at[1] - y) * dx - (at[0] - x) * dy
            before = along - SHIP_RADIUS - pulse.PULSE_RADIUS
            if along <= 0 or abs(across) > SHIP_RADIUS or before > pulse.PULSE_UNITS:
                continue
            if WALLS.is_clear(x, y, x + dx * before, y + dy * before, pulse.PULSE_RADIUS):
                return True
        return False


class Shooting:
    """A marksman over a slow line among ships that turn, boost and bounce; simulated time, and seeds for all of it."""

    def __init__(
        self, latency_s: float, jitter_s: float, stamp: Callable[[float], float] = lambda tick: tick, seed: int = 1
    ) -> None:
        self.stage = Stage(HALL, seed=seed)
        self.room, rng = self.stage.stepper.room, Random(seed)
        for n in range(TARGETS):
            self.stage.stepper.join(f"T{n}").pilot = wander(Random(seed * 100 + n), fire=False)
        remote = self.stage.join("Eve", latency_s=latency_s, jitter_s=jitter_s)
        self.eve = Marksman(remote, stamp, rng)
        remote.on_message = self._hear
        self.truth: deque[dict[int, tuple[float, float]]] = deque(maxlen=40)
        """Where each player's ship was after each of the last ticks, the newest last."""
        self.fired = self.hits = self.on_target = self.on_target_hits = 0
        self.too_late = 0
        self._beams: list[dict[str, Any]] = []
        self._say, self.room.say = self.room.say, self._overhear  # type: ignore[method-assign]  # to see it when it happens

    def _hear(self, message: object) -> None:
        if isinstance(message, Event) and message.name == "pulse":
            self._beams.append(message.body)

    def _overhear(self, name: str, body: dict[str, Any], to: Any = None) -> None:
        if name == "pulse" and body["hit"]:
            self.too_late += not self._was_in_line(body)
        self._say(name, body, to)

    def _was_in_line(self, beam: dict[str, Any]) -> bool:
        """Whether within the last quarter of a second the victim truly was where the beam went."""
        dx, dy = beam["to_x"] - beam["x"], beam["to_y"] - beam["y"]
        length = max(1.0, hypot(dx, dy))
        ticks = round(REWIND_S_MAX * 60)
        places = [after[beam["hit"]] for after in list(self.truth)[-ticks:] if beam["hit"] in after]
        apart = [abs((x - beam["x"]) * dy - (y - beam["y"]) * dx) / length for x, y in places]
        return bool(
            min(apart) <= SHIP_RADIUS + pulse.PULSE_RADIUS + 1.5
        )  # tolerance of a belief, and an end of whole units

    def play(self, seconds: float) -> None:
        stepper, tick_s = self.stage.stepper, self.stage.stepper.rates.tick_s
        [cable] = self.stage.cables
        for _ in range(round(seconds / tick_s)):
            stepper._pilot()
            for part in range(Stage.STEPS_PER_TICK):
                stepper.now_s += tick_s / Stage.STEPS_PER_TICK
                self.eve.now_s = stepper.now_s
                cable.carry()
                if part == 3:
                    self.eve.frame(stepper.now_s, stepper.room.tick > 60 and stepper.room.tick % 24 == 0)
            self._spare()
            self.room.advance(stepper.now_s)
            for client in stepper.clients:
                client.read()
            world = self.room.world
            self.truth.append(
                {p.id: (float(world.x[p.ship]), float(world.y[p.ship])) for p in self.room.players.values() if p.ship}
            )
        self._count()

    def _spare(self) -> None:
        """Nobody dies, nobody is protected, and the pulse is loaded."""
        assert isinstance(self.room.game, Melee)
        for fighter in self.room.game.fighters.values():
            fighter.hull, fighter.protect_until, fighter.pulse_until = HULL_FULL, 0, 0

    def _count(self) -> None:
        for meant, beam in zip(self.eve.on_target, self._beams, strict=False):
            self.fired += 1
            self.hits += bool(beam["hit"])
            self.on_target += meant
            self.on_target_hits += meant and bool(beam["hit"])


def test_at_150_ms_what_was_on_target_on_the_screen_hits() -> None:
    shootings = [Shooting(0.070, 0.010, seed=seed) for seed in (1, 2, 3)]
    for shooting in shootings:
        shooting.play(30)
    on_target = sum(shooting.on_target for shooting in shootings)
    assert on_target > 100
    assert sum(shooting.on_target_hits for shooting in shootings) / on_target >= 0.95
    assert sum(shooting.too_late for shooting in shootings) == 0


def test_over_a_quick_line_no_stamp_is_refused_and_all_hit() -> None:
    shooting = Shooting(0.020, 0.005)
    shooting.play(30)
    assert shooting.on_target_hits >= 0.98 * shooting.on_target > 20
    assert shooting.room.statistics.rewinds >= shooting.fired
    assert shooting.room.statistics.stamps_refused == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_at_400_ms_the_limit_holds_and_is_counted(seed: int) -> None:
    shooting = Shooting(0.195, 0.010, seed=seed)
    shooting.play(30)
    assert shooting.hits > 0
    assert shooting.on_target_hits < 0.8 * shooting.on_target
    assert shooting.too_late == 0
    statistics = shooting.room.statistics
    assert statistics.stamps_refused == statistics.rewinds > 20


def test_who_lies_about_what_it_saw_hits_nobody_later() -> None:
    shooting = Shooting(0.020, 0.005, stamp=lambda tick: tick - 60)
    shooting.play(30)
    statistics = shooting.room.statistics
    assert statistics.stamps_refused == statistics.rewinds > 20
    assert shooting.too_late == 0


def test_without_the_limit_people_would_be_hit_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests above look for is to be found."""
    monkeypatch.setattr(rewind, "REWIND_S_MAX", 1.0)
    monkeypatch.setattr(stamps, "REWIND_S_MAX", 1.0)
    shooting = Shooting(0.195, 0.010)
    shooting.play(30)
    assert shooting.too_late > 0
    assert shooting.on_target_hits > 0.9 * shooting.on_target
