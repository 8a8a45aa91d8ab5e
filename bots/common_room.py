"""What the bots of one process that play in one room share, because it is the same for all of them.

The arena's walls are built once, and beliefs about a cell are held once.
"""

from bots.cushions import Cushions
from bots.neighbourhood import Neighbourhood
from bots.shelf import Shelf
from bots.walls import Walls
from protocol.arena import Arena
from protocol.kinds import Category, Kind
from protocol.messages import Welcome
from protocol.ticks import Rates


class CommonRoom:
    """A room, as told by the first welcome to it."""

    def __init__(self, welcome: Welcome) -> None:
        self.arena = welcome.arena
        self.revision = -1
        """Of what is built, if anything was."""
        self.kinds = welcome.kinds
        self.rates = Rates(welcome.tick_rate, welcome.snapshot_rate)
        self.shelf = Shelf()
        self.walls = Walls(welcome.arena)
        self.shot_radius = self.kind_of("shot").radius
        self.cushions = Cushions(welcome.arena, self.shot_radius)

    def rearrange(self, arena: Arena, revision: int) -> None:
        """Where the arena is built: it is this one now."""
        self.arena, self.revision = arena, revision
        self.walls = Walls(arena)
        self.cushions = Cushions(arena, self.shot_radius)

    def make_neighbourhood(self) -> Neighbourhood:
        """A space for one player's ship and what is beside it; it has a memory, so it is not shared."""
        return Neighbourhood(self.arena, self.kinds, self.kind_of("ship"), self.rates.tick_rate)

    def kind_of(self, category: Category) -> Kind:
        """The first kind of `category`. Every game has ships; one without shots counts them as points."""
        fallback = Kind(name=category, category=category, radius=1.0, mass=1.0)
        return next((kind for kind in self.kinds if kind.category == category), fallback)

    def is_told_by(self, welcome: Welcome) -> bool:
        return (
            self.arena == welcome.arena
            and self.kinds == welcome.kinds
            and self.rates == Rates(welcome.tick_rate, welcome.snapshot_rate)
        )


class CommonRooms:
    """The rooms that the bots of this process are in, by name."""

    def __init__(self) -> None:
        self._rooms: dict[str, CommonRoom] = {}

    def enter(self, welcome: Welcome) -> CommonRoom:
        """The room that `welcome` tells of: a known one, unless it has changed."""
        room = self._rooms.get(welcome.room)
        if room is None or not room.is_told_by(welcome):
            room = self._rooms[welcome.room] = CommonRoom(welcome)
        return room
