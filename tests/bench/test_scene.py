"""What all contestants are given alike: the same density, sticks within range, changes that are spread out."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import scene
from bench.contestants import Contestant, known
from protocol import cells, limits
from protocol.motion import Input

TICKS = st.integers(0, 2**31 - 1)


@pytest.mark.parametrize("clients", [scene.CLIENTS_MIN, 100, scene.CLIENTS_MAX])
def test_density_is_the_same_for_any_number_of_clients(clients: int, tmp_path: Path) -> None:
    side = scene.Scene(clients, tmp_path).arena_units
    assert side**2 / clients == pytest.approx(scene.UNITS2_PER_CLIENT, rel=0.01)
    assert limits.ARENA_SIDE_UNITS_MIN <= side <= limits.ARENA_SIDE_UNITS_MAX


def test_a_view_is_ricochets() -> None:
    assert (scene.CELL_UNITS, scene.VIEW_HALF_UNITS) == (cells.CELL_UNITS, cells.VIEW_HALF_UNITS)


@given(TICKS, st.integers(0, scene.VARIANTS - 1))
def test_every_variant_is_a_valid_input_with_a_full_stick(tick: int, variant: int) -> None:
    move_x, move_y = scene.stick_of(variant)
    held = Input(move_x, move_y, scene.aim_of(tick, variant))
    assert (held.move_x**2 + held.move_y**2) ** 0.5 == pytest.approx(127, abs=1)
    assert 0 <= held.aim < 4096


def test_the_sticks_are_all_different() -> None:
    assert len({scene.stick_of(variant) for variant in range(scene.VARIANTS)}) == scene.VARIANTS


@given(st.integers(0, 1500), st.integers(0, 100_000))
def test_a_stick_is_held_for_half_a_second(client: int, tick: int) -> None:
    held = [scene.variant_of(client, at) for at in range(tick, tick + scene.HOLD_TICKS + 1)]
    assert all(0 <= variant < scene.VARIANTS for variant in held)
    assert len([1 for before, after in pairwise(held) if before != after]) <= 1


def test_changes_are_spread_over_clients_and_no_direction_is_favoured() -> None:
    changing = Counter(
        tick
        for tick in range(scene.HOLD_TICKS)
        for client in range(150)
        if scene.variant_of(client, tick) != scene.variant_of(client, tick + 1)
    )
    assert len(changing) == scene.HOLD_TICKS
    assert max(changing.values()) <= 2 * min(changing.values())
    taken = Counter(scene.variant_of(client, tick) for client in range(100) for tick in range(0, 1500, 15))
    assert len(taken) == scene.VARIANTS
    assert max(taken.values()) < 3 * min(taken.values())


@pytest.mark.parametrize("contestant", known().values(), ids=known())
@pytest.mark.parametrize("tick_rate", [scene.TICK_RATE, 12])
def test_every_contestant_is_told_the_rate(contestant: Contestant, tick_rate: int, tmp_path: Path) -> None:
    words = contestant.command(scene.Scene(4, tmp_path, tick_rate=tick_rate))
    rates = [words[n + 1] for n, word in enumerate(words) if word.endswith("-rate")]
    assert rates == [str(tick_rate)] * (2 if contestant.has_metrics else 1)
