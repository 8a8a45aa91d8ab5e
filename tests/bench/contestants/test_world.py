"""The hand-written game moves ships by Ricochet's rule, keeps them inside, and gives rows back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.contestants.world import ELASTICITY, POSITION_SCALE, RADIUS, VELOCITY_SCALE, Held, World
from bench.scene import TICK_RATE, TICK_RATE_MAX, TICK_RATE_MIN
from protocol.motion import coast, keep_and_gain, thrust_of
from server.games.pieces import SHIP_KIND

STICKS = st.tuples(st.integers(-127, 127), st.integers(-127, 127))


@given(STICKS, st.integers(0, 4095), st.integers(TICK_RATE_MIN, TICK_RATE_MAX))
def test_a_ship_moves_as_ricochets_do(stick: tuple[int, int], aim: int, tick_rate: int) -> None:
    world = World(1, 100_000, tick_rate)
    ship = world.enter()
    assert ship is not None
    world.held[ship] = Held(*stick, aim)
    keep, gain = keep_and_gain(SHIP_KIND, tick_rate)
    thrust_x, thrust_y = thrust_of(*stick)
    x, y, vx, vy = 50_000.0, 50_000.0, 0.0, 0.0
    for _ in range(20):
        world.step()
        vx, vy = coast(vx, thrust_x, keep, gain), coast(vy, thrust_y, keep, gain)
        x, y = x + vx / tick_rate, y + vy / tick_rate
    (record,), _ = world.records()
    assert record.tolist()[1:5] == pytest.approx(
        [x * POSITION_SCALE, y * POSITION_SCALE, vx * VELOCITY_SCALE, vy * VELOCITY_SCALE], abs=1
    )
    assert record[5] % 256 == aim // 16


def test_the_border_throws_a_ship_back() -> None:
    world = World(1, 600, TICK_RATE)
    assert world.enter() == 0
    world.held[0] = Held(-127, 0)
    speeds = []
    for _ in range(60):
        world.step()
        (record,), ((x, _),) = world.records()
        assert RADIUS <= x <= 600 - RADIUS
        speeds.append(record[3] / VELOCITY_SCALE)
    hit = next(n for n, speed in enumerate(speeds) if speed > 0)
    assert speeds[hit] == pytest.approx(-ELASTICITY * speeds[hit - 1], rel=0.1)


def test_rows_are_taken_given_back_and_bounded() -> None:
    world = World(2, 1000, TICK_RATE)
    assert {world.enter(), world.enter()} == {0, 1}
    assert world.enter() is None
    world.held[1] = Held(1, 1, 1, 1)
    world.leave(1)
    rows, position = world.records()
    assert (rows[:, 0].tolist(), len(position)) == ([0], 1)
    assert world.enter() == 1
    assert world.held[1] == Held()


def test_newcomers_are_spread_out() -> None:
    world = World(100, 2560, TICK_RATE)
    for _ in range(100):
        world.enter()
    _, position = world.records()
    apart = np.linalg.norm(position[:, None] - position[None, :], axis=2) + np.eye(100) * 1e9
    assert apart.min() >= 256
