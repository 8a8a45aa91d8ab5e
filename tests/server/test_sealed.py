"""Whole or not at all, and of the version that is asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.sealed import Unusable, disclose, enclose, read


@given(st.binary(max_size=300), st.integers(0, 65_535))
def test_what_was_enclosed_is_disclosed(body: bytes, version: int) -> None:
    assert disclose(enclose(body, version), version) == body


@given(st.binary(max_size=60), st.data())
def test_every_bit_and_every_byte_counts(body: bytes, data: st.DataObject) -> None:
    whole = enclose(body, 1)
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    flipped = bytearray(whole)
    flipped[bit // 8] ^= 1 << bit % 8
    cut, longer = whole[: data.draw(st.integers(0, len(whole) - 1))], whole + data.draw(st.binary(min_size=1))
    for damaged in (bytes(flipped), cut, longer):
        with pytest.raises(Unusable, match=r"^it "):
            disclose(damaged, 1)


def test_another_version_is_told_from_damage() -> None:
    with pytest.raises(Unusable, match="version 3, and this server reads version 4"):
        disclose(enclose(b"body", 3), 4)


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\x81\xa1\x80\x01", b"\x91" * 5000, b"\xa1\xff"])
def test_a_body_that_cant_be_read_is_said(body: bytes) -> None:
    with pytest.raises(Unusable, match=r"^it can't be read"):
        read(enclose(body, 1), 1, dict[str, int])
