"""Plays over one network and measures: a crowd, four who are alone with walls and rocks, and a shooting range.

All in the game's own time, without sockets or a clock. The same seed gives the same figures.
"""

from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Final

from msgspec import Struct

from bench.figures import Figures
from bench.pilots import PILOTS
from bench.shooting import Shooting
from bench.stage import House, Stage
from bench.touch import Touches
from bench.truths import Truths
from bench.witness import Witness
from bots.act import Brain
from bots.common_room import CommonRoom
from bots.netsim import Conditions
from bots.walls import Walls
from protocol.arena import Arena

SETTLE_S: Final = 5.0
"""Until clocks have settled."""
CROWD: Final[Mapping[str, int]] = {"hunter": 3, "wanderer": 2, "rock rammer": 2, "ship rammer": 2}
"""How many of each pilot."""
ALONE: Final = ("rock rammer", "wanderer", "rock rammer", "wanderer")
"""Each in a room of its own."""
FRAME_PART: Final = 3
"""Frames are drawn between two ticks of the server, one for each."""


class Measured(Struct):
    """What was found where."""

    crowd: Figures
    """All pilots in one room."""
    alone: Figures
    """Free play among walls and rocks; and the shooting range."""


def measure(arena: Arena, network: Conditions, seconds: float, seed: int = 1) -> Measured:
    """Play for so many of the game's seconds in each room."""
    measured = Measured(Figures(), Figures())
    play(arena, CROWD, network, seconds, seed, measured.crowd)
    for number, pilot in enumerate(ALONE):
        play(arena, {pilot: 1}, network, seconds, seed + number, measured.alone)
    shoot(network, seconds, seed, measured.alone)
    return measured


def play(
    arena: Arena, pilots: Mapping[str, int], network: Conditions, seconds: float, seed: int, figures: Figures
) -> None:
    """One room with so many of each pilot, all over networks like this one; the first of each sort have screens."""
    house = House(arena, seed)
    stage, walls, room = Stage(house), Walls(arena), house.room
    touches, truths, witnesses = Touches(room.world), Truths(room.world), []
    for name, count in pilots.items():
        for number in range(count):
            give = partial(_give, name, Random(f"{seed}/{name}/{number}"))
            screen = walls if number == 0 else None
            stage.seat(f"{name} {number}", network, give, foresees_shots=screen is not None)
            witnesses.append(Witness(stage.cables[-1], room, touches, truths, figures, screen))

    def step(part: int) -> None:
        for witness in witnesses:
            witness.step()
            if part == FRAME_PART:
                witness.frame()

    def tick() -> None:
        touches.look(room.tick)
        truths.look(room.tick)
        for witness in witnesses:
            witness.tick()

    stage.on_step, stage.on_tick = step, tick
    stage.play(SETTLE_S)
    for witness in witnesses:
        witness.is_watching = True
    stage.play(seconds)


def _give(name: str, rng: Random, room: CommonRoom) -> Brain:
    return PILOTS[name](room, rng)


def shoot(network: Conditions, seconds: float, seed: int, figures: Figures) -> None:
    """The shooting range."""
    shooting = Shooting(network, seed=seed)
    shooting.play(SETTLE_S + seconds)
    figures.pulses_on_target += shooting.on_target
    figures.pulses_hit += shooting.on_target_hits
    figures.pulses_too_late += shooting.too_late
    figures.rewinds += shooting.room.statistics.rewinds
    figures.stamps_refused += shooting.room.statistics.stamps_refused
