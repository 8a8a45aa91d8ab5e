"""Whichever brain suits the game: told by what there is in it, not by its name.

Where there is a ball and there are goals, it plays for its team; where ships have guns, it hunts; else it flies about.
"""

from random import Random

from bots.act import Brain
from bots.brains.hunter import Hunter
from bots.brains.teammate import Teammate
from bots.brains.wander import Wander
from bots.common_room import CommonRoom


def suitable(room: CommonRoom, rng: Random) -> Brain:
    categories = {kind.category for kind in room.kinds}
    if "ball" in categories and len({goal.team for goal in room.arena.goals}) > 1:
        return Teammate(room, rng)
    return Hunter(room, rng) if "shot" in categories else Wander(room, rng)
