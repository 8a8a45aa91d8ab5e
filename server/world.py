"""The pymunk space and the table of entities: what is where.

One row per entity, and the row's number is the entity's id; row 0 is the arena itself. Columns are NumPy arrays
that hold the truth after the last step, read from the space in bulk. Anything may be read from the columns; but
for a game's `status` they are written only here. A removed id rests until `release`, so that everyone has heard
that it is gone. Columns and bodies are brought together in `bodies`.
"""

import heapq
import math
import zlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pymunk
from msgspec import Struct
from numpy.typing import ArrayLike, NDArray

from protocol.arena import Arena
from protocol.kinds import Category, Kind
from protocol.limits import ENTITIES_PER_ROOM_MAX
from protocol.motion import BOOST_SPEED, keep_and_gain, thrust_rows
from protocol.physics import CATEGORY_BITS, SOLID, WALL, make_space, reach_of, step
from protocol.quantize import AIM_STEPS
from server.beam import Beam, Hit
from server.bodies import Bodies
from server.solids import Solids
from server.spares import Spares

Number = TypeVar("Number", np.int64, np.float64)
_SHOT, _SHIP = CATEGORY_BITS["shot"], CATEGORY_BITS["ship"]


class Contact(Struct, frozen=True):
    """Two things began to touch in this step: a shot and something, or what `tell` names. `other` 0 is the arena.

    Of one thing there may be several in a step: whoever removes it looks whether it is still there."""

    entity: int
    other: int


class Held(Struct, frozen=True, eq=False):
    """Sticks that are held, and what a tick of that does to velocities: see `World.hold`."""

    changes: int
    rows: NDArray[np.int64]
    thrust: NDArray[np.float64]
    keep: NDArray[np.float64]
    gained: NDArray[np.float64]


class WorldFullError(Exception):
    """There are ENTITIES_PER_ROOM_MAX entities; the caller does without one more."""


