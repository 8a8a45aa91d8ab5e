"""The JSON encoding, `ricochet.v1.json`: the same messages and fields as in msgpack, to be read and debugged.

`codec` says what an encoding is and promises; this is its second one.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, Union, cast

import msgspec
from msgspec.structs import asdict

from protocol import limits, messages, snapshot
from protocol.errors import Code, Violation
from protocol.messages import CLIENT_MESSAGES, SERVER_MESSAGES, ClientMessage, ServerMessage
from protocol.near import Near, unpack_near
from protocol.packing import FlatKeyframe, PackedDelta, unpacked
from protocol.reckoning import Published
from protocol.snapshot import UNREADABLE, CellDelta, CellKeyframe, Moved, Own, Snapshot

_CLIENT_JSON: Any = msgspec.json.Decoder(Union[*CLIENT_MESSAGES])
_SERVER_JSON: Any = msgspec.json.Decoder(Union[*SERVER_MESSAGES])


class JsonCodec:
    """`ricochet.v1.json`: text messages, `{"type": name, …}`; the same fields, for reading and debugging."""

    is_text: Final = True

    def __init__(self, subprotocol: str = limits.SUBPROTOCOL_JSON) -> None:
        """What isn't about a game is called otherwise: see `stats`."""
        self.subprotocol: Final = subprotocol

    def encode(self, message: messages.Message) -> bytes:
        return msgspec.json.encode(message)

    def decode_client(self, wire: bytes | str) -> ClientMessage:
        return cast(ClientMessage, read(_CLIENT_JSON, wire, self.subprotocol))

    def decode_server(self, wire: bytes | str) -> ServerMessage | Snapshot:
        try:
            plain = msgspec.json.decode(wire)
            if plain.get("type") == "snapshot":
                return _snapshot_from_objects(plain)
            return cast(ServerMessage, _SERVER_JSON.decode(wire))
        except UNREADABLE as error:
            raise ValueError(f"not a message of a server: {error}") from error

    def keyframe(self, cell: CellKeyframe | FlatKeyframe, tick: int) -> bytes:
        records = snapshot.records_from_flat(cell.entities, tick) if isinstance(cell, FlatKeyframe) else cell.entities
        entities = [_record_to_object(entity, tick) for entity in records]
        return msgspec.json.encode(
            {"cell": cell.cell, "keyframe": True, "checksum": cell.checksum, "entities": entities}
        )

    def delta(self, cell: CellDelta | PackedDelta, tick: int) -> bytes:
        delta = unpacked(cell) if isinstance(cell, PackedDelta) else cell
        return msgspec.json.encode(
            {
                "cell": delta.cell,
                "keyframe": False,
                "checksum": delta.checksum,
                "gone": delta.gone,
                "entered": [_record_to_object(entity, tick) for entity in delta.entered],
                "moved": [{"source": one.source, "changed": _changes_to_objects(one.changed)} for one in delta.moved],
                "changed": _changes_to_objects(delta.changed),
            }
        )

    def plain_delta(self, cell: int, changed: bytes) -> bytes:
        return self.delta(PackedDelta(cell, None, [], [], changed), 0)

    def join(self, cells: Sequence[bytes]) -> bytes:
        return b",".join(filter(None, cells))

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
        head = {
            "type": "snapshot",
            "tick": tick,
            "ack": ack,
            "slack_ms": slack_ms,
            "own": own,
            "hud": hud,
            "left": left,
            "near": unpack_near(near) or None,
        }
        return msgspec.json.encode(head)[:-1] + b',"cells":[' + cells + b"]}"


def read(decoder: Any, wire: bytes | str, subprotocol: str) -> Any:
    """What a client of `subprotocol` says, by a decoder for all that it may say. Raises Violation, whatever it is."""
    if isinstance(wire, bytes):
        raise Violation(Code.WRONG_ENCODING, f"{subprotocol} speaks text messages, not binary")
    try:
        return decoder.decode(wire)
    except msgspec.ValidationError as error:
        raise _invalid_object(str(error)) from None
    except (ValueError, RecursionError) as error:
        raise Violation(Code.MALFORMED, f"not a JSON message: {error}") from None


def _record_to_object(entity: Published, tick: int) -> dict[str, int]:
    record = asdict(entity)
    record["age"] = tick - record.pop("tick")
    return record


def _record_from_object(record: dict[str, int], tick: int) -> Published:
    return Published(tick=tick - record.pop("age"), **record)


def _changes_to_objects(changes: list[list[int]]) -> list[dict[str, int]]:
    return [_change_to_object(change) for change in changes]


def _change_to_object(change: list[int]) -> dict[str, int]:
    names = ("id", *_names_of(change[1]))
    return dict(zip(names, [change[0], *change[2:]], strict=True))


def _change_from_object(record: dict[str, int]) -> list[int]:
    mask = 0
    for field, names in snapshot.FIELD_NAMES.items():
        if names[0] in record:
            mask |= field
    return [record["id"], mask, *(record[name] for name in _names_of(mask))]


def _names_of(mask: int) -> Iterable[str]:
    return (name for field, names in snapshot.FIELD_NAMES.items() if mask & field for name in names)


def _snapshot_from_objects(plain: dict[str, Any]) -> Snapshot:
    tick = plain["tick"]
    cells = [_cell_from_object(cell, tick) for cell in plain["cells"]]
    own = msgspec.convert(plain["own"], Own | None)
    near = msgspec.convert(plain["near"], list[Near] | None)
    return Snapshot(tick, plain["ack"], plain["slack_ms"], own, plain["hud"], plain["left"], near, cells)


def _cell_from_object(cell: dict[str, Any], tick: int) -> CellKeyframe | CellDelta:
    if cell["keyframe"]:
        return CellKeyframe(cell["cell"], cell["checksum"], [_record_from_object(r, tick) for r in cell["entities"]])
    return CellDelta(
        cell["cell"],
        cell["checksum"],
        cell["gone"],
        [_record_from_object(record, tick) for record in cell["entered"]],
        [_change_from_object(record) for record in cell["changed"]],
        [Moved(one["source"], [_change_from_object(record) for record in one["changed"]]) for one in cell["moved"]],
    )


def _invalid_object(sentence: str) -> Violation:
    if sentence.startswith("Expected `object`") and " - at " not in sentence:
        return Violation(Code.MALFORMED, 'a message is a JSON object {"type": name, ...}')
    if sentence.endswith("`$.type`"):
        return Violation(Code.UNKNOWN_TYPE, f"there is no such client message: {sentence}")
    return Violation(Code.INVALID_FIELD, sentence)
