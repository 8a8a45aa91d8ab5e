"""Heads that are written together say what heads packed one by one say."""

import msgpack
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from protocol.codec import CODECS
from protocol.frames import header
from protocol.heads import LEFT_MAX, Heads, near_part, tail
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.near import pack_near
from protocol.snapshot import Own
from tests.instruments import strategies as draw

CODEC = CODECS[SUBPROTOCOL_MSGPACK]
numbers = st.floats(allow_nan=False, width=64)
owns = st.builds(
    Own,
    entity=st.integers(1, 65_535),
    x=numbers,
    y=numbers,
    vx=numbers,
    vy=numbers,
    boost_ticks=st.integers(0, 65_535),
)
cells = st.lists(st.just(msgpack.packb([3, b""])), max_size=400)
nears = st.lists(draw.nears, max_size=8).map(pack_near)
slacks_ms = st.integers(-9999, 9999) | st.none()
viewers = st.lists(st.tuples(st.integers(0, 2**32 - 1), slacks_ms, owns, nears, cells), max_size=5)


Viewers = list[tuple[int, int | None, Own, bytes, list[bytes]]]


def heads_of(tick: int, viewers: Viewers) -> Heads:
    return Heads(
        tick,
        [ack for ack, *_ in viewers],
        [slack_ms or 0 for _, slack_ms, *_ in viewers],
        np.array([slack_ms is not None for _, slack_ms, *_ in viewers], dtype=bool),
        [own.entity for _, _, own, *_ in viewers],
        [[getattr(own, name) for _, _, own, *_ in viewers] for name in ("x", "y", "vx", "vy")],
        [own.boost_ticks for _, _, own, *_ in viewers],
    )


@given(st.integers(0, 2**32 - 1), viewers)
def test_they_say_the_same_as_one_by_one(tick: int, viewers: Viewers) -> None:
    heads = heads_of(tick, viewers)
    for at, (ack, slack_ms, own, near, parts) in enumerate(viewers):
        cells = b"".join(parts)
        together = heads[at] + near_part(near) + tail(len(parts), cells)
        alone = CODEC.snapshot(tick, ack, slack_ms, own, None, (), near, len(parts), cells)
        assert CODEC.decode_server(together) == CODEC.decode_server(alone)


@given(viewers.filter(bool), st.lists(st.integers(0, 2**32 - 1), max_size=LEFT_MAX))
def test_cells_may_have_left(viewers: Viewers, left: list[int]) -> None:
    heads, (ack, slack_ms, own, near, parts) = heads_of(5, viewers), viewers[-1]
    end = heads.leave(len(viewers) - 1, left) + near_part(near) + tail(len(parts), b"".join(parts))
    alone = CODEC.snapshot(5, ack, slack_ms, own, None, left, near, len(parts), b"".join(parts))
    assert CODEC.decode_server(heads[len(viewers) - 1] + end) == CODEC.decode_server(alone)
    assert heads[0][-1] == 0x90 or len(viewers) == 1, "the others say nothing of it"


@given(viewers, st.lists(st.integers(0, 4), max_size=5), st.integers(0, 140))
def test_frames_are_their_messages_behind_headers_of_the_right_length(
    viewers: Viewers, chosen: list[int], longer: int
) -> None:
    chosen = [at for at in chosen if at < len(viewers)]
    heads = heads_of(5, viewers)
    ends = [near_part(viewers[at][3]) + tail(len(viewers[at][4]), b"".join(viewers[at][4])) for at in chosen]
    ends = [end + bytes(longer) for end in ends]
    messages = [heads[at] + end for at, end in zip(chosen, ends, strict=True)]
    framed = heads.frames(np.array(chosen, dtype=np.int64), ends)
    assert framed == [header(len(message)) + message for message in messages]


def test_a_frame_may_be_longer_than_sixteen_bits_say() -> None:
    heads = heads_of(5, [(1, 2, Own(3, 0.0, 0.0, 0.0, 0.0, 0), b"", [])])
    for length in (40, 65_535 - len(heads[0]), 65_536 - len(heads[0]), 70_000):
        message = heads[0] + bytes(length)
        assert heads.frames(np.array([0]), [bytes(length)]) == [header(len(message)) + message]
