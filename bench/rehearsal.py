"""One crowd, tick by tick, with no sockets: the real world, publisher and viewers, and what each part costs.

    simulate   steering and one step of physics
    compare    the truth with what viewers believe
    choose     the most wrong, within the budget; their records and residuals
    encode     the bytes of each cell that has news
    address    each viewer's own part, joined with the bytes of its cells

One viewer is the `Judge`: it reads its frames like a client does, and what it then believes is held against the truth
at every tick. Its work is not part of what is measured.
"""

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import ClassVar, Final

import numpy as np
from msgspec import Struct

from bench.crowds import KINDS, Crowd, Pilots, put_rocks, put_ships
from bots.view import View
from protocol.cells import VIEW_HALF_UNITS, Grid
from protocol.codec import CODECS
from protocol.frames import header
from protocol.heads import HEAD_BYTES, NOTHING_NEAR, near_part, tail
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.motion import Input
from protocol.reckoning import reckon
from protocol.snapshot import Snapshot
from protocol.ticks import Rates
from server.address import Seers, address
from server.game import Player
from server.input_table import InputTable
from server.inputs import InputBuffer
from server.link import NO_FD
from server.near import near
from server.owed import Common
from server.publisher import BORDER_UNITS, Publisher
from server.statistics import RoomStatistics
from server.viewers import Viewer
from server.world import World

LEAD_S: Final = 0.02
"""How early inputs come."""
HUD: Final = (100, 0, 0, 0, 0)
FRAME_BYTES_MAX: Final = 1 << 20
EMPTY_FRAME_BYTES: Final = len(header(HEAD_BYTES)) + HEAD_BYTES + len(NOTHING_NEAR) + len(tail(0, b""))
"""A steady viewer's snapshot when there are no news."""

MSGPACK: Final = CODECS[SUBPROTOCOL_MSGPACK]

Clock = Callable[[], int]
"""Nanoseconds of CPU."""


class Costs(Struct):
    """Nanoseconds of CPU, by part."""

    simulate: int = 0
    compare: int = 0
    choose: int = 0
    encode: int = 0
    address: int = 0


class Tap:
    """A `Link` that counts, and keeps what is posted if somebody is to read it."""

    blocked = False
    waiting_bytes = 0
    guest = ""
    outlet = None
    fd = NO_FD

    def __init__(self, number: int, keeps: bool) -> None:
        self.codec, self.address = MSGPACK, f"viewer {number}"
        self.kept: list[bytes] = []
        self._keeps = keeps
        self.clear()

    def clear(self) -> None:
        """Count from nothing."""
        self.bytes = 0
        """Framing included."""
        self.header_bytes = 0
        """Of these, what a snapshot takes when there are no news."""

    def post(self, *messages: bytes) -> None:
        for message in messages:
            self.bytes += len(header(len(message))) + len(message)
            self.header_bytes += EMPTY_FRAME_BYTES
            if self._keeps:
                self.kept.append(message)

    def feed(self, inputs: InputBuffer | None) -> None:
        """Messages come one by one."""

    def close(self, code: int, reason: str) -> None:
        raise AssertionError(f"{self.address} was closed: {code} {reason}")


class Judge:
    """What one viewer believes, read from its bytes, against what is true."""

    def __init__(self, tap: Tap, ship: int, world: World, rates: Rates) -> None:
        self.view = View(KINDS, rates.tick_rate)
        self._tap, self._ship, self._world, self._rate = tap, ship, world, rates.tick_rate
        self.clear()

    def clear(self) -> None:
        """Judge from here on."""
        self.error_units = self.error_between_units = 0.0
        """The largest error on an axis right after a snapshot, and at the ticks until the next."""
        self.strangers = 0
        """Entities in sight that it was not told of, over all snapshots."""
        self.checksum_mismatches = 0

    def read(self) -> None:
        """Take in what was posted."""
        kept, self._tap.kept = self._tap.kept, []
        for message in kept:
            told = self._tap.codec.decode_server(message)
            assert isinstance(told, Snapshot)
            self.checksum_mismatches += len(self.view.apply(told))

    def look(self, tick: int, after_snapshot: bool) -> None:
        """Compare."""
        world, worst, known = self._world, 0.0, set[int]()
        for entity in self.view.entities():
            at = reckon(entity, KINDS[entity.kind], tick, self._rate)
            worst = max(worst, abs(at.x - float(world.x[entity.id])), abs(at.y - float(world.y[entity.id])))
            known.add(entity.id)
        if after_snapshot:
            self.error_units = max(self.error_units, worst)
            self.strangers += len(self._in_sight() - known)
        else:
            self.error_between_units = max(self.error_between_units, worst)

    def _in_sight(self) -> set[int]:
        world, ship = self._world, self._ship
        apart = np.maximum(np.abs(world.x - world.x[ship]), np.abs(world.y - world.y[ship]))
        return set(np.flatnonzero(world.alive & (apart <= VIEW_HALF_UNITS - BORDER_UNITS)).tolist())


