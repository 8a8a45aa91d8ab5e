"""Crates that break, drop something for whoever comes by, and are back after a while.

A part of a game, not a game: it owns its entities from `put_all` to `remove_all` and leaves to the game what a
pickup is good for. In a full world it goes without, and tries again later.
"""

from msgspec import Struct, field

from server.game import Stage
from server.world import WorldFullError

CRATE_HULL, CRATE_BACK_S, PICKUP_LIFE_S = 50, 20.0, 20.0
STATUS_WHOLE = 15


class Books(Struct):
    """What has become of the crates: all that must be remembered of them."""

    hulls: dict[int, int] = field(default_factory=dict)
    """What is left of each crate, by entity."""
    pickups: dict[int, int] = field(default_factory=dict)
    """The tick at which each vanishes, by entity, the oldest first."""
    due: list[tuple[int, int]] = field(default_factory=list)
    """(tick, place in the arena's crates): when a broken crate is back."""


class Crates:
    """The crates of the stage's arena. The kinds are indices into the game's; `sorts` of pickups are drawn from.

    All that it remembers is written into `books`.
    """

    def __init__(self, stage: Stage, crate_kind: int, pickup_kind: int, sorts: int, books: Books | None = None) -> None:
        self.books = books or Books()
        self.hulls, self.pickups, self.due = self.books.hulls, self.books.pickups, self.books.due
        self._stage, self._world = stage, stage.world
        self._crate_kind, self._pickup_kind, self._sorts = crate_kind, pickup_kind, sorts

    def put_all(self) -> None:
        for place in range(len(self._stage.arena.crates)):
            self._put(place)

    def remove_all(self) -> None:
        for entity in (*self.hulls, *self.pickups):
            self._world.remove(entity)
        for book in (self.hulls, self.pickups, self.due):
            book.clear()

    def hit(self, crate: int, damage: int) -> None:
        """Break a crate, a little or altogether."""
        self.hulls[crate] -= damage
        if self.hulls[crate] > 0:
            self._world.status[crate] = self.hulls[crate] * STATUS_WHOLE // CRATE_HULL
            return
        del self.hulls[crate]
        self._await(int(self._world.variant[crate]))
        x, y = float(self._world.x[crate]), float(self._world.y[crate])
        self._world.remove(crate)
        self._drop(x, y)

    def take(self, pickup: int) -> int:
        """Somebody has it: which sort it was."""
        del self.pickups[pickup]
        self._world.remove(pickup)
        return int(self._world.variant[pickup])

    def expire(self) -> None:
        """What has had its time. All have equally long, so the oldest come first."""
        tick = self._stage.tick
        while self.pickups and (first := next(iter(self.pickups))) and self.pickups[first] <= tick:
            self.take(first)
        while self.due and self.due[0][0] <= tick:
            self._put(self.due.pop(0)[1])

    def _put(self, place: int) -> None:
        crate = self._stage.arena.crates[place]
        try:
            entity = self._world.spawn(
                self._crate_kind, crate.x, crate.y, angle=crate.angle, variant=place, status=STATUS_WHOLE
            )
        except WorldFullError:
            self._await(place)
        else:
            self.hulls[entity] = CRATE_HULL

    def _await(self, place: int) -> None:
        self.due.append((self._stage.tick + self._stage.rates.ticks_in(CRATE_BACK_S), place))

    def _drop(self, x: float, y: float) -> None:
        try:
            pickup = self._world.spawn(self._pickup_kind, x, y, variant=self._stage.random.randrange(self._sorts))
        except WorldFullError:
            return
        self.pickups[pickup] = self._stage.tick + self._stage.rates.ticks_in(PICKUP_LIFE_S)
