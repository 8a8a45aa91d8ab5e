"""Changes in columns say what the protocol says one by one, cost what they are said to, and explain turns."""

from random import Random
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import astuple, replace

from protocol.packing import TURN, pack_changes, unpack_changes, unsigned
from protocol.reckoning import Published, reckon_wire
from protocol.snapshot import change_of
from server.beliefs import KIND, TICK, Beliefs, Ints
from server.changes import AGED_ERROR_MAX, Changes, Packed, aged, unsigned_bytes
from server.games.melee import KINDS, SHIP, SHOT
from tests.instruments import strategies as draw

TICK_RATE = 60
NOW = 1400


@st.composite
def news(draw_: st.DrawFn) -> list[tuple[Published, Published]]:
    """Pairs of what was believed and what is to be believed, by ascending ids."""
    ids = sorted(draw_(st.sets(st.integers(0, 999), max_size=12)))
    pairs = []
    for id_ in ids:
        kind = draw_(st.integers(0, len(KINDS) - 1))
        before = replace(draw_(draw.records(st.integers(1000, 1300))), id=id_, kind=kind)
        now = replace(draw_(draw.records(st.integers(1300, NOW))), id=id_, kind=kind)
        if draw_(st.booleans()):  # hardly wrong
            x, y, vx, vy, angle = reckon_wire(before, KINDS[kind], now.tick, TICK_RATE)
            now = replace(before, tick=now.tick, x=x, y=y, vx=vx, vy=vy, angle=angle)
        pairs.append((before, replace(now, variant=before.variant, owner=before.owner)))
    return pairs


def changes_of(pairs: list[tuple[Published, Published]]) -> Changes:
    beliefs, rows = Beliefs(KINDS, TICK_RATE, 1000), np.array([before.id for before, _ in pairs], dtype=np.int64)
    if pairs:
        beliefs.publish(rows, table_of([before for before, _ in pairs]))
    return changes_to(beliefs, rows, table_of([now for _, now in pairs]))


def changes_to(beliefs: Beliefs, rows: Ints, records: Ints) -> Changes:
    return Changes(beliefs, rows, records, beliefs.rounded(rows, records[:, TICK]), NOW)


def table_of(records: list[Published]) -> Ints:
    return np.array([astuple(record) for record in records], dtype=np.int64).reshape(-1, 14)


@settings(max_examples=80)
@given(news(), st.data())
def test_what_is_packed_is_what_the_protocol_says(pairs: list[tuple[Published, Published]], data: Any) -> None:
    changes = changes_of(pairs)
    at = sorted(data.draw(st.sets(st.sampled_from(range(len(pairs)))))) if pairs else []
    cells = [data.draw(st.integers(0, 2)) for _ in at]
    expected: dict[int, list[list[int]]] = {}
    for index, cell in zip(at, cells, strict=True):
        before, now = pairs[index]
        change = change_of(before, now, KINDS[before.kind], TICK_RATE, NOW - now.tick)
        expected.setdefault(cell, []).append(change)
    packed = changes.pack(np.array(at, dtype=np.int64), np.array(cells, dtype=np.int64))
    assert packed == {
        cell: Packed([change[0] for change in said], pack_changes(said)) for cell, said in expected.items()
    }


@settings(max_examples=80)
@given(news())
def test_each_costs_what_it_is_said_to_but_for_a_long_way_from_the_id_before(
    pairs: list[tuple[Published, Published]],
) -> None:
    changes = changes_of(pairs)
    for index, (before, _) in enumerate(pairs):
        packed = changes.pack(np.array([index]), np.array([0]))[0].changed
        assert len(packed) == changes.bytes[index] + len(unsigned(before.id)) - 1


@given(st.lists(st.integers(0, 2**35 - 1), min_size=1))
def test_how_long_integers_are(values: list[int]) -> None:
    assert unsigned_bytes(np.array(values)).tolist() == [len(unsigned(value)) for value in values]


# turns -----------------------------------------------------------------------------------------------------


