"""Who our ship's neighbours are: states of bodies for a `Neighbourhood`, as of a snapshot's tick.

The nearest are told exactly (`near`). What these may run into in their turn, which then turns them aside, is known only
as it is published: right to about half a unit, which is enough for that.
"""

from collections.abc import Callable, Iterable, Sequence
from math import hypot, tau
from operator import itemgetter
from typing import Final

from bots.cell_table import Sighting
from bots.neighbourhood import BodyState
from bots.view import View
from protocol.near import OFFSET_SCALE, TURN_SCALE, VELOCITY_SCALE, Near
from protocol.quantize import SPIN_SCALE, angle_from_wire
from protocol.reckoning import Published
from protocol.snapshot import Own

OTHERS_UNITS: Final = 320.0
"""How far from our ship others are of interest."""
BELIEF_UNITS: Final = 1.0
"""What is published may be so wrong, and more; where it agrees with what we live, that is the better guess."""


def surroundings(own: Own | None, near: Sequence[Near], view: View) -> tuple[list[BodyState], list[BodyState]]:
    """(`neighbours`, `others`) of our ship; without one there are none."""
    if own is None:
        return [], []
    beside = neighbours(own, near, view.entity)
    return beside, others(own, beside, view.solids(own.x, own.y, OTHERS_UNITS))


def neighbours(own: Own, near: Sequence[Near], entity: Callable[[int], Published | None]) -> list[BodyState]:
    """The bodies that `near` tells of, the nearest first. `entity` says what is published of one: what sort it is."""
    return [_told(own, told, published) for told in near if (published := entity(told.entity)) is not None]


def others(own: Own, beside: Sequence[BodyState], solids: Iterable[Sighting]) -> list[BodyState]:
    """Of the `solids`, those that are not `beside` us but not far away, the nearest first."""
    known = {own.entity, *(body.entity for body in beside)}
    x, y = own.x, own.y
    found = [
        (apart, seen.entity.id, seen)
        for seen in solids
        if -OTHERS_UNITS < seen.x - x < OTHERS_UNITS
        and (apart := hypot(seen.x - x, seen.y - y)) < OTHERS_UNITS
        and seen.entity.id not in known
    ]
    found.sort(key=itemgetter(0, 1))
    return [_seen(seen) for _, _, seen in found]


def agree(foreseen: BodyState, told: BodyState, is_exact: bool, turns: bool) -> bool:
    """Whether what is told of a body is what was foreseen of it, as far as that can be said.

    `is_exact`: `near` tells it, and else a belief does. `turns`: its angle matters.
    """
    if (foreseen.move_x, foreseen.move_y) != (told.move_x, told.move_y):
        return False
    apart_units = max(abs(foreseen.x - told.x), abs(foreseen.y - told.y))
    if not is_exact:
        return apart_units <= BELIEF_UNITS
    faster = max(abs(foreseen.vx - told.vx), abs(foreseen.vy - told.vy))
    if apart_units > 1.0 / OFFSET_SCALE or faster > 1.0 / VELOCITY_SCALE:
        return False
    turned = (foreseen.angle - told.angle) / tau
    spun = abs(foreseen.spin - told.spin) / tau
    return not turns or (abs(turned - round(turned)) <= 1.0 / TURN_SCALE and spun <= 1.0 / SPIN_SCALE)


def _told(own: Own, told: Near, published: Published) -> BodyState:
    return BodyState(
        told.entity,
        published.kind,
        published.variant,
        own.x + told.dx,
        own.y + told.dy,
        told.vx,
        told.vy,
        told.angle * tau,
        told.spin * tau,
        told.move_x,
        told.move_y,
    )


def _seen(seen: Sighting) -> BodyState:
    published = seen.entity
    return BodyState(
        published.id,
        published.kind,
        published.variant,
        seen.x,
        seen.y,
        seen.vx,
        seen.vy,
        angle_from_wire(seen.angle),
        published.spin / SPIN_SCALE * tau,
        published.move_x,
        published.move_y,
    )
