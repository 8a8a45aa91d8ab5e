"""Bytes to messages and back: what an encoding promises, and the msgpack one. The only place that knows msgpack.

What a client sent is either a valid `ClientMessage` or a `Violation` with one sentence; no other exception
leaves `decode_client`, whatever the bytes. What a server sent is trusted a little more: `decode_server`
raises `ValueError` when it can't be read.

A snapshot's cells are encoded on their own, once for everyone who sees them (`keyframe`, `delta`, and `join` for
several); `snapshot` puts a viewer's own part before them. What is `near` comes as packed records, none: nothing.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final, Protocol, cast

import msgpack
import msgspec
from msgspec import Meta, Struct
from msgspec.structs import astuple

from protocol import input_rows, limits, messages, packing
from protocol.errors import Code, Violation
from protocol.json_codec import JsonCodec
from protocol.messages import (
    CLIENT_MESSAGES,
    SERVER_MESSAGES,
    SNAPSHOT_NUMBER,
    ClientMessage,
    Inputs,
    ServerMessage,
)
from protocol.motion import Input
from protocol.near import unpack_near
from protocol.packing import FlatKeyframe, PackedDelta
from protocol.quantize import SEEN_MAX
from protocol.snapshot import UNREADABLE, CellDelta, CellKeyframe, Own, Snapshot

Wire = bytes | str


class Codec(Protocol):
    """One subprotocol's encoding."""

    @property
    def subprotocol(self) -> str: ...
    @property
    def is_text(self) -> bool: ...

    def encode(self, message: messages.Message) -> bytes: ...
    def decode_client(self, wire: Wire) -> ClientMessage: ...
    def decode_server(self, wire: Wire) -> ServerMessage | Snapshot: ...
    def keyframe(self, cell: CellKeyframe | FlatKeyframe, tick: int) -> bytes: ...
    def delta(self, cell: CellDelta | PackedDelta, tick: int) -> bytes: ...
    def plain_delta(self, cell: int, changed: bytes) -> bytes:
        """A `delta` that has nothing else."""
        ...

    def join(self, cells: Sequence[bytes]) -> bytes:
        """One after the other; there may be nothing of some."""
        ...

    def snapshot(
        self,
        tick: int,
        ack: int,
        slack_ms: int | None,
        own: Own | None,
        hud: Sequence[int] | None,
        left: Sequence[int],
        near: bytes,
        cell_count: int,
        cells: bytes,
    ) -> bytes: ...


class _InputArray(Input, array_like=True, frozen=True):
    """`Input` read from `[move_x, move_y, aim, buttons, edges]`."""


class _InputsArray(Inputs, array_like=True, tag=Inputs.number):
    """`Inputs` with its entries as arrays. All fields stand here again, for their order is the wire's."""

    first_tick: messages.Tick
    entries: Annotated[list[_InputArray], Meta(min_length=1, max_length=limits.INPUTS_PER_MESSAGE_MAX)]  # type: ignore[assignment]  # lists are invariant, arrays on the wire are not
    applied: messages.Tick = 0
    seen: Annotated[int, Meta(ge=0, le=SEEN_MAX)] = 0


def _as_array(cls: type[Struct], number: int) -> type[Struct]:
    """`cls` read from `[number, field, …]` instead of an object."""
    return msgspec.defstruct(cls.__name__, (), bases=(cls,), array_like=True, tag=number, module=cls.__module__)


_LIMITS: Final = {"max_array_len": limits.ARRAY_ITEMS_MAX, "max_map_len": limits.ARRAY_ITEMS_MAX, "max_ext_len": 0}
"""Of what a client may say."""
_CLIENT_BY_NUMBER: Final = {cls.number: cls for cls in CLIENT_MESSAGES}
_CLIENT_ARRAYS: Final[dict[int, type[Struct]]] = {
    number: _InputsArray if cls is Inputs else _as_array(cls, number) for number, cls in _CLIENT_BY_NUMBER.items()
}
"""By number and not as a union: msgspec keeps what it knows of a struct, but looks a union through at every call."""
_INPUTS_DECODER: Final = msgspec.msgpack.Decoder(_InputsArray)
_INPUTS_BYTE: Final = bytes((Inputs.number,))
_SERVER_ARRAYS: Final = {cls.number: _as_array(cls, cls.number) for cls in SERVER_MESSAGES}


_ENCODER: Final = msgspec.msgpack.Encoder()
"""The same bytes as `msgpack`'s, at a fifth of the cost."""


