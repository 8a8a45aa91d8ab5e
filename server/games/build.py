"""Build: people build the arena together, physics running, and try out at once what they have built.

Whoever builds has no ship, and sees what is around where they point; whoever tries it out has one, which nothing harms.
When the last of these builds again, rocks and crates are put back to where the plan has them. Who may build is said by
`options["build_by"]`: "players", or only "editors" (see `server.roles`). Who was built over is put down elsewhere.
"""

from collections.abc import Sequence
from math import hypot
from typing import ClassVar, Final

from msgspec import Struct, field

from protocol.arena import Arena, Place
from protocol.blueprint import plan_of, too_large
from protocol.build_messages import Point, Pointed, Pointer
from protocol.description import Control, Description
from protocol.gun import Gun
from protocol.kinds import Kind
from protocol.physics import CATEGORY_BITS, WALL
from protocol.plan import Piece, Plan
from server.build.desk import Desk
from server.build.works import Loose, Works
from server.game import Game, Player, Stage
from server.games.pieces import CRATE_KIND, GUN, ROCK_KIND, SHIP_KIND, SHOT_KIND
from server.games.shots import Shot, Shots
from server.world import Contact, WorldFullError

SHIP, SHOT, ROCK, CRATE = range(4)
POINTED_EVERY_S: Final = 0.1
TIDY_EVERY_S: Final = 1.0
STUCK_AFTER_S: Final = 0.5
"""So long at most the engine has to push a ship out of what was built over it, however fast people build on."""
CLEAR_UNITS: Final = 24.0
IN_THE_WAY: Final = WALL | CATEGORY_BITS["ship"] | CATEGORY_BITS["rock"] | CATEGORY_BITS["crate"]


class Book(Struct, kw_only=True):
    """What must be remembered beside the world and the players."""

    pieces: list[tuple[int, Piece]]
    revision: int
    heard: dict[int, int]
    loose: dict[int, Loose]
    builders: set[int]
    shots: dict[int, Shot] = field(default_factory=dict)
    loaded: dict[int, int] = field(default_factory=dict)
    editors: list[str] = field(default_factory=list)
    mark: str = ""
    stale: dict[int, Piece] = field(default_factory=dict)
    """Of what is loose, pieces that were edited since the world followed the plan last: as they were then."""


