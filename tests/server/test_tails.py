"""What is cut out of one string for many sights says what each of them says cell by cell."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.cells import Grid
from protocol.heads import NOTHING_NEAR, tail
from protocol.packing import FlatKeyframe, PackedDelta
from server import tails as tails_module
from server.encoded_cells import EncodedCells, Encoding, Told
from server.tails import FEW, tails
from tests.instruments.encodings import MSGPACK


def encoding_of(plain: Mapping[int, bytes], moved: Mapping[int, frozenset[int]]) -> Encoding:
    def delta_of(cell: int, known: frozenset[int]) -> PackedDelta:
        return PackedDelta(cell, None, sorted(known), [], plain.get(cell, b""))

    def keyframe_of(cell: int) -> FlatKeyframe:
        raise AssertionError("nobody needs one")

    only_plain = {cell: changed for cell, changed in plain.items() if cell not in moved}
    return EncodedCells(Told(8, {*plain, *moved}, moved, only_plain, delta_of, keyframe_of)).encoding(MSGPACK)


@st.composite
def rooms(draw: st.DrawFn) -> tuple[Grid, Encoding, list[int]]:
    grid = Grid(draw(st.integers(1, 12)) * 512, draw(st.integers(1, 12)) * 512)
    cells = st.integers(0, grid.count - 1)
    plain = draw(st.dictionaries(cells, st.binary(max_size=40), max_size=30))
    moved = draw(st.dictionaries(cells, st.frozensets(cells, min_size=1, max_size=4), max_size=8))
    points = draw(
        st.lists(st.tuples(st.floats(-100, 7000), st.floats(-100, 7000), st.floats(1, 1500)), min_size=1, max_size=60)
    )
    sights = {grid.around(*point).number for point in points}
    return (
        grid,
        encoding_of(plain, {cell: sources - {cell} for cell, sources in moved.items() if sources - {cell}}),
        [*sights],
    )


@given(rooms())
def test_it_is_what_each_sight_says_cell_by_cell(room: tuple[Grid, Encoding, list[int]]) -> None:
    grid, encoding, sights = room
    one_by_one = [NOTHING_NEAR + tail(*encoding.joined(grid.blocks[sight])) for sight in sights]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tails_module, "FEW", 0)
        assert tails(grid, encoding, np.array(sights)) == one_by_one


def test_few_sights_and_many_say_the_same() -> None:
    grid = Grid(12 * 512, 12 * 512)
    encoding = encoding_of({cell: bytes((cell,)) for cell in range(144)}, {50: frozenset((51, 38))})
    sights = [grid.around(512 * column, 512 * row).number for row in range(2, 8) for column in range(2, 8)]
    assert len(set(sights)) > FEW
    together = tails(grid, encoding, np.array(sights))
    assert together == [end for sight in sights for end in tails(grid, encoding, np.array([sight]))]
    assert len(set(together)) == len(together)
