"""What a watcher of the server may say: a message, or one sentence of what is wrong with it, whatever it is."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import Code, Violation
from protocol.limits import TOKEN_CHARS_MAX
from protocol.stats import CODEC, SEARCH_CHARS_MAX, SUBPROTOCOL_STATS, Hello, Look, decode_client


def code_of(said: bytes | str) -> Code:
    with pytest.raises(Violation) as refused:
        decode_client(said)
    assert len(refused.value.sentence.encode()) <= 123
    return refused.value.code


def test_what_is_right_is_read() -> None:
    assert decode_client('{"type": "hello", "version": 1, "token": "abc"}') == Hello(1, "abc")
    assert decode_client('{"type": "look", "search": "ann", "first": 50}') == Look("ann", 50)
    assert decode_client('{"type": "look"}') == Look("", 0)


def test_it_is_text() -> None:
    assert (CODEC.subprotocol, CODEC.is_text) == (SUBPROTOCOL_STATS, True)
    assert code_of(b'{"type": "look"}') == Code.WRONG_ENCODING


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("", Code.MALFORMED),
        ("{", Code.MALFORMED),
        ("[]", Code.MALFORMED),
        ("[" * 100_000, Code.MALFORMED),
        ("{}", Code.INVALID_FIELD),
        ('{"type": "inputs"}', Code.UNKNOWN_TYPE),
        ('{"type": "hello"}', Code.INVALID_FIELD),
        ('{"type": "hello", "version": "1"}', Code.INVALID_FIELD),
        (json.dumps({"type": "hello", "version": 1, "token": "x" * (TOKEN_CHARS_MAX + 1)}), Code.INVALID_FIELD),
        (json.dumps({"type": "look", "search": "x" * (SEARCH_CHARS_MAX + 1)}), Code.INVALID_FIELD),
        ('{"type": "look", "first": -1}', Code.INVALID_FIELD),
        ('{"type": "look", "first": 1e400}', Code.INVALID_FIELD),
        ('{"type": "look", "first": 4294967296}', Code.INVALID_FIELD),
    ],
)
def test_what_is_wrong_has_a_code_and_a_sentence(said: str, code: Code) -> None:
    assert code_of(said) == code


def survives(said: bytes | str) -> None:
    with suppress(Violation):
        assert isinstance(decode_client(said), Hello | Look)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes_and_any_text_are_survived(said: bytes | str) -> None:
    survives(said)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(
    st.sampled_from(["hello", "look", "stats", ""]),
    st.dictionaries(st.sampled_from(["version", "token", "search", "first", "more"]), anything),
)
def test_any_object_is_survived(kind: str, fields: dict[str, Any]) -> None:
    survives(json.dumps({"type": kind, **fields}))
