"""Golden vectors: what the Python protocol says, written down for clients in other languages to agree with.

`python -m tests.instruments.golden` writes `tests/golden/*.json`. The browser client's tests demand the same bits
(and bounces of its own making to 1e-8 of a unit); `tests/protocol/test_golden.py` demands that the files are what
is made today. Everything comes from one seed.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, Final, cast

import msgspec
from msgspec.structs import asdict, astuple, replace

from bots.netsim import Chance, Conditions, Way
from protocol import build_messages, messages
from protocol.arena import Arena, Block, Place, Size, Wall
from protocol.codec import CODECS
from protocol.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.motion import Helm, Input
from protocol.packing import TURN, pack_changes
from protocol.physics import make_body, make_space, step
from protocol.plan import Add, Change, Piece, Remove
from protocol.reckoning import reckon, reckon_wire
from protocol.snapshot import change_of, checksum_of
from server.games.pieces import GUN
from tests.instruments.engine_scenes import engine
from tests.instruments.neighbourhood_scenes import neighbourhood
from tests.instruments.plan_scenes import plans
from tests.instruments.rides import lead
from tests.instruments.shot_scenes import own_shots
from tests.instruments.wanderers import KINDS, ROCK, SHIP, SHOT, TICK_RATE, Vectors, Wanderers, published

FOLDER: Final = Path(__file__).parent.parent / "golden"
TICK_RATE_SLOW: Final = 20
"""So seldom that the engine takes several steps to a tick."""
ARENA: Final = Arena(
    name="Golden",
    size=Size(1024.0, 1024.0),
    spawns=[Place(512.0, 512.0)],
    walls=[Wall([(200.0, 200.0), (200.0, 400.0), (400.0, 400.0)], 20.0), Wall([(700.0, 700.0), (860.0, 640.0)])],
    blocks=[Block([(600.0, 300.0), (720.0, 330.0), (690.0, 450.0), (590.0, 420.0)])],
)

PIECE: Final = Piece("wall", 100.5, 200.25, points=((-50.5, 0.5), (50.5, 12.25)), radius=24.5, closed=True)


def reckoning(random: Random) -> Vectors:
    """Beliefs at later ticks, exact and as wire integers."""
    cases = []
    for ticks in (0, 1, 2, 3, 7, 30, 59, 120, 599, 600, 601, 5000):
        for kind in (SHIP, SHOT, ROCK, SHIP):
            believed = published(random, kind)
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
        believed = published(random, kind)
        now = replace(published(random, kind), id=believed.id, tick=believed.tick + random.randrange(90))
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
    cells = [[published(random, random.randrange(3)) for _ in range(count)] for count in (0, 1, 9)]
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
        messages.Hello(1, "Ada", room="south", role="spectator", seat="x.y.z"),
        messages.Inputs(70000, [Input(-127, 127, 4095, 3, 1), Input()], 69990, 200),
        messages.Ping(2**53 - 1, 60000),
        messages.Chat("Good game — 好", "lobby"),
        messages.Resync(65535),
        messages.Leave(),
        messages.Watch(0, 700, 16384),
        messages.Rename("Ædil 🚀"),
        build_messages.Edit(3, [Add(77, PIECE), Change(1, x=12.5, closed=True), Remove(5)], 12, 2**32 - 1),
        build_messages.Point(512.5, 100.25, [77], 8.5, -8.5, False),
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
            None,
            "Ann’s north",
        ),
        messages.Event(70001, "kill", {"killer": 2, "victim": 1, "assists": [], "bounces": 3}),
        messages.Pong(2**53 - 1, 70002),
        messages.ChatLine(1, "Good game — 好", "team", "Ada", True, 12),
        messages.Error(4018, "one line a second"),
        messages.Bye(4032, "the server is stopping"),
        messages.Moved("https://b.example", "south", "x.y.z", "spectator"),
        messages.Homes(["https://b.example", "https://c.example/2"]),
        build_messages.Edited(12, 2, 3, [Change(1, points=((0.0, 0.0), (90.5, -1.0)))], 99),
        build_messages.Edited(
            12,
            2,
            0,
            [],
            99,
            "",
            3,
            True,
            build_messages.Sheet(Size(1024.0, 512.0), [(7, PIECE), (8, Piece("crate", 1.0, 2.0))]),
        ),
        build_messages.Pointed([build_messages.Pointer(2, 512.5, 100.0, [77], 8.0, -8.0, False)]),
    ]
    return {"client": [_both_encodings(said) for said in client], "server": [_both_encodings(said) for said in server]}


def snapshots(random: Random) -> Vectors:
    """A viewer's first thirty snapshots in both encodings, and everything that it then believes."""
    stream = Wanderers(random)
    told = [stream.snapshot(keyframes=number == 0) for number in range(30)]
    return {"snapshots": told, "entities": sorted(stream.believed.values(), key=lambda entity: entity.id)}


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
        *(conversation, snapshots, engine, neighbourhood, own_shots, lead, plans),
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
