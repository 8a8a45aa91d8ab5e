"""Our own shots as they are foreseen, told of by a server, and drawn, so that the browser's can be held to the bots'.

`courses` are flights to their end: where each starts, what is loose, and its rows [x, y, vx, vy, bounces]. `play` is a
fight, as a list of what happens: our ship's inputs, snapshots, what the server says of our shots, and what is drawn.

    ["step", tick, input, ship, rapid_until]
    ["hear", tick, entities, own]   a snapshot, with all of its cell and our ship
    ["tell", published]             of a shot of ours, the first time or again
    ["gone", id, tick]
    ["draw", now, picture, drawn]   drawn: [id, x, y, vx, vy, status] of each, the server's by id and then the others
    ["counted", matched, unforeseen, dropped]

The server fires a tick or two late now and then, or for a while not at all, or from a place some units off, as it does
when inputs were late; and once it fires by itself.
"""

import math
from collections.abc import Iterator
from random import Random
from typing import Any, Final

from msgspec.structs import astuple

from bots.course import At, Course, Flight, Loose, Range
from bots.interpolation import Track
from bots.neighbourhood import ShipState
from bots.own_shots import OwnShots
from bots.view import View
from protocol.arena import Arena, Rock
from protocol.motion import Button, Input
from protocol.quantize import aim_from_wire, nearest
from protocol.reckoning import Published
from protocol.snapshot import CellKeyframe, Own, Snapshot, checksum_of
from server.games.pieces import GUN
from tests.instruments.engine_scenes import ARENA, CRATE, HEXAGON, KINDS, ROCK, SHOT, WEDGE

TICK_RATE: Final = 60
COURSES: Final = 15
TICKS: Final = 240
GAP_TICKS: Final = 9
"""From the picture to our clock."""
NEWS_TICKS: Final = 5
"""From the server's tick to when we hear of it, by our clock."""
ROCKS: Final = [Rock(HEXAGON, 0.0, 0.0), Rock(WEDGE, 0.0, 0.0)]
YARD: Final = Arena("Yard", ARENA.size, ARENA.spawns, ARENA.walls, ARENA.blocks, ROCKS)
FLIGHT: Final = Flight(KINDS[SHOT], GUN.speed, GUN.speed_per_bounce, GUN.bounces_max)


def own_shots(random: Random) -> dict[str, Any]:
    """The vectors."""
    courses = [_course(random, number) for number in range(COURSES)]
    return {"kinds": KINDS, "arena": YARD, "gun": GUN, "courses": courses, "play": list(Fight(random).play())}


def _course(random: Random, number: int) -> dict[str, Any]:
    turn = random.uniform(0, math.tau)
    x, y, bounces = random.uniform(20, 1580), random.uniform(20, 1180), number % 4
    speed = GUN.speed * (1.0 + GUN.speed_per_bounce * bounces)
    start = At(x, y, speed * math.cos(turn), speed * math.sin(turn), bounces)
    loose = [_loose(random, start, turn, 100.0 * near) for near in range(1, 1 + number % 3)]
    course = Range(YARD, TICK_RATE).fly(FLIGHT, start, 100, 102, loose)
    rows = [astuple(course.at(tick) or start) for tick in range(100, course.last_tick + 1)]
    return {"from": start, "loose": loose, "rows": rows}


def _loose(random: Random, start: At, turn: float, far: float) -> Loose:
    """Something in its way, more or less."""
    kind, aside = random.choice((ROCK, ROCK, CRATE)), random.uniform(-50, 50)
    x = start.x + far * math.cos(turn) - aside * math.sin(turn)
    y = start.y + far * math.sin(turn) + aside * math.cos(turn)
    velocity = random.uniform(-60, 60), random.uniform(-60, 60)
    variant = random.randrange(2) if kind == ROCK else 0
    return Loose(KINDS[kind], variant, x, y, *velocity, random.uniform(-3, 3), random.uniform(-2, 2))


