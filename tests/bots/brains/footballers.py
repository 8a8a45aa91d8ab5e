"""A pitch for brains: what one of them sees of a ball, of its own ship, and of who plays."""

from collections.abc import Iterable
from random import Random

from bots.brains.pitch import Ball
from bots.common_room import CommonRoom
from bots.view import View
from protocol.arena import Point
from protocol.messages import PlayerInfo, Welcome
from protocol.reckoning import Published
from protocol.snapshot import CellKeyframe, Own, Snapshot, checksum_of
from server.games.ball import Ball as BallGame
from tests.bots.stage import published
from tests.instruments.stepper import arena_named

PITCH = arena_named("pitch")
BALL_ID, BALL_KIND = 90, 2
ROSTER = {id: PlayerInfo(id, f"p{id}", 0, bot=True, team=2 - id % 2) for id in range(1, 8)}
"""The odd ones play for team 1, which has the left goal."""


def room() -> CommonRoom:
    kinds = list(BallGame.kinds)
    return CommonRoom(Welcome(1, 1, "main", "ball", 100, 60, 30, 512, "t", "player", [*BallGame.hud], kinds, PITCH, []))


def rng(seed: int = 1) -> Random:
    return Random(seed)


def ball_at(x: float, y: float, vx: float = 0.0, vy: float = 0.0) -> Ball:
    return Ball(x, y, vx, vy, BallGame.kinds[BALL_KIND].radius)


def seen(
    me: Point,
    ball: Point | None,
    mates: Iterable[tuple[int, Point]] = (),
    player: int = 1,
    hud: list[int] | None = None,
) -> View:
    """What `player` sees in tick 100: its own ship, entity 1, the ball, and others by player."""
    entities: list[Published] = [_owned(1, player, me)]
    entities += [_owned(10 + other, other, place) for other, place in mates]
    if ball is not None:
        entities.append(published(BALL_ID, *ball, kind=BALL_KIND))
    view = View(list(BallGame.kinds), 60, BallGame.hud)
    view.player, view.roster = player, ROSTER
    keyframe = CellKeyframe(0, checksum_of(entities), entities)
    view.apply(Snapshot(100, 0, None, Own(1, *me, 0.0, 0.0, 0), hud, [], None, [keyframe]))
    return view


def _owned(entity: int, owner: int, place: Point) -> Published:
    return Published(entity, 0, 0, owner, 0, 100, int(place[0] * 8), int(place[1] * 8), 0, 0, 0, 0, 0, 0)
