"""Both encodings: every message arrives as it was sent, the bytes are those of PROTOCOL.md, and no bytes do harm."""

import json
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from protocol import limits, messages
from protocol.arena import Arena, Place, Size
from protocol.codec import CODECS, Codec, Wire
from protocol.errors import Code, Violation
from protocol.kinds import Kind
from protocol.messages import ClientMessage, Message, ServerMessage
from protocol.motion import Input
from protocol.reckoning import Published
from protocol.snapshot import CellDelta, CellKeyframe, Own, Snapshot
from tests.instruments import strategies as draw

MSGPACK = CODECS[limits.SUBPROTOCOL_MSGPACK]
JSON = CODECS[limits.SUBPROTOCOL_JSON]
both = pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS.keys())

# Literal bytes are written in pieces, one field each.
GOLDEN: list[tuple[Message, tuple[bytes, ...], str]] = [
    (
        messages.Hello(1, "Ada", room="north"),
        (b"\x98\x01", b"\x01", b"\xa3Ada", b"\xc0", b"\xa5north", b"\xc0", b"\xa6player", b"\xc2"),
        '{"type":"hello","version":1,"name":"Ada","token":null,"room":"north","resume":null,"role":"player","bot":false}',
    ),
    (
        messages.Inputs(300, [Input(-127, 127, 4095, 3, 1), Input()], 298),
        (
            b"\x94\x02",
            b"\xcd\x01\x2c",
            b"\x92\x95\xd0\x81\x7f\xcd\x0f\xff\x03\x01\x95\x00\x00\x00\x00\x00",
            b"\xcd\x01\x2a",
        ),
        '{"type":"inputs","first_tick":300,"entries":[{"move_x":-127,"move_y":127,"aim":4095,"buttons":3,"edges":1},'
        '{"move_x":0,"move_y":0,"aim":0,"buttons":0,"edges":0}],"applied":298}',
    ),
    (messages.Ping(7, 33), (b"\x93\x03", b"\x07", b"\x21"), '{"type":"ping","nonce":7,"rtt_ms":33}'),
    (messages.Chat("好"), (b"\x92\x04", b"\xa3\xe5\xa5\xbd"), '{"type":"chat","text":"好"}'),
    (messages.Resync(9), (b"\x92\x05", b"\x09"), '{"type":"resync","cell":9}'),
    (messages.Leave(), (b"\x91\x06",), '{"type":"leave"}'),
    (
        messages.Welcome(
            version=1,
            player=2,
            room="r",
            game="melee",
            tick=5,
            tick_rate=60,
            snapshot_rate=30,
            cell_units=512,
            resume="t",
            role="player",
            hud=["hull"],
            kinds=[],
            arena=Arena("A", Size(512, 512), [Place(64, 64)]),
            players=[messages.PlayerInfo(2, "Ada", 11, False)],
        ),
        (
            b"\x9f\x10",
            b"\x01",
            b"\x02",
            b"\xa1r",
            b"\xa5melee",
            b"\x05",
            b"\x3c",
            b"\x1e",
            b"\xcd\x02\x00",
            b"\xa1t",
            b"\xa6player",
            b"\x91\xa4hull",
            b"\x90",
            b"\x87\xa4name\xa1A\xa4size\x82\xa5width\xcd\x02\x00\xa6height\xcd\x02\x00",
            b"\xa6spawns\x91\x83\xa1x\x40\xa1y\x40\xa5angle\xcb" + bytes(8),
            b"\xa5walls\x90\xa6blocks\x90\xa5rocks\x90\xa6crates\x90",
            b"\x91\x84\xa2id\x02\xa4name\xa3Ada\xa6colour\x0b\xa3bot\xc2",
        ),
        '{"type":"welcome","version":1,"player":2,"room":"r","game":"melee","tick":5,"tick_rate":60,"snapshot_rate":30,'
        '"cell_units":512,"resume":"t","role":"player","hud":["hull"],"kinds":[],"arena":{"name":"A",'
        '"size":{"width":512,"height":512},"spawns":[{"x":64,"y":64,"angle":0.0}],"walls":[],"blocks":[],"rocks":[],'
        '"crates":[]},"players":[{"id":2,"name":"Ada","colour":11,"bot":false}]}',
    ),
    (
        messages.Event(5, "left", {"id": 2}),
        (b"\x94\x12", b"\x05", b"\xa4left", b"\x81\xa2id\x02"),
        '{"type":"event","tick":5,"name":"left","body":{"id":2}}',
    ),
    (messages.Pong(7, 5), (b"\x93\x13", b"\x07", b"\x05"), '{"type":"pong","nonce":7,"tick":5}'),
    (messages.ChatLine(2, "hi"), (b"\x93\x14", b"\x02", b"\xa2hi"), '{"type":"chat","player":2,"text":"hi"}'),
    (
        messages.Error(4018, "slow down"),
        (b"\x93\x15", b"\xcd\x0f\xb2", b"\xa9slow down"),
        '{"type":"error","code":4018,"sentence":"slow down"}',
    ),
    (
        messages.Bye(1000, "bye"),
        (b"\x93\x16", b"\xcd\x03\xe8", b"\xa3bye"),
        '{"type":"bye","code":1000,"sentence":"bye"}',
    ),
]


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
        told.tick, told.ack, told.slack_ms, told.own, told.hud, told.left, len(cells), codec.join(cells)
    )


