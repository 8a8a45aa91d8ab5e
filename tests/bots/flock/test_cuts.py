"""What comes together is taken apart into the very snapshots that the general reader reads, or is left alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.flock.cuts import BLANK, Cuts, cut
from bots.slices import cut_cells, read_cell
from protocol.codec import CODECS
from protocol.frames import header
from protocol.heads import Heads, near_part, read, tail
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.messages import ChatLine, Error, Event, Pong, Welcome
from protocol.near import pack_near
from protocol.snapshot import CellDelta, Own, Snapshot
from tests.bots.stage import welcome
from tests.instruments import strategies as draw

CODEC = CODECS[SUBPROTOCOL_MSGPACK]
CELLS = [b"", CODEC.delta(CellDelta(3, None, [], [], []), 7), CODEC.delta(CellDelta(5, 9, [1], [], []), 7) * 2]


@st.composite
def plain(make: st.DrawFn) -> bytes:
    """As the server writes it for who is steady."""
    tick, ack, slack_ms = make(st.integers(0, 2**31)), make(st.integers(0, 2**31)), make(st.integers(-99, 999))
    heads = Heads(tick, [ack], [slack_ms], np.ones(1, dtype=bool), [4], [[1.0]] * 4, [2])
    near = near_part(pack_near(make(st.lists(draw.nears, max_size=4))))
    count = make(st.integers(0, 2))
    return heads[0] + near + tail(count, CELLS[count])


@st.composite
def spelled(make: st.DrawFn) -> bytes:
    """As it writes it for whoever is not."""
    own = make(st.none() | st.just(Own(4, 1.0, 2.0, 3.0, 4.0, 5)))
    slack_ms, hud = make(st.none() | st.integers(-9, 9)), make(st.none() | st.just([1, 2]))
    left, near = make(st.lists(st.integers(0, 900), max_size=20)), pack_near(make(st.lists(draw.nears, max_size=2)))
    return CODEC.snapshot(make(st.integers(0, 2**31)), 3, slack_ms, own, hud, left, near, 1, CELLS[1])


pongs = st.builds(Pong, st.integers(0, 2**40), st.integers(0, 2**31)).map(CODEC.encode)
news = st.sampled_from([Event(4, "kill", {"by": 3}), ChatLine(1, "hi"), Error(1, "no")]).map(CODEC.encode)
others = st.sampled_from([CODEC.encode(welcome())])
known = st.lists(plain() | spelled() | pongs | news, max_size=5)


def framed(messages: list[bytes]) -> bytes:
    return b"".join(header(len(message)) + message for message in messages)


def rows_of(cuts: Cuts) -> list[tuple[int, int, int, float | None, list[int], bytes]]:
    """(place, tick, ack, slack_ms, left, cells)."""
    said = read(b"".join(cuts.heads), len(cuts.heads))
    rows = list[tuple[int, int, int, float | None, list[int], bytes]]()
    for at, (place, head, left, cells) in enumerate(zip(cuts.places, cuts.heads, cuts.left, cuts.cells, strict=True)):
        if head is BLANK:
            one = cuts.spelled[at]
            rows.append((place, one.tick, one.ack, one.slack_ms, [*left], cells))
        else:
            assert said.is_head[at]
            rows.append((place, int(said.ticks[at]), int(said.acks[at]), said.slacks_ms[at], [*left], cells))
    return rows


@given(st.lists(known, max_size=4))
def test_each_snapshot_is_what_the_general_reader_reads(came: list[list[bytes]]) -> None:
    cuts = cut([framed(messages) for messages in came])
    decoded = [(place, CODEC.decode_server(message)) for place, messages in enumerate(came) for message in messages]
    rows = rows_of(cuts)
    expected = [(place, one) for place, one in decoded if isinstance(one, Snapshot)]
    assert [(row[0], *row[1:5]) for row in rows] == [
        (place, one.tick, one.ack, one.slack_ms, one.left) for place, one in expected
    ]
    for (_, one), (*_, cells) in zip(expected, rows, strict=True):
        assert [read_cell(cell, one.tick) for cell in cut_cells(cells)] == one.cells
    assert [place for place, one in decoded if isinstance(one, Pong)] == [place for place, _ in cuts.pongs]
    assert cuts.unknown == []


@given(st.lists(known, max_size=3), known, others | st.just(b""), st.data())
def test_what_is_not_understood_is_left_with_all_that_came_with_it(
    came: list[list[bytes]], before: list[bytes], other: bytes, data: st.DataObject
) -> None:
    whole = framed(before)
    odd = (
        whole + framed([other]) if other else whole + framed([CODEC.encode(Pong(1, 2))])[: data.draw(st.integers(1, 5))]
    )
    cuts = cut([*(framed(messages) for messages in came), odd])
    assert cuts.unknown == [len(came)]
    assert len(came) not in cuts.places


@given(plain(), st.data())
def test_a_start_is_where_its_frame_begins(message: bytes, data: st.DataObject) -> None:
    before = data.draw(st.lists(plain() | news, min_size=1, max_size=3))
    cuts = cut([framed([*before, message])])
    assert cuts.starts[-1] == len(framed(before))


@pytest.mark.parametrize(
    "frame", [b"\x89\x00", b"\x82", b"\x82\x7f" + bytes(90), header(3) + b"\x99\x11\x00", b"\x02\x00"]
)
def test_frames_of_other_kinds_are_left(frame: bytes) -> None:
    assert cut([frame]).unknown == [0]
    assert isinstance(CODEC.decode_server(CODEC.encode(welcome())), Welcome)
