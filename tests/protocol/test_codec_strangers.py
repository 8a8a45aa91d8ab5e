"""Whatever bytes come: a message, or one sentence of what is wrong with them. Nothing else leaves a codec."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import limits, messages
from protocol.codec import Codec, Wire
from protocol.errors import Code
from protocol.messages import ClientMessage, ServerMessage
from protocol.snapshot import Snapshot
from tests.instruments import strategies as draw
from tests.instruments.encodings import (
    JSON,
    MSGPACK,
    both,
    encode_snapshot,
    pack,
    survives,
    violation_of,
    wire,
)


@both
@given(said=st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes_and_any_text_are_survived(codec: Codec, said: Wire) -> None:
    survives(codec, said)


@given(said=st.lists(draw.anything_plain, max_size=8), number=st.integers(0, 23))
def test_any_array_is_survived(said: list[object], number: int) -> None:
    survives(MSGPACK, pack([number, *said]))


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
        pytest.param(pack([2, 5, [[]], 0, 0])[:-1] + b"\x91" * 2000 + b"\x00", id="deep in inputs"),
        pytest.param(b"\x96" + pack([2, 5, [[]], 0, 0])[1:] + b"\x91" * 2000 + b"\x00", id="deep behind inputs"),
        pytest.param(b"\xdd\xff\xff\xff\xff", id="an array of four thousand million"),
        pytest.param(b"\xdc\x00\x41" + b"\x00" * 65, id="an array of more items than any message has"),
        pytest.param(b"\xdd\x00\x00\x40\x00" * 3000, id="arrays that announce arrays"),
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


def test_the_other_encoding_is_refused_by_name() -> None:
    for codec, said in ((MSGPACK, JSON.encode(messages.Leave()).decode()), (JSON, MSGPACK.encode(messages.Leave()))):
        violation = violation_of(codec, said)
        assert violation.code == Code.WRONG_ENCODING
        assert codec.subprotocol in violation.sentence


@pytest.mark.parametrize(
    "number", [0, 15, 16, 17, 22, -1, 2**63, True, 1.0, math.nan, "hello", None, [], {}, "x" * 999]
)
def test_a_number_that_no_client_message_has_is_an_unknown_type(number: object) -> None:
    assert violation_of(MSGPACK, pack([number, 1, 2])).code == Code.UNKNOWN_TYPE


@pytest.mark.parametrize(
    ("number", "named"),
    [
        (23, "23"),
        ("x" * 18, "'xxxxxxxxxxxxxxxxxx'"),
        ("x" * 19, "'xxxxxxxxxxxxxxxx..."),
        (["x" * 99], "(list)"),
    ],
)
def test_the_sentence_names_the_number_as_far_as_it_is_short(number: object, named: str) -> None:
    assert violation_of(MSGPACK, pack([number])).sentence == f"there is no client message with number {named}"


@pytest.mark.parametrize(("said", "why"), [(b"\x91" * 2000, "StackError"), (b"\x91", "incomplete input")])
def test_the_sentence_says_what_is_wrong_with_the_bytes(said: bytes, why: str) -> None:
    sentence = violation_of(MSGPACK, said).sentence
    assert sentence.startswith("not a msgpack message: ")
    assert sentence.endswith(why)


def test_lists_in_the_place_of_the_number_do_not_reach_the_bottom_of_the_stack() -> None:
    assert violation_of(MSGPACK, b"\x91" * 1000 + b"\x01").code == Code.UNKNOWN_TYPE


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
    ([4, "a", "world"], {"type": "chat", "text": "a", "to": "world"}, "to"),
    ([4, "a", None], {"type": "chat", "text": "a", "to": None}, "to"),
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


@both
@given(told=draw.snapshots(), kept=st.integers(0, 4000))
def test_a_snapshot_cut_short_is_a_value_error(codec: Codec, told: Snapshot, kept: int) -> None:
    said = encode_snapshot(codec, told)
    with pytest.raises(ValueError, match="not a message of a server"):
        codec.decode_server(wire(codec, said[: kept % len(said)]))
