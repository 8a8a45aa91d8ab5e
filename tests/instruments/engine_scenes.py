"""Scenes lived through in the server's world, so that the engine in a browser can be held to its bits.

Each scene is some bodies in an arena, 600 ticks, and inputs for the ships among them. Written down are: where
everything starts, the inputs, what began to touch, a CRC-32 of all states after every tick, and the states
themselves after every hundredth. A state is [x, y, vx, vy, angle, spin], as the engine has it: a ship's angle
stays what it was.
"""

import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from struct import pack
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import astuple

from protocol import physics
from protocol.arena import Arena, Block, Place, Size, Wall
from protocol.kinds import Kind
from protocol.motion import Button, Helm, Input
from server.games.pieces import CRATE_KIND, PICKUP_KIND, ROCK_KIND, SHIP_KIND, SHOT_KIND
from server.world import World

TICKS: Final = 600
TOLD_EVERY: Final = 100
TICK_RATE: Final = 60
TICK_RATE_SLOW: Final = 20
"""So seldom that the engine takes several steps to a tick."""
KINDS: Final[list[Kind]] = [SHIP_KIND, SHOT_KIND, ROCK_KIND, CRATE_KIND, PICKUP_KIND]
SHIP, SHOT, ROCK, CRATE, PICKUP = range(5)
ARENA: Final = Arena(
    name="Engine",
    size=Size(1600.0, 1200.0),
    spawns=[Place(800.0, 600.0)],
    walls=[
        Wall([(300.0, 300.0), (300.0, 600.0), (600.0, 600.0)], 20.0),
        Wall([(1000.0, 900.0), (1300.0, 800.0), (1250.0, 1000.0)], closed=True),
    ],
    blocks=[Block([(1100.0, 300.0), (1220.0, 330.0), (1190.0, 450.0), (1090.0, 420.0)])],
)
HEXAGON: Final = [(48.0, 3.0), (21.0, 41.0), (-24.0, 39.0), (-47.0, -2.0), (-22.0, -43.0), (26.0, -40.0)]
WEDGE: Final = [(40.0, 0.0), (-20.0, 35.0), (-30.0, -30.0)]

State = list[float]
Piece = tuple[int, State]
"""A kind and where it starts."""


class Scene(Struct):
    """What there is, and who does what: for each ship, by its place in `pieces`, inputs by the tick they begin at."""

    name: str
    pieces: list[Piece]
    inputs: dict[int, dict[int, Input]] = {}
    tick_rate: int = TICK_RATE


def scenes(random: Random) -> Iterator[Scene]:
    full, half = 127, 64
    yield Scene("free flight", [(SHIP, [800, 600, 90.5, -33.25, 0, 0])], {0: _fidgeting(random)})
    yield Scene(
        "wall bounce",
        [(SHIP, [500, 450, -300, 20, 0, 0])],
        {0: {0: Input(-full, 10), 150: Input(20, full), 300: Input(-90, -90), 450: Input(-full, half)}},
    )
    yield Scene("corner", [(SHIP, [90, 95, 10, -7, 0, 0])], {0: {0: Input(-100, -99), 250: Input(-30, -full)}})
    boost = Input(full, -20, 0, Button.BOOST)
    yield Scene("boost", [(SHIP, [800, 700, 0, 0, 0, 0])], {0: {10: boost, 250: Input(-full, 3, 9, 0, Button.BOOST)}})
    yield Scene(
        "a pushed rock",
        [(SHIP, [600, 700, 0, 0, 0, 0]), (ROCK, [760, 715, 0, 0, 0.3, 0])],
        {0: {0: Input(full, 0), 300: Input(full, 30), 420: Input(full, -60)}},
    )
    yield Scene(
        "rocks and a crate", _heap(random), {0: {0: Input(full, 0), 200: Input(0, full), 400: Input(-full, -90)}}
    )
    yield Scene(
        "ricochets",
        [
            (SHIP, [420, 420, 0, 0, 0, 0]),
            (SHOT, [440, 420, 700, 333, 0.44, 0]),
            (SHOT, [440, 400, -640, -500, 3.8, 0]),
            (ROCK, [700, 560, -8, 5, 1.2, 0.7]),
            (SHIP, [560, 300, -10, 0, 0, 0]),
            (SHOT, [470, 300, 900, 0, 0, 0]),
            (PICKUP, [500, 480, 0, 0, 0, 0]),
        ],
        {0: {0: Input(half, half)}, 4: {0: Input(-half, 0), 300: Input(10, half)}},
    )
    yield Scene(
        "two ships",
        [(SHIP, [600, 800, 0, 0, 0, 0]), (SHIP, [700, 806, 0, 0, 0, 0])],
        {0: {0: Input(full, 0), 350: Input(0, -full)}, 1: {0: Input(-full, 0), 200: Input(-full, 50)}},
    )
    yield Scene("sliding", [(SHIP, [200, 30, 400, -5, 0, 0])], {0: {0: Input(60, -110), 330: Input(-110, -60)}})
    yield Scene(
        "rare ticks",
        [(SHIP, [500, 450, -300, 20, 0, 0]), (SHOT, [520, 450, 800, 660, 0.7, 0]), (ROCK, [430, 500, 4, 4, 0, -1])],
        {0: {0: Input(-full, 10, 0, Button.BOOST), 100: Input(20, full)}},
        TICK_RATE_SLOW,
    )


