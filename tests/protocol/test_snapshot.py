"""Cells on the wire: changes and their inverse, flat records, and the checksum that both ends compare."""

import struct
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple, replace

from protocol.kinds import Kind
from protocol.reckoning import Published, reckon_wire
from protocol.snapshot import (
    FIELD_NAMES,
    FIELDS_PER_RECORD,
    Field,
    change_of,
    changed,
    checksum_of,
    records_from_flat,
    records_to_flat,
)
from tests.instruments import strategies as draw

SHIP = Kind(name="ship", category="ship", radius=16, mass=1, drag=2.0, thrust=840, steered=True)
RATE = 60
BELIEVED = Published(
    id=7,
    kind=0,
    variant=3,
    owner=2,
    status=15,
    tick=100,
    x=800,
    y=80,
    vx=160,
    vy=-16,
    angle=120,
    spin=64,
    move_x=9,
    move_y=0,
)


def believed_at(tick: int, **different: int) -> Published:
    """What everyone believes of BELIEVED at `tick`, as if published, but for what is `different`."""
    x, y, vx, vy, angle = reckon_wire(BELIEVED, SHIP, tick, RATE)
    return replace(replace(BELIEVED, tick=tick, x=x, y=y, vx=vx, vy=vy, angle=angle), **different)


@given(
    believed=draw.records(st.just(100)),
    now=draw.records(st.integers(100, 1000)),
    kind=draw.kinds(),
    rate=draw.tick_rates,
    age=st.integers(0, 60),
)
def test_a_change_turns_the_belief_into_the_truth(
    believed: Published, now: Published, kind: Kind, rate: int, age: int
) -> None:
    now = replace(now, id=believed.id, kind=believed.kind, variant=believed.variant, owner=believed.owner)
    change = change_of(believed, now, kind, rate, age)
    assert changed(believed, change, kind, now.tick + age, rate) == now
    assert len(change) == 2 + sum(len(names) for field, names in FIELD_NAMES.items() if change[1] & field)


@given(st.integers(100, 10_000))
def test_a_belief_that_holds_needs_no_fields(tick: int) -> None:
    now = believed_at(tick)
    assert change_of(BELIEVED, now, SHIP, RATE) == [7, 0]
    assert changed(BELIEVED, [7, 0], SHIP, tick, RATE) == now


@pytest.mark.parametrize(
    ("different", "mask", "fields"),
    [
        ({"x": 5}, Field.POSITION, [5, 0]),
        ({"y": -2}, Field.POSITION, [0, -2]),
        ({"vx": -1}, Field.VELOCITY, [-1, 0]),
        ({"vy": 300}, Field.VELOCITY, [0, 300]),
        ({"angle": 3}, Field.ANGLE, [3]),
    ],
)
def test_what_is_reckoned_is_sent_as_a_residual(different: dict[str, int], mask: Field, fields: list[int]) -> None:
    believed = believed_at(130)
    now = believed_at(130, **{name: getattr(believed, name) + residual for name, residual in different.items()})
    assert change_of(BELIEVED, now, SHIP, RATE) == [7, mask, *fields]


@pytest.mark.parametrize(
    ("different", "mask", "fields"),
    [
        ({"spin": -70}, Field.SPIN, [-70]),
        ({"move_x": 0}, Field.MOVE, [0, 0]),
        ({"move_y": 127}, Field.MOVE, [9, 127]),
        ({"status": 4}, Field.STATUS, [4]),
        ({"spin": 1, "status": 2}, Field.SPIN | Field.STATUS, [1, 2]),
    ],
)
def test_what_is_not_reckoned_is_sent_as_it_is(different: dict[str, int], mask: int, fields: list[int]) -> None:
    assert change_of(BELIEVED, believed_at(130, **different), SHIP, RATE) == [7, mask, *fields]


def test_a_residual_of_the_angle_takes_the_short_way_round() -> None:
    believed = replace(BELIEVED, angle=127, spin=0)
    now = replace(believed, angle=-128)
    assert change_of(believed, now, SHIP, RATE) == [7, Field.ANGLE, 1]
    assert changed(believed, [7, Field.ANGLE, 1], SHIP, believed.tick, RATE) == now


@given(st.lists(draw.records(st.integers(900, 1000)), max_size=5))
def test_flat_records_come_back(entities: list[Published]) -> None:
    flat = records_to_flat(entities, 1000)
    assert len(flat) == FIELDS_PER_RECORD * len(entities)
    assert records_from_flat(flat, 1000) == entities


def test_a_flat_record_says_how_old_it_is() -> None:
    assert records_to_flat([BELIEVED], 130) == [7, 0, 3, 2, 15, 30, 800, 80, 160, -16, 120, 64, 9, 0]


@pytest.mark.parametrize("length", [1, 13, 15, 27])
def test_records_cut_short_are_a_value_error(length: int) -> None:
    with pytest.raises(ValueError, match=f"{length} integers are not records of 14"):
        records_from_flat([0] * length, 100)


@given(st.lists(draw.records(), unique_by=lambda entity: entity.id, max_size=6), st.randoms(use_true_random=False))
def test_a_checksum_does_not_depend_on_the_order(entities: list[Published], random: Any) -> None:
    shuffled = random.sample(entities, len(entities))
    assert checksum_of(shuffled) == checksum_of(entities)


@given(st.lists(draw.records(), unique_by=lambda entity: entity.id, max_size=6))
def test_a_checksum_is_the_one_of_the_page(entities: list[Published]) -> None:
    ordered = sorted(entities, key=lambda entity: entity.id)
    assert checksum_of(iter(entities)) == zlib.crc32(b"".join(struct.pack("<14i", *astuple(row)) for row in ordered))


def test_checksums_as_literals() -> None:
    assert checksum_of([]) == 0
    assert checksum_of([BELIEVED]) == zlib.crc32(
        bytes.fromhex(
            "07000000 00000000 03000000 02000000 0f000000 64000000 20030000"
            "50000000 a0000000 f0ffffff 78000000 40000000 09000000 00000000"
        )
    )


@given(draw.records(), st.sampled_from(Published.__struct_fields__[1:]))
def test_a_checksum_notices_each_field(entity: Published, name: str) -> None:
    assert checksum_of([replace(entity, **{name: getattr(entity, name) ^ 1})]) != checksum_of([entity])
