"""Plays the ball: gets behind it, seen from the other goal, and then goes through it; shoots when that helps.

The two of a team who are nearest go for the ball, the others wait a little behind it, each to one side, for what comes
back. Nobody shoots towards their own goal.
"""

from math import atan2, cos, hypot, sin
from random import Random
from typing import Final

from bots.act import Act
from bots.brains.flight import arrive, away_from_walls, pull
from bots.brains.pitch import Ball, Pitch
from bots.common_room import CommonRoom
from bots.view import View
from protocol.arena import Point

BEHIND_UNITS: Final = 34.0
"""How far behind the ball's rim one gets ready."""
AROUND_UNITS: Final = 96.0
ALIGNED: Final = 0.82
"""From this cosine on one is behind the ball."""
BOOST_UNITS: Final = 230.0
RANGE_UNITS: Final = 620.0
WANTED_UNITS_S: Final = 700.0
"""How fast the ball is to be, straight to the goal."""
AHEAD_S_MAX: Final = 0.6
CLOSING_UNITS_S: Final = 700.0
"""How fast a ship and the ball meet, about."""
HUNTERS_MAX: Final = 2
SUPPORT_UNITS: Final = 300.0
SPREAD_UNITS: Final = 170.0


class Striker:
    """One of those who are not in goal."""

    def __init__(self, room: CommonRoom, rng: Random) -> None:
        self._room, self._rng = room, rng
        self._shake = rng.uniform(0.03, 0.1)
        self._side = rng.choice((-1.0, 1.0))

    def play(self, view: View, pitch: Pitch, me: Point, speed: Point, ball: Ball) -> Act:
        ball = ball.after(min(AHEAD_S_MAX, hypot(ball.x - me[0], ball.y - me[1]) / CLOSING_UNITS_S))
        way = self._push(pitch, ball)
        along = pull(me, (ball.x, ball.y))
        apart = hypot(ball.x - me[0], ball.y - me[1])
        aim = atan2(along[1], along[0]) + self._rng.gauss(0.0, self._shake)
        helps = along[0] * way[0] + along[1] * way[1]
        fire = helps > 0.35 and apart < RANGE_UNITS and self._rng.random() < 0.7
        if pitch.rank(view, me, ball) >= HUNTERS_MAX:
            return Act(arrive(me, speed, self._support(pitch, ball)), aim, fire)
        if helps > ALIGNED:
            return Act(self._through(me, ball, way), aim, fire, boost=apart < BOOST_UNITS)
        move = arrive(me, speed, self._behind(pitch, me, ball, way))
        return Act(away_from_walls(self._room.walls, me, move), aim, fire)

    def _push(self, pitch: Pitch, ball: Ball) -> Point:
        """Which way to push the ball, so that this and what it does already take it to the goal together."""
        x, y = pull((ball.x, ball.y), pitch.theirs)
        return pull((ball.vx, ball.vy), (x * WANTED_UNITS_S, y * WANTED_UNITS_S))

    def _through(self, me: Point, ball: Ball, way: Point) -> Point:
        """At the side of the ball that sends it `way`, not at its middle."""
        return pull(me, (ball.x - way[0] * ball.radius * 0.6, ball.y - way[1] * ball.radius * 0.6))

    def _behind(self, pitch: Pitch, me: Point, ball: Ball, way: Point) -> Point:
        """Straight, or around the ball if it is in between."""
        back = ball.radius + pitch.ship_radius + BEHIND_UNITS
        spot = (ball.x - way[0] * back, ball.y - way[1] * back)
        side = (me[0] - ball.x) * -way[1] + (me[1] - ball.y) * way[0]
        in_front = (me[0] - ball.x) * way[0] + (me[1] - ball.y) * way[1] > -ball.radius
        if not in_front or abs(side) > AROUND_UNITS:
            return spot
        out = (1.0 if side >= 0 else -1.0) * (AROUND_UNITS + ball.radius)
        return (ball.x - way[1] * out, ball.y + way[0] * out)

    def _support(self, pitch: Pitch, ball: Ball) -> Point:
        """Between the ball and our goal, to one side."""
        home = atan2(pitch.ours[1] - ball.y, pitch.ours[0] - ball.x)
        x, y = ball.x + cos(home) * SUPPORT_UNITS, ball.y + sin(home) * SUPPORT_UNITS
        return pitch.inside((x - sin(home) * SPREAD_UNITS * self._side, y + cos(home) * SPREAD_UNITS * self._side))
