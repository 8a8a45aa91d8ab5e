"""The grid of interest: every point has one cell, and a viewer's block holds whatever is near."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.cells import CELL_UNITS, VIEW_HALF_UNITS, Grid

sides = st.floats(512, 16384)
fractions = st.floats(0, 1)
coordinates = st.floats(-2000, 70_000)


@pytest.mark.parametrize(
    ("width", "height", "columns", "rows"),
    [(512, 512, 1, 1), (513, 512, 2, 1), (2048, 2048, 4, 4), (8192, 8192, 16, 16), (1000, 1600, 2, 4)],
)
def test_cells_cover_the_arena_and_the_last_may_stick_out(width: int, height: int, columns: int, rows: int) -> None:
    grid = Grid(width, height)
    assert (grid.columns, grid.rows, grid.count) == (columns, rows, columns * rows)


def test_cells_are_numbered_row_by_row_from_the_top_left() -> None:
    grid = Grid(1024, 1536)
    middles = [(x, y) for y in (256, 768, 1280) for x in (256, 768)]
    assert [grid.cell_at(x, y) for x, y in middles] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("x", "y", "cell"),
    [
        (511.999, 0, 0),
        (512, 0, 1),
        (0, 511.999, 0),
        (0, 512, 2),
        (1024, 1024, 3),
        (-1, -1, 0),
        (9e9, -9e9, 1),
        (-0.0, 0, 0),
    ],
)
def test_a_border_belongs_to_the_cell_after_it_and_outside_to_the_nearest(x: float, y: float, cell: int) -> None:
    assert Grid(1024, 1024).cell_at(x, y) == cell


@given(width=sides, height=sides, across=fractions, down=fractions)
def test_a_point_is_inside_of_its_cell(width: float, height: float, across: float, down: float) -> None:
    grid, x, y = Grid(width, height), across * width, down * height
    row, column = divmod(grid.cell_at(x, y), grid.columns)
    assert column * CELL_UNITS <= x <= (column + 1) * CELL_UNITS
    assert row * CELL_UNITS <= y <= (row + 1) * CELL_UNITS


@given(
    width=sides,
    height=sides,
    viewer=st.tuples(fractions, fractions),
    offset=st.tuples(st.floats(-VIEW_HALF_UNITS, VIEW_HALF_UNITS), st.floats(-VIEW_HALF_UNITS, VIEW_HALF_UNITS)),
)
def test_whatever_is_near_a_viewer_is_in_its_block(
    width: float, height: float, viewer: tuple[float, float], offset: tuple[float, float]
) -> None:
    grid, x, y = Grid(width, height), viewer[0] * width, viewer[1] * height
    assert grid.cell_at(x + offset[0], y + offset[1]) in grid.around(x, y)


@given(width=sides, height=sides, viewer=st.tuples(fractions, fractions), half=st.floats(0, 2000))
def test_a_block_is_ascending_and_no_larger_than_the_square_asks(
    width: float, height: float, viewer: tuple[float, float], half: float
) -> None:
    grid = Grid(width, height)
    block = grid.around(viewer[0] * width, viewer[1] * height, half)
    assert list(block) == sorted(set(block))
    assert 0 <= block[0] <= block[-1] < grid.count
    assert len(block) <= (2 * half // CELL_UNITS + 2) ** 2


def test_a_view_in_the_middle_is_nine_or_sixteen_cells_and_less_in_a_corner() -> None:
    grid = Grid(8192, 8192)
    assert len(grid.around(4096 + 256, 4096 + 256)) == 9
    assert len(grid.around(4096, 4096)) == 16
    assert grid.around(0, 0) == (0, 1, 16, 17)


def test_the_same_block_is_the_same_object() -> None:
    grid = Grid(8192, 8192)
    assert grid.around(4300, 4300) is grid.around(4310, 4290)


@given(st.integers(1, 128), st.integers(1, 128), st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=20))
def test_the_edges_of_many_blocks_are_those_of_each(columns: int, rows: int, points: list[tuple[float, float]]) -> None:
    grid = Grid(columns * 512, rows * 512)
    blocks = [grid.around(*point) for point in points]
    edges = grid.edges_of(np.array([block.number for block in blocks]))
    assert (edges == grid.edges_around(np.array(points).T, VIEW_HALF_UNITS)).all()
    for block, (left, top, right, bottom) in zip(blocks, edges.T.tolist(), strict=True):
        assert grid.blocks[block.number] is block
        assert block[0] == top * columns + left
        assert block[-1] == bottom * columns + right
        assert len(block) == (right - left + 1) * (bottom - top + 1)


def test_more_blocks_than_there_was_room_for_keep_their_edges() -> None:
    grid = Grid(128 * 512, 512)
    blocks = [grid.around(256 + 512 * column, 0, 1) for column in range(128)]
    left, _, right, _ = grid.edges_of(np.array([block.number for block in blocks]))
    assert left.tolist() == right.tolist() == list(range(128))


@given(sides, sides, st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=20))
def test_many_points_are_in_the_cells_that_each_is_in(
    width: float, height: float, points: list[tuple[float, float]]
) -> None:
    grid = Grid(width, height)
    assert grid.cells_at(np.array(points).T).tolist() == [grid.cell_at(*point) for point in points]
