"""Entities that roam an arena of four cells and publish at random, for golden vectors of snapshots."""

import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, Final

from msgspec.structs import replace

from protocol.cells import Grid
from protocol.codec import CODECS
from protocol.kinds import Kind
from protocol.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.near import Near, pack_near
from protocol.quantize import POSITION_SCALE
from protocol.reckoning import Published, reckon_wire
from protocol.snapshot import CellDelta, CellKeyframe, Moved, Own, change_of, checksum_of

TICK_RATE: Final = 60
KINDS: Final = [
    Kind(name="ship", category="ship", radius=16.0, mass=1.0, drag=1.9, thrust=800.0, steered=True),
    Kind(name="shot", category="shot", radius=4.0, mass=0.1, elasticity=1.0, friction=0.0, velocity_scale=8),
    Kind(name="rock", category="rock", shape="polygon", radius=40.0, mass=20.0, velocity_scale=32),
]
SHIP, SHOT, ROCK = range(3)
Vectors = dict[str, Any]


class Wanderers:
    """Entities that roam four cells: they publish at random, cross borders, come and go. One viewer sees them all."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.grid = Grid(1024.0, 1024.0)
        self.tick = 1000
        self.believed: dict[int, Published] = {}
        self.cell_of: dict[int, int] = {}
        self.newcomers = iter(range(65500, 65536))
        for _ in range(12):
            self._believe(self._newcomer(self.tick - random.randrange(200)))

    def snapshot(self, keyframes: bool) -> Vectors:
        """Two ticks on: the whole message in both encodings."""
        self.tick += 2
        news: Sequence[CellKeyframe | CellDelta] = self._keyframes() if keyframes else self._deltas()
        own = Own(65500, 512.25, 1 / 3, -0.1, 420.0, self.tick % 90) if self.tick % 10 else None
        slack_ms, hud = self.random.choice((None, -17, 12)), None if own else [100, self.tick]
        near = pack_near(self._near() for _ in range(self.random.randrange(4))) if own else b""
        said = []
        for codec in (CODECS[SUBPROTOCOL_MSGPACK], CODECS[SUBPROTOCOL_JSON]):
            cells = [
                codec.keyframe(cell, self.tick) if isinstance(cell, CellKeyframe) else codec.delta(cell, self.tick)
                for cell in news
            ]
            joined = codec.join(cells)
            said.append(codec.snapshot(self.tick, self.tick - 1, slack_ms, own, hud, [], near, len(cells), joined))
        return {"msgpack": said[0].hex(), "json": json.loads(said[1])}

    def _near(self) -> Near:
        """Some body somewhere, at some of the numbers that a record can say."""
        dx, dy, vx, vy, angle, spin = (self.random.randint(-32768, 32767) for _ in range(6))
        stick = self.random.choice(((0, 0), (127, -127), (-90, 3)))
        return Near(65500, dx / 64, dy / 64, vx / 16, vy / 16, angle / 65536, spin / 4096, *stick)

    def _keyframes(self) -> list[CellKeyframe]:
        cells = [(cell, list(self._inhabitants(cell))) for cell in range(self.grid.count)]
        return [CellKeyframe(cell, checksum_of(entities), entities) for cell, entities in cells]

    def _deltas(self) -> list[CellDelta]:
        deltas = [CellDelta(cell, None, [], [], []) for cell in range(self.grid.count)]
        for gone in [id for id in self.believed if self.random.random() < 0.03]:
            deltas[self.cell_of.pop(gone)].gone.append(gone)
            del self.believed[gone]
        for believed in [entity for entity in self.believed.values() if self.random.random() < 0.4]:
            self._publish(believed, deltas)
        if self.random.random() < 0.5:
            newcomer = self._newcomer(self.tick)
            self._believe(newcomer)
            deltas[self.cell_of[newcomer.id]].entered.append(newcomer)
        for delta in deltas:
            for changes in (delta.changed, *(moved.changed for moved in delta.moved)):
                changes.sort()
            delta.checksum = checksum_of(self._inhabitants(delta.cell)) if self.random.random() < 0.8 else None
        return deltas

    def _publish(self, believed: Published, deltas: list[CellDelta]) -> None:
        kind, before = KINDS[believed.kind], self.cell_of[believed.id]
        tick = max(believed.tick, self.tick - self.random.choice((0, 0, 1)))
        x, y, vx, vy, angle = reckon_wire(believed, kind, tick, TICK_RATE)
        fresh = published(self.random, believed.kind)
        if self.random.random() < 0.5:
            x, y, vx, vy, angle = fresh.x, fresh.y, fresh.vx, fresh.vy, fresh.angle
        now = replace(believed, tick=tick, x=x, y=y, vx=vx, vy=vy, angle=angle, status=fresh.status)
        self._believe(now)
        after = self.cell_of[now.id]
        if after == before:
            deltas[before].changed.append(change_of(believed, now, kind, TICK_RATE, self.tick - tick))
            return
        deltas[before].gone.append(now.id)
        if self.random.random() < 0.3:
            deltas[after].entered.append(now)
            return
        change = change_of(believed, now, kind, TICK_RATE, self.tick - tick)
        moved = next((moved for moved in deltas[after].moved if moved.source == before), None)
        if moved is None:
            moved = Moved(before, [])
            deltas[after].moved.append(moved)
        moved.changed.append(change)

    def _believe(self, entity: Published) -> None:
        self.believed[entity.id] = entity
        self.cell_of[entity.id] = self.grid.cell_at(entity.x / POSITION_SCALE, entity.y / POSITION_SCALE)

    def _inhabitants(self, cell: int) -> Iterator[Published]:
        return (entity for entity in self.believed.values() if self.cell_of[entity.id] == cell)

    def _newcomer(self, tick: int) -> Published:
        return replace(published(self.random, self.random.randrange(3)), id=next(self.newcomers), tick=tick)


def published(random: Random, kind: int) -> Published:
    """Any state that an entity of the golden arena may have."""
    scale = KINDS[kind].velocity_scale
    steered = KINDS[kind].steered
    return Published(
        id=random.randrange(65536),
        kind=kind,
        variant=random.randrange(4),
        owner=random.randrange(300),
        status=random.randrange(256),
        tick=random.randrange(1000, 100_000),
        x=random.randrange(1024 * POSITION_SCALE),
        y=random.randrange(1024 * POSITION_SCALE),
        vx=random.randint(-900, 900) * scale // 2,
        vy=random.randint(-900, 900) * scale // 2,
        angle=random.randint(-128, 127),
        spin=0 if steered else random.randint(-4096, 4096),
        move_x=random.choice((-127, -90, 0, 3, 90, 127)) if steered else 0,
        move_y=random.choice((-127, -90, 0, 3, 90, 127)) if steered else 0,
    )
