"""Ricochet's arena is as the scene wants it, and one that Ricochet takes."""

from pathlib import Path

import pytest

from bench.contestants.map import map_of, write_map
from bench.scene import CLIENTS_MAX, CLIENTS_MIN, Scene
from protocol.arena import parse


@pytest.mark.parametrize("clients", [CLIENTS_MIN, 5, 100, CLIENTS_MAX])
def test_it_is_empty_of_the_right_size_and_has_a_place_for_everyone(clients: int, tmp_path: Path) -> None:
    scene = Scene(clients, tmp_path)
    arena = parse(write_map(scene).read_bytes(), "bench.json")
    assert (arena.size.width, arena.size.height) == (scene.arena_units, scene.arena_units)
    assert [*arena.walls, *arena.blocks, *arena.rocks, *arena.crates] == []
    assert len({(spawn.x, spawn.y) for spawn in arena.spawns}) == clients


def test_places_are_spread_over_the_whole_arena() -> None:
    spawns = map_of(100, 2560)["spawns"]
    assert {min(spawn["x"] for spawn in spawns), min(spawn["y"] for spawn in spawns)} == {64}
    assert {max(spawn["x"] for spawn in spawns), max(spawn["y"] for spawn in spawns)} == {2560 - 64}