def violation_of(codec: Codec, said: Wire) -> Violation:
    with pytest.raises(Violation) as caught:
        codec.decode_client(said)
    return caught.value


# golden bytes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("message", "pieces", "text"), GOLDEN, ids=[type(row[0]).__name__ for row in GOLDEN])
def test_the_bytes_are_the_ones_that_the_page_says(message: Message, pieces: tuple[bytes, ...], text: str) -> None:
    assert MSGPACK.encode(message) == b"".join(pieces)
    assert JSON.encode(message).decode() == text


def test_every_message_has_golden_bytes() -> None:
    assert [type(message) for message, _, _ in GOLDEN] == [*messages.CLIENT_MESSAGES, *messages.SERVER_MESSAGES]


TOLD = Snapshot(
    tick=1000,
    ack=998,
    slack_ms=-3,
    own=Own(7, 1.5, 0.0, -2.0, 0.0, 90),
    hud=[100],
    left=[4],
    cells=[
        CellKeyframe(0, 0xDEADBEEF, [Published(7, 0, 0, 2, 15, 990, 4096, -1, 16, 0, -128, 0, 127, 0)]),
        CellDelta(1, None, [3], [], [[8, 0b100001, 2, -1, 6]]),
    ],
)


def test_a_snapshot_in_msgpack_is_positional_and_its_records_are_flat() -> None:
    pieces = (
        b"\x98\x11",
        b"\xcd\x03\xe8",
        b"\xcd\x03\xe6",
        b"\xfd",
        b"\x96\x07\xcb\x3f\xf8" + bytes(6) + b"\xcb" + bytes(8) + b"\xcb\xc0" + bytes(7) + b"\xcb" + bytes(8) + b"\x5a",
        b"\x91\x64",
        b"\x91\x04",
        b"\x92",
        b"\x94\x00\x01\xce\xde\xad\xbe\xef",
        b"\x9e\x07\x00\x00\x02\x0f\x0a\xcd\x10\x00\xff\x10\x00\xd0\x80\x00\x7f\x00",
        b"\x96\x01\x00\xc0\x91\x03\x90",
        b"\x95\x08\x21\x02\xff\x06",
    )
    assert encode_snapshot(MSGPACK, TOLD) == b"".join(pieces)


