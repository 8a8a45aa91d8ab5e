"""What a game adds to the contract (`server.game`) so that its arena is built while it is played."""

from typing import Protocol, runtime_checkable

from protocol.build_messages import Point
from server.build.desk import Desk
from server.game import Player


@runtime_checkable
class Buildable(Protocol):
    """A game that has a desk. Its world follows the desk's plan in `before_step`."""

    desk: Desk
    is_open: bool
    """Whether everyone who plays may build; else only those whose role says so."""

    def pointed(self, player: Player, point: Point) -> None:
        """Between ticks, like `joined`."""