class Rehearsal:
    """A crowd at work. `cpu_ns` is the process's clock."""

    hud: ClassVar[tuple[str, ...]] = ("hull", "shield", "rapid_until", "protect_until", "respawn_until")

    def __init__(self, crowd: Crowd, seed: int, cpu_ns: Clock) -> None:
        random = Random(seed)
        self.crowd, self.costs, self.snapshots, self._cpu_ns = crowd, Costs(), 0, cpu_ns
        self.world = World(crowd.arena, KINDS, crowd.rates.tick_rate)
        self.grid = Grid(crowd.side_units, crowd.side_units)
        self.publisher = Publisher(self.world, self.grid, crowd.rates.tick_rate)
        self.tick = 0
        self._ships = put_ships(crowd, self.world, random)
        self._rows = np.array(self._ships)
        put_rocks(crowd, self.world)
        self._pilots = Pilots(crowd, random)
        statistics = RoomStatistics()
        self.taps = [Tap(n, keeps=n == crowd.judge) for n in range(crowd.ships)]
        self._inputs = InputTable(statistics, crowd.rates.tick_s)
        self._stirred, common = set[Viewer](), Common()
        pairs = [
            (
                Player(n, f"P{n}", 0, True, InputBuffer(statistics, self._inputs), ship),
                Viewer(tap, crowd.rates, statistics, self._stirred, common),
            )
            for n, (ship, tap) in enumerate(zip(self._ships, self.taps, strict=True), 1)
        ]
        self._seers = Seers(pairs, self._inputs, common)
        self.judge = Judge(self.taps[crowd.judge], self._ships[crowd.judge], self.world, crowd.rates)
        self.cell_bytes_most = 0
        """The longest delta of a cell."""
        self.near_bytes = 0
        """Of what was posted, what told of bodies near a ship."""

    def clear(self) -> None:
        """Measure from here on."""
        self.costs, self.snapshots, self.cell_bytes_most, self.near_bytes = Costs(), 0, 0, 0
        for tap in self.taps:
            tap.clear()
        self.judge.clear()

    def hud_of(self, player: Player) -> tuple[int, ...]:
        """As a game's."""
        return HUD

    def huds_news(self) -> Iterable[int] | None:
        return ()

    def advance(self) -> None:
        """One tick, and its snapshot if it is due."""
        self.tick += 1
        inputs = self._gather()
        began_ns = self._cpu_ns()
        self._simulate(inputs)
        self.costs.simulate += self._cpu_ns() - began_ns
        due = self.tick % self.crowd.rates.snapshot_interval == 0
        if due:
            self._show()
            self.judge.read()
        self.judge.look(self.tick, due)

    def _gather(self) -> list[Input]:
        now_s = self.tick * self.crowd.rates.tick_s
        inputs = self._pilots.at(self.tick)
        for player, entry in zip(self._seers.players, inputs, strict=True):
            player.inputs.put(self.tick, [entry], now_s - LEAD_S)
        self._inputs.take(self.tick, now_s)
        return inputs

    def _simulate(self, inputs: Sequence[Input]) -> None:
        moves = [(now.move_x, now.move_y) for now in inputs]
        self.world.steer(self._ships, moves, [now.aim for now in inputs], [False] * len(inputs))
        self.world.step()

    def _show(self) -> None:
        publisher, costs = self.publisher, self.costs
        began_ns = self._cpu_ns()
        publisher.begin(self.tick)
        wrong = publisher.compare()
        compared_ns = self._cpu_ns()
        publisher.say(publisher.choose(wrong))
        chosen_ns = self._cpu_ns()
        self._encode()
        encoded_ns = self._cpu_ns()
        self._seers.look_again(self._stirred)
        address(self._seers, [0] * len(self._ships), self.world, self.grid, publisher, self)
        costs.address += self._cpu_ns() - encoded_ns
        costs.compare += compared_ns - began_ns
        costs.choose += chosen_ns - compared_ns
        costs.encode += encoded_ns - chosen_ns
        self.snapshots += 1
        self.near_bytes += sum(len(near_part(told)) - len(NOTHING_NEAR) for told in near(self.world, self._rows))

    def _encode(self) -> None:
        """Ahead of who will ask for it, so that it counts by itself."""
        for cell in self.publisher.spoken:
            delta = self.publisher.encoding(MSGPACK).delta_alone(cell)
            self.cell_bytes_most = max(self.cell_bytes_most, len(delta))
