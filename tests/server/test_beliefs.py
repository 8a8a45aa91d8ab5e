"""Columns reckon like the protocol does one by one: the same bits."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import astuple

from protocol.quantize import wrap_angle
from protocol.reckoning import Published, reckon, reckon_wire
from server.beliefs import Beliefs, wrap_rows
from server.games.melee import KINDS

published = st.builds(
    Published,
    id=st.just(1),
    kind=st.integers(0, len(KINDS) - 1),
    variant=st.integers(0, 9),
    owner=st.integers(0, 9),
    status=st.integers(0, 255),
    tick=st.integers(0, 1300),
    x=st.integers(-1000, 131_072),
    y=st.integers(-1000, 131_072),
    vx=st.integers(-40_000, 40_000),
    vy=st.integers(-40_000, 40_000),
    angle=st.integers(-128, 127),
    spin=st.integers(-30_000, 30_000),
    move_x=st.integers(-127, 127),
    move_y=st.integers(-127, 127),
)
believed = st.lists(published, min_size=1, max_size=20)
tick_rates = st.sampled_from([20, 30, 60, 64, 120])


def beliefs_of(records: list[Published], tick_rate: int) -> tuple[Beliefs, Any]:
    beliefs, rows = Beliefs(KINDS, tick_rate, 32), np.arange(3, 3 + len(records))
    beliefs.publish(rows, np.array([astuple(record) for record in records], dtype=np.int64))
    return beliefs, rows


@settings(max_examples=60)
@given(believed, st.integers(1300, 2600), tick_rates)
def test_rounded_beliefs_are_the_protocols(records: list[Published], tick: int, tick_rate: int) -> None:
    beliefs, rows = beliefs_of(records, tick_rate)
    expected = [reckon_wire(record, KINDS[record.kind], tick, tick_rate) for record in records]
    assert [tuple(row) for row in beliefs.rounded(rows, tick).tolist()] == expected


@settings(max_examples=60)
@given(believed, st.data(), tick_rates)
def test_each_may_have_a_tick_of_its_own(records: list[Published], data: Any, tick_rate: int) -> None:
    beliefs, rows = beliefs_of(records, tick_rate)
    ticks = [data.draw(st.integers(record.tick, 2600)) for record in records]
    expected = [
        reckon_wire(record, KINDS[record.kind], tick, tick_rate) for record, tick in zip(records, ticks, strict=True)
    ]
    assert [tuple(row) for row in beliefs.rounded(rows, np.array(ticks)).tolist()] == expected


@settings(max_examples=60)
@given(believed, st.integers(1300, 2600), tick_rates)
def test_places_and_angles_are_the_protocols(records: list[Published], tick: int, tick_rate: int) -> None:
    beliefs, rows = beliefs_of(records, tick_rate)
    told = beliefs.everything(3 + len(records)).at(tick)[:, rows]
    expected = [reckon(record, KINDS[record.kind], tick, tick_rate) for record in records]
    assert list(zip(*told.tolist(), strict=True)) == [(at.x, at.y, at.angle) for at in expected]


@given(believed, believed)
def test_the_latest_word_is_believed(first: list[Published], second: list[Published]) -> None:
    beliefs, _ = beliefs_of(first, 60)
    rows = np.arange(3, 3 + len(second))
    beliefs.publish(rows, np.array([astuple(record) for record in second], dtype=np.int64))
    expected = [reckon_wire(record, KINDS[record.kind], 1500, 60) for record in second]
    assert [tuple(row) for row in beliefs.rounded(rows, 1500).tolist()] == expected


@given(st.lists(st.integers(-100_000, 100_000), min_size=1))
def test_angles_wrap_like_one_by_one(steps: list[int]) -> None:
    assert wrap_rows(np.array(steps)).tolist() == [wrap_angle(step) for step in steps]
