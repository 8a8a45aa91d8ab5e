"""The small world that a client lives ahead of the server: our ship, the arena's solid parts, and what is close by.

It is the server's engine with the server's shapes (`physics`) and its rule of steering (`motion`), so what happens in
it is what will happen there, as far as we know what the others do. `restore` puts everything where the server said it
was; `step` lives one tick. What follows is a function of what was restored and of the inputs, to the bit, whatever
happened before: the twin in another language does the same in the same order.

    restore   take everything out of the space; put in our ship, then the bodies by ascending entity, with a renewed
              body each; let the engine take one step with everything at rest; give everything its velocity
    step      steer our ship; steer the other ships by their stick, which is held; let the engine take a tick's steps

Taking shapes out makes the engine forget its contacts, and `renew` what it still owed for them. But the server's engine
has not forgotten: it finds contacts at the end of a step, and moves apart what overlaps in the next. No message carries
that, and none needs to, for it depends on the places alone. The step at rest moves nothing, finds the same contacts at
the same places, and so owes the same pushes. Only the impulses of the last step, with which the engine starts its
search for the next, are lost, and the order in which it visits contacts, which depends on where things were before.
Where a body has one contact they make no difference; where it is caught between two, some.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import hypot

import pymunk
from msgspec import Struct

from protocol.arena import Arena
from protocol.kinds import Kind
from protocol.motion import Helm, Input, keep_and_gain, thrust_of
from protocol.physics import (
    MOTION,
    Motions,
    corners_of,
    make_body,
    make_space,
    reach_of,
    renew,
    set_velocity,
    step,
    step_at_rest,
)


class ShipState(Struct, frozen=True):
    """Our ship after a tick: units and units/s."""

    x: float
    y: float
    vx: float
    vy: float
    boost_ticks: int


class BodyState(Struct, frozen=True):
    """Something beside it: units, units/s, radians and radians/s. `kind` and `variant` as published."""

    entity: int
    kind: int
    variant: int
    x: float
    y: float
    vx: float
    vy: float
    angle: float
    spin: float
    move_x: int = 0
    move_y: int = 0
    """The stick that it is steered by."""


class _Steered(Struct):
    """What moves by a stick that is held: each tick its velocity becomes velocity * keep + push."""

    body: pymunk.Body
    keep: float
    push: tuple[float, float]


class Neighbourhood:
    """An arena's solid parts, our ship, and what is beside it."""

    def __init__(self, arena: Arena, kinds: Sequence[Kind], ship: Kind, tick_rate: int) -> None:
        self._arena, self._kinds, self._ship, self._tick_rate = arena, kinds, ship, tick_rate
        self._space = make_space(arena)
        self._motions = Motions(self._space)
        """Our ship's first, then those beside it as in `_told`: that is how they are put in."""
        self._body, self._shape = make_body(ship)
        self._space.add(self._body, self._shape)
        self._boost_ticks = 0
        self._beside: list[tuple[tuple[int, int], pymunk.Body, pymunk.Shape]] = []
        """What is in the space beside our ship, by kind and variant; by ascending entity."""
        self._told: list[BodyState] = []
        """The same, as it was restored."""
        self._steered: list[_Steered] = []
        self._spare: dict[tuple[int, int], list[tuple[pymunk.Body, pymunk.Shape]]] = defaultdict(list)
        """Bodies that are not in the space, by kind and variant: no more than there have ever been in it at once."""

    @property
    def is_alone(self) -> bool:
        """Whether our ship has nothing beside it."""
        return not self._beside

    def restore(self, own: ShipState, bodies: Sequence[BodyState]) -> None:
        """Be as the server was after a tick. Bodies of one polygon each have their own variant."""
        self._take_out()
        self._boost_ticks = own.boost_ticks
        self._put_in(self._body, self._shape, own.x, own.y)
        placed = []
        self._told = sorted(bodies, key=lambda state: state.entity)
        for state in self._told:
            body, shape = self._take(state.kind, state.variant)
            body.angle = state.angle
            self._put_in(body, shape, state.x, state.y)
            self._beside.append(((state.kind, state.variant), body, shape))
            placed.append((body, state))
        step_at_rest(self._space, self._tick_rate)
        set_velocity(self._body, (own.vx, own.vy))
        for body, state in placed:
            set_velocity(body, (state.vx, state.vy))
            body.angular_velocity = state.spin
            self._hold(body, state)

    def step(self, now: Input) -> ShipState:
        """Live one tick, steered by `now`; our ship after it."""
        helm = Helm(self._boost_ticks)
        vx, vy = self._body.velocity
        set_velocity(self._body, helm.steer(vx, vy, now, self._ship, self._tick_rate))
        for steered in self._steered:
            vx, vy = steered.body.velocity
            set_velocity(steered.body, (vx * steered.keep + steered.push[0], vy * steered.keep + steered.push[1]))
        step(self._space, self._tick_rate)
        (x, y), (vx, vy) = self._body.position, self._body.velocity
        self._boost_ticks = helm.boost_ticks
        return ShipState(x, y, vx, vy, helm.boost_ticks)

    def beside(self) -> tuple[BodyState, ...]:
        """What is beside our ship, as it is now, by ascending entity."""
        return self.states(self._motions.read())

    def motions(self) -> bytes:
        """How everything moves now, quickly: `states` tells what that was, until the next `restore`."""
        return self._motions.read()

    def states(self, motions: bytes) -> tuple[BodyState, ...]:
        """What was beside our ship when `motions` were read, by ascending entity."""
        rows = MOTION.iter_unpack(motions[MOTION.size : MOTION.size * (1 + len(self._told))])
        return tuple(_moving(told, *row) for told, row in zip(self._told, rows, strict=True))

    def turns(self, body: BodyState) -> bool:
        """Whether it turns: all do but ships, whose angle is their aim."""
        return not self._kinds[body.kind].steered

    def may_touch(self, own: ShipState, body: BodyState, seconds: float, margin_units: float) -> bool:
        """Whether `body` comes within `margin_units` of our ship in `seconds`, if they go on closing as they do."""
        x, y, vx, vy = body.x - own.x, body.y - own.y, body.vx - own.vx, body.vy - own.vy
        apart = hypot(x, y)
        kind = self._kinds[body.kind]
        gap = apart - self._ship.radius - reach_of(kind, corners_of(kind, self._arena, body.variant)) - margin_units
        return gap * apart <= max(0.0, -(x * vx + y * vy)) * seconds

    def _hold(self, body: pymunk.Body, state: BodyState) -> None:
        kind = self._kinds[state.kind]
        if kind.drag:
            keep, gain = keep_and_gain(kind, self._tick_rate)
            tx, ty = thrust_of(state.move_x, state.move_y)
            self._steered.append(_Steered(body, keep, (tx * gain, ty * gain)))

    def _take_out(self) -> None:
        self._space.remove(self._body, self._shape)
        for sort, body, shape in self._beside:
            self._space.remove(body, shape)
            self._spare[sort].append((body, shape))
        self._beside, self._steered, self._told = [], [], []

    def _put_in(self, body: pymunk.Body, shape: pymunk.Shape, x: float, y: float) -> None:
        """At rest, and without a memory."""
        renew(body)
        body.position, body.velocity = (x, y), (0.0, 0.0)
        self._space.add(body, shape)

    def _take(self, kind: int, variant: int) -> tuple[pymunk.Body, pymunk.Shape]:
        spare, sort = self._spare[kind, variant], self._kinds[kind]
        return spare.pop() if spare else make_body(sort, corners_of(sort, self._arena, variant))


def _moving(told: BodyState, x: float, y: float, angle: float, vx: float, vy: float, spin: float) -> BodyState:
    stick = told.move_x, told.move_y
    return BodyState(told.entity, told.kind, told.variant, x, y, vx, vy, angle, spin, *stick)
