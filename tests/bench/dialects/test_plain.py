"""The hand-written wire from the client's side; the servers' own tests play it against them."""

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import SERVER, Protocol

from bench.contestants.wire import input_of
from bench.dialects import HEAD_BYTES
from bench.dialects.plain import PlainDialect, msgpack_int
from bench.scene import VARIANTS, aim_of, stick_of

TICKS = st.integers(0, 2**31 - 1)


def understood(wire: bytes) -> bytes:
    """The payload of the one frame in `wire`, as an independent server reads it."""
    server = Protocol(SERVER)
    server.receive_data(wire)
    (frame,) = server.events_received()
    assert isinstance(frame, Frame)
    assert frame.opcode is Opcode.BINARY
    assert frame.fin
    return bytes(frame.data)


@given(TICKS, st.integers(0, VARIANTS - 1))
def test_an_input_is_one_masked_frame_that_the_servers_take(tick: int, variant: int) -> None:
    read_tick, held = input_of(understood(PlainDialect().input_frame(tick, variant)))
    assert (read_tick, *held) == (tick, *stick_of(variant), aim_of(tick, variant), 0)


@given(TICKS, TICKS)
def test_a_snapshot_is_known_by_its_head(tick: int, ack: int) -> None:
    head = msgpack.packb([17, tick, ack, 1, 2, 3, 4, 5, 6, []])[:HEAD_BYTES]
    assert PlainDialect().is_snapshot(head)
    assert PlainDialect().tick_of(head) == tick


@given(st.binary(max_size=HEAD_BYTES))
def test_other_heads_are_no_snapshots(head: bytes) -> None:
    if head[1:2] != b"\x11":
        assert not PlainDialect().is_snapshot(head)
        assert PlainDialect().tick_of(head) is None


@pytest.mark.parametrize("not_one", [b"\xff", b"\xcd\x01", b"\xc0", b"\xcf" + bytes(8)])
def test_a_tick_is_a_small_whole_number(not_one: bytes) -> None:
    with pytest.raises(ValueError, match="no tick"):
        msgpack_int(not_one, 0)
