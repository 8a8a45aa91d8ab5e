"""Everybody's round trips, told to everybody: of some players in turn, lest a full room say of little else."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, Final, Protocol

from server.game import Player

PINGS_EVERY_S: Final = 2.0
PINGS_TOGETHER_MAX: Final = 50


class Room(Protocol):
    """Whose they are."""

    players: Mapping[int, Player]

    def report(self, name: str, body: dict[str, Any]) -> None: ...


class Pings:
    """Of one room."""

    def __init__(self, room: Room) -> None:
        self._room, self._next = room, 0

    def say(self) -> None:
        """Those whose turn it is."""
        chosen = list(islice(self._room.players.values(), self._next, self._next + PINGS_TOGETHER_MAX))
        self._next = self._next + len(chosen) if len(chosen) == PINGS_TOGETHER_MAX else 0
        self._room.report("pings", {"pings": [[player.id, player.rtt_ms] for player in chosen]})