def test_a_snapshot_in_json_has_a_name_for_every_number() -> None:
    record = '"id":7,"kind":0,"variant":0,"owner":2,"status":15,"x":4096,"y":-1,"vx":16,"vy":0,"angle":-128,"spin":0,'
    assert encode_snapshot(JSON, TOLD).decode() == (
        '{"type":"snapshot","tick":1000,"ack":998,"slack_ms":-3,'
        '"own":{"entity":7,"x":1.5,"y":0.0,"vx":-2.0,"vy":0.0,"boost_ticks":90},"hud":[100],"left":[4],"cells":['
        '{"cell":0,"keyframe":true,"checksum":3735928559,"entities":[{'
        + record
        + '"move_x":127,"move_y":0,"age":10}]},'
        '{"cell":1,"keyframe":false,"checksum":null,"gone":[3],"entered":[],'
        '"changed":[{"id":8,"dx":2,"dy":-1,"status":6}]}]}'
    )


# round trips -----------------------------------------------------------------------------------------------


@both
@given(message=draw.client_messages)
def test_a_client_is_heard_as_it_spoke(codec: Codec, message: ClientMessage) -> None:
    heard = codec.decode_client(wire(codec, codec.encode(message)))
    assert isinstance(heard, type(message))
    assert fields_of(heard) == fields_of(message)


@both
@given(message=draw.server_messages)
def test_a_server_is_heard_as_it_spoke(codec: Codec, message: ServerMessage) -> None:
    heard = codec.decode_server(wire(codec, codec.encode(message)))
    assert isinstance(heard, type(message))
    assert fields_of(heard) == fields_of(message)


@both
@given(told=draw.snapshots())
def test_a_snapshot_arrives_as_it_was_told(codec: Codec, told: Snapshot) -> None:
    assert codec.decode_server(wire(codec, encode_snapshot(codec, told))) == told


@both
@pytest.mark.parametrize("count", [0, 15, 16, 17, 300])
def test_a_snapshot_may_hold_any_number_of_cells(codec: Codec, count: int) -> None:
    told = Snapshot(1, 0, None, None, None, [], [CellDelta(cell, None, [], [], []) for cell in range(count)])
    assert codec.decode_server(wire(codec, encode_snapshot(codec, told))) == told


@both
@given(own=st.builds(Own, st.integers(0, 9), *[st.floats(allow_nan=False, allow_infinity=False)] * 4, st.just(0)))
def test_the_own_ship_arrives_to_the_last_bit(codec: Codec, own: Own) -> None:
    told = codec.decode_server(wire(codec, codec.snapshot(1, 0, None, own, None, (), 0, b"")))
    assert isinstance(told, Snapshot)
    assert told.own is not None
    assert [value.hex() for value in (told.own.x, told.own.y, told.own.vx, told.own.vy)] == [
        value.hex() for value in (own.x, own.y, own.vx, own.vy)
    ]


# what is ignored, and what may be left out -------------------------------------------------------------------


@given(message=draw.client_messages, unknown=st.lists(draw.anything_plain, min_size=1, max_size=3))
def test_fields_after_the_known_ones_are_ignored(message: ClientMessage, unknown: list[object]) -> None:
    longer = [*msgspec.msgpack.decode(MSGPACK.encode(message)), *unknown]
    assert fields_of(MSGPACK.decode_client(pack(longer))) == fields_of(message)


@given(message=draw.client_messages, unknown=draw.anything_plain)
def test_unknown_names_are_ignored(message: ClientMessage, unknown: object) -> None:
    wider = {"x-unknown": unknown, **json.loads(JSON.encode(message)), "later": [unknown]}
    assert fields_of(JSON.decode_client(msgspec.json.encode(wider).decode())) == fields_of(message)


def test_an_input_may_have_fields_that_are_not_known_yet() -> None:
    heard = MSGPACK.decode_client(pack([2, 5, [[1, 2, 3, 1, 2, "later"]]]))
    assert fields_of(heard) == fields_of(messages.Inputs(5, [Input(1, 2, 3, 1, 2)]))


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ([1, 1, "Ada"], messages.Hello(1, "Ada")),
        ([2, 5, [[1]]], messages.Inputs(5, [Input(1)])),
        ([2, 5, [[]]], messages.Inputs(5, [Input()])),
        ([3, 7], messages.Ping(7)),
    ],
)
def test_trailing_fields_with_defaults_may_be_left_out(plain: list[object], message: ClientMessage) -> None:
    assert fields_of(MSGPACK.decode_client(pack(plain))) == fields_of(message)


