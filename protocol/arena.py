"""A map: parsed and checked, as a file or as part of `welcome`.

Units are world units, y points down, the arena is the rectangle (0, 0)..(width, height), and its border is
solid. `parse` either returns an arena that holds together or raises `ArenaError` with a sentence that begins
with the place: "pinball.json: walls[3].points[0]: (9000, 10) is outside of the arena (2048 x 2048)".
"""

import zlib
from collections.abc import Iterator, Sequence
from math import hypot
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from protocol import crowding, limits
from protocol.errors import ArenaError, place_of

Point = tuple[float, float]
Reach = Annotated[float, Meta(ge=-limits.ROCK_REACH_UNITS_MAX, le=limits.ROCK_REACH_UNITS_MAX)]
Corner = tuple[Reach, Reach]
Angle = Annotated[float, Meta(ge=-limits.ANGLE_RADIANS_MAX, le=limits.ANGLE_RADIANS_MAX)]
Side = Annotated[float, Meta(ge=limits.ARENA_SIDE_UNITS_MIN, le=limits.ARENA_SIDE_UNITS_MAX)]
GoalSide = Annotated[float, Meta(ge=limits.GOAL_SIDE_UNITS_MIN, le=limits.GOAL_SIDE_UNITS_MAX)]
WALL_RADIUS_MIN = 16.0
BLOCK_WIDTH_MIN = 32.0
"""Thinner ones would let the fastest shots through: see `physics.SPEED_MAX`."""
ROCK_WIDTH_MIN = 1.0
"""A plan is rounded and leaves nothing of much thinner ones, and the engine ends the process over such a body."""
SPAWN_CLEARANCE_UNITS = 24.0
"""No wall or block may be nearer to a spawn point."""


class Size(Struct, frozen=True, forbid_unknown_fields=True):
    width: Side
    height: Side


class Wall(Struct, frozen=True, forbid_unknown_fields=True):
    """A polyline of thick segments; `closed` joins the last point to the first."""

    points: Annotated[list[Point], Meta(min_length=2, max_length=limits.POLYGON_POINTS_MAX)]
    radius: Annotated[float, Meta(ge=WALL_RADIUS_MIN, le=64)] = WALL_RADIUS_MIN
    closed: bool = False

    def segments(self) -> Iterator[tuple[Point, Point]]:
        yield from zip(self.points, self.points[1:], strict=False)
        if self.closed:
            yield self.points[-1], self.points[0]


class Block(Struct, frozen=True, forbid_unknown_fields=True):
    """A solid convex polygon."""

    points: Annotated[list[Point], Meta(min_length=3, max_length=limits.POLYGON_POINTS_MAX)]

    def segments(self) -> Iterator[tuple[Point, Point]]:
        """Its sides."""
        yield from zip(self.points, [*self.points[1:], self.points[0]], strict=True)


