"""What a brain, or whoever steers, wants done now; and the stick that turns it into one input per tick."""

from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from bots.view import View
from protocol.motion import Button, Input
from protocol.quantize import aim_to_wire, move_to_wire


class Act(Struct, frozen=True):
    """What the ship should be doing: `move` within the unit circle, y down; `aim` in radians from the x axis."""

    move: tuple[float, float] = (0.0, 0.0)
    aim: float = 0.0
    fire: bool = False
    boost: bool = False
    pulse: bool = False


class Brain(Protocol):
    """Decides what a bot does: called every 150 ms or so with what it sees and the tick that it acts in.

    One that looks at nothing may say so, with a true `is_blind`: then nobody needs to bring its view up to date.
    """

    def think(self, view: View, tick: int) -> Act: ...


class Stick:
    """Holds the newest act. A press that is released before the next tick is still a press in that tick."""

    def __init__(self) -> None:
        self._act = Act()
        self._held = Input()
        """What it says while nothing is pressed anew."""
        self._edges = 0

    def hold(self, act: Act) -> None:
        if act is self._act:
            return
        buttons = Button.FIRE * act.fire | Button.BOOST * act.boost | Button.PULSE * act.pulse
        self._edges |= buttons & ~self._held.buttons
        self._act, self._held = act, Input(*move_to_wire(*act.move), aim_to_wire(act.aim), buttons)

    def sample(self) -> Input:
        """The input for one tick."""
        if not self._edges:
            return self._held
        edges, self._edges = self._edges, 0
        return replace(self._held, edges=edges)
