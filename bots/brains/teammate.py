"""Plays ball for a team: in goal, if it is the one to do so, else in front."""

from random import Random

from msgspec.structs import replace

from bots.act import Act
from bots.brains.flight import past_ships
from bots.brains.keeper import Keeper
from bots.brains.pitch import Pitch, keeper_of
from bots.brains.striker import Striker
from bots.common_room import CommonRoom
from bots.view import View


class Teammate:
    """One bot. Which team it plays for, and who else does, may change."""

    def __init__(self, room: CommonRoom, rng: Random) -> None:
        self._room = room
        self._keeper, self._striker = Keeper(room, rng), Striker(room, rng)
        self._pitches = {goal.team: Pitch(room, goal.team) for goal in room.arena.goals}

    def think(self, view: View, tick: int) -> Act:
        mine = view.roster.get(view.player)
        pitch = self._pitches.get(mine.team) if mine else None
        if view.own is None or mine is None or pitch is None:
            return Act()
        ticks = tick - view.tick
        ball = pitch.ball(view, ticks)
        if ball is None:
            return Act()
        ahead_s = ticks / self._room.rates.tick_rate
        me = view.own.x + view.own.vx * ahead_s, view.own.y + view.own.vy * ahead_s
        role = self._keeper if keeper_of(view, mine.team) == view.player else self._striker
        act = role.play(view, pitch, me, (view.own.vx, view.own.vy), ball)
        return replace(act, move=past_ships(((ship.x, ship.y) for ship in view.sightings("ship")), me, act.move))
