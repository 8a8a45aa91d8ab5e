"""Does nothing: a player who has left the room."""

from random import Random

from bots.act import Act
from bots.common_room import CommonRoom
from bots.view import View


class Idle:
    def __init__(self, room: CommonRoom, rng: Random) -> None:
        pass

    def think(self, view: View, tick: int) -> Act:
        return Act()
