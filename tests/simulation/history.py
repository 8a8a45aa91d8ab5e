"""What was true at each snapshot, for whoever hears of it later: the published table, and who looked from where."""

import zlib
from itertools import pairwise
from typing import Final

import numpy as np
from msgspec import Struct

from protocol.cells import VIEW_HALF_UNITS
from server.bulletin import NOWHERE
from server.room import Room
from server.viewers import LINGER_UNITS

KEPT_SNAPSHOTS: Final = 4096


class Moment(Struct):
    """One snapshot's tick."""

    checksums: list[int]
    """Of what is published, by cell."""
    eyes: dict[int, tuple[float, float]]
    """Where each player looks from."""
    ships: dict[int, tuple[int, float, float]]
    """(entity, x, y) of each player that has one."""
    acks: dict[int, int]


class History:
    """Of one room."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.middle = room.arena.size.width / 2, room.arena.size.height / 2
        self._moments: dict[int, Moment] = {}

    def at(self, tick: int) -> Moment | None:
        return self._moments.get(tick)

    def note(self) -> None:
        """After a tick: if there was a snapshot, keep what it must say."""
        room = self.room
        if room.publisher.tick != room.tick:
            return
        world = room.world
        ships = {
            player.id: (player.ship, float(world.x[player.ship]), float(world.y[player.ship]))
            for player in room.players.values()
            if player.ship
        }
        eyes = {player.id: player.eye for player in room.players.values()}
        acks = {player.id: player.inputs.ack for player in room.players.values()}
        self._moments[room.tick] = Moment(self._checksums(), eyes, ships, acks)
        if len(self._moments) > KEPT_SNAPSHOTS:
            del self._moments[next(iter(self._moments))]

    def near_and_wide(self, eye: tuple[float, float]) -> tuple[frozenset[int], frozenset[int]]:
        """The cells that must be seen from there, and those that may be."""
        grid = self.room.grid
        return frozenset(grid.around(*eye)), frozenset(grid.around(*eye, VIEW_HALF_UNITS + LINGER_UNITS))

    def _checksums(self) -> list[int]:
        publisher = self.room.publisher
        rows = np.flatnonzero(publisher.cell != NOWHERE)
        cells = publisher.cell[rows]
        order = np.argsort(cells, kind="stable")
        records = publisher.table[rows[order]].astype("<i4")
        starts = np.searchsorted(cells[order], np.arange(self.room.grid.count + 1)).tolist()
        return [zlib.crc32(records[start:end].tobytes()) for start, end in pairwise(starts)]
