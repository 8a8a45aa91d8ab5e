"""What is said of a few one by one is what columns say of them, to the last bit and byte."""

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import astuple, replace

from protocol.quantize import POSITION_SCALE
from protocol.reckoning import Published, reckon_wire
from protocol.snapshot import Snapshot
from server import publisher
from server.beliefs import Beliefs, Floats, Ints
from server.changes import explained
from server.few import FewChanges
from server.games.melee import KINDS, SHIP
from server.publisher import Publisher, Wrong
from server.room import Room
from tests.instruments import strategies as draw
from tests.instruments.stepper import Stepper, wander

TICK_RATE = 60
NOW = 1400
CAPACITY = 2100

Scene = tuple[list[Published], list[Published], list[tuple[bool, float, float]]]
"""What is believed of each, what is true, and whether it strays, with how far it is off its wire state."""


@st.composite
def scenes(draw_: st.DrawFn) -> Scene:
    believed, true, rest = [], [], []
    for id_ in sorted(draw_(st.sets(st.integers(0, CAPACITY - 1), max_size=6))):
        kind = draw_(st.integers(0, len(KINDS) - 1))
        before = replace(draw_(draw.records(st.integers(NOW - 700, NOW - 1))), id=id_, kind=kind)
        turned = draw_(st.integers(0, 9))
        stick = draw_(st.tuples(st.integers(-127, 127), st.integers(-127, 127))) if turned else ()
        now = led(before, min(turned, NOW - before.tick), stick) if draw_(st.booleans()) else draw_(draw.records())
        now = replace(now, id=id_, kind=kind, variant=before.variant, owner=before.owner, tick=NOW)
        believed.append(before)
        true.append(now)
        rest.append((draw_(st.booleans()), draw_(st.floats(-3.0, 3.0)), draw_(st.floats(-3.0, 3.0))))
    return believed, true, rest


def led(before: Published, ago: int, stick: tuple[int, ...]) -> Published:
    """Where whoever was believed to be so is now, if it turned its stick so many ticks ago."""
    kind, turn = KINDS[before.kind], before
    if stick:
        x, y, vx, vy, angle = reckon_wire(before, kind, NOW - ago, TICK_RATE)
        turn = replace(before, tick=NOW - ago, x=x, y=y, vx=vx, vy=vy, move_x=stick[0], move_y=stick[1])
    x, y, vx, vy, angle = reckon_wire(turn, kind, NOW, TICK_RATE)
    return replace(turn, x=x, y=y, vx=vx, vy=vy, angle=angle)


def table_of(records: list[Published]) -> Ints:
    return np.array([astuple(record) for record in records], dtype=np.int64).reshape(-1, 14)


def motion_of(scene: Scene) -> Floats:
    motion = np.zeros((6, CAPACITY))
    for now, (_, dx, dy) in zip(scene[1], scene[2], strict=True):
        scale = KINDS[now.kind].velocity_scale
        place = now.x / POSITION_SCALE + dx / 8, now.y / POSITION_SCALE + dy / 8
        motion[:5, now.id] = *place, 0.0, now.vx / scale, now.vy / scale
    return motion


@settings(max_examples=80)
@given(scenes(), st.integers(1, 9), st.data())
def test_one_by_one_and_in_columns_it_is_the_same(scene: Scene, age_max: int, data: Any) -> None:
    believed, true, rest = scene
    beliefs, rows = Beliefs(KINDS, TICK_RATE, CAPACITY), np.array([one.id for one in believed], dtype=np.int64)
    if believed:
        beliefs.publish(rows, table_of(believed))
    strays = np.array([strays for strays, _, _ in rest], dtype=bool)
    args = motion_of(scene), NOW, age_max
    columns = explained(beliefs, rows, table_of(true), strays, *args)
    few = FewChanges(beliefs, rows.tolist(), table_of(true).tolist(), strays.tolist(), *args)
    assert few.records.tolist() == columns.records.tolist()
    assert few.bytes.tolist() == columns.bytes.tolist()
    at = np.array(sorted(data.draw(st.sets(st.sampled_from(range(len(rows)))))) if believed else [], dtype=np.int64)
    ways = np.array([data.draw(st.integers(0, 2)) for _ in at], dtype=np.int64)
    assert few.pack(at, ways) == columns.pack(at, ways)
    assert [*few.pack(at, ways)] == [*columns.pack(at, ways)]


@pytest.mark.parametrize("ago", [1, 2, 3])
def test_a_turn_is_told_by_when_and_whereto(ago: int) -> None:
    random = Random(ago)
    before = Published(7, SHIP, 0, 1, 0, NOW - 30, 8000, 8000, 800, -320, 0, 0, 127, 0)
    now = replace(led(before, ago, random.choice([(0, 127), (-127, 0), (0, -127)])), tick=NOW)
    beliefs, rows = Beliefs(KINDS, TICK_RATE, CAPACITY), np.array([7])
    beliefs.publish(rows, table_of([before]))
    motion = motion_of(([before], [now], [(True, 0.0, 0.0)]))
    few = FewChanges(beliefs, [7], table_of([now]).tolist(), [True], motion, NOW, 4)
    assert few.records[0, 5] == NOW - ago
    assert few.bytes.tolist() == [5] or few.bytes.tolist() == [6]
    assert few.pack(np.array([0]), np.array([3]))[3].rows == [7]


def lived(clients: int, ticks: int) -> tuple[Room, list[Snapshot]]:
    """A room with so many who wander and fire, and what the first of them was told."""
    stepper = Stepper(seed=5)
    people = [stepper.join(f"P{n}") for n in range(clients)]
    for n, client in enumerate(people):
        client.pilot = wander(Random(n))
    stepper.step(ticks)
    return stepper.room, people[0].snapshots


@pytest.mark.parametrize("clients", [2, 9])
def test_a_room_lives_the_same_life_without_it(clients: int, monkeypatch: pytest.MonkeyPatch) -> None:
    said, say = list[bool](), Publisher._say_few

    def noted(self: Publisher, wrong: Wrong) -> bool:
        said.append(say(self, wrong))
        return said[-1]

    monkeypatch.setattr(Publisher, "_say_few", noted)
    room, told = lived(clients, 300)
    assert {*said} == {True, False}, "it has both a few and many to say"
    monkeypatch.setattr(publisher, "FEW", -1)
    other, expected = lived(clients, 300)
    assert said[-1] is False
    assert told == expected
    ours, theirs = room.publisher.beliefs, other.publisher.beliefs
    for name in ("table", "motion", "tolerance", "_tick", "_starts"):
        assert (getattr(ours, name) == getattr(theirs, name)).all(), name
    assert room.publisher.cell.tolist() == other.publisher.cell.tolist()
