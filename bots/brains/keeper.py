"""Keeps goal: stands in the ball's way, goes to meet what comes, and clears what lies about in front.

It shoots at the ball whenever it can: from here, every shot pushes it away.
"""

from math import atan2, hypot
from random import Random
from typing import Final

from bots.act import Act
from bots.brains.flight import arrive, pull
from bots.brains.pitch import Ball, Pitch
from bots.common_room import CommonRoom
from bots.view import View
from protocol.arena import Point

OUT_UNITS: Final = 120.0
"""How far in front of its goal it stands."""
CLEAR_UNITS: Final = 420.0
"""A ball so near to the goal is not waited for."""
COMING_S: Final = 1.6
RANGE_UNITS: Final = 560.0
BOOST_UNITS: Final = 200.0


class Keeper:
    """One in goal."""

    def __init__(self, room: CommonRoom, rng: Random) -> None:
        self._room, self._rng = room, rng
        self._shake = rng.uniform(0.03, 0.08)

    def play(self, view: View, pitch: Pitch, me: Point, speed: Point, ball: Ball) -> Act:
        along = pull(me, (ball.x, ball.y))
        out = pull(pitch.ours, pitch.theirs)
        apart = hypot(ball.x - me[0], ball.y - me[1])
        aim = atan2(along[1], along[0]) + self._rng.gauss(0.0, self._shake)
        is_out = along[0] * out[0] + along[1] * out[1] > 0.1
        fire = is_out and apart < RANGE_UNITS
        from_goal = hypot(ball.x - pitch.ours[0], ball.y - pitch.ours[1])
        if from_goal < CLEAR_UNITS and is_out:
            return Act(along, aim, fire, boost=apart < BOOST_UNITS)
        return Act(arrive(me, speed, self._post(pitch, ball, out)), aim, fire)

    def _post(self, pitch: Pitch, ball: Ball, out: Point) -> Point:
        """On the way of a ball that comes; else between it and the goal."""
        line = (pitch.ours[0] + out[0] * OUT_UNITS, pitch.ours[1] + out[1] * OUT_UNITS)
        closing = -(ball.vx * out[0] + ball.vy * out[1])
        ahead = (ball.x - line[0]) * out[0] + (ball.y - line[1]) * out[1]
        if closing > 60.0 and 0.0 < ahead < closing * COMING_S:
            meets_s = ahead / closing
            x, y = ball.x + ball.vx * meets_s, ball.y + ball.vy * meets_s
        else:
            x, y = pull(pitch.ours, (ball.x, ball.y))
            x, y = pitch.ours[0] + x * OUT_UNITS, pitch.ours[1] + y * OUT_UNITS
        # Along the goal's mouth, and no farther than its posts.
        across = (x - line[0]) * -out[1] + (y - line[1]) * out[0]
        across = max(-pitch.mouth / 2, min(pitch.mouth / 2, across))
        return line[0] - out[1] * across, line[1] + out[0] * across