def flight(random: Random, turned_ago: int) -> tuple[Published, Any, Published]:
    """A ship that turned so many ticks ago: what is believed, its motion, and its record now."""
    kind = KINDS[SHIP]
    believed = Published(0, SHIP, 0, 1, 0, NOW - 30, 8000, 8000, 800, -320, 0, 0, 127, 0)
    stick = random.choice([(0, 127), (-127, 0), (0, -127), (90, 90)])
    x, y, vx, vy, angle = reckon_wire(believed, kind, NOW - turned_ago, TICK_RATE)
    turn = replace(
        believed, tick=NOW - turned_ago, x=x, y=y, vx=vx, vy=vy, angle=angle, move_x=stick[0], move_y=stick[1]
    )
    x, y, vx, vy, angle = reckon_wire(turn, kind, NOW, TICK_RATE)
    motion = np.array([[x / 8], [y / 8], [0.0], [vx / kind.velocity_scale], [vy / kind.velocity_scale], [0.0]])
    return believed, motion, replace(turn, tick=NOW, x=x, y=y, vx=vx, vy=vy, angle=angle)


def test_a_turn_is_told_by_when_and_whereto() -> None:
    random = Random(4)
    for turned_ago in (1, 2, 3):
        believed, motion, truth = flight(random, turned_ago)
        beliefs, rows = Beliefs(KINDS, TICK_RATE, 4), np.array([0])
        beliefs.publish(rows, table_of([believed]))
        records, _ = aged(beliefs, rows, table_of([truth]), motion, age_max=3)
        assert records[0, TICK] == NOW - turned_ago
        changes = changes_to(beliefs, rows, records)
        [(_, mask, *fields)] = unpack_changes(changes.pack(np.array([0]), np.array([5]))[5].changed)
        assert mask == 16 | 64
        assert fields == [truth.move_x, truth.move_y, turned_ago]


def test_a_turn_with_its_aim_takes_five_bytes() -> None:
    believed, motion, truth = flight(Random(4), 2)
    beliefs, rows = Beliefs(KINDS, TICK_RATE, 4), np.array([0])
    beliefs.publish(rows, table_of([believed]))
    records, _ = aged(beliefs, rows, table_of([replace(truth, angle=-77)]), motion, age_max=3)
    changes = changes_to(beliefs, rows, records)
    assert changes.bytes.tolist() == [5]
    assert unpack_changes(changes.pack(np.array([0]), np.array([5]))[5].changed) == [
        [0, TURN, -77, truth.move_x, truth.move_y, 2]
    ]


def test_who_was_pushed_besides_is_told_as_of_now() -> None:
    believed, motion, truth = flight(Random(4), 2)
    beliefs, rows = Beliefs(KINDS, TICK_RATE, 4), np.array([0])
    beliefs.publish(rows, table_of([believed]))
    motion[:2] += (2 + 2 * AGED_ERROR_MAX) * KINDS[SHIP].tolerance_units
    assert aged(beliefs, rows, table_of([truth]), motion, age_max=3)[0][0, TICK] == NOW


def test_nothing_is_older_than_what_was_believed_before() -> None:
    believed, motion, truth = flight(Random(4), 3)
    believed = replace(truth, tick=NOW - 1, move_x=1)
    beliefs, rows = Beliefs(KINDS, TICK_RATE, 4), np.array([0])
    beliefs.publish(rows, table_of([believed]))
    assert aged(beliefs, rows, table_of([truth]), motion, age_max=8)[0][0, TICK] >= NOW - 1


def test_what_has_no_stick_is_left_alone() -> None:
    shot = Published(0, SHOT, 0, 1, 0, NOW, 8000, 8000, 800, -320, 0, 0, 0, 0)
    beliefs, rows = Beliefs(KINDS, TICK_RATE, 4), np.array([0])
    beliefs.publish(rows, table_of([replace(shot, tick=NOW - 9)]))
    truth = table_of([shot])
    assert aged(beliefs, rows, truth, np.zeros((6, 1)), 8)[0] is truth
    assert truth[0, KIND] == SHOT


def test_nobody_at_all() -> None:
    beliefs, none = Beliefs(KINDS, TICK_RATE, 4), np.array([], dtype=np.int64)
    changes = changes_to(beliefs, none, table_of([]))
    assert changes.pack(none, none) == {}
    assert [len(told) for told in aged(beliefs, none, table_of([]), np.zeros((6, 0)), 8)] == [0, 0]
