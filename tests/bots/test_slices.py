"""Slices against the codec, which reads everything: the same snapshot, whatever it says."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from bots.slices import Slices, cut_cells, read_cell, slice_snapshot
from protocol.codec import CODECS
from protocol.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.messages import SNAPSHOT_NUMBER, Message, Pong
from protocol.near import pack_near
from protocol.snapshot import CellKeyframe, Snapshot
from tests.instruments import strategies as draw

CODEC = CODECS[SUBPROTOCOL_MSGPACK]


def wire_of(snapshot: Snapshot, subprotocol: str = SUBPROTOCOL_MSGPACK) -> bytes:
    codec, tick = CODECS[subprotocol], snapshot.tick
    cells = [codec.keyframe(c, tick) if isinstance(c, CellKeyframe) else codec.delta(c, tick) for c in snapshot.cells]
    near = pack_near(snapshot.near or ())
    head = (tick, snapshot.ack, snapshot.slack_ms, snapshot.own, snapshot.hud, snapshot.left, near)
    return codec.snapshot(*head, len(cells), codec.join(cells))


@given(draw.snapshots())
def test_they_say_what_the_codec_reads(snapshot: Snapshot) -> None:
    slices = slice_snapshot(wire_of(snapshot))
    assert slices is not None
    own = slices.own and astuple(slices.own)
    assert own == (snapshot.own and astuple(snapshot.own))
    assert (slices.tick, slices.ack, slices.slack_ms) == (snapshot.tick, snapshot.ack, snapshot.slack_ms)
    assert (slices.hud, slices.left, slices.near) == (snapshot.hud, snapshot.left, snapshot.near)
    assert [read_cell(cell, slices.tick) for cell in cut_cells(slices.cells)] == snapshot.cells


@given(draw.server_messages)
def test_other_messages_are_left_to_the_codec(message: Message) -> None:
    assert slice_snapshot(CODEC.encode(message)) is None


def test_text_is_left_to_the_codec() -> None:
    assert slice_snapshot(wire_of(Snapshot(1, 0, None, None, None, [], None, []), SUBPROTOCOL_JSON).decode()) is None
    assert slice_snapshot(CODECS[SUBPROTOCOL_JSON].encode(Pong(1, 2)).decode()) is None


@given(st.binary(max_size=60))
def test_a_snapshot_that_cannot_be_read_is_a_value_error(rest: bytes) -> None:
    try:
        slices = slice_snapshot(bytes((0x99, SNAPSHOT_NUMBER)) + rest)
    except ValueError:
        return
    assert isinstance(slices, Slices)


@pytest.mark.parametrize(
    "plain",
    [
        "text",
        [],
        [3],
        [3, 1, 5],
        [3, 1, 5, 6],
        [3, 1, 5, [1, 2, 3]],
        [3, 0, None, [], [], [7]],
        [3, 0, None, [], ["x"]],
    ],
    ids=repr,
)
def test_a_cell_that_cannot_be_read_is_a_value_error(plain: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # any: the sentence is the library's
        read_cell(msgspec.msgpack.encode(plain), 100)