# whatever a stranger sends -----------------------------------------------------------------------------------


def survives(codec: Codec, said: Wire) -> None:
    """A message, or a violation with a sentence that fits a close frame. Any other exception fails the test."""
    try:
        heard: object = codec.decode_client(said)
    except Violation as violation:
        heard = violation
    assert isinstance(heard, ClientMessage | Violation)
    if isinstance(heard, Violation):
        assert 0 < len(heard.sentence.encode()) <= 123


@both
@given(said=st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes_and_any_text_are_survived(codec: Codec, said: Wire) -> None:
    survives(codec, said)


@given(said=st.lists(draw.anything_plain, max_size=8), number=st.integers(0, 23))
def test_any_array_is_survived(said: list[object], number: int) -> None:
    survives(MSGPACK, pack([number, *said]))


@given(
    said=st.dictionaries(
        st.sampled_from(["version", "name", "first_tick", "entries", "nonce", "text", "cell", "role"]),
        draw.anything_plain,
    ),
    name=st.sampled_from(["hello", "inputs", "ping", "chat", "resync", "leave", "snapshot", "error"]),
)
def test_any_object_is_survived(said: dict[str, object], name: str) -> None:
    survives(JSON, msgspec.json.encode({"type": name, **said}).decode())


@given(message=draw.client_messages, at=st.integers(0, 400), byte=st.integers(0, 255))
def test_a_flipped_byte_is_survived(message: ClientMessage, at: int, byte: int) -> None:
    said = bytearray(MSGPACK.encode(message))
    said[at % len(said)] = byte
    survives(MSGPACK, bytes(said))


@given(message=draw.client_messages, kept=st.integers(0, 400))
def test_a_message_cut_short_is_malformed(message: ClientMessage, kept: int) -> None:
    said = MSGPACK.encode(message)
    assert violation_of(MSGPACK, said[: kept % len(said)]).code == Code.MALFORMED
    text = JSON.encode(message).decode()
    assert violation_of(JSON, text[: kept % len(text)]).code == Code.MALFORMED


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xc1", id="never used"),
        pytest.param(pack(3), id="no array"),
        pytest.param(pack([]), id="empty array"),
        pytest.param(pack({"type": "ping"}), id="map"),
        pytest.param(b"\x91" * limits.MESSAGE_BYTES_MAX, id="deep"),
        pytest.param(b"\xdd\xff\xff\xff\xff", id="an array of four thousand million"),
        pytest.param(b"\x92\x03\xdf\xff\xff\xff\xff", id="a map of four thousand million"),
        pytest.param(b"\x92\x04\xdb\xff\xff\xff\xff", id="a string of 4 GB"),
        pytest.param(b"\x92\x04\xa2\xc3\x28", id="not UTF-8"),
        pytest.param(b"\x92\x04\xa3\xed\xa0\x80", id="half a surrogate pair"),
        pytest.param(b"\x92\x03\xd4\x05\x00", id="extension"),
        pytest.param(b"\x92\x03\xd6\xff\x00\x00\x00\x05", id="timestamp"),
        pytest.param(b"\x91\x81\x90\x01", id="a list as a key"),
        pytest.param(b"\x92\x06\x81\x01\x02", id="an integer as a key"),
        pytest.param(pack([6]) + b"\x00", id="something after it"),
    ],
)
def test_what_is_no_msgpack_message_is_malformed(said: bytes) -> None:
    assert violation_of(MSGPACK, said).code == Code.MALFORMED


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("", id="nothing"),
        pytest.param("5", id="number"),
        pytest.param("null", id="null"),
        pytest.param('["ping"]', id="array"),
        pytest.param("[" * limits.MESSAGE_BYTES_MAX, id="deep"),
        pytest.param('{"type":"leave","z":' + "[" * 8000 + "]" * 8000 + "}", id="deep in a field that is ignored"),
        pytest.param('{"type":"ping","nonce":NaN}', id="NaN"),
        pytest.param('{"type":"ping","nonce":Infinity}', id="infinity"),
        pytest.param('{"type":"chat","text":"\\ud800"}', id="half a surrogate pair"),
        pytest.param('{"type":"chat","text":"\ud800"}', id="half a surrogate pair, raw"),
        pytest.param("{'type': 'leave'}", id="single quotes"),
        pytest.param('{"type":"leave"} ]', id="something after it"),
    ],
)
def test_what_is_no_json_message_is_malformed(said: str) -> None:
    assert violation_of(JSON, said).code == Code.MALFORMED


