"""A plan: an arena that people build together, as a document of pieces; and the steps that change it.

    apply      a plan, and steps           -> the next plan and what became of each piece, or `Refused` with a sentence
    revert     a plan, and what was done   -> the steps that undo it, as far as nobody has changed it since

Both ends apply the same steps in the same order, so what they hold is equal to the bit: there is no geometry here
beyond rounding to thousandths, with + − × / and floor alone. Whether a plan is an arena that can be played is said by
`protocol.blueprint`, and only the server asks.

Every piece has a number that whoever adds it chooses at random, and a place (x, y). Walls, blocks and rocks have points
around that place, so moving a piece and shaping it are changes of different fields, and two people who do the one and
the other both have their way. A change says what the fields are to be, not by how much they change: said twice, it does
no more than said once. Pieces keep the order in which they were added, for that is their order in the arena.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from math import floor
from struct import pack
from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from protocol import limits
from protocol.arena import Angle, Size

PieceKind = Literal["wall", "block", "rock", "crate", "spawn", "goal"]
PieceId = Annotated[int, Meta(ge=1, le=2**53 - 1)]
Unit = Annotated[float, Meta(ge=-limits.ARENA_SIDE_UNITS_MAX, le=limits.ARENA_SIDE_UNITS_MAX)]
Spots = Annotated[tuple[tuple[Unit, Unit], ...], Meta(max_length=limits.POLYGON_POINTS_MAX)]
Team = Annotated[int, Meta(ge=0, le=255)]

TRAITS: Final[dict[PieceKind, tuple[str, ...]]] = {
    "wall": ("points", "radius", "closed"),
    "block": ("points",),
    "rock": ("points", "angle"),
    "crate": ("angle",),
    "spawn": ("angle",),
    "goal": ("width", "height", "team"),
}
"""What each kind has besides its place. A field that its kind doesn't have stays at its default."""
KINDS: Final = tuple(TRAITS)
FIELDS: Final = ("x", "y", "angle", "points", "radius", "closed", "width", "height", "team")
ROUNDED: Final = ("x", "y", "radius", "width", "height")


class Refused(Exception):
    """These steps can't be taken; the sentence is for whoever wanted to take them."""