class Fight:
    """A player that fires all the time, and its server."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._view = View(KINDS, TICK_RATE)
        self._shots = OwnShots(GUN, YARD, self._view)
        self._range = Range(YARD, TICK_RATE)
        self._rock = Published(3, ROCK, 0, 0, 0, 90, 900 * 8, 700 * 8, 640, -320, 5, 200, 0, 0)
        self._tracks: dict[int, Track] = {}
        self._true: dict[int, Course] = {}
        self._said: dict[int, int] = {}
        """How many bounces of each were told of."""
        self._server_until = 0

    def play(self) -> Iterator[list[Any]]:
        ship = ShipState(700.0, 650.0, 40.0, -25.0, 0)
        for tick in range(100, 100 + TICKS):
            now = self._input(tick)
            rapid_until = 220 if tick >= 160 else 0
            self._shots.step(tick, now, ship, rapid_until)
            yield ["step", tick, astuple(now), astuple(ship), rapid_until]
            self._serve(tick, now, ship, rapid_until)
            ship = ShipState(ship.x + ship.vx / TICK_RATE, ship.y + ship.vy / TICK_RATE, ship.vx, ship.vy, 0)
            if tick % 2 == 0:
                yield from self._hear(tick - NEWS_TICKS)
            if tick % 3 == 0:
                yield self._draw(tick + 0.25)
        yield from self._return(100 + TICKS)
        yield ["counted", self._shots.matched, self._shots.unforeseen, self._shots.dropped]

    def _return(self, tick: int) -> Iterator[list[Any]]:
        """A shot of ours that comes back into sight is nothing that our gun fired now."""
        published = Published(2000, SHOT, 0, 1, 2, tick, 200 * 8, 200 * 8, 900, 900, 0, 0, 0, 0)
        self._tracks[2000] = Track(published, KINDS[SHOT])
        yield ["tell", published]
        yield self._draw(tick + 0.25 + GAP_TICKS)

    def _input(self, tick: int) -> Input:
        fire = Button.FIRE if tick % 50 < 40 and not 240 <= tick < 280 else 0
        return Input(30, -20, (tick * 37) % 4096, fire, Button.FIRE if tick % 50 == 49 else 0)

    def _serve(self, tick: int, now: Input, ship: ShipState, rapid_until: int) -> None:
        """The server's gun, with its own idea of us."""
        fires = (now.wants(Button.FIRE) and not 182 <= tick < 200) or 260 <= tick < 264
        if tick < self._server_until or not fires or self._random.random() < 0.1:
            return
        cooldown_s = GUN.rapid_cooldown_s if rapid_until > tick else GUN.cooldown_s
        self._server_until = tick + math.floor(cooldown_s * TICK_RATE + 0.5)
        aim, off = aim_from_wire(now.aim), self._random.choice((0.0, 0.0, 6.0))
        dx, dy = math.cos(aim), math.sin(aim)
        start = At(ship.x + dx * 10.0 + off, ship.y + dy * 10.0, dx * GUN.speed, dy * GUN.speed, 0)
        self._true[1000 + tick] = self._range.fly(FLIGHT, start, tick - 1, 102)

    def _hear(self, tick: int) -> Iterator[list[Any]]:
        """What a snapshot of `tick` tells."""
        entities = [self._rock]
        for entity, course in self._true.items():
            at = course.at(tick)
            if at is not None and tick >= entity - 1000 and at.bounces >= self._said.get(entity, 0):
                yield from self._tell(entity, at, tick)
            elif at is None and entity in self._tracks and self._tracks[entity].gone == math.inf:
                self._tracks[entity].gone = course.last_tick + 1
                yield ["gone", entity, course.last_tick + 1]
        own = Own(7, 700.0 + 40.0 * (tick - 99) / TICK_RATE, 650.0 - 25.0 * (tick - 99) / TICK_RATE, 40.0, -25.0, 0)
        told = CellKeyframe(0, checksum_of(entities), entities)
        self._view.apply(Snapshot(tick, 0, None, own, None, [], None, [told]))
        self._shots.heard(own)
        yield ["hear", tick, entities, own]

    def _tell(self, entity: int, at: At, tick: int) -> Iterator[list[Any]]:
        """When it is new, and after each bounce."""
        if entity in self._said and at.bounces == self._said[entity]:
            return
        self._said[entity] = at.bounces
        scale = KINDS[SHOT].velocity_scale
        place = nearest(at.x * 8), nearest(at.y * 8), nearest(at.vx * scale), nearest(at.vy * scale)
        published = Published(entity, SHOT, 0, 1, at.bounces, tick, *place, 0, 0, 0, 0)
        if entity not in self._tracks:
            self._tracks[entity] = Track(published, KINDS[SHOT])
        else:
            self._tracks[entity].beliefs.append((published, float(tick)))
        yield ["tell", published]

    def _draw(self, now: float) -> list[Any]:
        picture = now - GAP_TICKS
        told = [self._shots.place(track, now, picture) for _, track in sorted(self._tracks.items())]
        drawn = [*filter(None, told), *self._shots.unconfirmed(now, picture)]
        return ["draw", now, picture, [astuple(shot) for shot in drawn]]