class MsgpackCodec:
    """`ricochet.v1.msgpack`: binary messages, `[number, field, …]`."""

    subprotocol: Final = limits.SUBPROTOCOL_MSGPACK
    is_text: Final = False

    def encode(self, message: messages.Message) -> bytes:
        if isinstance(message, Inputs):
            if (plain := input_rows.encode(message)) is not None:
                return plain
            entries = [astuple(entry) for entry in message.entries]
            return _ENCODER.encode((message.number, message.first_tick, entries, message.applied, message.seen))
        return _ENCODER.encode((message.number, *[getattr(message, name) for name in message.__struct_fields__]))

    def decode_client(self, wire: Wire) -> ClientMessage:
        if isinstance(wire, str):
            raise Violation(Code.WRONG_ENCODING, f"{self.subprotocol} speaks binary messages, not text")
        try:
            if wire[1:2] == _INPUTS_BYTE:  # nearly every message: read and checked in one go
                return _INPUTS_DECODER.decode(wire)
        except (msgspec.MsgspecError, RecursionError):
            pass  # what is wrong with it is said below
        try:
            plain = msgpack.unpackb(wire, **_LIMITS)
        except (ValueError, msgpack.exceptions.UnpackException) as error:
            raise Violation(Code.MALFORMED, f"not a msgpack message: {str(error) or type(error).__name__}") from None
        if not isinstance(plain, list) or not plain:
            raise Violation(Code.MALFORMED, "a message is a msgpack array [number, field, ...]")
        number = plain[0]
        if type(number) is not int or number not in _CLIENT_BY_NUMBER:
            raise Violation(Code.UNKNOWN_TYPE, f"there is no client message with number {_shorten(number)}")
        try:
            return cast(ClientMessage, msgspec.convert(plain, _CLIENT_ARRAYS[number]))
        except msgspec.ValidationError as error:
            raise _invalid(_CLIENT_BY_NUMBER[number], plain, error) from None

    def decode_server(self, wire: Wire) -> ServerMessage | Snapshot:
        try:
            plain = msgpack.unpackb(wire)
            if plain[0] == SNAPSHOT_NUMBER:
                return _snapshot_from_plain(plain)
            return cast(ServerMessage, msgspec.convert(plain, _SERVER_ARRAYS[plain[0]]))
        except UNREADABLE as error:
            raise ValueError(f"not a message of a server: {error}") from error

    def keyframe(self, cell: CellKeyframe | FlatKeyframe, tick: int) -> bytes:
        return _ENCODER.encode(packing.keyframe_to_plain(cell, tick))

    def delta(self, cell: CellDelta | PackedDelta, tick: int) -> bytes:
        return _ENCODER.encode(packing.delta_to_plain(cell, tick))

    def plain_delta(self, cell: int, changed: bytes) -> bytes:
        return _ENCODER.encode((cell, changed))

    def join(self, cells: Sequence[bytes]) -> bytes:
        return b"".join(cells)

    def snapshot(
        self,
        tick: int,
        ack: int,
        slack_ms: int | None,
        own: Own | None,
        hud: Sequence[int] | None,
        left: Sequence[int],
        near: bytes,
        cell_count: int,
        cells: bytes,
    ) -> bytes:
        head = _ENCODER.encode((SNAPSHOT_NUMBER, tick, ack, slack_ms, own and astuple(own), hud, left, near or None))
        return b"\x99" + head[1:] + packing.array_header(cell_count) + cells


def check_shape(wire: bytes) -> None:
    """Raises ValueError unless `wire` is one whole value in msgpack, before any room is made for what it announces."""
    walker = msgpack.Unpacker(max_buffer_size=max(1, len(wire)))
    walker.feed(wire)
    try:
        walker.skip()
    except msgpack.exceptions.UnpackException as error:
        raise ValueError(f"not msgpack: {error or type(error).__name__}") from None
    if walker.tell() != len(wire):
        raise ValueError("more than one value in msgpack")


def _snapshot_from_plain(plain: list[Any]) -> Snapshot:
    _, tick, ack, slack_ms, own, hud, left, near, cells = plain
    bodies = None if near is None else unpack_near(near)
    read = [packing.cell_from_plain(cell, tick) for cell in cells]
    return Snapshot(tick, ack, slack_ms, own and Own(*own), hud, left, bodies, read)


_PLACE: Final = re.compile(r"\$\[(\d+)\](?:(\[\d+\])\[(\d+)\])?")


def _invalid(cls: type[ClientMessage], plain: list[Any], error: msgspec.ValidationError) -> Violation:
    """The sentence of `error`, names in place of numbers: `$.entries[0].buttons` for `$[2][0][3]`."""
    fields, given = cls.__struct_fields__, len(plain) - 1
    if given < len(fields) - len(cls.__struct_defaults__):
        return Violation(Code.INVALID_FIELD, f"Object missing required field `{fields[given]}`")

    def name(match: re.Match[str]) -> str:
        field, entry, within = match.groups()
        place = f"$.{fields[int(field) - 1]}"
        return place if entry is None else f"{place}{entry}.{Input.__struct_fields__[int(within)]}"

    return Violation(Code.INVALID_FIELD, _PLACE.sub(name, str(error)))


def _shorten(value: object) -> str:
    text = repr(value) if isinstance(value, int | str) else f"({type(value).__name__})"
    return text if len(text) <= 20 else text[:17] + "..."


CODECS: Final[dict[str, Codec]] = {codec.subprotocol: codec for codec in (MsgpackCodec(), JsonCodec())}
"""By subprotocol, the preferred first."""
