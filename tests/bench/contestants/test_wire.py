"""The hand-written wire: only sound inputs come in, and a snapshot has the cells around its ship, and nothing else."""

from typing import Any

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.contestants.wire import Snapshots, input_of
from bench.contestants.world import FIELDS, Held
from protocol.cells import Grid

SOUND = st.tuples(
    st.just(2),
    st.integers(0, 2**31 - 1),
    st.integers(-127, 127),
    st.integers(-127, 127),
    st.integers(0, 4095),
    st.integers(0, 255),
)


@given(SOUND)
def test_a_sound_input_is_read(message: tuple[int, ...]) -> None:
    assert input_of(msgpack.packb(message)) == (message[1], Held(*message[2:]))
    assert input_of(memoryview(msgpack.packb(message))) == (message[1], Held(*message[2:]))


@given(st.binary(max_size=64))
def test_any_other_bytes_are_refused(payload: bytes) -> None:
    try:
        tick, held = input_of(payload)
    except ValueError:
        return
    assert msgpack.unpackb(payload) == [2, tick, *held]


@pytest.mark.parametrize(
    "wrong",
    [
        [2, 1, 128, 0, 0, 0],
        [2, 1, 0, -128, 0, 0],
        [2, 1, 0, 0, 4096, 0],
        [2, 1, 0, 0, 0, 256],
        [2, -1, 0, 0, 0, 0],
        [2, 2**31, 0, 0, 0, 0],
        [2, 1, 0.5, 0, 0, 0],
        [2, True, 0, 0, 0, 0],
        [3, 1, 0, 0, 0, 0],
        [2, 1, 0, 0, 0],
        {"tick": 1},
        "text",
        None,
    ],
)
def test_what_is_out_of_range_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"range|not an in"):
        input_of(msgpack.packb(wrong))


PLACES = st.lists(st.tuples(st.floats(16, 3000), st.floats(16, 3000)), min_size=1, max_size=40)


@given(PLACES)
def test_a_viewer_is_sent_the_cells_around_it(places: list[tuple[float, float]]) -> None:
    rows = np.arange(len(places) * FIELDS).reshape(-1, FIELDS)
    rows[:, 0] = ids = np.arange(len(places)) * 3
    snapshots = Snapshots(7, rows, np.array(places), 3016)
    grid = Grid(3016, 3016)
    cell_of = {int(ship): grid.cell_at(*place) for ship, place in zip(ids, places, strict=True)}
    for row, place in zip(rows.tolist(), places, strict=True):
        *own, cells = msgpack.unpackb(snapshots.of(row[0], 5))
        assert own == [17, 7, 5, *row]
        seen = [[cell_of[record[0]] for record in cell] for cell in cells]
        assert all(len(set(cell)) == 1 for cell in seen)
        assert {record[0] for cell in cells for record in cell} == {
            ship for ship, cell in cell_of.items() if cell in grid.around(*place)
        }
        assert all(record in rows.tolist() for cell in cells for record in cell)
