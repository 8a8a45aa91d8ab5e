"""Golden vectors: what the Python protocol says, written down for clients in other languages to agree with.

`python -m tests.instruments.golden` writes `tests/golden/*.json`. The browser client's tests demand the same bits
(and bounces of its own making to 1e-8 of a unit); `tests/protocol/test_golden.py` demands that the files are what
is made today. Everything comes from one seed.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final, cast

import msgspec
from msgspec.structs import asdict, astuple, replace

from bots.netsim import Chance, Conditions, Way
from protocol import messages
from protocol.arena import Arena, Block, Place, Size, Wall
from protocol.cells import Grid
from protocol.codec import CODECS
from protocol.kinds import Kind
from protocol.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.motion import Helm, Input
from protocol.near import Near, pack_near
from protocol.packing import TURN, pack_changes
from protocol.physics import make_body, make_space, step
from protocol.quantize import POSITION_SCALE
from protocol.reckoning import Published, reckon, reckon_wire
from protocol.snapshot import CellDelta, CellKeyframe, Moved, Own, change_of, checksum_of
from server.games.pieces import GUN
from tests.instruments.engine_scenes import engine
from tests.instruments.neighbourhood_scenes import neighbourhood
from tests.instruments.rides import lead
from tests.instruments.shot_scenes import own_shots

FOLDER: Final = Path(__file__).parent.parent / "golden"
TICK_RATE: Final = 60
TICK_RATE_SLOW: Final = 20
"""So seldom that the engine takes several steps to a tick."""
KINDS: Final = [
    Kind(name="ship", category="ship", radius=16.0, mass=1.0, drag=1.9, thrust=800.0, steered=True),
    Kind(name="shot", category="shot", radius=4.0, mass=0.1, elasticity=1.0, friction=0.0, velocity_scale=8),
    Kind(name="rock", category="rock", shape="polygon", radius=40.0, mass=20.0, velocity_scale=32),
]
SHIP, SHOT, ROCK = range(3)
ARENA: Final = Arena(
    name="Golden",
    size=Size(1024.0, 1024.0),
    spawns=[Place(512.0, 512.0)],
    walls=[Wall([(200.0, 200.0), (200.0, 400.0), (400.0, 400.0)], 20.0), Wall([(700.0, 700.0), (860.0, 640.0)])],
    blocks=[Block([(600.0, 300.0), (720.0, 330.0), (690.0, 450.0), (590.0, 420.0)])],
)

Vectors = dict[str, Any]


def reckoning(random: Random) -> Vectors:
    """Beliefs at later ticks, exact and as wire integers."""
    cases = []
    for ticks in (0, 1, 2, 3, 7, 30, 59, 120, 599, 600, 601, 5000):
        for kind in (SHIP, SHOT, ROCK, SHIP):
            believed = _published(random, kind)
            tick = believed.tick + ticks
            exact = astuple(reckon(believed, KINDS[kind], tick, TICK_RATE))
            wire = reckon_wire(believed, KINDS[kind], tick, TICK_RATE)
            cases.append({"published": believed, "tick": tick, "reckoned": exact, "wire": wire})
    return {"cases": cases}


def motion(random: Random) -> Vectors:
    """Ships steered for two seconds: [vx, vy, boost_ticks] after each tick, with nothing in the way."""
    flights = []
    for _ in range(4):
        helm, velocity = Helm(random.randrange(40)), (random.uniform(-400, 400), random.uniform(-400, 400))
        flight: dict[str, Any] = {"start": [*velocity, helm.boost_ticks], "inputs": [], "after": []}
        for now in _inputs(random, 120):
            velocity = helm.steer(*velocity, now, KINDS[SHIP], TICK_RATE)
            flight["inputs"].append(astuple(now))
            flight["after"].append([*velocity, helm.boost_ticks])
        flights.append(flight)
    return {"flights": flights}


def bounces(random: Random) -> Vectors:
    """Ships and shots in the real engine among walls: [x, y, vx, vy, boost_ticks] after each tick."""
    starts = [(300.0, 300.0), (40.0, 60.0), (980.0, 990.0), (560.0, 360.0), (650.0, 500.0), (780.0, 600.0)]
    flights = [_flight(random, SHIP, TICK_RATE, *start) for start in starts]
    flights += [_flight(random, SHOT, tick_rate, 300.0, 300.0) for tick_rate in (TICK_RATE, TICK_RATE_SLOW)]
    return {"arena": ARENA, "flights": flights}


def _flight(random: Random, kind: int, tick_rate: int, x: float, y: float) -> Vectors:
    """Ships are steered, shots are not."""
    helm, space = Helm(), make_space(ARENA)
    body, shape = make_body(KINDS[kind])
    body.position = (x, y)
    body.velocity = (random.uniform(-500, 500), random.uniform(-500, 500))
    space.add(body, shape)
    inputs = list(_inputs(random, 240)) if KINDS[kind].thrust else [Input()] * 240
    flight: dict[str, Any] = {"kind": kind, "tick_rate": tick_rate, "inputs": [astuple(now) for now in inputs]}
    flight |= {"start": [*body.position, *body.velocity, 0], "after": []}
    for now in inputs:
        body.velocity = helm.steer(*body.velocity, now, KINDS[kind], tick_rate)
        step(space, tick_rate)
        flight["after"].append([*body.position, *body.velocity, helm.boost_ticks])
    return flight


def changes(random: Random) -> Vectors:
    """What was believed, the `changed` record, and what is believed then; and the records as bytes (hexadecimal)."""
    cases: list[Vectors] = []
    records: list[list[int]] = []
    for number in range(48):
        kind = number % len(KINDS)
        believed = _published(random, kind)
        now = replace(_published(random, kind), id=believed.id, tick=believed.tick + random.randrange(90))
        if number % 2:
            x, y, vx, vy, angle = reckon_wire(believed, KINDS[kind], now.tick, TICK_RATE)
            now = replace(believed, tick=now.tick, x=x, y=y + 3, vx=vx, vy=vy - 1, angle=angle, status=number)
        now = replace(now, variant=believed.variant, owner=believed.owner)
        age = number % 3
        change = change_of(believed, now, KINDS[kind], TICK_RATE, age)
        cases.append({"believed": believed, "tick": now.tick + age, "change": change, "now": now})
        records += [change, [number, TURN, number - 24, 127 - number, -number, 3 * number + 1]]
    records.sort()
    together = [records[at : at + 6] for at in range(0, len(records), 6)]
    return {"cases": cases, "packed": [{"changes": some, "packed": pack_changes(some).hex()} for some in together]}


def checksums(random: Random) -> Vectors:
    """Cells in any order, and what they come to."""
    cells = [[_published(random, random.randrange(3)) for _ in range(count)] for count in (0, 1, 9)]
    return {"cells": [{"entities": cell, "checksum": checksum_of(cell)} for cell in cells]}


def netsim(random: Random) -> Vectors:
    """Networks, good and bad: [sent, bytes, arrived] of each message, in ms."""
    ways = []
    for _ in range(16):
        conditions = Conditions(
            rtt_ms=random.choice((0.0, 30.0, 187.3)),
            jitter_ms=random.choice((0.0, 25.0, 90.7)),
            stalls_per_s=random.choice((0.0, 0.7, 3.0)),
            stall_ms=random.choice((80.0, 250.5)),
            bandwidth_bytes_per_s=random.choice((0.0, 0.0, 7001.0)),
        )
        seed, now_ms, sent = random.randrange(2**32), random.uniform(0.0, 1e6), []
        way = Way(conditions, seed, now_ms)
        began_ms = now_ms
        for _ in range(60):
            now_ms += random.choice((0.0, 1.0, random.uniform(0.0, 90.0)))
            size_bytes = random.randrange(600)
            sent.append([now_ms, size_bytes, way.arrival_ms(now_ms, size_bytes)])
        ways.append({"conditions": asdict(conditions), "seed": seed, "began_ms": began_ms, "sent": sent})
    chance = Chance(2**31 + 7)
    return {"seed": 2**31 + 7, "words": [chance.word() for _ in range(20)], "ways": ways}


def conversation(_: Random) -> Vectors:
    """One of each message: its fields as JSON, and its bytes in msgpack (hexadecimal)."""
    enrolled = [messages.PlayerInfo(1, "Ada", 0, False), messages.PlayerInfo(2, "Zoë 🚀", 11, True)]
    client: list[messages.ClientMessage] = [
        messages.Hello(1, "Zoë 🚀", room="north", resume="abc"),
        messages.Inputs(70000, [Input(-127, 127, 4095, 3, 1), Input()], 69990, 200),
        messages.Ping(2**53 - 1, 60000),
        messages.Chat("Good game — 好"),
        messages.Resync(65535),
        messages.Leave(),
    ]
    server: list[messages.ServerMessage] = [
        messages.Welcome(
            1,
            2,
            "north",
            "melee",
            69990,
            60,
            30,
            512,
            "def",
            "player",
            ["hull", "respawn_until"],
            KINDS,
            ARENA,
            enrolled,
            GUN,
        ),
        messages.Event(70001, "kill", {"killer": 2, "victim": 1, "assists": [], "bounces": 3}),
        messages.Pong(2**53 - 1, 70002),
        messages.ChatLine(1, "Good game — 好"),
        messages.Error(4018, "one line a second"),
        messages.Bye(4032, "the server is stopping"),
    ]
    return {"client": [_both_encodings(said) for said in client], "server": [_both_encodings(said) for said in server]}


def snapshots(random: Random) -> Vectors:
    """A viewer's first thirty snapshots in both encodings, and everything that it then believes."""
    stream = Wanderers(random)
    told = [stream.snapshot(keyframes=number == 0) for number in range(30)]
    return {"snapshots": told, "entities": sorted(stream.believed.values(), key=lambda entity: entity.id)}


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
        fresh = _published(self.random, believed.kind)
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
        return replace(_published(self.random, self.random.randrange(3)), id=next(self.newcomers), tick=tick)


