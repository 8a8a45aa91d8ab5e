"""Whatever frames a server sends, and wherever the stream is cut, the walker sees each once and as far as it needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.dialects import HEAD_BYTES
from bench.walker import CONTROL, Frame, Walker
from protocol.frames import header, masked_frame

DATA = st.tuples(
    st.sampled_from([0x82, 0x81, 0x02, 0x80]), st.binary(max_size=300) | st.sampled_from([bytes(65_535), bytes(65_536)])
)
CONTROLS = st.tuples(st.sampled_from([0x88, 0x89, 0x8A]), st.binary(max_size=125))
MESSAGES = st.lists(DATA | CONTROLS, max_size=8)


def shown(first: int, payload: bytes) -> Frame:
    return first, payload if first & CONTROL else payload[:HEAD_BYTES]


@given(MESSAGES, st.data())
def test_frames_are_seen_wherever_the_stream_is_cut(messages: list[tuple[int, bytes]], data: st.DataObject) -> None:
    stream = b"".join(header(len(payload), first) + payload for first, payload in messages)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    walker, seen = Walker(), list[Frame]()
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        # as from the generator: the piece stands at the front of a buffer that has other things behind it
        seen += walker.walk(bytearray(stream[start:end] + b"\x82\x03old"), end - start)
    assert seen == [shown(first, payload) for first, payload in messages]


@given(st.lists(DATA | CONTROLS, min_size=1, max_size=3))
def test_frames_are_seen_byte_by_byte(messages: list[tuple[int, bytes]]) -> None:
    walker, seen = Walker(), list[Frame]()
    for first, payload in messages:
        stream = header(len(payload), first) + payload[:2000]
        for byte in stream:
            seen += walker.walk(bytes((byte,)), 1)
        rest = payload[2000:]
        seen += walker.walk(rest, len(rest))
    assert seen == [shown(first, payload) for first, payload in messages]


def test_a_masked_frame_is_no_servers() -> None:
    with pytest.raises(ValueError, match="not masked"):
        Walker().walk(masked_frame(b"hello", b"1234"), 11)