class Rock(Struct, frozen=True, forbid_unknown_fields=True):
    """A loose convex polygon: `points` are local, around its centre at (x, y)."""

    points: Annotated[list[Corner], Meta(min_length=3, max_length=12)]
    x: float
    y: float
    angle: Angle = 0.0


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a crate stands or a ship appears."""

    x: float
    y: float
    angle: Angle = 0.0


class Goal(Struct, frozen=True, forbid_unknown_fields=True):
    """A rectangle around (x, y) which a team guards. It is not solid, and a game without goals pays no heed to it."""

    x: float
    y: float
    width: GoalSide
    height: GoalSide
    team: Annotated[int, Meta(ge=1, le=limits.TEAMS_MAX)]

    def contains(self, x: float, y: float) -> bool:
        return 2 * abs(x - self.x) <= self.width and 2 * abs(y - self.y) <= self.height


class Arena(Struct, frozen=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1, max_length=40)]
    size: Size
    spawns: Annotated[list[Place], Meta(min_length=1, max_length=limits.ARENA_PARTS_MAX)]
    walls: Annotated[list[Wall], Meta(max_length=limits.ARENA_PARTS_MAX)] = []
    blocks: Annotated[list[Block], Meta(max_length=limits.ARENA_PARTS_MAX)] = []
    rocks: Annotated[list[Rock], Meta(max_length=limits.ARENA_PARTS_MAX)] = []
    crates: Annotated[list[Place], Meta(max_length=limits.ARENA_PARTS_MAX)] = []
    goals: Annotated[list[Goal], Meta(max_length=limits.GOALS_MAX)] = []

    @property
    def middle(self) -> tuple[float, float]:
        """Where spectators look."""
        return self.size.width / 2, self.size.height / 2

    def spawns_of(self, team: int) -> list[Place]:
        """Where a team's ships appear: nearer to its own goal than to any other's, the nearest first. Without such a
        place, or without a goal of its own, anywhere."""

        def away(spot: Place, goal: Goal) -> float:
            return hypot(spot.x - goal.x, spot.y - goal.y)

        own = next((goal for goal in self.goals if goal.team == team), None)
        if own is None:
            return self.spawns
        near = [spot for spot in self.spawns if away(spot, own) == min(away(spot, goal) for goal in self.goals)]
        return sorted(near, key=lambda spot: away(spot, own)) or self.spawns


def fingerprint(arena: Arena) -> int:
    """Arenas that differ in anything have different ones, but for one pair in four thousand million."""
    return zlib.crc32(msgspec.msgpack.encode(arena))


def parse(text: bytes, source: str) -> Arena:
    """The arena in `text` (JSON); `source` names it in errors."""
    arena = read(text, source)
    check(arena, source)
    return arena


def check(arena: Arena, source: str) -> None:
    """Whether it holds together: of a thousand spawn points among thousands of corners that takes seconds."""
    for place, what in faults(arena):
        raise ArenaError(f"{source}: {place}: {what}")


def read(text: bytes, source: str) -> Arena:
    """What `text` says, whether it holds together or not."""
    if len(text) > limits.ARENA_BYTES_MAX:
        raise ArenaError(f"{source}: {len(text)} bytes, at most {limits.ARENA_BYTES_MAX} are allowed")
    try:
        return msgspec.json.decode(text, type=Arena)
    except msgspec.ValidationError as error:
        place, what = place_of(error)
        where = place.lstrip(".")
        raise ArenaError(f"{source}: {where + ': ' if where else ''}{what}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ArenaError(f"{source}: not JSON: {error}") from None


def faults(arena: Arena) -> Iterator[tuple[str, str]]:
    """Every (place, what is wrong) that the types can't say."""
    width, height = arena.size.width, arena.size.height
    for place, (x, y) in _points(arena):
        if not (0 <= x <= width and 0 <= y <= height):
            yield place, f"({x:g}, {y:g}) is outside of the arena ({width:g} x {height:g})"
    for i, wall in enumerate(arena.walls):
        if any(a == b for a, b in wall.segments()):
            yield f"walls[{i}].points", "two neighbours are the same point"
    for i, block in enumerate(arena.blocks):
        if not is_convex(block.points):
            yield f"blocks[{i}].points", "the polygon must be convex and have an area"
        elif width_of(block.points) < BLOCK_WIDTH_MIN:
            yield f"blocks[{i}].points", f"less than {BLOCK_WIDTH_MIN:g} units across: fast shots would pass"
    for i, rock in enumerate(arena.rocks):
        if not is_convex(rock.points):
            yield f"rocks[{i}].points", "the polygon must be convex and have an area"
        elif not _contains(rock.points, (0.0, 0.0)):
            yield f"rocks[{i}].points", "the polygon must contain its own centre (0, 0)"
        elif width_of(rock.points) < ROCK_WIDTH_MIN:
            yield f"rocks[{i}].points", f"less than {ROCK_WIDTH_MIN:g} unit across"
    yield from _faults_of_places(arena)


def _faults_of_places(arena: Arena) -> Iterator[tuple[str, str]]:
    for i, goal in enumerate(arena.goals):
        if _reaches_out(goal, arena.size):
            yield f"goals[{i}]", "it reaches out of the arena"
    rocks = [crowding.circle_of(rock.x, rock.y, rock.points) for rock in arena.rocks]
    crates = [crowding.circle_of(crate.x, crate.y, ()) for crate in arena.crates]
    if what := crowding.too_many_pairs(rocks + crates):
        yield "rocks and crates", what
    parts: list[Wall | Block] = [*arena.walls, *arena.blocks]
    if what := crowding.too_many_sides([side for part in parts for side in part.segments()]):
        yield "walls and blocks", what
    solids = list(_solids(arena))
    for i, spawn in enumerate(arena.spawns):
        if what := _blocked(arena.size, solids, (spawn.x, spawn.y)):
            yield f"spawns[{i}]", f"nearer than {SPAWN_CLEARANCE_UNITS:g} units to {what}"


