"""Hunts the nearest ship: leads its target, banks shots off walls when the straight line is blocked, keeps its
distance, boosts in and away, and looks for pick-ups when hurt. When its gun happens to point at where it sees its
target, it may let the pulse go as well.

It is meant to be beaten: it notices a new target late, its hand shakes, and each hunter is better or worse than
the next.
"""

from math import atan2, cos, hypot, sin
from random import Random
from typing import Final

from msgspec import Struct

from bots.act import Act
from bots.brains.flight import away_from_walls, meeting_s, pull
from bots.cell_table import Sighting
from bots.common_room import CommonRoom
from bots.view import View
from protocol.arena import Point
from protocol.snapshot import Own

SHOT_SPEED: Final = 900.0
"""Units/s; a shot does not inherit its ship's velocity."""
RANGE_UNITS: Final = 850.0
BANK_RANGE_UNITS: Final = 1000.0
NEAR_UNITS: Final = 230.0
FAR_UNITS: Final = 420.0
BOOST_IN_UNITS: Final = 700.0
BANKS_TRIED: Final = 3
PULSE_RANGE_UNITS: Final = 580.0
PULSE_CHANCE: Final = 0.6
"""That it sees its chance, each time that it thinks."""
HURT_HULL: Final = 45
STATUS_PROTECTED: Final = 32
"""A fresh ship can't be harmed; PROTOCOL.md, section 4."""
LOYALTY: Final = 0.7
"""Another ship must be this much nearer to be worth turning to."""


class Skill(Struct, frozen=True):
    """How good one hunter is."""

    shake_radians: float
    reaction_s: float
    fire_share: float
    """How much of the time it dares to shoot."""


