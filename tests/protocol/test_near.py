"""Records of what is near: both ways, whatever they say, and cut to what fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.near import OFFSET_UNITS_MAX, RECORD_BYTES, Near, pack_near, unpack_near
from tests.instruments import strategies as draw


@given(st.lists(draw.nears, max_size=8))
def test_what_is_packed_is_unpacked(bodies: list[Near]) -> None:
    records = pack_near(bodies)
    assert len(records) == RECORD_BYTES * len(bodies)
    assert unpack_near(records) == bodies


def test_a_number_between_two_is_rounded_and_one_too_large_is_cut() -> None:
    (body,) = unpack_near(pack_near([Near(1, 600.0, -0.008, 5000.0, -5000.0, 0.25, 9.0, 0, 0)]))
    assert (body.dx, body.dy) == (OFFSET_UNITS_MAX, -1 / 64)
    assert (body.vx, body.vy) == (32_767 / 16, -2048.0)
    assert (body.angle, body.spin) == (0.25, 32_767 / 4096)


@given(st.binary(max_size=40).filter(lambda records: len(records) % RECORD_BYTES))
def test_a_record_that_is_cut_short_is_a_value_error(records: bytes) -> None:
    with pytest.raises(ValueError, match="bytes are not records"):
        unpack_near(records)
