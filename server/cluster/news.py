"""What processes of one directory tell each other as it happens, as bytes and back. Pure.

    vitals      how a process is, once a second; so it is there          gone      it leaves
    line        somebody has said something in the lobby
    decided     somebody is banned or mute, or no longer
    asked       an admin wants something that others may have to do      answered  what became of it

It is news and no more: it may be lost, come late or twice. What has to be known is kept (see `decisions`), or asked for
again. Each has its sender, one life of one process, so that nobody takes their own for another's. What another process
says has the same limits as what a person says: the declaration is the validation.
"""

from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from protocol import limits
from server.cluster.decisions import KEY_CHARS_MAX, Decision

WIRE_BYTES_MAX: Final = 65_536
DECISIONS_TOLD_MAX: Final = 64
URL_CHARS_MAX: Final = 256
SENTENCE_CHARS_MAX: Final = 1000
BODY_CHARS_MAX: Final = 4096

Id = Annotated[str, Meta(min_length=1, max_length=32, pattern="^[0-9a-f]+$")]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Amount = Annotated[float, Meta(ge=0, le=1e9)]


class Vitals(Struct, frozen=True, tag="vitals"):
    """How a process is."""

    url: Annotated[str, Meta(max_length=URL_CHARS_MAX)]
    rooms: Count = 0
    people: Count = 0
    """Who are in the lobby or in a room; bots not counted."""
    visitors: Count = 0
    """Of them, in the lobby."""
    players: Count = 0
    """Bots counted."""
    bots: Count = 0
    tick_p99_ms: Amount | None = None
    """How long ticks took since the vitals before; None: there were none."""
    load: Amount = 0.0
    """How many cores were busy with it."""
    lease_s: Amount | None = None
    """How long ago the directory last heard it; None: it has no lease."""
    is_open: bool = True
    """Whether newcomers are welcome; not while it drains."""


class Gone(Struct, frozen=True, tag="gone"):
    """It is about to end."""


class Line(Struct, frozen=True, tag="line"):
    """`number`, `name`, `key` and `mark` are those of `chat.speaker.Named`, by which the sender knows the speaker."""

    number: Annotated[int, Meta(ge=1, le=2**53)]
    name: Annotated[str, Meta(min_length=1, max_length=limits.NAME_CHARS_MAX)]
    key: Annotated[str, Meta(min_length=1, max_length=KEY_CHARS_MAX)]
    mark: Annotated[str, Meta(min_length=1, max_length=KEY_CHARS_MAX)]
    text: Annotated[str, Meta(min_length=1, max_length=limits.CHAT_CHARS_MAX)]


class Forgotten(Struct, frozen=True, tag="forgotten"):
    """Somebody is to be forgotten, whose `account` it is (`standings.guests`)."""

    account: Annotated[str, Meta(min_length=1, max_length=KEY_CHARS_MAX)]


class Decided(Struct, frozen=True, tag="decided"):
    decisions: Annotated[list[Decision], Meta(max_length=DECISIONS_TOLD_MAX)]


class Asked(Struct, frozen=True, tag="asked"):
    """`order` is the JSON of what `action` is told; see `moderation`."""

    ask: Id
    action: Annotated[str, Meta(max_length=16)]
    order: Annotated[str, Meta(max_length=BODY_CHARS_MAX)] = "{}"
    by: Annotated[str, Meta(max_length=200)] | None = None
    """The admin's subject."""
    to: Id | None = None
    """None: all."""


class Answered(Struct, frozen=True, tag="answered"):
    """One of the two is there: what was done, or why nothing was."""

    to: Id
    ask: Id
    done: Annotated[str, Meta(max_length=SENTENCE_CHARS_MAX)] | None = None
    why: Annotated[str, Meta(max_length=SENTENCE_CHARS_MAX)] | None = None


What = Vitals | Gone | Line | Forgotten | Decided | Asked | Answered


class News(Struct, frozen=True, array_like=True):
    """One message, and which process it is from."""

    sender: Id
    what: What


class NoNews(Exception):
    """What came is none; `str(error)` says why."""


_DECODER: Final = msgspec.json.Decoder(News)


def told(sender: str, what: What) -> bytes:
    return msgspec.json.encode(News(sender, what))


def heard(wire: bytes) -> News:
    """Raises NoNews, whatever the bytes."""
    if len(wire) > WIRE_BYTES_MAX:
        raise NoNews(f"{len(wire)} bytes are more than {WIRE_BYTES_MAX}")
    try:
        return _DECODER.decode(wire)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NoNews(str(error)) from None
