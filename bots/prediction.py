"""Where our own ship is now: what the server last said, and our own inputs since, through the same physics.

The server's ship after tick S is exact (`Own`), and so is what is close to it (`near`). Ahead of it we have sent inputs
for the ticks up to P. We live through S+1..P in a `Neighbourhood`, and expect the server to arrive where we did. Each
snapshot is one of two cases:

    as foreseen   the server's ship after S is the one we foresaw, to the bit; so is, as far as it is told, what may
                  touch it before the next snapshots; and we live with all of that: what we foresaw after S holds
    else          go back to what the server says, and live S+1..P again

So nothing is lived again that was right, and the engine's memory of contacts, which no message carries, is lost only
where something was wrong. What others will do after S is not known: their sticks are held. That is what the error is
made of.

What the server tells exactly is what will touch our ship before long if it goes on as it does, and it doesn't know yet
what we did since. So what is published of others is looked at as well, and by so much farther as that led us astray.
What we do after that counts from the next snapshot on. Where none comes for longer than usual, a boost may lead us
through what we don't live with; the next one puts that right.

The cost of a snapshot is bounded. The ticks are at most REPLAY_TICKS_MAX; the bodies, the nearest first, so many that
bodies times ticks is at most BODY_TICKS_MAX, and no more than the caller can afford (`thrift`). Leaving bodies out
makes the prediction worse where they are touched and costs nothing else. Our own ship is always lived.
"""

from collections import deque
from collections.abc import Sequence
from math import hypot
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from bots.neighbourhood import BodyState, Neighbourhood, ShipState
from bots.neighbours import agree
from protocol.limits import INPUT_HOLD_TICKS_MAX
from protocol.motion import Input
from protocol.snapshot import Own

REPLAY_TICKS_MAX: Final = 120
"""Inputs further behind than this are forgotten; the server has dealt with them or never will."""
BODIES_MAX: Final = 8
"""Beside our ship."""
BODY_TICKS_MAX: Final = 256
"""Bodies times ticks lived again for one snapshot."""
SOON_TICKS: Final = 8
"""A snapshot must do until so many ticks after the newest input: the next ones may be late."""
MARGIN_UNITS: Final = 24.0
"""What steering, others' and ours, may bring them closer in that time than all go by themselves; or a boost of ours in
three ticks, in which there is a snapshot as a rule."""


class Reconciled(Struct, frozen=True):
    """What a snapshot did to a prediction."""

    error_units: float | None = None
    """How far from the server's ship the one was that we foresaw for its tick, if we did."""
    surprise_units: float | None = None
    """The same, for what we had foreseen of that tick at first, when it was lived and no snapshot had corrected it."""
    correction_units: float = 0.0
    """How far our ship, as it is now, was moved."""
    replayed_ticks: int = 0
    bodies: int = 0
    """That are lived with our ship."""
    bodies_left_out: int = 0
    """That ought to have been, and were too much."""


