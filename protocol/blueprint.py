"""Between a plan and the arena that it is: there and back, and what stands against it.

    plan_of      an arena          -> its plan; pieces are numbered from 1 on
    too_large    an arena          -> why it can be no plan; "" if it can
    arena_of     a plan, a name    -> the arena, whatever may be wrong with it
    objection    a plan, and what
                 became of pieces  -> a sentence why this is no arena; "" if it is one

Every plan that the server accepts is an arena that `protocol.arena.parse` would accept from a file, with at least one
spawn point, clear of all that is solid: so people can play in it at any moment, and saving it can't fail. `objection`
asks the same questions as `parse` does, of the pieces that were touched and of those that they may stand in the way of;
the rest was in order before. What is built on top of a ship, a rock or a crate pushes it aside.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from math import ceil, floor
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from protocol import crowding
from protocol.arena import (
    SPAWN_CLEARANCE_UNITS,
    Arena,
    Block,
    Goal,
    Place,
    Point,
    Rock,
    Wall,
    faults,
    turns_of,
)
from protocol.errors import place_of
from protocol.limits import GOALS_MAX, PLAN_PIECES_MAX, PLAN_POINTS_MAX
from protocol.plan import Affected, Piece, PieceKind, Plan, rounded, tidy

Part = Wall | Block | Rock | Place | Goal
_LISTS: Final[dict[PieceKind, str]] = {
    "wall": "walls",
    "block": "blocks",
    "rock": "rocks",
    "crate": "crates",
    "spawn": "spawns",
    "goal": "goals",
}
_LOOSE: Final = frozenset[PieceKind](("rock", "crate"))
_SOLID: Final = frozenset[PieceKind](("wall", "block"))
_NAMES: Final[dict[str, str]] = {
    "walls": "a wall",
    "blocks": "a block",
    "rocks": "a rock",
    "crates": "a crate",
    "spawns": "a spawn point",
    "goals": "a goal",
}
_PLACE: Final = re.compile(r"(walls|blocks|rocks|crates|spawns|goals)\[\d+\](?:\.(\w+))?(?:\[\d+\])*")


def plan_of(arena: Arena) -> Plan:
    """To thousandths of a unit; whatever lies between them is rounded. A corner that is none any more is left out, and
    so is what has too few of them left."""
    pieces = [whole for piece in _pieces(arena) if (whole := _whole(tidy(piece))) is not None]
    return Plan(arena.size, dict(enumerate(pieces, 1)))


def too_large(arena: Arena) -> str:
    """Why no edit of its plan would ever be taken, as the end of a sentence; "" where one may be."""
    shapes: list[Wall | Block | Rock] = [*arena.walls, *arena.blocks, *arena.rocks]
    pieces = len(shapes) + len(arena.crates) + len(arena.spawns) + len(arena.goals)
    if pieces > PLAN_PIECES_MAX:
        return f"it is of {pieces} pieces, and there is room for {PLAN_PIECES_MAX}"
    if (corners := sum(len(shape.points) for shape in shapes)) > PLAN_POINTS_MAX:
        return f"it has {corners} corners, and there is room for {PLAN_POINTS_MAX}"
    return ""


def arena_of(plan: Plan, name: str) -> Arena:
    return assemble(plan, name, {id: part_of(piece) for id, piece in plan.pieces.items()})


def assemble(plan: Plan, name: str, parts: Mapping[int, Part]) -> Arena:
    """The same, of parts that are there already, by number."""
    lists: dict[str, list[Any]] = {kind: [] for kind in _NAMES}
    for id, piece in plan.pieces.items():
        lists[_LISTS[piece.kind]].append(parts[id])
    return Arena(name=name, size=plan.size, **lists)


def part_of(piece: Piece) -> Part:
    """What it is in an arena."""
    if piece.kind == "wall":
        return Wall(_around(piece), piece.radius, piece.closed)
    if piece.kind == "block":
        return Block(_around(piece))
    if piece.kind == "rock":
        return Rock(list(piece.points), piece.x, piece.y, piece.angle)
    if piece.kind == "goal":
        return Goal(piece.x, piece.y, piece.width, piece.height, piece.team)
    return Place(piece.x, piece.y, piece.angle)


def objection(plan: Plan, touched: Iterable[Affected]) -> str:
    """Why the plan is no arena any more; "": it is one."""
    if not any(piece.kind == "spawn" for piece in plan.pieces.values()):
        return "the last spawn point has to stay"
    if sum(piece.kind == "goal" for piece in plan.pieces.values()) > GOALS_MAX:
        return f"there is room for {GOALS_MAX} goals, and no more"
    now = [one.after for one in touched if one.after is not None]
    if what := _crowded(plan, {piece.kind for piece in now}):
        return what
    arena = _arena(plan, "a plan", [*now, *_concerned(plan, now)])
    try:
        checked = msgspec.convert(msgspec.to_builtins(arena), Arena)
    except msgspec.ValidationError as error:
        place, what = place_of(error)
        return f"{_named(place.lstrip('.'))}: {what.lower()}"
    return next((f"{_named(place)}: {_named(what)}" for place, what in faults(checked)), "")


def _crowded(plan: Plan, touched: Collection[PieceKind]) -> str:
    """Whether there is too much in one place of what is like the `touched`."""
    pieces = plan.pieces.values()
    if not _LOOSE.isdisjoint(touched):
        loose = [crowding.circle_of(piece.x, piece.y, piece.points) for piece in pieces if piece.kind in _LOOSE]
        if what := crowding.too_many_pairs(loose):
            return f"rocks and crates: {what}"
    if not _SOLID.isdisjoint(touched):
        parts = [part for piece in pieces if piece.kind in _SOLID and isinstance(part := part_of(piece), Wall | Block)]
        if what := crowding.too_many_sides([side for part in parts for side in part.segments()]):
            return f"walls and blocks: {what}"
    return ""


def _arena(plan: Plan, name: str, pieces: Iterable[Piece]) -> Arena:
    parts: dict[str, list[Any]] = {kind: [] for kind in _NAMES}
    for piece in pieces:
        parts[_LISTS[piece.kind]].append(part_of(piece))
    return Arena(name=name, size=plan.size, **parts)


def _pieces(arena: Arena) -> Iterator[Piece]:
    for wall in arena.walls:
        x, y = _corner(wall.points)
        yield Piece("wall", x, y, points=_from(wall.points, x, y), radius=wall.radius, closed=wall.closed)
    for block in arena.blocks:
        x, y = _corner(block.points)
        yield Piece("block", x, y, points=_from(block.points, x, y))
    for rock in arena.rocks:
        yield Piece("rock", rock.x, rock.y, rock.angle, points=tuple(rock.points))
    for crate in arena.crates:
        yield Piece("crate", crate.x, crate.y, crate.angle)
    for spawn in arena.spawns:
        yield Piece("spawn", spawn.x, spawn.y, spawn.angle)
    for goal in arena.goals:
        yield Piece("goal", goal.x, goal.y, width=goal.width, height=goal.height, team=goal.team)


def _whole(piece: Piece) -> Piece | None:
    """It without the points that rounding has laid upon others or into line with them; None: too few are left."""
    if piece.kind not in ("wall", "block", "rock"):
        return piece
    is_wall, points = piece.kind == "wall", list(piece.points)
    while len(points) >= (2 if is_wall else 3):
        at = _idle_wall_point(points, piece.closed) if is_wall else _idle_corner(points)
        if at is None:
            return piece if len(points) == len(piece.points) else replace(piece, points=tuple(points))
        del points[at]
    return None


def _idle_wall_point(points: Sequence[Point], closed: bool) -> int | None:
    """One that is where its neighbour is."""
    return next((at for at in range(0 if closed else 1, len(points)) if points[at] == points[at - 1]), None)


def _idle_corner(points: Sequence[Point]) -> int | None:
    """One where a polygon doesn't turn as it does elsewhere."""
    turns = turns_of(points)
    way = sum(turns)
    return next((at for at, turn in enumerate(turns) if turn * way <= 0), None)


