"""What those who play ball need to know: whose goal is where, where the ball is, who of one's team is nearer to it."""

from math import hypot
from typing import Final

from msgspec import Struct

from bots.common_room import CommonRoom
from bots.view import View
from protocol.arena import Point

MARGIN_UNITS: Final = 170.0


class Ball(Struct, frozen=True):
    """Where the ball will be when what we do now takes effect; at rest where it is only known from afar."""

    x: float
    y: float
    vx: float
    vy: float
    radius: float

    def after(self, seconds: float) -> "Ball":
        """If it rolls on."""
        return Ball(self.x + self.vx * seconds, self.y + self.vy * seconds, self.vx, self.vy, self.radius)


class Pitch:
    """The arena, as a team sees it."""

    def __init__(self, room: CommonRoom, team: int) -> None:
        goals = {goal.team: goal for goal in room.arena.goals}
        own = goals[team]
        other = next(goal for goal in room.arena.goals if goal.team != team)
        self.ours, self.theirs = (own.x, own.y), (other.x, other.y)
        self.mouth = min(max(own.width, own.height), 2 * room.arena.size.height)
        self.ball_radius, self.ship_radius = room.kind_of("ball").radius, room.kind_of("ship").radius
        self._size, self._tick_rate = room.arena.size, room.rates.tick_rate

    def ball(self, view: View, ticks: int) -> Ball | None:
        """`ticks` after the view's. None when nothing is known of it."""
        seen, ahead_s = next(view.sightings("ball"), None), ticks / self._tick_rate
        if seen is not None:
            return Ball(seen.x, seen.y, seen.vx, seen.vy, self.ball_radius).after(ahead_s)
        if "ball_x" in view.hud and "ball_y" in view.hud:
            return Ball(view.hud["ball_x"], view.hud["ball_y"], 0.0, 0.0, self.ball_radius)
        return None

    def rank(self, view: View, me: Point, ball: Ball) -> int:
        """How many of our team, as far as they are in sight, are nearer to the ball; who keeps goal apart."""
        mine = view.roster.get(view.player)
        team, keeper = (mine.team, keeper_of(view, mine.team)) if mine else (0, 0)
        own = hypot(ball.x - me[0], ball.y - me[1])
        mates = [
            ship
            for ship in view.sightings("ship")
            if (info := view.roster.get(ship.entity.owner))
            and info.team == team
            and info.id not in (view.player, keeper)
        ]
        return sum(hypot(ball.x - mate.x, ball.y - mate.y) < own for mate in mates)

    def inside(self, spot: Point) -> Point:
        """The nearest place that is not at the border."""
        x = max(MARGIN_UNITS, min(self._size.width - MARGIN_UNITS, spot[0]))
        return x, max(MARGIN_UNITS, min(self._size.height - MARGIN_UNITS, spot[1]))


def keeper_of(view: View, team: int) -> int:
    """Who keeps goal for a team: the bot that has been there longest; nobody (0) in a team of one."""
    ours = [info for info in view.roster.values() if info.team == team]
    return min((info.id for info in ours if info.bot), default=0) if len(ours) > 1 else 0
