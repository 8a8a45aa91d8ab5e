"""Plans to build at: an arena, steps that fit what is there, or don't; and people at one desk over bad networks."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import cos, sin, tau
from random import Random
from typing import Any, Final

from bots.draft import Draft
from protocol.arena import Arena, Block, Goal, Place, Point, Rock, Size, Wall
from protocol.blueprint import plan_of
from protocol.build_messages import Edit, Edited
from protocol.plan import Add, AnyStep, Change, Piece, PieceKind, Plan, Refused, Remove
from server.build.desk import Desk

ARENA: Final = Arena(
    name="Site",
    size=Size(1024.0, 1024.0),
    spawns=[Place(100.0, 100.0), Place(900.0, 900.0)],
    walls=[Wall([(200.0, 200.0), (200.0, 400.0), (400.0, 400.5)], 20.0), Wall([(700.1, 700.0), (860.0, 640.0)])],
    blocks=[Block([(600.0, 300.0), (720.0, 330.0), (690.0, 450.0), (590.0, 420.0)])],
    rocks=[Rock([(-40.0, -30.0), (40.0, -30.0), (30.0, 40.0)], 300.0, 700.0, 0.5)],
    crates=[Place(500.0, 800.0, 0.25)],
    goals=[Goal(512.0, 64.0, 200.0, 100.0, 1)],
)


def plan() -> Plan:
    return plan_of(ARENA)


def piece(random: Random) -> Piece:
    """Of any kind, somewhere; often good, at times not."""
    kind: PieceKind = random.choice(("wall", "block", "rock", "crate", "spawn", "goal"))
    x, y = round(random.uniform(-20, 1044), 3), round(random.uniform(-20, 1044), 3)
    if kind == "wall":
        points = tuple((random.uniform(-120, 120), random.uniform(-120, 120)) for _ in range(random.randint(1, 4)))
        return Piece(kind, x, y, points=points, radius=random.choice((8.0, 16.0, 24.0)), closed=random.random() < 0.2)
    if kind in ("block", "rock"):
        corners, reach, turn = random.randint(3, 7), random.uniform(10, 120), random.random()
        angles = [tau * (at / corners + turn) for at in range(corners)]
        points = tuple((reach * cos(angle), reach * sin(angle)) for angle in angles)
        return Piece("block", x, y, points=points) if kind == "block" else Piece("rock", x, y, 0.5, points)
    if kind == "goal":
        return Piece(kind, x, y, width=random.choice((50.0, 128.0)), height=96.0, team=random.randint(0, 2))
    return Piece("crate" if kind == "crate" else "spawn", x, y, random.uniform(-3, 3))


def steps(random: Random, now: Plan) -> list[AnyStep]:
    """One to three, of what is there or might be."""
    ids = [*now.pieces, 77] * 3 + [random.randint(1000, 1010)]
    return [_step(random, now, random.choice(ids)) for _ in range(random.choice((1, 1, 1, 2, 3)))]


def _step(random: Random, now: Plan, id: int) -> AnyStep:
    there = now.pieces.get(id)
    if there is None:
        return Add(random.randint(1000, 1010), piece(random))
    if random.random() < 0.25:
        return Remove(id)
    fields: dict[str, Any] = {}
    if random.random() < 0.7:
        fields |= {"x": there.x + random.choice((-40.0, 0.125, 33.3)), "y": there.y + random.uniform(-40, 40)}
    if there.points and random.random() < 0.5:
        fields["points"] = _shaped(random, there.points)
    if random.random() < 0.3:
        fields["angle"] = random.uniform(-3, 3)
    return Change(id, **(fields or {"x": 512.0}))


def _shaped(random: Random, points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Larger or smaller, or one corner somewhere else."""
    if random.random() < 0.5:
        scale = random.choice((0.5, 1.1, 1.5))
        return tuple((x * scale, y * scale) for x, y in points)
    at, (dx, dy) = random.randrange(len(points)), (random.uniform(-40, 40), random.choice((-24.0, 8.0, 33.3)))
    return tuple((x + dx, y + dy) if n == at else (x, y) for n, (x, y) in enumerate(points))


@dataclass
class Person:
    """Somebody with a draft, and the two ways to the desk, each in order."""

    draft: Draft = field(default_factory=Draft)
    player: int = 0
    online: bool = False
    up: deque[Edit] = field(default_factory=deque)
    down: deque[Edited] = field(default_factory=deque)


class Site:
    """People at one desk. Nothing is delivered but by `deliver`, so any interleaving can be had."""

    def __init__(self, people: int) -> None:
        self.desk = Desk(plan())
        self.people = [Person() for _ in range(people)]
        self.taken: list[tuple[int, int]] = []
        """(player, serial) of all that the desk has taken."""
        self._next_player = 1

    def join(self, person: Person, anew: bool = False) -> None:
        """Connect; to the same seat, or as a newcomer."""
        self.part(person)
        if anew or not person.player:
            self.desk.forget(person.player)
            person.player, self._next_player = self._next_player, self._next_player + 1
        person.online = True
        person.up.extend(person.draft.joined(person.player))

    def part(self, person: Person) -> None:
        """The connection is cut, and what was under way is lost."""
        person.online = False
        person.up.clear()
        person.down.clear()

    def do(self, person: Person, action: Callable[[], list[Edit]]) -> bool:
        try:
            said = action()
        except Refused:
            return False
        if person.online:
            person.up.extend(said)
        return True

    def deliver(self, person: Person, upwards: bool) -> None:
        """The next message of one way."""
        if upwards and person.up:
            self._hear(person, person.up.popleft())
        elif not upwards and person.down:
            person.up.extend(person.draft.take(person.down.popleft()))

    def settle(self) -> None:
        """Everyone comes back, and everything arrives."""
        for person in self.people:
            if not person.online:
                self.join(person)
        while any(person.up or person.down for person in self.people):
            for person in self.people:
                self.deliver(person, True)
                self.deliver(person, False)

    def _hear(self, person: Person, edit: Edit) -> None:
        if edit.serial == 0:
            person.down.extend(self.desk.since(person.player, edit.since, edit.checksum, True))
            return
        answer = self.desk.take(person.player, edit.serial, edit.steps)
        assert answer is not None, "nobody says anything twice"
        if answer.refused:
            person.down.append(answer)
            return
        self.taken.append((person.player, edit.serial))
        for other in self.people:
            if other.online:
                other.down.append(answer)