def _fidgeting(random: Random) -> dict[int, Input]:
    return {tick: Input(random.randint(-60, 60), random.randint(-60, 60)) for tick in range(0, TICKS, 15)}


def _heap(random: Random) -> list[Piece]:
    """A ship before a heap of rocks and crates that touch each other, with two walls behind."""
    heap: list[Piece] = [(SHIP, [1150, 1060, 200, 0, 0, 0])]
    for column in range(3):
        for row in range(2):
            kind = CRATE if (column, row) == (1, 1) else ROCK
            x, y = 1330 + 92 * column + random.uniform(-3, 3), 1065 + 85 * row + random.uniform(-3, 3)
            heap.append((kind, [x, y, random.uniform(0, 90), 20, random.uniform(-3, 3), random.uniform(-1, 1)]))
    return heap


def corners_of(kind: int, place: int) -> list[tuple[float, float]] | None:
    """A rock's corners, by its place among the pieces."""
    return None if kind != ROCK else WEDGE if place % 3 == 2 else HEXAGON


class Life:
    """A scene, tick by tick, in a world of the server's."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.world = World(ARENA, KINDS, scene.tick_rate, entities_max=len(scene.pieces) + 1)
        self.helms = {place: Helm() for place in scene.inputs}
        self.now = {place: Input() for place in scene.inputs}
        for place, (kind, (x, y, vx, vy, angle, spin)) in enumerate(scene.pieces):
            corners, owner = corners_of(kind, place), group_of(scene.pieces, place)
            entity = self.world.spawn(kind, x, y, vx=vx, vy=vy, angle=angle, owner=owner, corners=corners)
            assert entity == place + 1, "the numbers that the engine's table gives, too"
            self.world._bodies[entity].angular_velocity = spin

    def step(self, tick: int) -> list[list[int]]:
        """Live through `tick`; what began to touch."""
        ships = list(self.scene.inputs)
        for ship in ships:
            held = Input(*astuple(self.now[ship])[:4])
            self.now[ship] = self.scene.inputs[ship].get(tick, held)
        boosts = [self.helms[ship].boosts(self.now[ship], self.scene.tick_rate) for ship in ships]
        inputs = [self.now[ship] for ship in ships]
        moves = [(now.move_x, now.move_y) for now in inputs]
        self.world.steer([ship + 1 for ship in ships], moves, [now.aim for now in inputs], boosts)
        return [[contact.entity, contact.other] for contact in self.world.step()]

    def states(self) -> list[State]:
        bodies = self.world._bodies.values()
        return [[*body.position, *body.velocity, body.angle, body.angular_velocity] for body in bodies]


def group_of(pieces: Sequence[Piece], place: int) -> int:
    """Shots belong to the ship before them; every ship is a group of its own."""
    ships = [at for at in range(place + 1) if pieces[at][0] == SHIP]
    return ships[-1] + 1 if ships and pieces[place][0] in (SHIP, SHOT) else 0


def lived(scene: Scene) -> dict[str, Any]:
    life = Life(scene)
    bodies = [
        {"kind": kind, "corners": corners_of(kind, place), "group": group_of(scene.pieces, place), "state": state}
        for place, (kind, state) in enumerate(scene.pieces)
    ]
    inputs = [
        {"body": place, "tick": tick, "input": astuple(now)}
        for place, by_tick in scene.inputs.items()
        for tick, now in by_tick.items()
    ]
    told: dict[str, Any] = {"name": scene.name, "tick_rate": scene.tick_rate, "bodies": bodies, "inputs": inputs}
    told |= {"contacts": [], "checksums": [], "states": []}
    for tick in range(TICKS):
        told["contacts"] += [[tick, *contact] for contact in life.step(tick)]
        states = life.states()
        told["checksums"].append(checksum(states))
        if (tick + 1) % TOLD_EVERY == 0:
            told["states"].append(states)
    return told


def checksum(states: Sequence[State]) -> int:
    """CRC-32 over the exact bits of all numbers, little-endian."""
    numbers = [number for state in states for number in state]
    return zlib.crc32(pack(f"<{len(numbers)}d", *numbers))


def turns(random: Random) -> dict[str, Any]:
    """Sines and cosines of angles small and large, as the C library has them: a few, and a CRC-32 over many."""
    angles = [random.uniform(-1, 1) * 10.0 ** random.randint(-9, 6) for _ in range(40)]
    step, count = 0.0137, 20_000
    many = [[math.sin(at * step), math.cos(at * step)] for at in range(-count // 2, count // 2)]
    told = [[angle, math.sin(angle), math.cos(angle)] for angle in angles]
    return {"told": told, "step": step, "count": count, "checksum": checksum(many)}


def constants() -> Mapping[str, Any]:
    """What both ends must agree on before anything moves."""
    return {
        name: getattr(physics, name)
        for name in (
            *("WALL", "CATEGORY_BITS", "COLLIDES", "WALL_ELASTICITY", "WALL_FRICTION", "BORDER_RADIUS"),
            *("BEVEL", "SOLVER_ITERATIONS", "STEPS_PER_SECOND_MIN"),
        )
    }


def engine(random: Random) -> dict[str, Any]:
    """Ten scenes of ten seconds in the server's world, to the last bit."""
    told = [lived(scene) for scene in scenes(random)]
    common = {"kinds": KINDS, "arena": ARENA, "ticks": TICKS, "constants": constants()}
    return {**common, "turns": turns(random), "scenes": told}
