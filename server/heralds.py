"""Who wants to hear of rooms and matches, told in a way that can't hurt the one that tells.

A listener is called between two ticks or within one, so it takes a note and returns at once; what takes longer is for
a task or a thread of its own. What it raises is its own mistake: it is logged and counted, and the room goes on.
"""

from typing import TYPE_CHECKING, Protocol

import structlog

from protocol.messages import ServerMessage
from server.results import Result
from server.statistics import Faults

if TYPE_CHECKING:
    from server.room import Room

log = structlog.get_logger("ricochet.heralds")


class Listener(Protocol):
    """What a listener hears. It need not know what to do with all of it."""

    def opened(self, room: "Room") -> None:
        """A room is there, before its first tick."""

    def concluded(self, room: "Room", result: Result) -> None:
        """A match has ended, in the tick that `result` names."""

    def closed(self, room: "Room") -> None:
        """A room is gone; it has had its last tick."""


class Tap(Protocol):
    """Takes down what whoever sees a whole room is told. It is called in ticks: it returns at once and raises
    nothing."""

    def said(self, message: ServerMessage) -> None:
        """What spectators hear, wherever they look: an event, or an edit of what is built."""

    def shown(self) -> None:
        """A snapshot has been published, and shown to everyone."""


class Heralds:
    """Tells all `listeners` of one process, in their order. It is a `Listener` itself."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.listeners: list[Listener] = []
        self._faults = faults or Faults()

    def opened(self, room: "Room") -> None:
        for listener in self.listeners:
            try:
                listener.opened(room)
            except Exception:
                self._failed(room)

    def concluded(self, room: "Room", result: Result) -> None:
        for listener in self.listeners:
            try:
                listener.concluded(room, result)
            except Exception:
                self._failed(room)

    def closed(self, room: "Room") -> None:
        for listener in self.listeners:
            try:
                listener.closed(room)
            except Exception:
                self._failed(room)

    def _failed(self, room: "Room") -> None:
        self._faults.chores_failed += 1
        log.exception("a listener has failed", room=room.name, tick=room.tick)
