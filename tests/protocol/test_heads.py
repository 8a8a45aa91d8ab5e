"""Heads that are written together say what heads packed one by one say."""

import msgpack
from hypothesis import given
from hypothesis import strategies as st

from protocol.codec import CODECS
from protocol.heads import heads, near_part, tail
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
viewers = st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(-9999, 9999), owns, nears, cells), max_size=5)


@given(st.integers(0, 2**32 - 1), viewers)
def test_they_say_the_same_as_one_by_one(tick: int, viewers: list[tuple[int, int, Own, bytes, list[bytes]]]) -> None:
    own_parts = heads(
        tick,
        [ack for ack, *_ in viewers],
        [slack_ms for _, slack_ms, *_ in viewers],
        [own.entity for _, _, own, *_ in viewers],
        [[getattr(own, name) for _, _, own, *_ in viewers] for name in ("x", "y", "vx", "vy")],
        [own.boost_ticks for _, _, own, *_ in viewers],
    )
    assert len(own_parts) == len(viewers)
    for head, (ack, slack_ms, own, near, parts) in zip(own_parts, viewers, strict=True):
        cells = b"".join(parts)
        together = head + near_part(near) + tail(len(parts), cells)
        alone = CODEC.snapshot(tick, ack, slack_ms, own, None, (), near, len(parts), cells)
        assert CODEC.decode_server(together) == CODEC.decode_server(alone)