def test_the_other_encoding_is_refused_by_name() -> None:
    for codec, said in ((MSGPACK, JSON.encode(messages.Leave()).decode()), (JSON, MSGPACK.encode(messages.Leave()))):
        violation = violation_of(codec, said)
        assert violation.code == Code.WRONG_ENCODING
        assert codec.subprotocol in violation.sentence


@pytest.mark.parametrize("number", [0, 7, 16, 17, 22, -1, 2**63, True, 1.0, math.nan, "hello", None, [], {}, "x" * 999])
def test_a_number_that_no_client_message_has_is_an_unknown_type(number: object) -> None:
    assert violation_of(MSGPACK, pack([number, 1, 2])).code == Code.UNKNOWN_TYPE


def test_lists_in_the_place_of_the_number_do_not_reach_the_bottom_of_the_stack() -> None:
    assert violation_of(MSGPACK, b"\x91" * 1000 + b"\x01").code == Code.UNKNOWN_TYPE


@pytest.mark.parametrize("name", ['"welcome"', '"snapshot"', '""', '"HELLO"', "1", "null", "[]", '"' + "é" * 500 + '"'])
def test_a_name_that_no_client_message_has_is_an_unknown_type(name: str) -> None:
    assert violation_of(JSON, f'{{"type":{name}}}').code == Code.UNKNOWN_TYPE


INVALID: list[tuple[list[object], dict[str, object], str]] = [
    ([1, 1], {"type": "hello", "version": 1}, "name"),
    ([1], {"type": "hello"}, "version"),
    ([1, 1.0, "a"], {"type": "hello", "version": 1.0, "name": "a"}, "version"),
    ([1, 1, None], {"type": "hello", "version": 1, "name": None}, "name"),
    ([1, 1, "a", "t" * 2049], {"type": "hello", "version": 1, "name": "a", "token": "t" * 2049}, "token"),
    ([1, 1, "a", None, "r" * 41], {"type": "hello", "version": 1, "name": "a", "room": "r" * 41}, "room"),
    ([1, 1, "a", None, None, None, "god"], {"type": "hello", "version": 1, "name": "a", "role": "god"}, "role"),
    ([2, 5], {"type": "inputs", "first_tick": 5}, "entries"),
    ([2, -1, [[]]], {"type": "inputs", "first_tick": -1, "entries": [{}]}, "first_tick"),
    ([2, 2**31, [[]]], {"type": "inputs", "first_tick": 2**31, "entries": [{}]}, "first_tick"),
    ([2, 5, []], {"type": "inputs", "first_tick": 5, "entries": []}, "entries"),
    ([2, 5, [[]] * 33], {"type": "inputs", "first_tick": 5, "entries": [{}] * 33}, "entries"),
    ([2, 5, [[128]]], {"type": "inputs", "first_tick": 5, "entries": [{"move_x": 128}]}, "entries[0].move_x"),
    (
        [2, 5, [[], [0, -128]]],
        {"type": "inputs", "first_tick": 5, "entries": [{}, {"move_y": -128}]},
        "entries[1].move_y",
    ),
    ([2, 5, [[0, 0, 4096]]], {"type": "inputs", "first_tick": 5, "entries": [{"aim": 4096}]}, "entries[0].aim"),
    (
        [2, 5, [[0, 0, 0, 256]]],
        {"type": "inputs", "first_tick": 5, "entries": [{"buttons": 256}]},
        "entries[0].buttons",
    ),
    ([2, 5, [[0, 0, 0, 0, -1]]], {"type": "inputs", "first_tick": 5, "entries": [{"edges": -1}]}, "entries[0].edges"),
    ([2, 5, [[0.5]]], {"type": "inputs", "first_tick": 5, "entries": [{"move_x": 0.5}]}, "entries[0].move_x"),
    ([2, 5, [[]], "x"], {"type": "inputs", "first_tick": 5, "entries": [{}], "applied": "x"}, "applied"),
    ([3], {"type": "ping"}, "nonce"),
    ([3, 2**53], {"type": "ping", "nonce": 2**53}, "nonce"),
    ([3, 1, 60001], {"type": "ping", "nonce": 1, "rtt_ms": 60001}, "rtt_ms"),
    ([3, True], {"type": "ping", "nonce": True}, "nonce"),
    ([4, ""], {"type": "chat", "text": ""}, "text"),
    ([4, "a" * 201], {"type": "chat", "text": "a" * 201}, "text"),
    ([5, 65536], {"type": "resync", "cell": 65536}, "cell"),
    ([5, -1], {"type": "resync", "cell": -1}, "cell"),
]


