"""Brains: what a bot does with what it sees.

A brain is made for one bot in one room (`CommonRoom`) with a generator of its own, and asked some seven times a
second. To write one, give it `think(view, tick) -> Act` and a line in `BRAINS`.
"""

from collections.abc import Callable
from random import Random

from msgspec import Struct

from bots.act import Brain
from bots.brains.auto import suitable
from bots.brains.hunter import Hunter
from bots.brains.idle import Idle
from bots.brains.lean import Lean
from bots.brains.teammate import Teammate
from bots.brains.wander import Wander
from bots.common_room import CommonRoom
from protocol.errors import UserError

BrainMaker = Callable[[CommonRoom, Random], Brain]


class Sort(Struct, frozen=True):
    """A sort of bot."""

    give_brain: BrainMaker
    attentive: bool = True
    """Whether its own ship is foreseen, as for a person's screen, and the error measured: see `Player`."""


BRAINS: dict[str, Sort] = {
    "auto": Sort(suitable),
    "hunter": Sort(Hunter),
    "teammate": Sort(Teammate),
    "wander": Sort(Wander),
    "idle": Sort(Idle),
    "lean": Sort(Lean, attentive=False),
}


def brain_named(name: str) -> Sort:
    """Raises UserError when there is none of that name."""
    if name not in BRAINS:
        raise UserError(f"there is no brain called {name}; there are {', '.join(BRAINS)}")
    return BRAINS[name]
