"""Heads that are written together say what heads packed one by one say."""

import msgpack
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from protocol.codec import CODECS
from protocol.frames import header
from protocol.heads import HEAD_BYTES, LEFT_MAX, Heads, near_part, read, tail
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.near import pack_near
from protocol.snapshot import Own, Snapshot
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


whole = viewers.map(lambda several: [(ack, slack_ms or 0, *rest) for ack, slack_ms, *rest in several])
"""Of fixed widths: the input of each has come."""


@given(st.integers(0, 2**32 - 1), whole)
def test_heads_are_read_together_as_they_were_written(tick: int, viewers: Viewers) -> None:
    heads = heads_of(tick, viewers)
    said = read(b"".join(heads[at] for at in range(len(viewers))), len(viewers))
    assert said.is_head.all()
    assert said.ticks.tolist() == [tick] * len(viewers)
    assert said.acks.tolist() == [ack for ack, *_ in viewers]
    assert said.slacks_ms.tolist() == [slack_ms for _, slack_ms, *_ in viewers]


@given(st.data())
def test_what_is_not_exactly_a_head_is_none(data: st.DataObject) -> None:
    """Each byte of one may be another: then it is none, or the general reader reads what is read here."""
    head = bytearray(heads_of(7, [(9, -3, Own(3, 1.0, 2.0, 3.0, 4.0, 5), b"", [])])[0])
    head[data.draw(st.integers(0, HEAD_BYTES - 1))] = data.draw(st.integers(0, 255))
    said = read(bytes(head), 1)
    try:
        snapshot = CODEC.decode_server(bytes(head) + near_part(b"") + tail(0, b""))
    except ValueError:
        assert not said.is_head[0]
        return
    if said.is_head[0]:
        assert isinstance(snapshot, Snapshot)
        assert (said.ticks[0], said.acks[0], said.slacks_ms[0]) == (snapshot.tick, snapshot.ack, snapshot.slack_ms)
        assert (snapshot.hud, snapshot.left) == (None, [])


@given(viewers.filter(bool), st.integers(0, 140))
def test_who_is_told_no_slack_has_no_such_head(viewers: Viewers, longer: int) -> None:
    heads = heads_of(5, viewers)
    ends = [near_part(near) + tail(len(parts), b"".join(parts)) + bytes(longer) for *_, near, parts in viewers]
    messages = [heads[at] + end for at, end in enumerate(ends)]
    said = read(b"".join(message[:HEAD_BYTES] for message in messages), len(viewers))
    assert said.is_head.tolist() == [slack_ms is not None for _, slack_ms, *_ in viewers]


@given(st.binary(min_size=HEAD_BYTES, max_size=HEAD_BYTES), whole.filter(bool))
def test_others_beside_heads_are_told_from_them(other: bytes, viewers: Viewers) -> None:
    said = read(other + heads_of(5, viewers)[0] + other, 3)
    assert said.is_head.tolist()[1]
    assert not said.is_head[0] or other[:2] == b"\x99\x11"


def test_one_of_which_cells_have_left_is_left_to_the_general_reader() -> None:
    heads = heads_of(5, [(1, 2, Own(3, 0.0, 0.0, 0.0, 0.0, 0), b"", [])])
    heads.leave(0, [4])
    assert not read(heads[0], 1).is_head[0]