@pytest.mark.parametrize(("plain", "named", "field"), INVALID, ids=[f"{row[1]['type']}.{row[2]}" for row in INVALID])
def test_the_sentence_names_the_field(plain: list[object], named: dict[str, object], field: str) -> None:
    for violation in (violation_of(MSGPACK, pack(plain)), violation_of(JSON, json.dumps(named))):
        assert violation.code == Code.INVALID_FIELD
        assert f"$.{field}`" in violation.sentence or f"field `{field}`" in violation.sentence


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_refused_by_name(number: float) -> None:
    violation = violation_of(MSGPACK, pack([3, number]))
    assert violation.code == Code.INVALID_FIELD
    assert "$.nonce" in violation.sentence


# what a server sends, unreadable -----------------------------------------------------------------------------


@both
@given(said=st.binary(max_size=100) | st.text(max_size=100))
def test_what_a_server_would_not_say_is_a_value_error(codec: Codec, said: Wire) -> None:
    try:
        heard = codec.decode_server(said)
    except ValueError:
        return
    assert isinstance(heard, ServerMessage | Snapshot)


@pytest.mark.parametrize("plain", [5, [], [17], [17, 1], [99], [[]], [17, 1, 0, None, None, None, [], [[1]]], {"a": 1}])
def test_an_array_that_is_no_message_is_a_value_error(plain: object) -> None:
    with pytest.raises(ValueError, match="not a message of a server"):
        MSGPACK.decode_server(pack(plain))


@pytest.mark.parametrize("text", ["5", "[]", "{}", '{"type":"snapshot"}', '{"type":"ping","nonce":1}', "[" * 9999])
def test_an_object_that_is_no_message_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="not a message of a server"):
        JSON.decode_server(text)


@both
@given(told=draw.snapshots(), kept=st.integers(0, 4000))
def test_a_snapshot_cut_short_is_a_value_error(codec: Codec, told: Snapshot, kept: int) -> None:
    said = encode_snapshot(codec, told)
    with pytest.raises(ValueError, match="not a message of a server"):
        codec.decode_server(wire(codec, said[: kept % len(said)]))


def test_a_kind_that_breaks_its_own_rules_is_not_a_message() -> None:
    said = json.loads(JSON.encode(GOLDEN[6][0]))
    said["kinds"] = [json.loads(msgspec.json.encode(Kind(name="a", category="ship", radius=1, mass=1))) | {"mass": 0}]
    with pytest.raises(ValueError, match="not a message of a server"):
        JSON.decode_server(json.dumps(said))
