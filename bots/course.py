"""Where a shot flies: lived at once to its end in the server's engine, among walls and what is loose, and kept tick by
tick.

Bounces are the server's: each but those in a corner's second tick is counted, and makes the shot faster if the gun says
so. What a shot hits and doesn't bounce off, crates, ends it. Ships do, too, but where those are going isn't known: they
are left out. COURSE_TICKS_MAX and LOOSE_MAX bound what a course costs.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import floor, hypot
from typing import Final

import pymunk
from msgspec import Struct

from protocol.arena import Arena
from protocol.kinds import Kind
from protocol.physics import CATEGORY_BITS, corners_of, make_body, make_space, renew, step

COURSE_TICKS_MAX: Final = 120
LOOSE_MAX: Final = 6
"""Rocks and crates that a shot may meet, the nearest to its muzzle."""
_SHOT: Final = CATEGORY_BITS["shot"]


class Flight(Struct, frozen=True):
    """What a shot is like in flight."""

    kind: Kind
    speed: float
    """Units/s without a bounce."""
    speed_per_bounce: float
    """How much faster it is after each bounce, as a part of that."""
    bounces_max: int


class Loose(Struct, frozen=True):
    """Something that a shot may meet: units, units/s, radians and radians/s."""

    kind: Kind
    variant: int
    """Which of the arena's rocks, if it is one."""
    x: float
    y: float
    vx: float
    vy: float
    angle: float
    spin: float


class At(Struct, frozen=True):
    """A shot at some time of its course."""

    x: float
    y: float
    vx: float
    vy: float
    bounces: int


class Course:
    """A shot's places after the ticks from `first_tick` on."""

    def __init__(self, first_tick: int, rows: Sequence[At], tick_rate: int) -> None:
        self.first_tick = first_tick
        self._rows, self._tick_rate = rows, tick_rate

    @property
    def last_tick(self) -> int:
        """The last tick after which it flies on."""
        return self.first_tick + len(self._rows) - 1

    def at(self, tick: float) -> At | None:
        """Where it is at `tick`, whole or not; before its first tick straight back from there. None: it has ended."""
        if tick > self.last_tick:
            return None
        time = tick - self.first_tick
        row = max(0, floor(time))
        now, following = self._rows[row], self._rows[min(row + 1, len(self._rows) - 1)]
        share = 0.0 if time < 0 else time - floor(time)
        before_s = min(0.0, time) / self._tick_rate
        x = now.x + (following.x - now.x) * share + now.vx * before_s
        y = now.y + (following.y - now.y) * share + now.vy * before_s
        return At(x, y, now.vx, now.vy, now.bounces)


class Range:
    """An arena to shoot in."""

    def __init__(self, arena: Arena, tick_rate: int) -> None:
        self._arena, self._tick_rate = arena, tick_rate
        self._space = make_space(arena)
        self._space.on_collision(_SHOT, None, begin=self._began)
        self._spare: dict[tuple[str, int], list[tuple[pymunk.Body, pymunk.Shape]]] = defaultdict(list)
        """Bodies that are not in the space, by kind and variant."""
        self._met: list[pymunk.Shape] = []
        """What the shot began to touch in the last tick."""

    def fly(self, flight: Flight, start: At, tick: int, ticks: int, loose: Sequence[Loose] = ()) -> Course:
        """The course of a shot that is at `start` after `tick`, and flies for at most `ticks` more."""
        laid = self._lay(flight.kind, start, loose[:LOOSE_MAX])
        rows = self._live(flight, start, laid[0][1], tick, min(ticks, COURSE_TICKS_MAX))
        for sort, body, shape in laid:
            self._space.remove(body, shape)
            self._spare[sort].append((body, shape))
        return Course(tick, rows, self._tick_rate)

    def _live(self, flight: Flight, start: At, body: pymunk.Body, tick: int, ticks: int) -> list[At]:
        rows, bounces, bounced = [start], start.bounces, tick - 2
        for now in range(tick + 1, tick + 1 + ticks):
            self._met = []
            step(self._space, self._tick_rate)
            if any(shape.collision_type == CATEGORY_BITS["crate"] for shape in self._met):
                break
            if self._met and now - bounced > 1:
                bounces, bounced = bounces + 1, now
                if bounces > flight.bounces_max or not _hurry(body, flight, bounces):
                    break
            (x, y), (vx, vy) = body.position, body.velocity
            rows.append(At(x, y, vx, vy, bounces))
        return rows

    def _lay(
        self, kind: Kind, start: At, loose: Sequence[Loose]
    ) -> list[tuple[tuple[str, int], pymunk.Body, pymunk.Shape]]:
        """Put the shot in, and then what is loose."""
        laid = [self._put_in(Loose(kind, 0, start.x, start.y, start.vx, start.vy, 0.0, 0.0))]
        return laid + [self._put_in(body) for body in loose]

    def _put_in(self, state: Loose) -> tuple[tuple[str, int], pymunk.Body, pymunk.Shape]:
        sort = state.kind.name, state.variant
        spare = self._spare[sort]
        corners = corners_of(state.kind, self._arena, state.variant)
        body, shape = spare.pop() if spare else make_body(state.kind, corners)
        renew(body)
        body.position, body.velocity = (state.x, state.y), (state.vx, state.vy)
        body.angle, body.angular_velocity = state.angle, state.spin
        self._space.add(body, shape)
        return sort, body, shape

    def _began(self, arbiter: pymunk.Arbiter, _space: pymunk.Space, _extra: object) -> None:
        one, other = arbiter.shapes
        self._met.append(other if one.collision_type == _SHOT else one)


def _hurry(body: pymunk.Body, flight: Flight, bounces: int) -> bool:
    """Give it the speed that so many bounces make; False: it stands still."""
    vx, vy = body.velocity
    was = hypot(vx, vy)
    if was < 1.0:
        return False
    faster = flight.speed * (1.0 + flight.speed_per_bounce * bounces) / was
    body.velocity = vx * faster, vy * faster
    return True
