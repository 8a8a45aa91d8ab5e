"""A shooting range for the pulse: does it hit what was on target on the shooter's screen, and nobody too late?

A marksman at the far end of a network draws what a browser draws (`bots.interpolation`), aims at a point of a ship as
drawn and lets go. The targets turn, boost and bounce, and have no network between them and the room. Nobody dies.
"""

from collections import deque
from collections.abc import Callable
from math import atan2, cos, hypot, pi, sin
from random import Random
from typing import Any, Final

from bench.pilots import Wanderer
from bench.stage import House, Stage
from bots.act import Act
from bots.interpolation import Interpolation, Track
from bots.netsim import Conditions
from bots.player import Player
from bots.walls import Walls
from protocol.arena import Arena, Block, Place, Size, Wall
from protocol.limits import REWIND_S_MAX
from protocol.messages import Event
from protocol.quantize import aim_from_wire, aim_to_wire
from server.games import pulse
from server.games.fighter import HULL_FULL
from server.games.melee import Melee
from server.games.pieces import SHIP_KIND

HALL: Final = Arena(
    "Hall",
    Size(1100, 900),
    [Place(200, 200), Place(900, 200), Place(200, 700), Place(900, 700)],
    walls=[Wall([(550.0, 350.0), (550.0, 550.0)])],
    blocks=[Block([(250.0, 400.0), (330.0, 400.0), (330.0, 480.0), (250.0, 480.0)])],
)
TARGETS: Final = 2
SETTLE_TICKS: Final = 60
FIRE_TICKS: Final = 24
FRAME_PART: Final = 3
"""A frame is drawn between two ticks of the server, not at one."""
LINE_UNITS: Final = SHIP_KIND.radius + pulse.PULSE_RADIUS + 1.5
"""Who was nearer than this was in the line: a belief has its tolerance, and a beam's end is said in whole units."""
Spot = tuple[float, float]


class Marksman:
    """A player at a browser."""

    def __init__(
        self, remote: Player, walls: Walls, stamp: Callable[[float], float], rng: Random, clock: Callable[[], float]
    ) -> None:
        """`stamp` makes what it says it saw of what it saw; `clock` tells the seconds."""
        self.remote, self._clock = remote, clock
        self.on_target: list[bool] = []
        """Of each pulse let go: whether on the screen it met somebody."""
        self._rng, self._walls, self._stamp = rng, walls, stamp
        self._picture: Interpolation | None = None
        self._held = False
        self._aim = 0.0
        self._move = (0.0, 0.0)
        remote.on_snapshot = self._heard

    def _heard(self) -> None:
        remote = self.remote
        assert remote.view is not None and remote.welcome is not None
        if self._picture is None:
            self._picture = Interpolation(remote.view, remote.welcome.snapshot_rate, self._walls)
        self._picture.heard(self._clock())

    def frame(self, is_ready: bool) -> None:
        """One picture, sixty times a second."""
        ship, view = self.remote.ship, self.remote.view
        if self._picture is None or ship is None or view is None or view.own is None:
            return
        drawn = self._picture.advance(self._clock())
        self.remote.seen_tick = self._stamp(self._picture.tick)
        ships = [_spot(track) for entity, track in drawn.items() if entity != view.own.entity and _is_ship(track)]
        near = [spot for spot in ships if hypot(spot[0] - ship.x, spot[1] - ship.y) < pulse.PULSE_UNITS]
        if self._rng.random() < 0.03:
            turn = self._rng.uniform(0.0, 2.0 * pi)
            self._move = (0.6 * cos(turn), 0.6 * sin(turn))
        if self._held or not is_ready or not near:
            self.remote.stick.hold(Act(self._move, self._aim))
            self._held = False
            return
        self._aim = self._aim_at(self._rng.choice(near), ship.x, ship.y)
        self.remote.stick.hold(Act(self._move, self._aim, pulse=True))
        self._held = True
        self.on_target.append(self._meets_somebody(ship.x, ship.y, ships))

    def _aim_at(self, target: Spot, x: float, y: float) -> float:
        """At some point of it, or just past it; as exactly as the wire says it."""
        off = self._rng.uniform(-1.2, 1.2) * SHIP_KIND.radius
        straight = atan2(target[1] - y, target[0] - x)
        return aim_from_wire(aim_to_wire(straight + atan2(off, hypot(target[0] - x, target[1] - y))))

    def _meets_somebody(self, x: float, y: float, ships: list[Spot]) -> bool:
        """Whether, as drawn, the beam touches a ship before a wall."""
        dx, dy = cos(self._aim), sin(self._aim)
        for at in ships:
            along, across = (at[0] - x) * dx + (at[1] - y) * dy, (at[1] - y) * dx - (at[0] - x) * dy
            before = along - SHIP_KIND.radius - pulse.PULSE_RADIUS
            if along <= 0 or abs(across) > SHIP_KIND.radius or before > pulse.PULSE_UNITS:
                continue
            if self._walls.is_clear(x, y, x + dx * before, y + dy * before, pulse.PULSE_RADIUS):
                return True
        return False


