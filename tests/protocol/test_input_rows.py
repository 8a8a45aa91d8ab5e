"""Inputs in fixed widths are the same message, and what is read of many at once is what is read of each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict, astuple

from protocol.codec import MsgpackCodec
from protocol.errors import Violation
from protocol.frames import masked_frame
from protocol.input_rows import ENTRIES_MAX, FRAME_BYTES, Rows, cut, encode, pack, read, read_one, unpack, write
from protocol.messages import Inputs
from protocol.motion import Input
from tests.instruments import strategies as draw

CODEC = MsgpackCodec()
ticks = st.integers(0, 2**31 - 1)
masks = st.binary(min_size=4, max_size=4)


def messages(entries: int) -> st.SearchStrategy[Inputs]:
    several = st.lists(draw.inputs, min_size=entries, max_size=entries)
    return st.builds(Inputs, ticks, several, ticks, st.integers(0, 65535))


def fields(message: object) -> object:
    assert isinstance(message, Inputs)
    return message.first_tick, [astuple(entry) for entry in message.entries], message.applied, message.seen


@given(draw.inputs)
def test_an_input_is_an_integer(entry: Input) -> None:
    assert unpack(pack(entry)) == entry


@given(st.integers(1, ENTRIES_MAX).flatmap(messages), masks)
def test_the_form_is_msgpack_of_the_same_message(message: Inputs, mask: bytes) -> None:
    plain = encode(message)
    assert plain is not None
    assert fields(CODEC.decode_client(plain)) == fields(message)
    assert FRAME_BYTES[len(masked_frame(plain, mask))] == len(message.entries)


def test_a_long_message_has_the_usual_form() -> None:
    message = Inputs(7, [Input()] * (ENTRIES_MAX + 1))
    assert encode(message) is None
    assert fields(CODEC.decode_client(CODEC.encode(message))) == fields(message)


@given(
    st.integers(1, ENTRIES_MAX).flatmap(
        lambda entries: st.lists(st.tuples(messages(entries), masks), min_size=1, max_size=5)
    )
)
def test_all_together_say_what_each_says(said: list[tuple[Inputs, bytes]]) -> None:
    rows = read(b"".join([masked_frame(encode(message) or b"", mask) for message, mask in said]), len(said))
    assert rows.is_good.all()
    assert rows.first_ticks.tolist() == [message.first_tick for message, _ in said]
    assert rows.applied.tolist() == [message.applied for message, _ in said]
    assert rows.seen.tolist() == [message.seen for message, _ in said]
    assert [[*map(unpack, row)] for row in rows.entries.T.tolist()] == [message.entries for message, _ in said]


@given(
    st.integers(1, ENTRIES_MAX).flatmap(
        lambda entries: st.lists(st.tuples(messages(entries), masks), min_size=1, max_size=5)
    )
)
def test_rows_that_are_written_together_are_the_frames_of_each(said: list[tuple[Inputs, bytes]]) -> None:
    first, applied, seen = (
        np.array([getattr(message, name) for message, _ in said]) for name in ("first_tick", "applied", "seen")
    )
    entries = np.array([[*map(pack, message.entries)] for message, _ in said]).T
    keys = np.frombuffer(b"".join(mask for _, mask in said), "<u4")
    one_by_one = b"".join(masked_frame(CODEC.encode(message), mask) for message, mask in said)
    assert write(first, entries, applied, seen, keys) == one_by_one


@given(st.sampled_from(sorted(FRAME_BYTES)).flatmap(lambda length: st.binary(min_size=length, max_size=length)))
def test_any_bytes_are_good_only_if_they_are_of_the_form(frame: bytes) -> None:
    assert not read_both_ways(frame).is_good[0] or _payload(frame) is not None


@given(st.integers(1, ENTRIES_MAX).flatmap(messages), masks)
def test_alone_it_says_what_it_says_together(message: Inputs, mask: bytes) -> None:
    assert read_both_ways(masked_frame(encode(message) or b"", mask)).is_good[0]


@given(st.integers(1, ENTRIES_MAX).flatmap(messages), st.data())
def test_one_wrong_byte_is_noticed_or_makes_another_message(message: Inputs, data: st.DataObject) -> None:
    frame = bytearray(masked_frame(encode(message) or b"", bytes(4)))
    frame[data.draw(st.integers(0, len(frame) - 1))] ^= data.draw(st.integers(1, 255))
    rows, plain = read_both_ways(bytes(frame)), _payload(bytes(frame))
    try:
        decoded = CODEC.decode_client(plain or b"")
    except Violation:
        assert not rows.is_good[0], "what is refused one by one is not taken in bulk"
        return
    if rows.is_good[0]:
        assert isinstance(decoded, Inputs)
        assert [*map(unpack, rows.entries[:, 0].tolist())] == [Input(**asdict(entry)) for entry in decoded.entries]
        assert (rows.first_ticks[0], rows.applied[0], rows.seen[0]) == (
            decoded.first_tick, decoded.applied, decoded.seen,
        )  # fmt: skip


@pytest.mark.parametrize(("at", "byte"), [(2 + 4 + 11, 0x80), (2 + 4 + 14, 0xFF)])
def test_a_value_that_is_not_allowed_is_not_good(at: int, byte: int) -> None:
    frame = bytearray(masked_frame(encode(Inputs(1, [Input()])) or b"", bytes(4)))
    assert read_both_ways(bytes(frame)).is_good[0]
    frame[at - 1] = byte
    assert not read_both_ways(bytes(frame)).is_good[0]


@pytest.mark.parametrize("message", [Inputs(2**31, [Input()]), Inputs(1, [Input()], applied=2**32 - 1)])
def test_ticks_that_are_too_large_are_not_good(message: Inputs) -> None:
    assert not read_both_ways(masked_frame(encode(message) or b"", b"mask")).is_good[0]


def read_both_ways(frame: bytes) -> Rows:
    """As rows; and `read_one` says the same."""
    rows, one = read(frame, 1), read_one(frame)
    assert (one is not None) == rows.is_good[0]
    if one is not None:
        assert one.entries == rows.entries[:, 0].tolist()
        assert (one.first_tick, one.applied, one.seen) == (rows.first_ticks[0], rows.applied[0], rows.seen[0])
    return rows


def _payload(frame: bytes) -> bytes | None:
    """Of a masked binary frame that is whole."""
    if frame[0] != 0x82 or frame[1] != 0x80 | len(frame) - 6:
        return None
    return bytes(byte ^ frame[2 + at % 4] for at, byte in enumerate(frame[6:]))


several = st.lists(st.tuples(st.integers(1, ENTRIES_MAX).flatmap(messages), masks), max_size=5)


@given(several, st.binary(max_size=40))
def test_several_are_cut_into_each_and_anything_else_is_not(said: list[tuple[Inputs, bytes]], rest: bytes) -> None:
    frames = [masked_frame(encode(message) or b"", mask) for message, mask in said]
    assert cut(b"".join(frames)) == frames
    if len(rest) < min(FRAME_BYTES):
        assert cut(b"".join(frames) + rest) == (frames if not rest else [])
    for whole in frames:
        assert cut(b"".join(frames) + whole[: 1 + len(rest)]) == [], "the rest is still to come"


@given(several, st.integers(0, 1000), st.integers(0, 255))
def test_whatever_is_cut_is_of_such_lengths_and_all_of_it(said: list[tuple[Inputs, bytes]], at: int, byte: int) -> None:
    received = bytearray(b"".join(masked_frame(encode(message) or b"", mask) for message, mask in said))
    if received:
        received[at % len(received)] = byte
    frames = cut(bytes(received))
    assert b"".join(frames) in (b"", received)
    assert all(len(frame) in FRAME_BYTES for frame in frames)