class Piece(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One part of an arena. `points` are around (x, y); all else is as in `protocol.arena`."""

    kind: PieceKind
    x: Unit
    y: Unit
    angle: Angle = 0.0
    points: Spots = ()
    radius: Unit = 16.0
    closed: bool = False
    width: Unit = 0.0
    height: Unit = 0.0
    team: Team = 0


class Step(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="do"):
    """One change to one piece."""

    id: PieceId


class Add(Step, frozen=True, tag="add"):
    piece: Piece


class Change(Step, frozen=True, tag="change"):
    """The fields that are there are to be this."""

    x: Unit | UnsetType = UNSET
    y: Unit | UnsetType = UNSET
    angle: Angle | UnsetType = UNSET
    points: Spots | UnsetType = UNSET
    radius: Unit | UnsetType = UNSET
    closed: bool | UnsetType = UNSET
    width: Unit | UnsetType = UNSET
    height: Unit | UnsetType = UNSET
    team: Team | UnsetType = UNSET

    def fields(self) -> dict[str, Any]:
        return {name: value for name in FIELDS if (value := getattr(self, name)) is not UNSET}


class Remove(Step, frozen=True, tag="remove"):
    pass


AnyStep = Add | Change | Remove
Steps = Sequence[AnyStep]


class Plan(Struct, frozen=True):
    """`pieces` by number, in the order of the arena. A plan never changes; `apply` makes another."""

    size: Size
    pieces: Mapping[int, Piece]


class Affected(Struct, frozen=True):
    """What became of a piece; None: it wasn't, or isn't, there."""

    id: int
    before: Piece | None
    after: Piece | None


def apply(plan: Plan, steps: Steps) -> tuple[Plan, list[Affected]]:
    """The plan after all `steps`, and what they did, one line for each piece. Raises Refused: then nothing is done."""
    pieces, touched = dict(plan.pieces), dict[int, None]()
    for step in steps:
        _take(pieces, step)
        touched[step.id] = None
    _check_bounds(pieces)
    done = [Affected(id, plan.pieces.get(id), pieces.get(id)) for id in touched]
    return Plan(plan.size, pieces), [one for one in done if one.before != one.after]


def revert(plan: Plan, done: Iterable[Affected]) -> list[AnyStep]:
    """What undoes it now. What others have done since is not undone.

    A piece that was added goes, whoever has changed it since; one that was removed comes back; of one that was changed
    each field that still is as it was made is as it was before. Nothing at all may be left to undo.
    """
    steps: list[AnyStep] = []
    for one in reversed(list(done)):
        now = plan.pieces.get(one.id)
        if one.before is None:
            if now is not None:
                steps.append(Remove(one.id))
        elif one.after is None:
            if now is None:
                steps.append(Add(one.id, one.before))
        elif now is not None and one.before.kind != one.after.kind:
            steps += [Remove(one.id), Add(one.id, one.before)] if now == one.after else []
        elif now is not None and (fields := _unchanged(one.before, one.after, now)):
            steps.append(Change(one.id, **fields))
    return steps


def checksum(plan: Plan) -> int:
    """CRC-32 over all numbers of all pieces, in order, as little-endian doubles. Equal plans have equal ones."""
    numbers: list[float] = []
    for id, piece in plan.pieces.items():
        numbers += (id, KINDS.index(piece.kind), piece.x, piece.y, piece.angle, piece.radius, piece.closed)
        numbers += (piece.width, piece.height, piece.team, len(piece.points))
        numbers += (value for point in piece.points for value in point)
    return zlib.crc32(pack(f"<{len(numbers)}d", *numbers))


def rounded(value: float) -> float:
    """To thousandths of a unit; never the negative zero."""
    return floor(value * 1000.0 + 0.5) / 1000.0


def tidy(piece: Piece) -> Piece:
    """The same on both ends, however it was sent: rounded."""
    numbers = {name: rounded(getattr(piece, name)) for name in ROUNDED}
    points = tuple((rounded(x), rounded(y)) for x, y in piece.points)
    return replace(piece, points=points, angle=float(piece.angle) + 0.0, **numbers)


def _take(pieces: dict[int, Piece], step: AnyStep) -> None:
    now = pieces.get(step.id)
    if isinstance(step, Add):
        if now is not None:
            raise Refused("there is a piece of that number already")
        pieces[step.id] = _of_its_kind(tidy(step.piece))
    elif now is None:
        raise Refused("somebody has removed it meanwhile")
    elif isinstance(step, Remove):
        del pieces[step.id]
    else:
        pieces[step.id] = _of_its_kind(tidy(replace(now, **step.fields())))


def _of_its_kind(piece: Piece) -> Piece:
    for name in FIELDS[2:]:
        if name not in TRAITS[piece.kind] and getattr(piece, name) != _DEFAULTS[name]:
            raise Refused(f"a {piece.kind} has no {name}")
    return piece


def _check_bounds(pieces: Mapping[int, Piece]) -> None:
    if len(pieces) > limits.PLAN_PIECES_MAX:
        raise Refused(f"there is room for {limits.PLAN_PIECES_MAX} pieces, and no more")
    if sum(len(piece.points) for piece in pieces.values()) > limits.PLAN_POINTS_MAX:
        raise Refused(f"there is room for {limits.PLAN_POINTS_MAX} corners, and no more")


def _unchanged(before: Piece, after: Piece, now: Piece) -> dict[str, Any]:
    """The fields that are still as they were made, as they were before."""
    was = {name: getattr(before, name) for name in FIELDS if getattr(before, name) != getattr(after, name)}
    return {name: value for name, value in was.items() if getattr(now, name) == getattr(after, name)}


_DEFAULTS: Final = dict(
    zip(Piece.__struct_fields__[-len(Piece.__struct_defaults__) :], Piece.__struct_defaults__, strict=True)
)
