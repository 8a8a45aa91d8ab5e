"""Steering and aiming that brains have in common. Plain geometry: points in, directions out."""

from collections.abc import Iterable
from math import cos, hypot, sin, sqrt, tau
from typing import Final, Protocol

from protocol.arena import Point

PROBE_UNITS: Final = 110.0
"""How far ahead a ship looks for walls."""
SHIP_CLEARANCE_UNITS: Final = 20.0
AHEAD, PASSING_UNITS = 0.75, 64.0
"""What `past_ships` takes for right ahead, as a cosine, and for near."""
_ASIDE: Final = (cos(0.9), sin(0.9))
HASTE, BRAKE = 0.012, 0.0024
"""Of `arrive`: stick for each unit that is missing, less for each unit per second."""
_TURNS: Final = tuple((cos(part * tau), sin(part * tau)) for part in (0, 1 / 8, -1 / 8, 1 / 4, -1 / 4, 3 / 8, -3 / 8))


class Sightline(Protocol):
    """Knows where walls are."""

    def is_clear(self, ax: float, ay: float, bx: float, by: float, radius: float) -> bool: ...


def pull(me: Point, goal: Point) -> Point:
    """The unit vector from `me` to `goal`; nothing when there already."""
    dx, dy = goal[0] - me[0], goal[1] - me[1]
    distance = hypot(dx, dy)
    return (dx / distance, dy / distance) if distance > 0 else (0.0, 0.0)


def arrive(me: Point, speed: Point, goal: Point) -> Point:
    """The stick that takes a ship to `goal` and has it stop there."""
    x = (goal[0] - me[0]) * HASTE - speed[0] * BRAKE
    y = (goal[1] - me[1]) * HASTE - speed[1] * BRAKE
    length = hypot(x, y)
    return (x, y) if length <= 1.0 else (x / length, y / length)


def past_ships(ships: Iterable[Point], me: Point, move: Point) -> Point:
    """`move`, or to the right of it when a ship is right ahead: of two that meet head-on, both do so."""
    for ship in ships:
        x, y = pull(me, ship)
        if x * move[0] + y * move[1] > AHEAD and hypot(ship[0] - me[0], ship[1] - me[1]) < PASSING_UNITS:
            return (move[0] * _ASIDE[0] - move[1] * _ASIDE[1], move[0] * _ASIDE[1] + move[1] * _ASIDE[0])
    return move


def away_from_walls(walls: Sightline, me: Point, move: Point) -> Point:
    """`move`, or the least turn of it under which no wall is near; none if there are walls all around."""
    x, y = me
    for c, s in _TURNS:
        turned = (move[0] * c - move[1] * s, move[0] * s + move[1] * c)
        ahead = (x + turned[0] * PROBE_UNITS, y + turned[1] * PROBE_UNITS)
        if walls.is_clear(x, y, *ahead, SHIP_CLEARANCE_UNITS):
            return turned
    return (-move[0], -move[1])


def meeting_s(dx: float, dy: float, vx: float, vy: float, speed: float) -> float | None:
    """After how many seconds something of `speed`, starting at (0, 0) now, can meet what is at (dx, dy) and moves
    with (vx, vy); None when it never can.

    The smallest root t >= 0 of |d + v t| = speed t.
    """
    a = vx * vx + vy * vy - speed * speed
    b = dx * vx + dy * vy
    c = dx * dx + dy * dy
    if abs(a) < 1e-9:
        return -c / (2 * b) if b < 0 else None
    under_root = b * b - a * c
    if under_root < 0:
        return None
    root = sqrt(under_root)
    times = [t for t in ((-b - root) / a, (-b + root) / a) if t >= 0]
    return min(times, default=None)
