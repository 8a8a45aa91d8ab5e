"""What only the JSON encoding can say, and get wrong; `test_codec` has what both share."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import limits
from protocol.errors import Code
from protocol.messages import ClientMessage
from tests.instruments import strategies as draw
from tests.instruments.encodings import (
    JSON,
    TOLD,
    encode_snapshot,
    fields_of,
    survives,
    violation_of,
)


def test_a_snapshot_in_json_has_a_name_for_every_number() -> None:
    record = '"id":7,"kind":0,"variant":0,"owner":2,"status":15,"x":4096,"y":-1,"vx":16,"vy":0,"angle":-128,"spin":0,'
    assert encode_snapshot(JSON, TOLD).decode() == (
        '{"type":"snapshot","tick":1000,"ack":998,"slack_ms":-3,'
        '"own":{"entity":7,"x":1.5,"y":0.0,"vx":-2.0,"vy":0.0,"boost_ticks":90},"hud":[100],"left":[4],'
        '"near":[{"entity":9,"dx":-20.015625,"dy":511.0,"vx":1199.0,"vy":-0.0625,"angle":-0.5,"spin":0.25,'
        '"move_x":127,"move_y":-127}],"cells":['
        '{"cell":0,"keyframe":true,"checksum":3735928559,"entities":[{'
        + record
        + '"move_x":127,"move_y":0,"age":10}]},'
        '{"cell":1,"keyframe":false,"checksum":null,"gone":[3],"entered":[],"moved":[],'
        '"changed":[{"id":8,"dx":2,"dy":-1,"status":6}]}]}'
    )


@given(message=draw.client_messages, unknown=draw.anything_plain)
def test_unknown_names_are_ignored(message: ClientMessage, unknown: object) -> None:
    wider = {"x-unknown": unknown, **json.loads(JSON.encode(message)), "later": [unknown]}
    assert fields_of(JSON.decode_client(msgspec.json.encode(wider).decode())) == fields_of(message)


@given(
    said=st.dictionaries(
        st.sampled_from(["version", "name", "first_tick", "entries", "nonce", "text", "cell", "role"]),
        draw.anything_plain,
    ),
    name=st.sampled_from(["hello", "inputs", "ping", "chat", "resync", "leave", "snapshot", "error"]),
)
def test_any_object_is_survived(said: dict[str, object], name: str) -> None:
    survives(JSON, msgspec.json.encode({"type": name, **said}).decode())


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


def test_what_is_no_object_within_a_message_is_a_field_of_it() -> None:
    violation = violation_of(JSON, '{"type":"edit","serial":1,"steps":[5]}')
    assert (violation.code, violation.sentence) == (
        Code.INVALID_FIELD,
        "Expected `object`, got `int` - at `$.steps[0]`",
    )


@pytest.mark.parametrize("name", ['"welcome"', '"snapshot"', '""', '"HELLO"', "1", "null", "[]", '"' + "é" * 500 + '"'])
def test_a_name_that_no_client_message_has_is_an_unknown_type(name: str) -> None:
    assert violation_of(JSON, f'{{"type":{name}}}').code == Code.UNKNOWN_TYPE


@pytest.mark.parametrize("text", ["5", "[]", "{}", '{"type":"snapshot"}', '{"type":"ping","nonce":1}', "[" * 9999])
def test_an_object_that_is_no_message_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="not a message of a server"):
        JSON.decode_server(text)
