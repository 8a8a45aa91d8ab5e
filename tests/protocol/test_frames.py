"""Frames off the front of a buffer, with wsproto as the oracle: what is peeled and what is left say the same as all."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage

from protocol import frames

PAYLOAD_BYTES_MAX = 65535
PING, PONG, FRAGMENT, LAST = 0x89, 0x8A, 0x02, 0x80

Heard = tuple[str, bytes]

masks = st.binary(min_size=4, max_size=4)
payloads = st.binary(max_size=40) | st.sampled_from([0, 1, 125, 126, 127, 5000]).map(
    lambda size: bytes(i % 251 for i in range(size))
)
texts = st.text(max_size=20).map(str.encode)


def spoken(payload: bytes, mask: bytes, masked: bool, first: int = frames.BINARY) -> bytes:
    if masked:
        return frames.masked_frame(payload, mask, first)
    return frames.header(len(payload), first) + payload


@st.composite
def binary_streams(draw: st.DrawFn, masked: bool) -> bytes:
    """Complete binary messages only."""
    return b"".join(spoken(draw(payloads), draw(masks), masked) for _ in range(draw(st.integers(0, 5))))


@st.composite
def mixed_streams(draw: st.DrawFn, masked: bool) -> bytes:
    """Whatever a WebSocket may carry, in a correct order."""
    stream = b""
    for sort in draw(st.lists(st.sampled_from(["binary", "binary", "text", "ping", "pong", "pieces"]), max_size=8)):
        mask = draw(masks)
        if sort == "binary":
            stream += spoken(draw(payloads), mask, masked)
        elif sort == "text":
            stream += spoken(draw(texts), mask, masked, frames.TEXT)
        elif sort == "pieces":
            stream += spoken(draw(payloads), mask, masked, FRAGMENT) + spoken(draw(payloads), mask, masked, LAST)
        else:
            stream += spoken(draw(st.binary(max_size=125)), mask, masked, PING if sort == "ping" else PONG)
    return stream


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    at = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[a:b] for a, b in pairwise(at)]


def heard_by_wsproto(stream: bytes, masked: bool) -> list[Heard]:
    """The messages in `stream`, whole, and the code of the error that it ends with, if it does."""
    connection = Connection(ConnectionType.SERVER if masked else ConnectionType.CLIENT)
    connection.receive_data(stream)
    heard: list[Heard] = []
    pieces = b""
    for event in connection.events():
        if isinstance(event, BytesMessage | TextMessage):
            pieces += event.data.encode() if isinstance(event, TextMessage) else event.data
            if event.message_finished:
                heard.append((type(event).__name__, pieces))
                pieces = b""
        elif isinstance(event, Ping | Pong):
            heard.append((type(event).__name__, bytes(event.payload)))
        elif isinstance(event, CloseConnection):
            heard.append(("close", str(event.code).encode()))
            break
    return heard


def heard_by_peeling(chunks: list[bytes], masked: bool) -> tuple[list[bytes], bytes]:
    """What `peel` takes until it gives up, and all that is left then."""
    buffer, taken, waits = bytearray(), [], True
    for chunk in chunks:
        buffer += chunk
        if waits:
            messages, used, waits = frames.peel(buffer, masked, PAYLOAD_BYTES_MAX)
            taken += messages
            del buffer[:used]
    return taken, bytes(buffer)


cuts = st.lists(st.integers(0, 30_000), max_size=8)
both_ways = pytest.mark.parametrize("masked", [True, False], ids=["to the server", "to the client"])


@both_ways
@given(data=st.data(), places=cuts)
def test_binary_messages_are_all_peeled_wherever_the_stream_is_cut(
    masked: bool, data: st.DataObject, places: list[int]
) -> None:
    stream = data.draw(binary_streams(masked))
    taken, left = heard_by_peeling(cut(stream, places), masked)
    assert [("BytesMessage", message) for message in taken] == heard_by_wsproto(stream, masked)
    assert left == b""


@both_ways
@given(data=st.data(), places=cuts)
def test_what_is_peeled_and_what_is_left_are_the_stream(masked: bool, data: st.DataObject, places: list[int]) -> None:
    stream = data.draw(mixed_streams(masked))
    taken, left = heard_by_peeling(cut(stream, places), masked)
    peeled = [("BytesMessage", message) for message in taken]
    assert peeled + heard_by_wsproto(left, masked) == heard_by_wsproto(stream, masked)
    assert not left or left[0] != frames.BINARY


@both_ways
@given(good=st.data(), garbage=st.binary(max_size=60))
def test_errors_are_left_to_who_can_report_them(masked: bool, good: st.DataObject, garbage: bytes) -> None:
    stream = good.draw(binary_streams(masked)) + garbage
    taken, left = heard_by_peeling([stream], masked)
    peeled = [("BytesMessage", message) for message in taken]
    assert peeled + heard_by_wsproto(left, masked) == heard_by_wsproto(stream, masked)


@pytest.mark.parametrize(
    ("length", "header"),
    [
        (0, b"\x82\x00"),
        (125, b"\x82\x7d"),
        (126, b"\x82\x7e\x00\x7e"),
        (65535, b"\x82\x7e\xff\xff"),
        (65536, b"\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_headers_have_the_shortest_form(length: int, header: bytes) -> None:
    assert frames.header(length) == header
    assert heard_by_wsproto(header + bytes(length), masked=False) == [("BytesMessage", bytes(length))]


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65535, 65536])
def test_a_masked_frame_is_one_that_wsproto_reads(length: int) -> None:
    payload = bytes(i % 251 for i in range(length))
    assert heard_by_wsproto(frames.masked_frame(payload, b"\x01\x02\xff\x00"), masked=True) == [
        ("BytesMessage", payload)
    ]


def test_the_example_of_rfc_6455() -> None:
    assert frames.masked_frame(b"Hello", b"\x37\xfa\x21\x3d", frames.TEXT) == bytes.fromhex("818537fa213d7f9f4d5158")


@given(st.binary(max_size=300), masks)
def test_the_mask_is_its_own_inverse(payload: bytes, mask: bytes) -> None:
    masked = frames.unmask(payload, mask)
    assert masked == bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    assert frames.unmask(masked, mask) == payload


@pytest.mark.parametrize("size", [0, 5, 126, 300])
def test_part_of_a_binary_frame_waits_for_the_rest(size: int) -> None:
    whole = frames.masked_frame(bytes(size), b"abcd")
    for kept in range(len(whole)):
        assert frames.peel(bytearray(whole[:kept]), True, 300) == ([], 0, True)
    assert frames.peel(bytearray(whole), True, 300) == ([bytes(size)], len(whole), True)


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"\x81\x80abcd", id="text"),
        pytest.param(b"\x81", id="the first byte of text"),
        pytest.param(b"\x02\x80abcd", id="a fragment"),
        pytest.param(b"\x80\x80abcd", id="a continuation"),
        pytest.param(b"\x88\x80abcd", id="close"),
        pytest.param(b"\x89\x80abcd", id="ping"),
        pytest.param(b"\xc2\x80abcd", id="a reserved bit"),
        pytest.param(b"\x82\x00", id="not masked"),
        pytest.param(b"\x82\xfe\x00\x7dabcd", id="a longer header than needed"),
        pytest.param(b"\x82\xff" + (200).to_bytes(8, "big") + b"abcd", id="a 64-bit length"),
        pytest.param(b"\x82\xfe\x00\xc9abcd", id="one byte more than allowed"),
    ],
)
def test_anything_else_is_left_where_it_is(start: bytes) -> None:
    before = frames.masked_frame(b"before", b"wxyz")
    assert frames.peel(bytearray(before + start), True, 200) == ([b"before"], len(before), False)


def test_the_longest_frame_that_is_allowed_is_peeled() -> None:
    whole = frames.masked_frame(bytes(200), b"abcd")
    assert frames.peel(bytearray(whole), True, 200) == ([bytes(200)], len(whole), True)


def test_a_masked_frame_is_not_for_a_client() -> None:
    assert frames.peel(bytearray(frames.masked_frame(b"a", b"abcd")), False, 200) == ([], 0, False)


sizes = st.integers(0, 300) | st.sampled_from([0, 1, 124, 125, 126, 127, 128, 65535, 65536])
firsts = st.sampled_from([frames.BINARY] * 4 + [frames.TEXT, PING, FRAGMENT, LAST])
"""Nearly always what is looked for; and what differs from it in this alone."""


@given(masks, firsts, sizes, mixed_streams(True) | st.binary(max_size=140), st.data())
def test_one_short_message_alone_is_what_peeling_finds_in_it(
    mask: bytes, first: int, size: int, stream: bytes, data: st.DataObject
) -> None:
    whole, bytes_max = spoken(bytes(size), mask, True, first), data.draw(st.sampled_from([size - 1, size, 70_000]))
    unmasked, wrong_length = spoken(bytes(size), mask, False), bytes((*whole[:1], whole[1] ^ 1, *whole[2:]))
    for received in (stream, whole, whole[:-1], whole + b"\x82", unmasked, wrong_length):
        taken, taken_bytes, _ = frames.peel(received, True, bytes_max)
        is_it = len(taken) == 1 and taken_bytes == len(received) and len(taken[0]) < 126
        assert frames.only_message(received, bytes_max) == (taken[0] if is_it else None)


@given(firsts, sizes, mixed_streams(False) | st.binary(max_size=140), st.data())
def test_one_frame_alone_is_what_peeling_finds_in_it(first: int, size: int, stream: bytes, data: st.DataObject) -> None:
    payload, bytes_max = bytes(size), data.draw(st.sampled_from([size - 1, size, 70_000]))
    whole = frames.header(size, first) + payload
    long_winded, masked = b"\x82\x7e" + (size & 0xFFFF).to_bytes(2, "big") + payload, spoken(payload, b"abcd", True)
    for received in (stream, whole, whole[:-1], whole + b"\x82", long_winded, masked, b"\x82\x7e\x00"):
        taken, taken_bytes, _ = frames.peel(received, False, bytes_max)
        is_it = len(taken) == 1 and taken_bytes == len(received)
        assert frames.only_frame(received, bytes_max) == (taken[0] if is_it else None)


@pytest.mark.parametrize("size", [*range(10), 124, 125, 126, 127, 65535, 65536])
def test_masking_twice_is_nothing(size: int) -> None:
    payload, mask = bytes(n % 256 for n in range(size)), b"\xff\x00\x81\x7f"
    framed = frames.masked_frame(payload, mask)
    assert frames.unmask(framed[len(framed) - size :], mask) == payload
