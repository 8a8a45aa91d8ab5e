"""Both encodings, spoken and heard in tests: the codecs, what goes between them and the WebSocket, and a snapshot."""

from typing import Any

import msgspec
import pytest
from msgspec import Struct

from protocol import limits
from protocol.codec import CODECS, Codec, Wire
from protocol.errors import Violation
from protocol.messages import ClientMessage
from protocol.near import Near, pack_near
from protocol.reckoning import Published
from protocol.snapshot import CellDelta, CellKeyframe, Own, Snapshot

MSGPACK = CODECS[limits.SUBPROTOCOL_MSGPACK]
JSON = CODECS[limits.SUBPROTOCOL_JSON]
both = pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS.keys())

TOLD = Snapshot(
    tick=1000,
    ack=998,
    slack_ms=-3,
    own=Own(7, 1.5, 0.0, -2.0, 0.0, 90),
    hud=[100],
    left=[4],
    near=[Near(9, -20.015625, 511.0, 1199.0, -0.0625, -0.5, 0.25, 127, -127)],
    cells=[
        CellKeyframe(0, 0xDEADBEEF, [Published(7, 0, 0, 2, 15, 990, 4096, -1, 16, 0, -128, 0, 127, 0)]),
        CellDelta(1, None, [3], [], [[8, 0b100001, 2, -1, 6]]),
    ],
)


def wire(codec: Codec, encoded: bytes) -> Wire:
    """What the WebSocket layer hands over: text as `str`."""
    return encoded.decode() if codec.is_text else encoded


def pack(plain: object) -> bytes:
    return msgspec.msgpack.encode(plain)


def fields_of(value: object) -> Any:
    """Messages as plain dicts: the same fields, whatever class an encoding reads them into."""
    if isinstance(value, Struct):
        return {name: fields_of(getattr(value, name)) for name in value.__struct_fields__}
    return [fields_of(item) for item in value] if isinstance(value, list) else value


def encode_snapshot(codec: Codec, told: Snapshot) -> bytes:
    cells = [
        codec.keyframe(cell, told.tick) if isinstance(cell, CellKeyframe) else codec.delta(cell, told.tick)
        for cell in told.cells
    ]
    return codec.snapshot(
        told.tick,
        told.ack,
        told.slack_ms,
        told.own,
        told.hud,
        told.left,
        pack_near(told.near or ()),
        len(cells),
        codec.join(cells),
    )


def violation_of(codec: Codec, said: Wire) -> Violation:
    with pytest.raises(Violation) as caught:
        codec.decode_client(said)
    return caught.value


def survives(codec: Codec, said: Wire) -> None:
    """A message, or a violation with a sentence that fits a close frame. Any other exception fails the test."""
    try:
        heard: object = codec.decode_client(said)
    except Violation as violation:
        heard = violation
    assert isinstance(heard, ClientMessage | Violation)
    if isinstance(heard, Violation):
        assert 0 < len(heard.sentence.encode()) <= 123