def _corner(points: Sequence[Point]) -> Point:
    """The middle of what holds all points, in whole units."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return float(floor((min(xs) + max(xs)) / 2)), float(floor((min(ys) + max(ys)) / 2))


def _from(points: Sequence[Point], x: float, y: float) -> tuple[Point, ...]:
    return tuple((px - x, py - y) for px, py in points)


def _around(piece: Piece) -> list[Point]:
    return [(rounded(piece.x + x), rounded(piece.y + y)) for x, y in piece.points]


class _Box(Struct):
    """Around a wall or a block, and as far as spawn points have to keep away."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, piece: Piece) -> bool:
        return self.left <= piece.x <= self.right and self.top <= piece.y <= self.bottom


def _box(piece: Piece) -> _Box:
    xs, ys = [x for x, _ in piece.points] or [0.0], [y for _, y in piece.points] or [0.0]
    out = SPAWN_CLEARANCE_UNITS + piece.radius + 1.0
    return _Box(
        floor(piece.x + min(xs) - out),
        floor(piece.y + min(ys) - out),
        ceil(piece.x + max(xs) + out),
        ceil(piece.y + max(ys) + out),
    )


def _concerned(plan: Plan, touched: Sequence[Piece]) -> list[Piece]:
    """Spawn points that a touched wall or block may stand in the way of; and the other way round; each once."""
    places = [piece for piece in touched if piece.kind == "spawn"]
    boxes = [_box(piece) for piece in touched if piece.kind in ("wall", "block")]
    known = {id(piece) for piece in touched}
    rest = [piece for piece in plan.pieces.values() if id(piece) not in known]
    spawns = [piece for piece in rest if piece.kind == "spawn"]
    near = [piece for piece in spawns if any(box.holds(piece) for box in boxes)]
    if not near and not places:
        near = spawns[:1]  # an arena has one
    if places:
        solid = [piece for piece in rest if piece.kind in ("wall", "block")]
        near += [piece for piece in solid if any(_box(piece).holds(place) for place in places)]
    return near


def _named(place: str) -> str:
    """`walls[3].points[0]` as people say it."""
    return _PLACE.sub(
        lambda found: _NAMES[found[1]] + (f"'s {found[2]}" if found[2] not in (None, "points") else ""), place
    )
