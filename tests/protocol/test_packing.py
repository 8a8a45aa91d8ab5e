"""Changes as bytes: the inverse of each other, short, and nothing but our error when they are cut or made up."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.packing import (
    INTEGER_BYTES_MAX,
    TURN,
    FlatKeyframe,
    PackedDelta,
    cell_from_plain,
    delta_to_plain,
    keyframe_to_plain,
    pack_changes,
    unpack_changes,
    unsigned,
    zigzag,
)
from protocol.snapshot import UNREADABLE, CellDelta, CellKeyframe, Field, Moved, records_to_flat
from tests.instruments import strategies as draw
from tests.instruments.encodings import JSON, MSGPACK


@given(draw.change_lists(6))
def test_packed_changes_come_back(changes: list[list[int]]) -> None:
    assert unpack_changes(pack_changes(changes)) == changes


@given(draw.change_lists(6), st.data())
def test_what_is_cut_short_is_a_value_error(changes: list[list[int]], data: Any) -> None:
    packed = pack_changes(changes)
    ends = [len(pack_changes(changes[:count])) for count in range(len(changes) + 1)]
    cut = data.draw(st.integers(0, len(packed)))
    if cut in ends:
        assert unpack_changes(packed[:cut]) == changes[: ends.index(cut)]
    else:
        with pytest.raises(ValueError, match="cut short"):
            unpack_changes(packed[:cut])


@given(st.binary(max_size=60))
def test_any_bytes_are_changes_or_a_value_error(packed: bytes) -> None:
    try:
        changes = unpack_changes(packed)
    except ValueError:
        return
    assert [change[0] for change in changes] == sorted(change[0] for change in changes)


@pytest.mark.parametrize(
    ("changes", "packed"),
    [
        ([], ""),
        ([[7, 0]], "0700"),
        ([[300, 0]], "ac0200"),
        ([[7, 0], [7 + 200, 0]], "0700c80100"),
        ([[1, Field.POSITION, 63, -64]], "01017e7f"),
        ([[1, Field.POSITION, 64, -65]], "010180018101"),
        ([[1, Field.ANGLE, -128]], "010480"),
        ([[1, Field.MOVE, 127, -127]], "01107f81"),
        ([[1, TURN, -2, 127, -127, 0]], "0180fe7f81"),
        ([[1, TURN, -2, 127, -127, 3]], "0183fe7f81"),
        ([[1, TURN, -2, 127, -127, 128]], "0154fe7f818001"),
        ([[1, Field.SPIN | Field.STATUS | Field.AGE, -1, 5, 2]], "0168010a02"),
    ],
)
def test_changes_as_literals(changes: list[list[int]], packed: str) -> None:
    assert pack_changes(changes).hex() == packed


def test_an_endless_integer_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="more than 5 bytes"):
        unpack_changes(b"\x80" * INTEGER_BYTES_MAX + b"\x00\x00")


@given(st.integers(0, 2**35 - 1))
def test_an_unsigned_integer_takes_a_byte_for_seven_bits(value: int) -> None:
    assert len(unsigned(value)) == max(1, -(-value.bit_length() // 7))


@given(st.integers(-(2**33), 2**33))
def test_zigzag_folds_the_signs_together(value: int) -> None:
    folded = zigzag(value)
    assert (folded >> 1) ^ -(folded & 1) == value
    assert folded >= 0


@given(st.lists(draw.records(), max_size=3), st.integers(0, 2**32 - 1))
def test_a_keyframe_comes_back(entities: list[Any], checksum: int) -> None:
    keyframe = CellKeyframe(4, checksum, entities)
    assert cell_from_plain(keyframe_to_plain(keyframe, 1000), 1000) == keyframe
    flat = FlatKeyframe(4, checksum, records_to_flat(entities, 1000))
    for codec in (MSGPACK, JSON):
        assert codec.keyframe(flat, 1000) == codec.keyframe(keyframe, 1000)


@given(
    st.lists(draw.records(), max_size=2),
    st.lists(st.integers(0, 9), max_size=2),
    draw.change_lists(3),
    st.lists(st.builds(Moved, st.integers(0, 9), draw.change_lists(2)), max_size=2),
    st.booleans(),
)
def test_a_delta_comes_back_packed_already_or_not(
    entered: list[Any], gone: list[int], changes: list[list[int]], moved: list[Moved], has_checksum: bool
) -> None:
    delta = CellDelta(4, 77 if has_checksum else None, gone, entered, changes, moved)
    movers = [(one.source, pack_changes(one.changed)) for one in moved]
    packed = PackedDelta(4, delta.checksum, gone, entered, pack_changes(changes), movers)
    assert delta_to_plain(packed, 1000) == delta_to_plain(delta, 1000)
    assert cell_from_plain(delta_to_plain(delta, 1000), 1000) == delta


def test_what_is_empty_at_the_end_is_left_out() -> None:
    assert delta_to_plain(CellDelta(4, None, [], [], []), 1000) == [4, b""]
    assert delta_to_plain(CellDelta(4, None, [3], [], []), 1000) == [4, b"", None, [3]]
    movers = CellDelta(4, None, [], [], [], [Moved(9, [[7, 0]])])
    assert delta_to_plain(movers, 1000) == [4, b"", None, [], [], [9, b"\x07\x00"]]
    assert cell_from_plain([4, b"", None, [], [], [9, b"\x07\x00"]], 1000) == movers


@pytest.mark.parametrize(
    "plain", [[], [1], [1, 2], [1, 2, [3]], [1, b"\x01"], [1, b"", None, 5], [1, b"", None, [], [], [9]]]
)
def test_what_is_no_cell_is_unreadable(plain: list[Any]) -> None:
    with pytest.raises(UNREADABLE):
        cell_from_plain(plain, 1000)
