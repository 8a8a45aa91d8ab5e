"""What is said where an arena is built together; `messages` has all the others, and a list of all of them.

client                          server
edit, serial 0             ->
                           <-   edited: what was missed, or the whole plan
edit                       ->
                           <-   edited: taken, to everyone; or refused
point                      ->
                           <-   pointed
"""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from protocol import limits
from protocol.arena import Size
from protocol.message import ClientMessage, ServerMessage
from protocol.plan import AnyStep, Piece, PieceId, Unit

Serial = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Crc = Annotated[int, Meta(ge=0, le=2**32 - 1)]


class Edit(ClientMessage, tag="edit"):
    """Steps to be taken together, the client's `serial`-th; each has a later serial than those before, and is answered.

    Serial 0 takes no step: it asks for what has been done since revision `since`, at which the plan had this
    `checksum`; or, with -1, for the whole plan.
    """

    number: ClassVar[int] = 11
    serial: Serial
    steps: Annotated[list[AnyStep], Meta(max_length=limits.STEPS_PER_EDIT_MAX)]
    since: Annotated[int, Meta(ge=-1, le=2**31 - 1)] = -1
    checksum: Crc = 0


class Point(ClientMessage, tag="point"):
    """Where somebody points and what they have selected; the selected pieces are being moved by (dx, dy).

    `builds`: they build. Else they try it out: they have a ship.
    """

    number: ClassVar[int] = 12
    x: Unit
    y: Unit
    selected: Annotated[list[PieceId], Meta(max_length=limits.STEPS_PER_EDIT_MAX)]
    dx: Unit = 0.0
    dy: Unit = 0.0
    builds: bool = True


class Sheet(Struct, frozen=True):
    """A whole plan; the pieces in their order, each with its number."""

    size: Size
    pieces: list[tuple[int, Piece]]


class Edited(ServerMessage, tag="edited"):
    """One of:

    steps were taken    `steps` of `player`, its `serial`-th, made the plan's next `revision`, with this `checksum`
    steps were refused  `refused` says why; to whoever wanted to take them
    the whole plan      `plan`, at `revision`; and what stands in the next line
    that was all        serial 0: what was asked for has been said. The last serial of `player`, who is asked, that was
                        answered is `heard`
    """

    number: ClassVar[int] = 24
    revision: int
    player: int
    serial: int
    steps: list[AnyStep]
    checksum: int
    refused: str = ""
    heard: int = 0
    may_edit: bool = False
    plan: Sheet | None = None


class Pointer(Struct, frozen=True):
    """Where `player` points; as it said with `point`."""

    player: int
    x: float
    y: float
    selected: list[int]
    dx: float
    dy: float
    builds: bool


class Pointed(ServerMessage, tag="pointed"):
    """Where those point who have pointed since the last time. May be lost: only the newest counts."""

    number: ClassVar[int] = 25
    people: list[Pointer]