def _spot(track: Track) -> Spot:
    return track.at.x, track.at.y


def _is_ship(track: Track) -> bool:
    return track.kind.category == "ship"


class Shooting:
    """The marksman, its targets, and the count."""

    def __init__(self, network: Conditions, stamp: Callable[[float], float] = lambda tick: tick, seed: int = 1) -> None:
        self.house = House(HALL, seed)
        self.room, self._stage = self.house.room, Stage(self.house)
        for n in range(TARGETS):
            rng = Random(f"{seed}/{n}")
            self._stage.seat(f"T{n}", brain=lambda room, rng=rng: Wanderer(rng), attentive=False)  # type: ignore[misc]
        remote = self._stage.seat("Eve", network)
        self.eve = Marksman(remote, Walls(HALL), stamp, Random(seed), lambda: self.house.now_s)
        remote.on_message = self._hear
        self._truth: deque[dict[int, Spot]] = deque(maxlen=round(REWIND_S_MAX * self.house.rates.tick_rate))
        """Where each player's ship was after each of the last ticks, the newest last."""
        self.too_late = 0
        """Who was hit that had been out of the line for longer than anyone may be."""
        self._beams: list[bool] = []
        """Of each beam of the marksman's: whether it hit somebody."""
        self._say, self.room.say_near = self.room.say_near, self._overhear  # type: ignore[method-assign]  # to see it when it happens
        self._stage.on_step, self._stage.on_tick = self._step, self._tick

    def play(self, seconds: float) -> None:
        self._stage.play(seconds)

    @property
    def fired(self) -> int:
        """Pulses of which it is known what became of them."""
        return min(len(self.eve.on_target), len(self._beams))

    @property
    def hits(self) -> int:
        return sum(self._beams)

    @property
    def on_target(self) -> int:
        return sum(self.eve.on_target[: self.fired])

    @property
    def on_target_hits(self) -> int:
        return sum(meant and hit for meant, hit in zip(self.eve.on_target, self._beams, strict=False))

    def _hear(self, message: object) -> None:
        welcome = self.eve.remote.welcome
        if isinstance(message, Event) and message.name == "pulse" and welcome is not None:
            assert message.body["player"] == welcome.player
            self._beams.append(bool(message.body["hit"]))

    def _overhear(self, name: str, body: dict[str, Any], x: float, y: float, half_units: float) -> None:
        if name == "pulse" and body["hit"]:
            self.too_late += not self._was_in_line(body)
        self._say(name, body, x, y, half_units)

    def _was_in_line(self, beam: dict[str, Any]) -> bool:
        """Whether within the last quarter of a second the victim truly was where the beam went."""
        dx, dy = beam["to_x"] - beam["x"], beam["to_y"] - beam["y"]
        length = max(1.0, hypot(dx, dy))
        places = [after[beam["hit"]] for after in self._truth if beam["hit"] in after]
        apart = [abs((x - beam["x"]) * dy - (y - beam["y"]) * dx) / length for x, y in places]
        return bool(min(apart) <= LINE_UNITS)

    def _step(self, part: int) -> None:
        if part == FRAME_PART:
            tick = self.room.tick
            self.eve.frame(tick > SETTLE_TICKS and tick % FIRE_TICKS == 0)

    def _tick(self) -> None:
        """Nobody dies, nobody is protected, and the pulse is loaded."""
        game, world = self.room.game, self.room.world
        assert isinstance(game, Melee)
        for fighter in game.fighters.values():
            fighter.hull, fighter.protect_until, fighter.pulse_until = HULL_FULL, 0, 0
        ships = {player.id: player.ship for player in self.room.players.values() if player.ship}
        self._truth.append({player: (float(world.x[ship]), float(world.y[ship])) for player, ship in ships.items()})
