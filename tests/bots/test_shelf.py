"""What is shared on the shelf: read once, worked out once, and kept no longer than it is of use."""

import gc
import weakref

import pytest

from bots import shelf as shelf_module
from bots.cell_table import CellTable
from bots.shelf import TICKS_KEPT, Shelf
from bots.slices import Slices, read_cell, slice_snapshot
from bots.view import View
from protocol.codec import CODECS
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.packing import array_header
from protocol.snapshot import CellDelta, CellKeyframe, Moved, Snapshot, checksum_of
from tests.bots.stage import KINDS, published
from tests.bots.test_slices import wire_of

CODEC = CODECS[SUBPROTOCOL_MSGPACK]
ROCK = published(5, 100, 100, vx=60)
KEYFRAME = CellKeyframe(0, checksum_of([ROCK]), [ROCK])
CHANGE = CellDelta(0, None, [], [], [[5, 1, 3, 4]])


def sliced(tick: int, *cells: CellKeyframe | CellDelta) -> Slices:
    slices = slice_snapshot(wire_of(Snapshot(tick, 0, None, None, None, [], None, list(cells))))
    assert slices is not None
    return slices


def told(*cells: bytes) -> bytes:
    """All the cells of a snapshot, as it has them."""
    return array_header(len(cells)) + b"".join(cells)


def test_equal_bytes_of_a_tick_are_one_news() -> None:
    shelf, cell = Shelf(), CODEC.delta(CHANGE, 102)
    (first,) = shelf.read(102, told(cell)).news
    assert shelf.read(102, bytes(bytearray(told(cell)))).news == [first]
    assert first in shelf.read(102, told(cell, CODEC.keyframe(KEYFRAME, 102))).news, "whatever else is told"
    assert shelf.read(104, told(cell)).news != [first], "ages count from the tick"


def test_however_many_views_are_told_it_is_read_and_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = {"read": 0, "worked out": 0}
    work_out = Shelf.work_out

    def count_reading(cell: bytes, tick: int) -> CellKeyframe | CellDelta:
        calls["read"] += 1
        return read_cell(cell, tick)

    def count_working_out(*args: object) -> None:
        calls["worked out"] += 1
        work_out(*args)  # type: ignore[arg-type]  # whatever it was called with

    monkeypatch.setattr(shelf_module, "read_cell", count_reading)
    monkeypatch.setattr(Shelf, "work_out", count_working_out)
    shelf = Shelf()
    views = [View(KINDS, 60, (), shelf) for _ in range(20)]
    for view in views:
        assert view.apply(sliced(100, KEYFRAME)) == []
    for tick in (102, 104, 106):
        for view in views:
            assert view.apply(sliced(tick, CHANGE)) == []
    assert calls == {"read": 4, "worked out": 4}
    assert len({id(view.entity(5)) for view in views}) == 1


def test_who_holds_another_table_has_a_result_of_its_own() -> None:
    """One view misses a delta: what the others made of the next one must not become its belief."""
    shelf = Shelf()
    right, behind = View(KINDS, 60, (), shelf), View(KINDS, 60, (), shelf)
    for view in (right, behind):
        view.apply(sliced(100, KEYFRAME))
    right.apply(sliced(102, CHANGE))
    right.apply(sliced(104, CHANGE))
    truth = list(right.entities())
    checked = CellDelta(0, checksum_of(truth), [], [], [])
    behind.apply(sliced(104, CHANGE))
    assert behind.entity(5) != right.entity(5)
    assert right.apply(sliced(106, checked)) == []
    assert behind.apply(sliced(106, checked)) == [0]
    assert right.apply(sliced(106, checked)) == []
    assert behind.apply(sliced(108, CellKeyframe(0, checksum_of(truth), truth))) == []
    assert behind.entity(5) is right.entity(5)


def test_two_ways_to_one_belief_are_one_from_then_on() -> None:
    """As when some bots are a second behind the others: each has tables of its own, which say the same."""
    shelf = Shelf()
    early, late = View(KINDS, 60, (), shelf), View(KINDS, 60, (), shelf)
    early.apply(sliced(100, KEYFRAME))
    early.apply(sliced(102, CHANGE))
    late.apply(sliced(100, KEYFRAME))
    assert late.tables[0] is not early.tables[0]
    late.apply(sliced(102, CellKeyframe(0, checksum_of(early.entities()), list(early.entities()))))
    apart = CellTable(dict(late.tables[0].entities))
    late._tables[0] = apart
    early.apply(sliced(104, CHANGE))
    late.apply(sliced(104, CHANGE))
    assert late.tables[0] is early.tables[0]


def test_a_disagreement_counts_for_everyone_who_has_it() -> None:
    shelf = Shelf()
    views = [View(KINDS, 60, (), shelf) for _ in range(3)]
    wrong = CellKeyframe(0, KEYFRAME.checksum + 1, [ROCK])
    assert [view.apply(sliced(100, wrong)) for view in views] == [[0]] * 3
    stranger = CellDelta(1, None, [], [], [])
    assert [view.apply(sliced(102, stranger)) for view in views] == [[1]] * 3
    assert [view.checksum_mismatches for view in views] == [2] * 3


def test_what_is_kept_is_bounded() -> None:
    """A view that is told nothing any more keeps its own table, and not all that came after it."""
    shelf = Shelf()
    view, silent = View(KINDS, 60, (), shelf), View(KINDS, 60, (), shelf)
    for one in (view, silent):
        one.apply(sliced(100, KEYFRAME))
    early = weakref.ref(shelf.read(102, told(CODEC.delta(CHANGE, 102))).news[0])
    for tick in range(102, 102 + 2 * TICKS_KEPT, 2):
        view.apply(sliced(tick, CHANGE))
    assert early() is not None
    view.apply(sliced(102 + 2 * TICKS_KEPT, CHANGE))
    gc.collect()
    assert early() is None
    assert silent.entity(5) == ROCK


def test_a_room_whose_ticks_begin_again_is_shared_as_well() -> None:
    shelf, cell = Shelf(), told(CODEC.delta(CHANGE, 102))
    for tick in range(1000, 1000 + 2 * TICKS_KEPT, 2):
        shelf.read(tick, cell)
    first = shelf.read(0, cell)
    for tick in (2, 4):
        shelf.read(tick, cell)
    assert shelf.read(0, cell) is first


def test_views_that_differ_about_who_moves_are_worked_out_apart() -> None:
    shelf, moved = Shelf(), CellDelta(1, None, [], [], [], [Moved(0, [[5, 0]])])
    views = [View(KINDS, 60, (), shelf), View(KINDS, 60, (), shelf)]
    for view, x in zip(views, (100, 300), strict=True):
        entity = published(5, x, 100)
        view.apply(sliced(100, CellKeyframe(0, checksum_of([entity]), [entity]), CellKeyframe(1, 0, [])))
    gone = CellDelta(0, None, [5], [], [])
    for view in views:
        view.apply(sliced(102, gone, moved))
    assert [[entity.x for entity in view.entities()] for view in views] == [[800], [2400]]
