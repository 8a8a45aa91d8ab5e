"""The world follows the plan: walls and blocks come and go in the engine's space, rocks and crates as entities.

A rock or crate whose piece was changed is put down anew where the plan has it; one whose piece wasn't keeps where it
has drifted to. A rock's `variant` is its place among the arena's rocks, so where one before it has gone, it becomes
another entity at the same place. `tidy` puts all of them back to where the plan has them.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from protocol.arena import Block, Place, Rock, Wall
from protocol.blueprint import Part, assemble, part_of
from protocol.plan import Piece, Plan
from server.game import Stage
from server.world import WorldFullError

STATUS_WHOLE: Final = 15


class Loose(Struct, array_like=True):
    """A rock or a crate, and what it was put down as."""

    entity: int
    """0: the world was full."""
    variant: int


class Works:
    """Of one room. `loose` is all that must be remembered of it beside the world and the plan."""

    def __init__(self, stage: Stage, rock_kind: int, crate_kind: int, loose: dict[int, Loose] | None = None) -> None:
        self.loose = {} if loose is None else loose
        """By piece."""
        self._stage, self._world = stage, stage.world
        self._kinds = {"rock": rock_kind, "crate": crate_kind}
        self._name = stage.arena.name
        self._plan = Plan(stage.arena.size, {})
        self._parts: dict[int, Part] = {}

    def stale(self, plan: Plan) -> dict[int, Piece]:
        """What is `loose`, and another piece or none in `plan`, that is yet to be followed: what it was put down as."""
        followed, now = self._plan.pieces, plan.pieces
        return {id: followed[id] for id in self.loose if followed[id] != now.get(id)}

    def begin(self, plan: Plan, stale: Mapping[int, Piece] | None = None) -> None:
        """Nothing is left of the arena that the room was opened with. What is `loose` is there already, as it is in
        `plan`, but for what is `stale`."""
        self._world.solids.clear()
        before = {id: piece for id, piece in {**plan.pieces, **(stale or {})}.items() if id in self.loose}
        self._plan = Plan(plan.size, before)
        self._parts = {id: part_of(piece) for id, piece in before.items()}
        self.follow(plan)

    def follow(self, plan: Plan) -> bool:
        """Do what is new in the plan; whether anything was."""
        if plan is self._plan:
            return False
        before, now = self._plan.pieces, plan.pieces
        for id in before.keys() - now.keys():
            self._take_away(id, before[id])
        changed = [id for id, piece in now.items() if piece != before.get(id)]
        for id in changed:
            self._parts[id] = part_of(now[id])
            self._world_takes(id, before.get(id), now[id])
        self._plan = plan
        self._stage.rearrange(assemble(plan, self._name, self._parts))
        self._put_loose(set(changed))
        return True

    def tidy(self) -> None:
        """All that is loose is where the plan has it, and at rest."""
        for id in list(self.loose):
            self._lift(id)
        self._put_loose(set())

    def _world_takes(self, id: int, before: Piece | None, now: Piece) -> None:
        part = self._parts[id]
        if isinstance(part, Wall | Block):
            self._world.solids.build(id, part)
        elif before is not None:
            self._world.solids.raze(id)
        if now.kind not in self._kinds or (before is not None and before.kind != now.kind):
            self._lift(id)

    def _take_away(self, id: int, piece: Piece) -> None:
        del self._parts[id]
        self._world.solids.raze(id)
        if piece.kind in self._kinds:
            self._lift(id)

    def _lift(self, id: int) -> None:
        loose = self.loose.pop(id, None)
        if loose is not None and loose.entity:
            self._world.remove(loose.entity)

    def _put_loose(self, changed: set[int]) -> None:
        """What isn't there, or was changed, where the plan has it; what only has another number, where it is. What the
        world was too full for is tried again."""
        for id, variant, piece in self._wanted():
            there = self.loose.get(id)
            if there is None or not there.entity or id in changed:
                self._lift(id)
                self._put(id, variant, piece)
            elif there.variant != variant:
                self._renumber(id, there.entity, variant)

    def _wanted(self) -> Iterator[tuple[int, int, Piece]]:
        """(piece, place among its like, what it is)."""
        counts = dict.fromkeys(self._kinds, 0)
        for id, piece in self._plan.pieces.items():
            if piece.kind in counts:
                yield id, counts[piece.kind], piece
                counts[piece.kind] += 1

    def _put(self, id: int, variant: int, piece: Piece) -> None:
        part = self._parts[id]
        assert isinstance(part, Rock | Place)
        corners, status = (list(part.points), 0) if isinstance(part, Rock) else (None, STATUS_WHOLE)
        kind, x, y = self._kinds[piece.kind], piece.x, piece.y
        try:
            entity = self._world.spawn(kind, x, y, angle=piece.angle, variant=variant, status=status, corners=corners)
        except WorldFullError:
            entity = 0
        self.loose[id] = Loose(entity, variant)

    def _renumber(self, id: int, entity: int, variant: int) -> None:
        try:
            self.loose[id] = Loose(self._world.renumber(entity, variant), variant)
        except WorldFullError:
            self._lift(id)
            self.loose[id] = Loose(0, variant)