class Build(Game):
    """One arena, and people who build it."""

    name: ClassVar[str] = "build"
    kinds: ClassVar[tuple[Kind, ...]] = (SHIP_KIND, SHOT_KIND, ROCK_KIND, CRATE_KIND)
    gun: ClassVar[Gun | None] = GUN
    saved: ClassVar[type[Book]] = Book
    may_be_late: ClassVar[bool] = False
    """Whoever watches asks for the plan as it is now."""
    description: ClassVar[Description] = Description(
        title="Build",
        about="Build an arena together, and try it out at once.",
        controls=(
            Control(button="move", does="fly"),
            Control(button="aim", does="aim"),
            Control(button="fire", does="shoot, harmlessly"),
            Control(button="boost", does="boost"),
        ),
    )

    @staticmethod
    def unfit(arena: Arena) -> str:
        return too_large(arena)

    def __init__(self, stage: Stage) -> None:
        self.stage, self.world, self.ticks = stage, stage.world, stage.rates.ticks_in
        self.is_open = stage.options.get("build_by", "players") == "players"
        self.desk = Desk(plan_of(stage.arena))
        self.works = Works(stage, ROCK, CRATE)
        self.shots = Shots(stage, GUN)
        self.builders: set[int] = set()
        """Players who build; all others try it out."""
        self._pointers: dict[int, Pointer] = {}
        """Where those point who have pointed since it was last told."""
        self._built_tick = self._look_tick = 0
        """When something was built last, and when to look for those who were built over; 0: not."""
        self._is_untidy = False

    # the contract ------------------------------------------------------------------------------------------

    def begin(self) -> None:
        self.works.begin(self.desk.plan)

    def save(self) -> Book:
        desk = self.desk
        return Book(
            pieces=list(desk.plan.pieces.items()),
            revision=desk.revision,
            heard=desk.heard,
            loose=self.works.loose,
            builders=self.builders,
            shots=self.shots.flying,
            loaded=self.shots.loaded,
            editors=desk.editors,
            mark=desk.mark,
            stale=self.works.stale(desk.plan),
        )

    def restore(self, saved: Book) -> None:
        self.desk = Desk(Plan(self.stage.arena.size, dict(saved.pieces)), saved.revision, saved.heard)
        self.desk.editors, self.desk.mark = saved.editors, saved.mark
        self.works = Works(self.stage, ROCK, CRATE, saved.loose)
        self.works.begin(self.desk.plan, saved.stale)
        self.shots, self.builders = Shots(self.stage, GUN, saved.shots, saved.loaded), saved.builders
        self._is_untidy = True
        self._look_tick = self.stage.tick + self.ticks(STUCK_AFTER_S)  # somebody may have been built over just before

    @property
    def rests(self) -> bool:
        return True

    def joined(self, player: Player) -> None:
        self._give_ship(player)

    def greet(self, player: Player) -> None:
        self.stage.say("building", {}, [player])

    def left(self, player: Player) -> None:
        self.desk.forget(player.id)
        self._take_ship(player)
        self._pointers.pop(player.id, None)
        self.builders.discard(player.id)

    def before_step(self) -> None:
        tick = self.stage.tick
        if self.works.follow(self.desk.plan):
            self._built_tick = tick
            self._look_tick = self._look_tick or tick + self.ticks(STUCK_AFTER_S)
        for player in self.stage.players.values():
            if not player.ship and player.id not in self.builders:
                self._give_ship(player)
        for player in self.stage.pressing:
            self.shots.pull(player)
        self.shots.expire()
        if tick % self.ticks(TIDY_EVERY_S) == 0:
            self._tidy()
        if self._pointers and tick % self.ticks(POINTED_EVERY_S) == 0:
            self.stage.tell(Pointed(list(self._pointers.values())), may_be_lost=True)
            self._pointers.clear()

    def after_step(self, contacts: Sequence[Contact]) -> None:
        for contact in contacts:
            if contact.entity in self.shots.flying:
                if contact.other and self.world.kind[contact.other] == SHIP:
                    self.shots.end(contact.entity)
                else:
                    self.shots.bounce(contact.entity)
        if self._look_tick and self.stage.tick >= self._look_tick:
            again_tick = self._built_tick + self.ticks(STUCK_AFTER_S)
            self._look_tick = again_tick if again_tick > self.stage.tick else 0
            self._free_the_stuck()

    def hud_of(self, player: Player) -> tuple[int, ...]:
        return ()

    # building ----------------------------------------------------------------------------------------------

    def pointed(self, player: Player, point: Point) -> None:
        size = self.stage.arena.size
        x, y = min(max(point.x, 0.0), size.width), min(max(point.y, 0.0), size.height)
        self._pointers[player.id] = Pointer(player.id, x, y, point.selected, point.dx, point.dy, point.builds)
        if point.builds:
            self._take_ship(player)
            player.eye = x, y
        if point.builds != (player.id in self.builders):
            (self.builders.add if point.builds else self.builders.discard)(player.id)
            if not point.builds:
                self._give_ship(player, (x, y))

    def _tidy(self) -> None:
        """Once somebody has tried something out, and nobody does any more."""
        if self._is_untidy and not any(player.ship for player in self.stage.players.values()):
            self._is_untidy = False
            self.shots.end_all()
            self.works.tidy()

    def _give_ship(self, player: Player, near: tuple[float, float] | None = None) -> None:
        """Where they look, if nothing is in the way, or at the next spawn point; later when the world is full."""
        x, y = self._free_place(near or player.eye, near is not None)
        try:
            player.ship = self.world.spawn(SHIP, x, y, owner=player.id)
        except WorldFullError:
            return
        player.helm.boost_ticks = 0
        self._is_untidy = True

    def _free_place(self, near: tuple[float, float], may_be_there: bool) -> tuple[float, float]:
        size, (x, y) = self.stage.arena.size, near
        inside = CLEAR_UNITS <= x <= size.width - CLEAR_UNITS and CLEAR_UNITS <= y <= size.height - CLEAR_UNITS
        if may_be_there and inside and self.world.nearest_distance(x, y, IN_THE_WAY) >= CLEAR_UNITS:
            return x, y

        def away(spawn: Place) -> float:
            return hypot(spawn.x - x, spawn.y - y)

        spawn = min(self.stage.arena.spawns, key=away)
        return spawn.x, spawn.y

    def _take_ship(self, player: Player) -> None:
        if player.ship:
            self.world.remove(player.ship)
            player.ship = 0

    def _free_the_stuck(self) -> None:
        for player in self.stage.players.values():
            if player.ship and self.world.nearest_distance(*self._place_of(player.ship), WALL) < 0:
                spot = self._place_of(player.ship)
                self._take_ship(player)
                self._give_ship(player, spot)

    def _place_of(self, entity: int) -> tuple[float, float]:
        return float(self.world.x[entity]), float(self.world.y[entity])