class Prediction:
    """One ship, ahead of the server."""

    def __init__(self, space: Neighbourhood, tick_rate: int) -> None:
        self._space, self._tick_rate = space, tick_rate
        self._entity: int | None = None
        self._sent: deque[tuple[int, Input]] = deque(maxlen=REPLAY_TICKS_MAX)
        """Inputs that the server has not simulated yet, as far as we know."""
        self._foreseen: dict[int, ShipState] = {}
        """The state after each tick of these, as we know it now."""
        self._motions: dict[int, bytes] = {}
        """And how what was beside our ship moved then, if anything was, as the space tells it."""
        self._shown: dict[int, ShipState] = {}
        """The same, as it was foreseen at first: what a player saw."""
        self.state: ShipState | None = None
        """The ship after `tick`; None without a ship."""
        self.tick = 0
        """The newest tick that was lived."""
        self.input = Input()
        """The newest input that was applied."""
        self._said_tick = 0
        """The newest tick whose input was sent: the server holds it from there on."""

    def move_to(self, space: Neighbourhood) -> None:
        """Among other walls from now on. What was foreseen among the old ones counts no more: the next snapshot begins
        anew."""
        self._space = space
        self._foreseen.clear()
        self._motions.clear()
        if self.state is not None:
            space.restore(self.state, [])

    def step(self, tick: int, now: Input) -> None:
        """Live through `tick`, later than any before, with the input that is sent for it.

        Ticks left out are held as the server holds them.
        """
        held, last = replace(self.input, edges=0), self._said_tick
        released = Input(aim=held.aim)
        for missing in range(max(self.tick + 1, tick - REPLAY_TICKS_MAX + 1), tick):
            self._live(missing, held if missing - last <= INPUT_HOLD_TICKS_MAX else released)
        self._live(tick, now)
        self._said_tick = tick

    def _live(self, tick: int, now: Input) -> None:
        self.tick, self.input = tick, now
        if len(self._sent) == REPLAY_TICKS_MAX:
            self._forget(self._sent[0][0])
        self._sent.append((tick, now))
        if self.state is not None:
            self.state = self._shown[tick] = self._foresee(tick, now)

    def reconcile(
        self,
        own: Own | None,
        tick: int,
        beside: Sequence[BodyState] = (),
        others: Sequence[BodyState] = (),
        bodies_max: int = BODIES_MAX,
    ) -> Reconciled:
        """Take the server's ship after `tick`, and what is beside it, the nearest first.

        `others`: what else there is around, as it is published.
        """
        foreseen, shown, lived = self._answer(tick)
        self.tick = max(self.tick, tick)
        if own is None:
            self._entity, self.state = None, None
            self._foreseen.clear()
            self._motions.clear()
            self._shown.clear()
            return Reconciled()
        truth = ShipState(own.x, own.y, own.vx, own.vy, own.boost_ticks)
        if own.entity != self._entity:
            foreseen = shown = None
            self._entity, self.state = own.entity, None
        errors = _apart(foreseen, truth), _apart(shown, truth)
        wanted, bodies = self._choose(truth, beside, others, bodies_max)
        left_out = min(wanted, BODIES_MAX) - len(bodies)
        if foreseen == truth and self._is_as_foreseen(lived, bodies, beside, others):
            return Reconciled(*errors, bodies=len(bodies), bodies_left_out=left_out)
        before, now = self.state, self._live_again(truth, bodies)
        return Reconciled(*errors, _apart(before, now) or 0.0, len(self._sent), len(bodies), left_out)

    def _answer(self, tick: int) -> tuple[ShipState | None, ShipState | None, tuple[BodyState, ...]]:
        """What we foresaw for `tick`, now and at first, and what was beside it. The inputs up to it are done with."""
        motions = self._motions.get(tick)
        answer = self._foreseen.get(tick), self._shown.get(tick), self._space.states(motions) if motions else ()
        while self._sent and self._sent[0][0] <= tick:
            self._forget(self._sent.popleft()[0])
        return answer

    def _forget(self, tick: int) -> None:
        self._foreseen.pop(tick, None)
        self._motions.pop(tick, None)
        self._shown.pop(tick, None)

    def _choose(
        self,
        truth: ShipState,
        beside: Sequence[BodyState],
        others: Sequence[BodyState],
        bodies_max: int,
    ) -> tuple[int, Sequence[BodyState]]:
        """(how many matter, those that are lived with): all there are around, or none if none may touch us soon."""
        seconds = (len(self._sent) + SOON_TICKS) / self._tick_rate
        around, margin_units = [*beside, *others], MARGIN_UNITS + self._astray_units(truth, seconds)
        if not any(self._space.may_touch(truth, body, seconds, margin_units) for body in around):
            return 0, ()
        afforded = min(BODIES_MAX, bodies_max, BODY_TICKS_MAX // max(1, len(self._sent)))
        return len(around), around[:afforded]

    def _astray_units(self, truth: ShipState, seconds: float) -> float:
        """How far we shall be from where the server's ship would be in so long, were it to go straight on."""
        if self.state is None:
            return 0.0
        soon_s, state = SOON_TICKS / self._tick_rate, self.state
        x, y = state.x + state.vx * soon_s - truth.x, state.y + state.vy * soon_s - truth.y
        return hypot(x - truth.vx * seconds, y - truth.vy * seconds)

    def _is_as_foreseen(
        self,
        lived: Sequence[BodyState],
        bodies: Sequence[BodyState],
        beside: Sequence[BodyState],
        others: Sequence[BodyState],
    ) -> bool:
        """Whether we live with all `bodies`, and all that we live with are where we had them.

        More than is needed is no reason to forget what the engine remembers.
        """
        if len(lived) < len(bodies):
            return False
        exact, believed = {body.entity: body for body in beside}, {body.entity: body for body in others}
        for foreseen in lived:
            told = exact.get(foreseen.entity) or believed.get(foreseen.entity)
            if told is None or not agree(foreseen, told, told.entity in exact, self._space.turns(told)):
                return False
        return {body.entity for body in bodies} <= {body.entity for body in lived}

    def _foresee(self, tick: int, now: Input) -> ShipState:
        state = self._foreseen[tick] = self._space.step(now)
        if not self._space.is_alone:
            self._motions[tick] = self._space.motions()
        return state

    def _live_again(self, truth: ShipState, bodies: Sequence[BodyState]) -> ShipState:
        self._space.restore(truth, bodies)
        self._foreseen.clear()
        self._motions.clear()
        state = truth
        for tick, now in self._sent:
            state = self._foresee(tick, now)
        self.state = state
        return state


def _apart(one: ShipState | None, other: ShipState) -> float | None:
    return None if one is None else hypot(one.x - other.x, one.y - other.y)