def is_convex(points: Sequence[Point]) -> bool:
    """Whether the corners turn one way only, all the way round, once."""
    turns = turns_of(points)
    if not (all(turn > 0 for turn in turns) or all(turn < 0 for turn in turns)):
        return False
    changes = sum(
        (points[i - 1][0] - points[i - 2][0] > 0) != (points[i][0] - points[i - 1][0] > 0) for i in range(len(points))
    )
    return changes <= 2


def turns_of(points: Sequence[Point]) -> list[float]:
    """How sharply a polygon turns at each of its corners: above 0 one way, below 0 the other."""
    return [_cross(points[i - 1], points[i], points[(i + 1) % len(points)]) for i in range(len(points))]


def width_of(points: Sequence[Point]) -> float:
    """The least width of a convex polygon: between a side and the corner farthest from it."""
    sides = [(points[i - 1], points[i]) for i in range(len(points))]
    return min(max(abs(_cross(a, b, point)) for point in points) / hypot(b[0] - a[0], b[1] - a[1]) for a, b in sides)


def _places(arena: Arena) -> Iterator[tuple[str, Sequence[Rock | Place]]]:
    yield "rocks", arena.rocks
    yield "crates", arena.crates
    yield "spawns", arena.spawns


def _points(arena: Arena) -> Iterator[tuple[str, Point]]:
    for i, wall in enumerate(arena.walls):
        yield from ((f"walls[{i}].points[{j}]", point) for j, point in enumerate(wall.points))
    for i, block in enumerate(arena.blocks):
        yield from ((f"blocks[{i}].points[{j}]", point) for j, point in enumerate(block.points))
    for name, places in _places(arena):
        yield from ((f"{name}[{i}]", (place.x, place.y)) for i, place in enumerate(places))


class _Solid(Struct, frozen=True):
    """A segment of a wall, or a block. Whatever is outside of its box is far enough from it."""

    name: str
    sides: list[tuple[Point, Point]]
    inside: Sequence[Point]
    """The corners of a block."""
    clearance: float
    box: tuple[float, float, float, float]

    def is_near(self, spot: Point) -> bool:
        left, top, right, bottom = self.box
        if not (left < spot[0] < right and top < spot[1] < bottom):
            return False
        return any(_distance(spot, a, b) < self.clearance for a, b in self.sides) or (
            bool(self.inside) and _contains(self.inside, spot)
        )


def _solids(arena: Arena) -> Iterator[_Solid]:
    for i, wall in enumerate(arena.walls):
        clearance = wall.radius + SPAWN_CLEARANCE_UNITS
        for side in wall.segments():
            yield _Solid(f"walls[{i}]", [side], (), clearance, _box(side, clearance))
    for i, block in enumerate(arena.blocks):
        corners, clearance = block.points, SPAWN_CLEARANCE_UNITS
        yield _Solid(f"blocks[{i}]", list(block.segments()), corners, clearance, _box(corners, clearance))


def _box(corners: Sequence[Point], margin: float) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin


def _blocked(size: Size, solids: Sequence[_Solid], spot: Point) -> str:
    """What is nearer to `spot` than may be."""
    near = next((solid.name for solid in solids if solid.is_near(spot)), "")
    x, y = spot
    edge = min(x, y, size.width - x, size.height - y)
    return near or ("the border" if edge < SPAWN_CLEARANCE_UNITS else "")


def _reaches_out(goal: Goal, size: Size) -> bool:
    return (
        abs(2 * goal.x - size.width) + goal.width > size.width
        or abs(2 * goal.y - size.height) + goal.height > size.height
    )


def _cross(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])


def _contains(points: Sequence[Point], spot: Point) -> bool:
    """Whether a convex polygon holds `spot`."""
    turns = [_cross(points[i - 1], points[i], spot) for i in range(len(points))]
    return all(turn >= 0 for turn in turns) or all(turn <= 0 for turn in turns)


def _distance(spot: Point, a: Point, b: Point) -> float:
    """From `spot` to the segment a-b."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length_squared = dx * dx + dy * dy
    along = 0.0 if length_squared == 0 else ((spot[0] - a[0]) * dx + (spot[1] - a[1]) * dy) / length_squared
    along = max(0.0, min(1.0, along))
    return hypot(spot[0] - a[0] - along * dx, spot[1] - a[1] - along * dy)
