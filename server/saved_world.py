"""A world in a checkpoint: everything that is where it is. What the solver remembers of contacts is not part of it."""

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from protocol.arena import Point, is_convex
from protocol.limits import ARENA_SIDE_UNITS_MAX, POLYGON_POINTS_MAX
from server.world import World

INTEGERS, FLOATS = 7, 6
"""Columns of each sort."""
NUMBER_MAX: Final = 1e9
"""Farther, faster or oftener turned than anything ever is; the engine can't reckon with everything that is finite."""


class SavedWorld(Struct, array_like=True, frozen=True):
    """The columns have a number of 8 bytes, little-endian, for each entity, by id; they come one after the other."""

    integers: bytes
    """id, kind, variant, owner, status, move x, move y."""
    floats: bytes
    """x, y, vx, vy, angle, spin."""
    corners: dict[int, list[tuple[float, float]]]
    """Of polygons."""
    removed: list[int]


def save(world: World) -> SavedWorld:
    """A copy."""
    rows = np.flatnonzero(world.alive)
    integers, floats = np.empty((INTEGERS, len(rows)), "<i8"), np.empty((FLOATS, len(rows)), "<f8")
    integers[0], integers[5:] = rows, world.move[rows].T
    for at, whole in enumerate((world.kind, world.variant, world.owner, world.status), 1):
        integers[at] = whole[rows]
    for at, real in enumerate((world.x, world.y, world.vx, world.vy, world.angle, world.spin)):
        floats[at] = real[rows]
    return SavedWorld(integers.tobytes(), floats.tobytes(), dict(world.corners), world.removed[:])


def restore(world: World, saved: SavedWorld) -> None:
    """Fill a world that is empty yet. Raises ValueError when `saved` doesn't hold together."""
    integers = np.frombuffer(saved.integers, dtype="<i8").reshape(INTEGERS, -1).astype(np.int64)
    rows = integers[0]
    floats = np.frombuffer(saved.floats, dtype="<f8").reshape(FLOATS, len(rows))
    _check(world, [*rows.tolist(), *saved.removed], integers[1], floats)
    _check_corners(world, rows.tolist(), integers[1].tolist(), saved.corners)
    world.kind[rows], world.variant[rows], world.owner[rows], world.status[rows] = integers[1:5]
    world.move[rows] = integers[5:].T
    world.x[rows], world.y[rows], world.vx[rows], world.vy[rows], world.angle[rows], world.spin[rows] = floats
    for entity, (x, y, vx, vy, angle, spin) in zip(rows.tolist(), floats.T.tolist(), strict=True):
        kind, owner = int(world.kind[entity]), int(world.owner[entity])
        turns = 0.0 if world.kinds[kind].steered else spin
        world.put_in(entity, kind, owner, saved.corners.get(entity), (x, y), (vx, vy), angle, turns)
    world.settle(list(saved.removed))


def _check(world: World, ids: list[int], kinds: NDArray[np.int64], floats: NDArray[np.float64]) -> None:
    if len(set(ids)) < len(ids) or any(not 0 < entity < len(world.alive) for entity in ids):
        raise ValueError("ids of entities are out of range, or there twice")
    if not (np.abs(floats) <= NUMBER_MAX).all() or not ((kinds >= 0) & (kinds < len(world.kinds))).all():
        raise ValueError("an entity is of no kind, or nowhere")


def _check_corners(world: World, rows: list[int], kinds: list[int], corners: dict[int, list[Point]]) -> None:
    """The engine ends the whole process over a polygon without an area."""
    polygons = {row for row, kind in zip(rows, kinds, strict=True) if world.kinds[kind].shape == "polygon"}
    if polygons != corners.keys() or not all(map(_is_body, corners.values())):
        raise ValueError("not just all polygons have corners, or there is one that can't be")


def _is_body(points: list[Point]) -> bool:
    is_near = all(abs(x) <= ARENA_SIDE_UNITS_MAX and abs(y) <= ARENA_SIDE_UNITS_MAX for x, y in points)
    return 3 <= len(points) <= POLYGON_POINTS_MAX and is_near and is_convex(points)
