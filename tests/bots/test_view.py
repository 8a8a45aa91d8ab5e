"""The view against the server's own tables: through a played game, and through histories that nobody would play."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple, replace

from bots.shelf import Shelf
from bots.view import View
from protocol.codec import CODECS
from protocol.kinds import Kind
from protocol.reckoning import Published, reckon
from protocol.snapshot import CellDelta, CellKeyframe, Moved, Snapshot, change_of, changed, checksum_of
from tests.bots.stage import KINDS, PICKUP, SHIP, published, view_of
from tests.instruments import strategies as draw
from tests.instruments.stepper import Stepper, arena_named, wander


def rows_of(view: View) -> dict[int, list[int]]:
    return {entity.id: list(astuple(entity)) for entity in view.entities()}


@pytest.mark.parametrize("arena", ["pinball", "belt"])
def test_it_believes_what_an_independent_reader_believes(arena: str) -> None:
    """Ships fight for ten seconds; their views share tables, one joins midway, one is cut off for a while."""
    stepper = Stepper(seed=7, arena=arena_named(arena))
    clients = [stepper.join(f"P{i}") for i in range(5)]
    shelf = Shelf()
    views = {id(client): View(client.welcome.kinds, 60, (), shelf) for client in clients}
    for i, client in enumerate(clients):
        client.pilot = wander(Random(i))
    told = {id(client): 0 for client in clients}
    for tick in range(600):
        if tick == 200:
            late = stepper.join("late")
            clients.append(late)
            views[id(late)], told[id(late)] = View(late.welcome.kinds, 60, (), shelf), 0
        if tick == 300:
            clients[0].link.block()
        if tick == 330:
            clients[0].link.unblock()
        stepper.step()
        for client in clients:
            view = views[id(client)]
            for snapshot in client.snapshots[told[id(client)] :]:
                assert view.apply(snapshot) == []
                told[id(client)] += 1
            assert rows_of(view) == client.beliefs.rows()
    assert all(client.beliefs.checked > 10 for client in clients)


Table = dict[int, Published]
History = tuple[list[Kind], list[tuple[Snapshot, list[Table]]]]
"""Kinds, and snapshots, each with the tables of the cells after it."""


@st.composite
def histories(make: st.DrawFn) -> History:
    """Three cells in which things appear, are published anew, and vanish; keyframes now and then."""
    kinds = make(st.lists(draw.kinds(), min_size=2, max_size=2))
    tick = 1000
    tables: list[Table] = [{}, {}, {}]
    steps: list[tuple[Snapshot, list[Table]]] = []
    for _ in range(make(st.integers(1, 6))):
        tick += make(st.integers(1, 200))
        news: list[CellKeyframe | CellDelta] = []
        for cell, table in enumerate(tables):
            delta = make(deltas(cell, table, kinds, tick))
            is_keyframe = not steps or make(st.booleans())
            checksum = checksum_of(table.values())
            news.append(CellKeyframe(cell, checksum, list(table.values())) if is_keyframe else delta)
        steps.append((Snapshot(tick, 0, None, None, None, [], None, news), [dict(table) for table in tables]))
    return kinds, steps


@st.composite
def deltas(make: st.DrawFn, cell: int, table: Table, kinds: list[Kind], tick: int) -> CellDelta:
    """News of one cell; `table` becomes what it is after them."""
    gone = [entity_id for entity_id in table if make(st.integers(0, 3)) == 0]
    for entity_id in gone:
        del table[entity_id]
    changes = []
    for was in list(table.values()):
        if make(st.booleans()):
            now = replace(make(draw.records(st.just(tick))), id=was.id, kind=was.kind)
            now.variant, now.owner = was.variant, was.owner
            changes.append(change_of(was, now, kinds[now.kind], 60))
            table[now.id] = now
    entered = []
    new_id = cell * 100 + make(st.integers(0, 99))
    if new_id not in table:
        entity = make(draw.records(st.integers(tick - 50, tick)))
        entered.append(replace(entity, id=new_id, kind=entity.kind % len(kinds)))
        table[new_id] = entered[0]
    return CellDelta(cell, checksum_of(table.values()), gone, entered, sorted(changes))


@given(histories(), st.sampled_from(sorted(CODECS)))
def test_any_history_is_followed_to_the_bit(history: History, subprotocol: str) -> None:
    kinds, steps = history
    codec = CODECS[subprotocol]
    view = View(kinds, 60)
    for snapshot, tables in steps:
        cells = [
            codec.keyframe(cell, snapshot.tick) if isinstance(cell, CellKeyframe) else codec.delta(cell, snapshot.tick)
            for cell in snapshot.cells
        ]
        wire = codec.snapshot(snapshot.tick, 0, None, None, None, [], b"", len(cells), codec.join(cells))
        decoded = codec.decode_server(wire)
        assert isinstance(decoded, Snapshot)
        assert view.apply(decoded) == []
        assert rows_of(view) == {e.id: list(astuple(e)) for table in tables for e in table.values()}


def test_a_wrong_checksum_is_counted_and_named() -> None:
    view = View(KINDS, 60)
    entity = published(5, 100, 100)
    right, wrong = checksum_of([entity]), checksum_of([replace(entity, x=1)])
    good, bad = CellKeyframe(3, right, [entity]), CellKeyframe(4, wrong, [replace(entity, id=6)])
    assert view.apply(Snapshot(100, 0, None, None, None, [], None, [good, bad])) == [4]
    assert view.checksum_mismatches == 1
    assert view.apply(Snapshot(102, 0, None, None, None, [], None, [CellDelta(3, wrong, [], [], [])])) == [3]
    assert view.checksum_mismatches == 2


@pytest.mark.parametrize(
    "delta",
    [CellDelta(0, None, [99], [], []), CellDelta(0, None, [], [], [[99, 0]]), CellDelta(7, None, [], [], [])],
    ids=["a stranger is gone", "a stranger changes", "an unknown cell"],
)
def test_news_of_what_we_never_knew_asks_for_a_keyframe(delta: CellDelta) -> None:
    view = view_of(None, published(5, 100, 100))
    before = rows_of(view)
    assert view.apply(Snapshot(102, 0, None, None, None, [], None, [delta])) == [delta.cell]
    assert rows_of(view) == before


def test_cells_out_of_sight_are_forgotten() -> None:
    view = view_of(None, published(5, 100, 100))
    assert view.entity(5) is not None
    view.apply(Snapshot(102, 0, None, None, None, [0], None, []))
    assert view.entity(5) is None
    assert view.where(5, 102) is None


def test_who_moves_is_looked_up_before_anything_changes() -> None:
    entity, shelf = published(5, 100, 100, vx=60), Shelf()
    views = [View(KINDS, 60, (), shelf), View(KINDS, 60, (), shelf)]
    cells = [CellKeyframe(0, checksum_of([entity]), [entity]), CellKeyframe(1, 0, [])]
    gone, here = CellDelta(0, None, [5], [], []), CellDelta(1, None, [], [], [], [Moved(0, [[5, 1, 3, 4]])])
    for view, news in zip(views, ([gone, here], [here, gone]), strict=True):
        view.apply(Snapshot(100, 0, None, None, None, [], None, [*cells]))
        view.apply(Snapshot(102, 0, None, None, None, [], None, [*news]))
        assert view.entity(5) == changed(entity, [5, 1, 3, 4], KINDS[0], 102, 60)
    assert rows_of(views[0]) == rows_of(views[1])


def test_views_that_know_the_same_hold_one_table_and_work_out_a_delta_once() -> None:
    entity = published(5, 100, 100, vx=60)
    shelf = Shelf()
    first, second = View(KINDS, 60, (), shelf), View(KINDS, 60, (), shelf)
    keyframe = CellKeyframe(0, checksum_of([entity]), [entity])
    first.apply(Snapshot(100, 0, None, None, None, [], None, [keyframe]))
    second.apply(Snapshot(100, 0, None, None, None, [], None, [CellKeyframe(0, keyframe.checksum, [replace(entity)])]))
    for view in (first, second):
        view.apply(Snapshot(102, 0, None, None, None, [], None, [CellDelta(0, None, [], [], [[5, 1, 3, 4]])]))
    assert first.entity(5) is second.entity(5)
    assert first.entity(5) != entity


def test_where_is_the_belief_at_a_tick() -> None:
    entity = published(5, 100, 100, vx=60)
    view = view_of(None, entity)
    assert view.where(5, 160) == reckon(entity, SHIP, 160, 60)
    assert view.where(5, 90) == reckon(entity, SHIP, 100, 60)


def test_nearest_and_near_leave_our_own_ship_out() -> None:
    view = view_of((500, 500), published(2, 900, 500), published(3, 600, 500), published(4, 510, 500, kind=2))
    nearest = view.nearest("ship")
    assert nearest is not None
    assert nearest.entity.id == 3
    assert nearest.kind is SHIP
    assert [s.entity.id for s in view.near(500, 500, 200)] == [4, 3]
    assert [s.kind for s in view.near(500, 500, 1000, "pickup")] == [PICKUP]
    assert view_of(None, published(2, 900, 500)).nearest("ship") is None
    assert view_of((500, 500)).nearest("ship") is None


def test_hud_is_named_and_stays_until_it_changes() -> None:
    view = view_of((500, 500), hull=70)
    view.apply(Snapshot(102, 0, None, None, None, [], None, []))
    assert view.hud == {"hull": 70}
