"""One pymunk space for both ends: the same constants, the same geometry, the same bodies.

The server's world and every predicting client build their spaces here, so that the same velocities give the
same bounces. Ships are circles that don't turn (their angle is where they aim); nothing has gravity or
damping: a ship's drag is in `motion`, a rock drifts until it hits something.
"""

from math import ceil, hypot
from struct import Struct
from typing import Final

import pymunk
import pymunk.batch

from protocol.arena import Arena, Block, Wall
from protocol.kinds import Category, Kind

WALL: Final = 1
"""Collision category (and collision type) of walls, blocks and the border."""
CATEGORY_BITS: Final[dict[Category, int]] = {
    "ship": 2,
    "shot": 4,
    "rock": 8,
    "crate": 16,
    "pickup": 32,
    "ball": 64,
}
COLLIDES: Final[dict[Category, int]] = {
    "ship": 1 | 2 | 4 | 8 | 16 | 32 | 64,
    "shot": 1 | 2 | 8 | 16 | 64,
    "rock": 1 | 2 | 4 | 8 | 16 | 64,
    "crate": 1 | 2 | 4 | 8 | 16 | 64,
    "pickup": 2,
    "ball": 1 | 2 | 4 | 8 | 16 | 64,
}
"""Which categories each one touches; symmetric."""
SOLID: Final[frozenset[Category]] = frozenset(("ship", "rock", "crate", "ball"))
"""What moves, and pushes a ship that it touches."""

WALL_ELASTICITY: Final = 1.0
WALL_FRICTION: Final = 0.2
BEVEL: Final = 1.0
"""Boxes and polygons are so much larger on all sides than their corners say."""
BORDER_SIDES: Final = 4
BORDER_RADIUS: Final = 64.0
"""The border is segments of this radius laid just outside, thick enough that nothing tunnels."""
SOLVER_ITERATIONS: Final = 8
STEPS_PER_SECOND_MIN: Final = 60
SPEED_MAX: Final = 1199.0
"""What is slower, in units/s, and has a radius of 4 or more never tunnels: the engine finds contacts after a step, and
pushes out to the nearer side. A wall of `arena.WALL_RADIUS_MIN` holds it, for 1200/60 = 16 + 4."""

SOME_ROCK: Final = ((-16.0, -16.0), (16.0, -16.0), (16.0, 16.0), (-16.0, 16.0))
"""One whose shape isn't known: where an arena is built, its rocks and the entities aren't known at the same moment."""
MOTION: Final = Struct("=6d")
"""x, y, angle, vx, vy, spin of a body: units, radians, units/s, radians/s."""
_FIELDS: Final = (
    pymunk.batch.BodyFields.POSITION
    | pymunk.batch.BodyFields.ANGLE
    | pymunk.batch.BodyFields.VELOCITY
    | pymunk.batch.BodyFields.ANGULAR_VELOCITY
)
MOMENTS_MAX: Final = 4096
"""Moments of inertia that are remembered; then they are forgotten and asked anew."""
_SET_VELOCITY: Final = vars(pymunk.Body)["velocity"].fset


def make_space(arena: Arena) -> pymunk.Space:
    """An empty space with the arena's solid parts."""
    space = pymunk.Space()
    space.iterations = SOLVER_ITERATIONS
    space.gravity = (0.0, 0.0)
    _put_in(space, _border(arena, space.static_body))
    for wall in arena.walls:
        build(space, wall)
    for block in arena.blocks:
        build(space, block)
    return space


def build(space: pymunk.Space, part: Wall | Block) -> list[pymunk.Shape]:
    """Put one more wall or block in; its shapes."""
    body = space.static_body
    return _put_in(space, _joined(part, body) if isinstance(part, Wall) else [pymunk.Poly(body, part.points)])


def _put_in(space: pymunk.Space, solids: list[pymunk.Shape]) -> list[pymunk.Shape]:
    for shape in solids:
        shape.elasticity = WALL_ELASTICITY
        shape.friction = WALL_FRICTION
        shape.collision_type = WALL
        shape.filter = pymunk.ShapeFilter(categories=WALL)
        space.add(shape)
    return solids


def step(space: pymunk.Space, tick_rate: int) -> None:
    """One tick of physics; in several steps when ticks are rare, so that nothing tunnels."""
    steps = steps_in(tick_rate)
    for _ in range(steps):
        space.step(1.0 / (tick_rate * steps))


def steps_in(tick_rate: int) -> int:
    """How many steps of the engine make a tick."""
    return ceil(STEPS_PER_SECOND_MIN / tick_rate)


def step_at_rest(space: pymunk.Space, tick_rate: int) -> None:
    """One step of the engine with nothing in motion: it moves nothing, but finds contacts and what to push apart."""
    space.step(1.0 / (tick_rate * steps_in(tick_rate)))