class World:
    """Entities of `kinds` in `arena`."""

    def __init__(
        self, arena: Arena, kinds: Sequence[Kind], tick_rate: int, entities_max: int = ENTITIES_PER_ROOM_MAX
    ) -> None:
        self.arena, self.kinds, self.tick_rate = arena, tuple(kinds), tick_rate
        self.alive: NDArray[np.bool_] = np.zeros(entities_max, dtype=bool)
        self.extent = 1
        """All that is alive is in the rows before this one: free ids are given out from the lowest."""
        self.traits: NDArray[np.int64] = np.zeros((4, entities_max), dtype=np.int64)
        self.kind, self.variant, self.owner, self.status = _columns(self.traits)
        self.move: NDArray[np.int64] = np.zeros((entities_max, 2), dtype=np.int64)
        self.reach: NDArray[np.float64] = np.zeros(entities_max)
        """The radius of the circle around each that nothing of it leaves."""
        self.solid: NDArray[np.bool_] = np.zeros(entities_max, dtype=bool)
        """What is alive and pushes ships: not shots, nor what is only touched."""
        self.removed: list[int] = []  # and wait for `release`
        self.refused = 0
        """Entities that there was no room for."""
        self._free = list(range(1, entities_max))
        self._keep, self._gain = _columns(np.zeros((2, entities_max)))
        self._coasting: dict[int, float] = {}  # what nobody steers and yet loses speed: what of it is kept in a tick
        self._space = make_space(arena)
        self.solids = Solids(self._space)
        self._bodies: dict[int, pymunk.Body] = {}
        self.corners: dict[int, list[tuple[float, float]]] = {}
        """Of those that are polygons."""
        self._spares = Spares(self.kinds)
        self._row_of_body: dict[int, int] = {self._space.static_body.id: 0}
        self._all = Bodies(self._space, self._row_of_body, entities_max)
        self.steered, self.motion = self._all.steered, self._all.motion  # the six together
        self.x, self.y, self.angle, self.vx, self.vy, self.spin = _columns(self.motion)
        self._velocities = self.motion[3:5]
        self._contacts: list[Contact] = []
        self._space.on_collision(_SHOT, None, begin=self._shot_began)
        self.tell("ship", "pickup")

    def tell(self, one: Category, other: Category) -> None:
        """Tell of their contacts, too; the first one is the `entity`."""
        self._space.on_collision(CATEGORY_BITS[one], CATEGORY_BITS[other], begin=self._touch_began)

    def __len__(self) -> int:
        return len(self._bodies)

    def spawn(
        self,
        kind: int,
        x: float,
        y: float,
        *,
        vx: float = 0.0,
        vy: float = 0.0,
        angle: float = 0.0,
        owner: int = 0,
        variant: int = 0,
        status: int = 0,
        corners: list[tuple[float, float]] | None = None,
    ) -> int:
        """A new entity's id. Shots never touch the ship of the same owner. Raises WorldFullError, and ValueError for
        what is no number."""
        _check_finite(x, y, vx, vy, angle)
        entity = self._next_id()
        self.put_in(entity, kind, owner, corners, (x, y), (vx, vy), angle)
        self.traits[:, entity] = kind, variant, owner, status
        self.motion[:, entity] = x, y, angle, vx, vy, 0.0
        self.move[entity] = 0
        return entity

    def put_in(
        self,
        entity: int,
        kind: int,
        owner: int,
        corners: list[tuple[float, float]] | None,
        place: tuple[float, float],
        velocity: tuple[float, float],
        angle: float,
        spin: float = 0.0,
    ) -> None:
        """Give an entity its body; the columns that say what it is are the caller's."""
        sort = self.kinds[kind]
        group = owner if sort.category in ("ship", "shot") else 0
        body, shape = self._spares.take(kind, corners, group)
        body.position, body.velocity, body.angle, body.angular_velocity = place, velocity, angle, spin
        self._space.add(body, shape)
        self._bodies[entity], self._row_of_body[body.id] = body, entity
        if corners is not None:
            self.corners[entity] = corners
        self._all.changed()
        self.alive[entity], self.extent = True, max(self.extent, entity + 1)
        self.reach[entity], self.solid[entity] = reach_of(sort, corners), sort.category in SOLID
        self.steered[entity] = sort.steered
        self._keep[entity], self._gain[entity] = keep_and_gain(sort, self.tick_rate)
        if sort.drag and not sort.steered:
            self._coasting[entity] = float(self._keep[entity])

    def remove(self, entity: int) -> None:
        """Take an entity out; its id rests until `release`. Raises KeyError when it isn't there."""
        body = self._body_of(entity)
        del self._bodies[entity]
        (shape,) = body.shapes
        self._space.remove(body, shape)
        self._spares.give_back(int(self.kind[entity]), body, shape)
        del self._row_of_body[body.id]
        self.corners.pop(entity, None)
        self._coasting.pop(entity, None)
        self._rests(entity)

    def renumber(self, entity: int, variant: int) -> int:
        """The id by which it goes on as another entity of that variant, which nobody can be told of the old one; its id
        rests. For the engine nothing happens. Raises WorldFullError."""
        fresh = self._next_id()
        body = self._bodies[fresh] = self._bodies.pop(entity)
        self._row_of_body[body.id] = fresh
        for column in (self.alive, self.reach, self.solid, self.steered, self._keep, self._gain, self.move):
            column[fresh] = column[entity]
        for block in (self.traits, self.motion):
            block[:, fresh] = block[:, entity]
        if entity in self.corners:
            self.corners[fresh] = self.corners.pop(entity)
        if entity in self._coasting:
            self._coasting[fresh] = self._coasting.pop(entity)
        self.variant[fresh], self.extent = variant, max(self.extent, fresh + 1)
        self._rests(entity)
        return fresh

    def _next_id(self) -> int:
        if not self._free:
            self.refused += 1
            raise WorldFullError
        return heapq.heappop(self._free)

    def _rests(self, entity: int) -> None:
        """It is there no more."""
        self._all.changed()
        self.alive[entity] = self.solid[entity] = False
        self.removed.append(entity)

    def release(self) -> list[int]:
        """The ids removed since the last call, free again from now on."""
        released, self.removed = self.removed, []
        for entity in released:
            heapq.heappush(self._free, entity)
        while self.extent > 1 and not self.alive[self.extent - 1]:
            self.extent -= 1
        return released

    def settle(self, removed: list[int]) -> None:
        """After everything is back in its place: these ids rest, and all others are free."""
        self.removed = removed
        self._free = sorted({*range(1, len(self.alive))}.difference(removed, self._bodies))

    def set_velocity(self, entity: int, vx: float, vy: float) -> None:
        """Raises ValueError for what is no number."""
        _check_finite(vx, vy)
        self._body_of(entity).velocity = (vx, vy)
        self.vx[entity], self.vy[entity] = vx, vy

    def put(self, entity: int, x: float, y: float) -> None:
        """Set an entity down somewhere else, at rest. Raises ValueError for what is no number."""
        _check_finite(x, y)
        body = self._body_of(entity)
        body.position, body.velocity, body.angular_velocity = (x, y), (0.0, 0.0), 0.0
        self._space.reindex_shapes_for_body(body)
        self.x[entity], self.y[entity] = x, y
        self.vx[entity] = self.vy[entity] = self.spin[entity] = 0.0

    def _body_of(self, entity: int) -> pymunk.Body:
        try:
            return self._bodies[entity]
        except KeyError:
            raise KeyError(f"there is no entity {entity}, or not any more") from None

    def nearest_distance(self, x: float, y: float, categories: int) -> float:
        """How far the nearest shape of `categories` (bits) is from a point; at most 1,000."""
        hit = self._space.point_query_nearest((x, y), 1000.0, pymunk.ShapeFilter(mask=categories))
        return 1000.0 if hit is None else hit.distance

    def touched_by(self, entity: int) -> int:
        """The collision bits (`physics`) of all that it touches after the last step."""
        body, bits = self._bodies[entity], [0]

        def note(arbiter: pymunk.Arbiter) -> None:
            bits[0] |= sum({int(shape.collision_type) for shape in arbiter.shapes if shape.body is not body})

        body.each_arbiter(note)
        return bits[0]

    def cast(
        self,
        start: tuple[float, float],
        aim: float,
        reach_units: float,
        radius: float,
        rows: NDArray[np.int64],
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        angle: NDArray[np.float64],
    ) -> Hit:
        """What a beam meets first if of all entities there are only `rows`, where they are said to be."""
        beam = Beam(start, aim, reach_units, radius)
        entity, share = 0, beam.share_to_wall(self._space, WALL)
        for at in beam.near(x, y, self.reach[rows]):
            row = int(rows[at])
            body = self._bodies[row]
            turn = body.angle - float(angle[at]) if not self.steered[row] else 0.0
            reached = beam.share_to(body, (float(x[at]), float(y[at])), turn)
            if reached < share:
                entity, share = row, reached
        return Hit(entity, *beam.at(share))

    def steer(self, entities: ArrayLike, moves: ArrayLike, aims: ArrayLike, boosts: ArrayLike) -> None:
        """`motion` for many ships at once: one stick (move_x, move_y), aim and boost for each of `entities`."""
        self.drive(self.hold(entities, moves, aims), np.asarray(boosts, dtype=bool))

    def hold(self, entities: ArrayLike, moves: ArrayLike, aims: ArrayLike) -> Held:
        """The sticks of `entities` are so, and their angles. It is so until it is said anew, or `is_held` no more."""
        rows, move = np.asarray(entities, dtype=np.int64), np.asarray(moves, dtype=np.int64).reshape(-1, 2)
        self.move[rows] = move
        self.angle[rows] = np.asarray(aims, dtype=np.float64) * (math.tau / AIM_STEPS)
        thrust = thrust_rows(move).T
        return Held(self._all.changes, rows, thrust, self._keep.take(rows), thrust * self._gain.take(rows))

    def is_held(self, held: Held) -> bool:
        """Whether those are still the same entities."""
        return held.changes == self._all.changes

    def drive(self, held: Held, boosting: NDArray[np.bool_]) -> None:
        """One tick of what is held, with a boost for some."""
        if not len(held.rows):
            return
        velocities = self._velocities.take(held.rows, axis=1)
        velocities *= held.keep
        velocities += held.gained
        if np.count_nonzero(boosting):
            velocities[:, boosting] += held.thrust[:, boosting] * BOOST_SPEED
        self._velocities[:, held.rows] = velocities
        self._all.write()

    def step(self) -> list[Contact]:
        """One tick of physics; the contacts that began in it, in a reproducible order."""
        self._contacts = []
        for entity, keep in self._coasting.items():
            self._bodies[entity].velocity *= keep
        step(self._space, self.tick_rate)
        self._all.read()
        return self._contacts

    def checksum(self) -> int:
        """CRC-32 over the exact state: equal worlds have equal checksums."""
        rows = np.flatnonzero(self.alive)
        columns = (self.kind, self.owner, self.status, self.x, self.y, self.vx, self.vy, self.angle, self.spin)
        crc = zlib.crc32(rows.tobytes())
        for column in columns:
            crc = zlib.crc32(column[rows].tobytes(), crc)
        return crc

    def _shot_began(self, arbiter: pymunk.Arbiter, _space: pymunk.Space, _extra: object) -> None:
        shot, other = arbiter.shapes
        if shot.collision_type != _SHOT:
            shot, other = other, shot
        if other.collision_type == _SHIP:
            arbiter.process_collision = False  # a hit costs hull, not course: the victim's prediction stays right
        self._note(shot, other)

    def _touch_began(self, arbiter: pymunk.Arbiter, _space: pymunk.Space, _extra: object) -> None:
        self._note(*arbiter.shapes)

    def _note(self, one: pymunk.Shape, two: pymunk.Shape) -> None:
        assert one.body is not None and two.body is not None
        self._contacts.append(Contact(self._row_of_body[one.body.id], self._row_of_body[two.body.id]))


def _check_finite(*numbers: float) -> None:
    """One that isn't would be in everything that it touches a few ticks later, and in what clients are told."""
    if not all(map(math.isfinite, numbers)):
        raise ValueError(f"places, velocities and angles are finite numbers, and not {numbers}")


def _columns(block: NDArray[Number]) -> list[NDArray[Number]]:
    """Views of each."""
    return list(block)
