"""A neighbourhood of a bot's, lived through, so that the browser's can be held to its bits.

One neighbourhood is restored again and again, as a client's is: each scene is what it is restored to, inputs, and our
ship after each of them, with a CRC-32 over the states of what is beside it in the end.

There are few bodies: where one is caught between others, the engine solves its contacts in an order that depends on
the numbers that it gave the shapes, and so on everything that was ever put in the space.
"""

import math
import zlib
from collections.abc import Iterator
from random import Random
from struct import pack
from typing import Any, Final

from msgspec.structs import astuple

from bots.neighbourhood import BodyState, Neighbourhood, ShipState
from protocol.arena import Arena, Rock
from protocol.motion import Button, Input
from tests.instruments.engine_scenes import ARENA, CRATE, HEXAGON, KINDS, ROCK, SHIP, WEDGE

SCENES: Final = 18
TICKS: Final = 40
TICK_RATE: Final = 60
ROCKS: Final = [Rock(HEXAGON, 0.0, 0.0), Rock(WEDGE, 0.0, 0.0)]
YARD: Final = Arena("Yard", ARENA.size, ARENA.spawns, ARENA.walls, ARENA.blocks, ROCKS)


def neighbourhood(random: Random) -> dict[str, Any]:
    """The vectors."""
    space = Neighbourhood(YARD, KINDS, KINDS[SHIP], TICK_RATE)
    scenes = [_lived(space, random, number % 3) for number in range(SCENES)]
    return {"kinds": KINDS, "arena": YARD, "scenes": scenes}


def _lived(space: Neighbourhood, random: Random, count: int) -> dict[str, Any]:
    own = ShipState(
        random.uniform(20, 1580), random.uniform(20, 1180), random.uniform(-500, 500), random.uniform(-500, 500), 0
    )
    bodies = [_body(random, own, 10 + 3 * number) for number in range(count)]
    random.shuffle(bodies)
    inputs = list(_inputs(random))
    space.restore(own, bodies)
    after = [astuple(space.step(now)) for now in inputs]
    beside = b"".join(_bits(body) for _, body, _ in space._beside)
    return {
        "own": own,
        "bodies": bodies,
        "inputs": [astuple(now) for now in inputs],
        "after": after,
        "checksum": zlib.crc32(beside),
    }


def _body(random: Random, own: ShipState, entity: int) -> BodyState:
    kind, far, turn = random.choice((SHIP, ROCK, ROCK, CRATE)), random.uniform(60, 180), random.uniform(0, math.tau)
    steered = kind == SHIP
    return BodyState(
        entity,
        kind,
        (entity // 3) % 2 if kind == ROCK else 0,
        own.x + far * math.cos(turn),
        own.y + far * math.sin(turn),
        random.uniform(-200, 200),
        random.uniform(-200, 200),
        0.0 if steered else random.uniform(-3, 3),
        0.0 if steered else random.uniform(-2, 2),
        random.randint(-127, 127) if steered else 0,
        random.randint(-127, 127) if steered else 0,
    )


def _inputs(random: Random) -> Iterator[Input]:
    now = Input()
    for _ in range(TICKS):
        if random.random() < 0.2:
            boost = Button.BOOST if random.random() < 0.3 else 0
            now = Input(random.randint(-127, 127), random.randint(-127, 127), 0, boost, 0)
        yield now


def _bits(body: Any) -> bytes:
    return pack("<6d", *body.position, *body.velocity, body.angle, body.angular_velocity)