def make_body(
    kind: Kind, corners: list[tuple[float, float]] | None = None, group: int = 0
) -> tuple[pymunk.Body, pymunk.Shape]:
    """A body of `kind` and its shape; `corners` for a polygon. Shapes of one `group` other than 0 never touch."""
    body = pymunk.Body(kind.mass, float("inf"))
    shape: pymunk.Shape
    if kind.shape == "circle":
        shape = pymunk.Circle(body, kind.radius)
    elif kind.shape == "box":
        shape = pymunk.Poly.create_box(body, (2 * kind.radius, 2 * kind.radius), radius=BEVEL)
    else:
        assert corners is not None, f"{kind.name} is a polygon and needs its corners"
        shape = pymunk.Poly(body, corners, radius=BEVEL)
    if not kind.steered and isinstance(shape, pymunk.Poly):
        body.moment = _moment(kind, None if corners is None else tuple(corners), shape)
    elif not kind.steered:
        body.moment = pymunk.moment_for_circle(kind.mass, 0, kind.radius)
    shape.elasticity = kind.elasticity
    shape.friction = kind.friction
    shape.sensor = kind.sensor
    shape.collision_type = CATEGORY_BITS[kind.category]
    shape.filter = filter_of(kind, group)
    return body, shape


_moments: Final[dict[tuple[float, float, tuple[tuple[float, float], ...] | None], float]] = {}


def _moment(kind: Kind, corners: tuple[tuple[float, float], ...] | None, shape: pymunk.Poly) -> float:
    """Of a polygon, or a box without corners: the same for all of its sort, and asking the engine is dear."""
    key = kind.mass, kind.radius, corners
    moment = _moments.get(key)
    if moment is None:
        if len(_moments) >= MOMENTS_MAX:
            _moments.clear()
        moment = _moments[key] = pymunk.moment_for_poly(kind.mass, shape.get_vertices())
    return moment


def reach_of(kind: Kind, corners: list[tuple[float, float]] | None = None) -> float:
    """The radius of the circle around the centre of a body of `kind` that holds all of it."""
    if kind.shape == "circle":
        return kind.radius
    points = [(kind.radius, kind.radius)] if corners is None else corners
    return max(hypot(x, y) for x, y in points) + BEVEL


def corners_of(kind: Kind, arena: Arena, variant: int) -> list[tuple[float, float]] | None:
    """Of a body of `kind`, as a client knows the arena; None: it is no polygon."""
    if kind.shape != "polygon":
        return None
    return list(arena.rocks[variant].points if variant < len(arena.rocks) else SOME_ROCK)


def filter_of(kind: Kind, group: int) -> pymunk.ShapeFilter:
    """What a shape of `kind` touches. Shapes of one `group` other than 0 never touch."""
    return pymunk.ShapeFilter(group, CATEGORY_BITS[kind.category], COLLIDES[kind.category])


def renew(body: pymunk.Body) -> None:
    """Make a body that was removed from its space as good as new, but for position and velocity."""
    body.angular_velocity = 0.0
    pymunk.Body.update_position(body, 0.0)  # clears what the solver still owed it for its last contact


def set_velocity(body: pymunk.Body, velocity: tuple[float, float]) -> None:
    """`body.velocity = velocity`, without what pymunk does at every attribute that is set."""
    _SET_VELOCITY(body, velocity)


class Motions:
    """How all that moves in a space moves, read in one call."""

    def __init__(self, space: pymunk.Space) -> None:
        self._space, self._buffer = space, pymunk.batch.Buffer()

    def read(self) -> bytes:
        """A `MOTION` for each body, in the order in which they were added since the space was last empty of bodies,
        and behind them one for the body of all that stands still."""
        self._buffer.clear()
        pymunk.batch.get_space_bodies(self._space, _FIELDS, self._buffer)
        return bytes(self._buffer.float_buf())


def _border(arena: Arena, body: pymunk.Body) -> list[pymunk.Shape]:
    width, height = arena.size.width, arena.size.height
    out = BORDER_RADIUS
    corners = [(-out, -out), (width + out, -out), (width + out, height + out), (-out, height + out)]
    return [pymunk.Segment(body, corners[i - 1], corners[i], BORDER_RADIUS) for i in range(len(corners))]


def _joined(wall: Wall, body: pymunk.Body) -> list[pymunk.Shape]:
    """A wall's segments, each of which knows its neighbours: who flies along is not to be caught by the cracks."""
    segments = list(wall.segments())
    befores = [segments[-1][0] if wall.closed else segments[0][0], *(a for a, _ in segments[:-1])]
    afters = [*(b for _, b in segments[1:]), segments[0][1] if wall.closed else segments[-1][1]]
    shapes: list[pymunk.Shape] = []
    for (a, b), before, after in zip(segments, befores, afters, strict=True):
        segment = pymunk.Segment(body, a, b, wall.radius)
        segment.set_neighbors(before, after)
        shapes.append(segment)
    return shapes
