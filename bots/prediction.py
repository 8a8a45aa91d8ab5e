"""Where our own ship is now: what the server last said, and our own inputs since, through the same physics.

The server's ship after tick S is exact (`Own`). Ahead of it we have sent inputs for the ticks up to P. We
live through S+1..P with the same rule (`motion`) and the same engine (`physics`), and expect the server to
arrive where we did. When its answer for a tick differs from what we lived, we go back and live it again.

Contacts with rocks and other ships are not foreseen yet: they are what the error is made of. So is, a little, an
answer taken in the middle of a contact, for the engine remembers contacts and no message carries that.
"""

from collections import deque
from math import hypot
from typing import Final

import pymunk
from msgspec import Struct

from protocol.arena import Arena
from protocol.kinds import Kind
from protocol.motion import Helm, Input
from protocol.physics import WALL, make_body, make_space, step
from protocol.snapshot import Own

REPLAY_TICKS_MAX: Final = 120
"""Inputs further behind than this are forgotten; the server has dealt with them or never will."""
_WALLS: Final = pymunk.ShapeFilter(mask=WALL)


class ShipState(Struct, frozen=True):
    """A ship after a tick: units and units/s."""

    x: float
    y: float
    vx: float
    vy: float
    boost_ticks: int


class ShipSpace:
    """An arena's solid parts, and one ship to try things on."""

    def __init__(self, arena: Arena, ship: Kind, tick_rate: int) -> None:
        self._ship = ship
        self._tick_rate = tick_rate
        self._space = make_space(arena)
        self._body, self._shape = make_body(ship)
        self._space.add(self._body, self._shape)
        self._last: ShipState | None = None
        """The state that the body is in."""

    def after(self, state: ShipState, now: Input) -> ShipState:
        """`state` one tick later, steered by `now`."""
        helm = Helm(state.boost_ticks)
        vx, vy = helm.steer(state.vx, state.vy, now, self._ship, self._tick_rate)
        if state is not self._last:
            self._put(state)
        self._body.velocity = (vx, vy)
        step(self._space, self._tick_rate)
        (x, y), (vx, vy) = self._body.position, self._body.velocity
        self._last = ShipState(x, y, vx, vy, helm.boost_ticks)
        return self._last

    def _put(self, state: ShipState) -> None:
        """Go back to `state`, with a new body: the old one remembers contacts, and pushes still to come."""
        self._space.remove(self._body, self._shape)
        self._body, self._shape = make_body(self._ship)
        self._space.add(self._body, self._shape)
        self._body.position = (state.x, state.y)


class Walls:
    """What stands in the way in an arena."""

    def __init__(self, arena: Arena) -> None:
        self._space = make_space(arena)

    def is_clear(self, ax: float, ay: float, bx: float, by: float, radius: float) -> bool:
        """Whether something of `radius` can go straight from a to b. What it touches already is not in its way."""
        return self._space.segment_query_first((ax, ay), (bx, by), radius, _WALLS) is None


class Prediction:
    """One ship, ahead of the server."""

    def __init__(self, space: ShipSpace) -> None:
        self._space = space
        self._entity: int | None = None
        self._sent: deque[tuple[int, Input]] = deque(maxlen=REPLAY_TICKS_MAX)
        """Inputs that the server has not simulated yet, as far as we know."""
        self._foreseen: dict[int, ShipState] = {}
        """The state after each tick of these."""
        self.state: ShipState | None = None
        """The ship after the newest tick that we have sent an input for; None without a ship."""

    def step(self, tick: int, now: Input) -> None:
        """Live through `tick`, later than any before, with the input that is sent for it."""
        if len(self._sent) == REPLAY_TICKS_MAX:
            self._foreseen.pop(self._sent[0][0], None)
        self._sent.append((tick, now))
        if self.state is not None:
            self.state = self._foreseen[tick] = self._space.after(self.state, now)

    def reconcile(self, own: Own | None, tick: int) -> float | None:
        """Take the server's ship after `tick`; how far from it we had foreseen, in units, if we had."""
        foreseen = None
        while self._sent and self._sent[0][0] <= tick:
            at, _ = self._sent.popleft()
            state = self._foreseen.pop(at, None)
            foreseen = state if at == tick else None
        if own is None:
            self._entity, self.state = None, None
            self._foreseen.clear()
            return None
        truth = ShipState(own.x, own.y, own.vx, own.vy, own.boost_ticks)
        if own.entity != self._entity:
            foreseen = None
        self._entity = own.entity
        if foreseen != truth:
            self._live_again(truth)
        return None if foreseen is None else hypot(foreseen.x - truth.x, foreseen.y - truth.y)

    def _live_again(self, truth: ShipState) -> None:
        self.state = truth
        self._foreseen.clear()
        for tick, now in self._sent:
            self.state = self._foreseen[tick] = self._space.after(self.state, now)
