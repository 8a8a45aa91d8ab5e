"""How well players foresee their own ships: by what these touched, over a network that is simulated as well.

    python -m tests.instruments.foresight --rtt 150 --jitter 10 --seconds 60

Real rooms and real players of ours, no sockets and no clock. What a ship touched is asked of the server's own engine.
An error is counted where its cause is: with ships, if the ship touched one in the last WINDOW_TICKS, else with rocks
(and crates), else with walls, else in flight.
"""

import argparse
from collections import deque
from collections.abc import Callable
from functools import partial
from math import atan2, cos, pi, sin
from random import Random
from typing import Final, Literal

import pymunk

from bots.act import Act
from bots.brains.hunter import Hunter
from bots.common_room import CommonRoom
from bots.player import Brain, Player
from bots.prediction import Reconciled
from bots.tally import Percentiles, Spread
from bots.view import View
from protocol.kinds import Category
from protocol.physics import CATEGORY_BITS, WALL
from tests.bots.stage import Stage
from tests.instruments.stepper import arena_named

Situation = Literal["flight", "walls", "rocks", "contact"]
SITUATIONS: Final[tuple[Situation, ...]] = ("contact", "rocks", "walls", "flight")
"""The worst first."""
WINDOW_TICKS: Final = 24
"""What happened at a tick may still be wrong in a prediction that was made so many ticks later: the lead, and some."""
_BITS: Final = {
    "contact": CATEGORY_BITS["ship"],
    "rocks": CATEGORY_BITS["rock"] | CATEGORY_BITS["crate"] | CATEGORY_BITS["ball"],
    "walls": WALL,
}


class Wanderer:
    """Flies somewhere else every now and then, boosts sometimes, and mostly meets walls."""

    def __init__(self, rng: Random) -> None:
        self._rng, self._act = rng, Act()

    def think(self, view: View, tick: int) -> Act:
        if self._rng.random() < 0.2:
            angle = self._rng.uniform(-pi, pi)
            self._act = Act((cos(angle), sin(angle)), angle, False, self._rng.random() < 0.2)
        return self._act


class Rammer:
    """Flies at the nearest thing of its sort, and somewhere else for a while when it has been at it."""

    def __init__(self, rng: Random, category: Category) -> None:
        self._category, self._wanderer, self._rng = category, Wanderer(rng), rng
        self._elsewhere = 0

    def think(self, view: View, tick: int) -> Act:
        target = view.nearest(self._category)
        self._elsewhere -= 1
        if self._elsewhere <= 0 and self._rng.random() < 0.05:
            self._elsewhere = 10
        if target is None or view.own is None or self._elsewhere > 0:
            return self._wanderer.think(view, tick)
        angle = atan2(target.y - view.own.y, target.x - view.own.x)
        return Act((cos(angle), sin(angle)), angle)


