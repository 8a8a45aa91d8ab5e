"""A film holds what it is given, frame by frame, within its bounds."""

import numpy as np
import pytest

from protocol.cells import Grid
from protocol.snapshot import FIELDS_PER_RECORD
from server import film as film_module
from server.bulletin import NOWHERE, Bulletin, News
from server.film import Film, Note

GRID = Grid(2048.0, 1024.0)


def bulletin() -> Bulletin:
    return Bulletin(GRID, np.zeros((16, FIELDS_PER_RECORD), dtype=np.int64))


def at(live: Bulletin, tick: int, cells: dict[int, int]) -> Bulletin:
    """`live` at `tick`, with these entities in these cells and no others."""
    live.tick, live.snapshots = tick, live.snapshots + 1
    live.cell[:] = NOWHERE
    for row, cell in cells.items():
        live.cell[row], live.table[row] = cell, tick
    live.news = {cell: News() for cell in cells.values()}
    live.renew(max(cells, default=0) + 1)
    return live


def note(text: str) -> Note:
    return Note({"any": text.encode()})


def test_a_frame_brings_another_bulletin_to_where_the_first_was() -> None:
    film, live, rerun, was = Film(), bulletin(), bulletin(), []
    for tick, cells in ((2, {3: 1, 5: 0}), (4, {3: 1}), (6, {9: 2, 3: 0}), (8, {}), (10, {1: 1})):
        at(live, tick, cells)
        was.append((live.cell.tolist(), live.table[live.cell != NOWHERE].tolist(), live.spoken))
        film.take(live, None)
    for cells_then, records, spoken in was:
        frame = film.give(100)
        assert frame is not None
        frame.put_into(rerun)
        assert rerun.cell.tolist() == cells_then
        assert rerun.table[rerun.cell != NOWHERE].tolist() == records
        assert rerun.spoken == spoken
    assert (film.give(100), film.size_bytes) == (None, 0)


def test_nothing_is_given_before_it_is_old_enough() -> None:
    film, live = Film(), bulletin()
    film.take(at(live, 2, {}), None)
    assert film.give(1) is None
    assert film.give(2) is not None


def test_what_is_left_out_is_in_the_next_frame_and_its_cells_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    film, live = Film(), bulletin()
    film.take(at(live, 2, {1: 0}), None)
    monkeypatch.setattr(film_module, "FILM_BYTES_MAX", 10)
    assert film.is_full
    film.leave_out(at(live, 4, {1: 0, 2: 1}))
    assert film.give(2) is not None
    assert not film.is_full
    film.take(at(live, 6, {1: 0, 2: 1, 3: 0}), None)
    frame = film.give(6)
    assert frame is not None
    assert frame.rows.tolist() == [1, 2, 3]
    assert {0, 1} <= frame.missed


def test_notes_come_with_the_next_frame_and_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    film, live = Film(), bulletin()
    assert film.note(note("one"))
    film.take(at(live, 2, {}), None)
    monkeypatch.setattr(film_module, "NOTES_BYTES_MAX", 2 * note("two").size_bytes)
    assert film.note(note("two"))
    assert not film.note(note("six")), "and it has torn"
    assert film.note(note("ten"))
    film.take(at(live, 4, {}), None)
    first, second = film.give(4), film.give(4)
    assert first is not None
    assert second is not None
    assert [first.notes, second.notes] == [[], [note("ten")]]
    assert film.size_bytes == 0