class Hunter:
    """One hunter."""

    def __init__(self, room: CommonRoom, rng: Random) -> None:
        self._room = room
        self._rng = rng
        self._skill = Skill(rng.uniform(0.05, 0.16), rng.uniform(0.25, 0.6), rng.uniform(0.45, 0.8))
        self._target_id = -1
        self._ready_tick = 0
        self._shake = 0.0
        self._turn = 1.0
        self._turn_tick = 0
        self._goal: Point | None = None

    def think(self, view: View, tick: int) -> Act:
        own = view.own
        if own is None:
            self._target_id = -1
            return Act()
        me = self._ahead(own, tick - view.tick)
        target = self._choose(view, me, tick)
        if target is None:
            return self._search(me)
        aim, has_line = self._aim(me, target, tick - view.tick)
        move, boost = self._fly(view, own, me, target, tick)
        dares = tick >= self._ready_tick and self._rng.random() < self._skill.fire_share
        aim = self._tremble(aim)
        pulse = dares and self._is_aligned(view, me, target, aim, tick) and self._rng.random() < PULSE_CHANCE
        return Act(move, aim, has_line and dares, boost, pulse)

    def _ahead(self, own: Own, ticks: int) -> Point:
        """Where our ship is at the tick that we act in, if it flies on."""
        ahead_s = ticks / self._room.rates.tick_rate
        return own.x + own.vx * ahead_s, own.y + own.vy * ahead_s

    def _choose(self, view: View, me: Point, tick: int) -> Sighting | None:
        """The nearest ship that can be harmed; the one we hunt already counts as nearer than it is."""
        best, best_distance = None, float("inf")
        for ship in view.sightings("ship"):
            if ship.entity.status & STATUS_PROTECTED:
                continue
            distance = hypot(ship.x - me[0], ship.y - me[1])
            distance *= LOYALTY if ship.entity.id == self._target_id else 1.0
            if distance < best_distance:
                best, best_distance = ship, distance
        if best is not None and best.entity.id != self._target_id:
            self._target_id = best.entity.id
            self._ready_tick = tick + int(self._skill.reaction_s * self._room.rates.tick_rate)
        return best

    def _aim(self, me: Point, target: Sighting, ticks: int) -> tuple[float, bool]:
        """(direction, whether a shot that way can hit): straight, or else over a wall."""
        seen_s = ticks / self._room.rates.tick_rate
        x, y = target.x + target.vx * seen_s, target.y + target.vy * seen_s
        flight_s = meeting_s(x - me[0], y - me[1], target.vx, target.vy, SHOT_SPEED) or 0.0
        spot = (x + target.vx * flight_s, y + target.vy * flight_s)
        direct = atan2(spot[1] - me[1], spot[0] - me[0])
        if self._is_clear(me, spot):
            return direct, flight_s * SHOT_SPEED < RANGE_UNITS
        for bank in self._room.cushions.banks(me, spot, BANK_RANGE_UNITS)[:BANKS_TRIED]:
            turn = (bank.x, bank.y)
            if self._is_clear(me, turn) and self._is_clear(turn, spot):
                return atan2(bank.y - me[1], bank.x - me[0]), True
        return direct, False

    def _is_aligned(self, view: View, me: Point, target: Sighting, aim: float, tick: int) -> bool:
        """Whether a pulse is ready, and would hit the target where it is seen: the server judges it there."""
        x, y = target.x - me[0], target.y - me[1]
        along, across = x * cos(aim) + y * sin(aim), y * cos(aim) - x * sin(aim)
        return (
            view.hud.get("pulse_until", tick + 1) <= tick
            and 0.0 < along < PULSE_RANGE_UNITS
            and abs(across) < self._room.kind_of("ship").radius
            and self._is_clear(me, (target.x, target.y))
        )

    def _is_clear(self, a: Point, b: Point) -> bool:
        """Whether a shot gets from a to b; its very ends may touch, for a bank begins and ends at a wall."""
        x, y = pull(a, b)
        return self._room.walls.is_clear(a[0] + x, a[1] + y, b[0] - x, b[1] - y, self._room.shot_radius * 0.9)

    def _fly(self, view: View, own: Own, me: Point, target: Sighting, tick: int) -> tuple[Point, bool]:
        """(stick, boost)."""
        x, y = pull(me, (target.x, target.y))
        distance = hypot(target.x - me[0], target.y - me[1])
        is_hurt = view.hud.get("hull", 100) < HURT_HULL
        refuge = self._refuge(view, me) if is_hurt else None
        if refuge is not None:
            move = pull(me, refuge)
        elif is_hurt or distance < NEAR_UNITS:
            move = self._aslant((-x, -y), tick)
        elif distance > FAR_UNITS:
            move = (x, y)
        else:
            move = self._aslant((0.0, 0.0), tick, (x, y))
        boost = own.boost_ticks == 0 and (distance > BOOST_IN_UNITS or (is_hurt and distance < FAR_UNITS))
        return away_from_walls(self._room.walls, me, move), boost

    def _refuge(self, view: View, me: Point) -> Point | None:
        """The nearest pick-up."""
        found = min(view.sightings("pickup"), key=lambda s: hypot(s.x - me[0], s.y - me[1]), default=None)
        return (found.x, found.y) if found else None

    def _aslant(self, along: Point, tick: int, facing: Point | None = None) -> Point:
        """`along`, and to one side of it, the side changing every second or two: a harder target."""
        if tick >= self._turn_tick:
            self._turn = self._rng.choice((-1.0, 1.0))
            self._turn_tick = tick + int(self._rng.uniform(0.8, 2.2) * self._room.rates.tick_rate)
        x, y = facing or along
        return pull((0.0, 0.0), (along[0] - y * self._turn, along[1] + x * self._turn))

    def _search(self, me: Point) -> Act:
        """Nobody in sight: go where ships appear."""
        if self._goal is None or hypot(self._goal[0] - me[0], self._goal[1] - me[1]) < NEAR_UNITS:
            spawn = self._rng.choice(self._room.arena.spawns)
            self._goal = (spawn.x, spawn.y)
        move = away_from_walls(self._room.walls, me, pull(me, self._goal))
        return Act(move, atan2(move[1], move[0]))

    def _tremble(self, aim: float) -> float:
        """The error of the hand wanders about; it never settles."""
        self._shake = 0.8 * self._shake + 0.6 * self._rng.gauss(0.0, self._skill.shake_radians)
        return atan2(sin(aim + self._shake), cos(aim + self._shake))