class Measured:
    """Errors, surprises and corrections (as in `bots.prediction.Reconciled`), each by situation."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.errors, self.surprises, self.corrections = ({s: Spread(0.001) for s in SITUATIONS} for _ in range(3))
        self.replayed_ticks = self.body_ticks = self.snapshots = 0

    def note(self, situation: Situation, done: Reconciled) -> None:
        self.snapshots += 1
        self.replayed_ticks += done.replayed_ticks
        self.body_ticks += done.replayed_ticks * done.bodies
        if done.error_units is not None and done.surprise_units is not None:
            self.errors[situation].add(done.error_units)
            self.surprises[situation].add(done.surprise_units)
            self.corrections[situation].add(done.correction_units)


class Witness:
    """Watches one player, and its ship on the server."""

    def __init__(self, stage: Stage, player: Player, measured: Measured) -> None:
        self._stage, self._player, self._measured = stage, player, measured
        self._touched: deque[tuple[int, int]] = deque(maxlen=4 * WINDOW_TICKS)
        """(tick, bits of what was touched) of the latest."""
        player.on_snapshot = self._note

    def look(self) -> None:
        """After a tick of the room."""
        room, welcome = self._stage.stepper.room, self._player.welcome
        seat = room.players.get(welcome.player) if welcome else None
        if seat is not None and seat.ship:
            self._touched.append((room.tick, touched_by(room.world._bodies[seat.ship])))

    def _note(self) -> None:
        view, done = self._player.view, self._player.reconciled
        assert view is not None
        self._measured.note(self._situation(view.tick), done)

    def _situation(self, tick: int) -> Situation:
        bits = 0
        for at, touched in self._touched:
            if tick - WINDOW_TICKS < at <= tick:
                bits |= touched
        return next((situation for situation in SITUATIONS[:3] if bits & _BITS[situation]), "flight")


def touched_by(body: pymunk.Body) -> int:
    """The bits of all that a body touches now."""
    bits = [0]

    def note(arbiter: pymunk.Arbiter) -> None:
        for shape in arbiter.shapes:
            if shape.body is not body:
                bits[0] |= int(shape.collision_type)

    body.each_arbiter(note)
    return bits[0]


BRAINS: Final[dict[str, Callable[[Random, CommonRoom], Brain]]] = {
    "hunter": lambda rng, room: Hunter(room, rng),
    "wanderer": lambda rng, room: Wanderer(rng),
    "rock rammer": lambda rng, room: Rammer(rng, "rock"),
    "ship rammer": lambda rng, room: Rammer(rng, "ship"),
}


def measure(
    brains: dict[str, int],
    seconds: float,
    rtt_ms: float = 150.0,
    jitter_ms: float = 10.0,
    arena: str = "pinball",
    seed: int = 1,
) -> Measured:
    """Play, and say how it went. `brains`: how many players of each. Half of the jitter is on each way."""
    stage, measured, witnesses = Stage(arena_named(arena), seed), Measured(), []
    one_way_s, jitter_s = (rtt_ms - jitter_ms) / 2000.0, jitter_ms / 1000.0
    for name, count in brains.items():
        for number in range(count):
            give = partial(BRAINS[name], Random(f"{seed}/{name}/{number}"))
            player = stage.join(f"{name} {number}", one_way_s, jitter_s, give)
            witnesses.append(Witness(stage, player, measured))
    stage.play(5.0)  # until the clocks have settled
    measured.clear()
    advance = stage.stepper.room.advance

    def advance_and_look(now_s: float, hush: bool = False) -> None:
        advance(now_s, hush)
        for witness in witnesses:
            witness.look()

    stage.stepper.room.advance = advance_and_look  # type: ignore[method-assign]
    stage.play(seconds)
    return measured


def table(measured: Measured) -> str:
    """For people."""
    lines = [f"{'':10}{'what':14}{'n':>8}{'p50':>10}{'p95':>10}{'p99':>10}{'max':>10}"]
    for situation in reversed(SITUATIONS):
        for what in ("errors", "surprises", "corrections"):
            spread = getattr(measured, what)[situation]
            lines.append(f"{situation:10}{what:14}{spread.total():8}" + _columns(spread.percentiles()))
    each = max(1, measured.snapshots)
    lines.append(
        f"per snapshot: {measured.replayed_ticks / each:.2f} ticks, {measured.body_ticks / each:.2f} body-ticks"
    )
    return "\n".join(lines)


def _columns(found: Percentiles) -> str:
    return "".join(
        "         -" if value is None else f"{value:10.3f}" for value in (found.p50, found.p95, found.p99, found.max)
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rtt", type=float, default=150.0)
    asked.add_argument("--jitter", type=float, default=10.0)
    asked.add_argument("--seconds", type=float, default=30.0)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--arena", default="pinball")
    for name in BRAINS:
        asked.add_argument(f"--{name.replace(' ', '-')}s", type=int, default=2, dest=name)
    given = vars(asked.parse_args())
    brains = {name: given[name] for name in BRAINS}
    print(table(measure(brains, given["seconds"], given["rtt"], given["jitter"], given["arena"], given["seed"])))


if __name__ == "__main__":
    main()
