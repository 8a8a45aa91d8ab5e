"""Beliefs: the closed form is the tick-by-tick rule, rows are numbers, and rounding is the last thing done."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from protocol import reckoning
from protocol.kinds import Kind
from protocol.motion import coast, keep_and_gain, thrust_of
from protocol.quantize import nearest, wrap_angle
from protocol.reckoning import DECAY_TICKS_MAX, Published, decay_at, decay_of, reckon, reckon_wire
from tests.instruments import strategies as draw

SHIP = Kind(name="ship", category="ship", radius=16, mass=1, drag=2.0, thrust=840, steered=True)
ROCK = Kind(name="rock", category="rock", radius=40, mass=30, velocity_scale=64)
STILL = Published(
    id=1, kind=0, variant=0, owner=0, status=0, tick=100, x=800, y=80, vx=0, vy=0, angle=0, spin=0, move_x=0, move_y=0
)
keeps = st.floats(0.5, 0.9999)


@given(believed=draw.records(st.just(100)), kind=draw.kinds(), rate=draw.tick_rates, ticks=st.integers(0, 300))
def test_a_belief_is_where_stepping_tick_by_tick_ends(believed: Published, kind: Kind, rate: int, ticks: int) -> None:
    keep, gain = keep_and_gain(kind, rate)
    tx, ty = thrust_of(believed.move_x, believed.move_y)
    x, y = believed.x / 8, believed.y / 8
    vx, vy = believed.vx / kind.velocity_scale, believed.vy / kind.velocity_scale
    for _ in range(ticks):
        vx, vy = coast(vx, tx, keep, gain), coast(vy, ty, keep, gain)
        x, y = x + vx / rate, y + vy / rate
    at = reckon(believed, kind, believed.tick + ticks, rate)
    assert (at.x, at.y) == pytest.approx((x, y), rel=1e-8, abs=1e-5)
    assert (at.vx, at.vy) == pytest.approx((vx, vy), rel=1e-8, abs=1e-5)
    assert at.angle == pytest.approx(believed.angle + believed.spin / 16 / rate * ticks)


@given(believed=draw.records(), kind=draw.kinds(), rate=draw.tick_rates)
def test_at_its_own_tick_a_belief_is_what_was_published(believed: Published, kind: Kind, rate: int) -> None:
    published = (believed.x, believed.y, believed.vx, believed.vy, believed.angle)
    assert reckon_wire(believed, kind, believed.tick, rate) == published


@given(believed=draw.records(st.just(100)), kind=draw.kinds(), ticks=st.integers(0, 5000))
def test_on_the_wire_a_belief_is_rounded_once_and_its_angle_wraps(believed: Published, kind: Kind, ticks: int) -> None:
    at = reckon(believed, kind, 100 + ticks, 60)
    scale = kind.velocity_scale
    assert reckon_wire(believed, kind, 100 + ticks, 60) == (
        nearest(at.x * 8),
        nearest(at.y * 8),
        nearest(at.vx * scale),
        nearest(at.vy * scale),
        wrap_angle(nearest(at.angle)),
    )


def test_a_rock_drifts_for_ever_at_its_speed() -> None:
    at = reckon(replace(STILL, vx=640), ROCK, 100 + 60 * 3600, 60)
    assert (at.x, at.vx) == (100 + 10 * 3600, 10.0)


def test_a_ship_that_is_let_go_comes_to_rest_where_its_drag_says() -> None:
    gliding = replace(STILL, vx=16 * 400)
    at = reckon(gliding, SHIP, 100 + 6000, 60)
    assert at.vx == pytest.approx(0, abs=1e-5)
    assert at.x == pytest.approx(100 + 400 / SHIP.drag * (1 - SHIP.drag / 60), rel=1e-6)


def test_a_held_stick_is_believed_to_stay_held() -> None:
    pushing = replace(STILL, move_x=127)
    assert reckon(pushing, SHIP, 100 + 6000, 60).vx == pytest.approx(SHIP.thrust / SHIP.drag, rel=1e-6)


def test_a_full_turn_later_the_angle_is_the_same() -> None:
    spinning = replace(STILL, angle=5, spin=4096)
    assert reckon(spinning, ROCK, 160, 60).angle == 5 + 256
    assert reckon_wire(spinning, ROCK, 160, 60)[4] == 5


def test_nothing_is_believed_of_the_past() -> None:
    with pytest.raises(AssertionError):
        reckon(STILL, SHIP, STILL.tick - 1, 60)


@given(keeps)
def test_the_tables_are_repeated_multiplication_and_addition(keep: float) -> None:
    power, total = 1.0, 0.0
    powers, sums = decay_of(keep)
    assert (powers[0], sums[0]) == (1.0, 0.0)
    assert len(powers) == len(sums) == DECAY_TICKS_MAX + 1
    for ticks in range(1, DECAY_TICKS_MAX + 1):
        power *= keep
        total += power
        assert (powers[ticks], sums[ticks]) == (power, total) == decay_at(keep, ticks)


@given(keeps, st.integers(DECAY_TICKS_MAX, 10**9))
def test_beyond_the_tables_their_last_entry_holds(keep: float, ticks: int) -> None:
    assert decay_at(keep, ticks) == decay_at(keep, DECAY_TICKS_MAX)


@given(st.integers(0, 10**9))
def test_without_drag_nothing_decays(ticks: int) -> None:
    assert decay_at(1.0, ticks) == (1.0, float(ticks))


@given(believed=st.lists(draw.records(st.integers(0, 500)), min_size=1, max_size=8), rate=draw.tick_rates)
def test_rows_of_entities_are_the_same_bits(believed: list[Published], rate: int) -> None:
    keep, gain = keep_and_gain(SHIP, rate)
    decays = [decay_at(keep, 500 - entity.tick) for entity in believed]
    k, s = np.array([decay[0] for decay in decays]), np.array([decay[1] for decay in decays])
    n = np.array([500.0 - entity.tick for entity in believed])
    thrust = np.array([thrust_of(entity.move_x, entity.move_y)[0] for entity in believed])
    p = np.array([entity.x / 8 for entity in believed])
    v = np.array([entity.vx / SHIP.velocity_scale for entity in believed])
    u = reckoning.terminal_velocity(thrust, keep, gain)
    one_by_one = [reckon(entity, SHIP, 500, rate) for entity in believed]
    assert reckoning.position_after(p, v, u, n, s, rate).tolist() == [at.x for at in one_by_one]
    assert reckoning.velocity_after(v, u, k).tolist() == [at.vx for at in one_by_one]
