"""What sorts of entities there are: the constants with which both ends build, move and believe them.

A game declares its kinds; the server sends them in `welcome`; an entity's `kind` on the wire is an index
into that list.
"""

from typing import Literal

from msgspec import Struct

from protocol.description import Look

Category = Literal["ship", "shot", "rock", "crate", "pickup", "ball"]


class Kind(Struct, frozen=True, kw_only=True):
    """One sort of entity.

    `category` decides what it collides with (`physics.COLLIDES`) and, unless there is a `look`, how a client draws it.
    `radius` is a circle's radius, or half the side of a box, in units; a polygon's corners come from the arena.
    `drag` is per second, `thrust` in units/s² at full stick: see `motion` and `reckoning`.
    `tolerance_units` and `tolerance_angle` (1/256 turns) say how wrong a belief may get before it is published.
    """

    name: str
    category: Category
    shape: Literal["circle", "box", "polygon"] = "circle"
    radius: float
    mass: float
    elasticity: float = 0.5
    friction: float = 0.2
    drag: float = 0.0
    thrust: float = 0.0
    steered: bool = False
    """Its angle is where its player aims, not what physics made of it."""
    sensor: bool = False
    """It is touched but never pushes."""
    velocity_scale: int = 16
    tolerance_units: float = 0.5
    tolerance_angle: float = 3.0
    look: Look | None = None

    def __post_init__(self) -> None:
        if not (self.radius > 0 and self.mass > 0 and self.velocity_scale > 0 and self.drag >= 0):
            raise ValueError(f"{self.name}: radius, mass and velocity_scale must be above 0, drag not below")
        if self.thrust and not self.drag:
            raise ValueError(f"{self.name}: thrust without drag has no terminal speed")