def _published(random: Random, kind: int) -> Published:
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


def _inputs(random: Random, count: int) -> Iterator[Input]:
    """A player that changes its mind about three times a second."""
    now = Input()
    for _ in range(count):
        if random.random() < 0.05:
            move_x, move_y = random.randint(-127, 127), random.randint(-127, 127)
            now = Input(move_x, move_y, random.randrange(4096), random.randrange(4), random.randrange(4))
        yield now
        now = replace(now, edges=0)


def _both_encodings(message: messages.Message) -> Vectors:
    json_codec, msgpack_codec = CODECS[SUBPROTOCOL_JSON], CODECS[SUBPROTOCOL_MSGPACK]
    return {"json": json.loads(json_codec.encode(message)), "msgpack": msgpack_codec.encode(message).hex()}


MAKERS: Final[dict[str, Callable[[Random], Vectors]]] = {
    maker.__name__: maker
    for maker in (
        *(reckoning, motion, bounces, changes, checksums, netsim),
        *(conversation, snapshots, engine, neighbourhood, own_shots, lead),
    )
}


def make(name: str) -> Vectors:
    """The golden vectors of this name, as JSON knows them."""
    vectors = {"tick_rate": TICK_RATE, "kinds": KINDS, **MAKERS[name](Random(name))}
    return cast(Vectors, msgspec.json.decode(msgspec.json.encode(vectors)))


def main() -> None:
    for name in MAKERS:
        text = json.dumps(make(name), ensure_ascii=False, separators=(",", ":"))
        (FOLDER / f"{name}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
