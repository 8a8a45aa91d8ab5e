"""Plans and the arenas that they are."""

from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from protocol import limits
from protocol.arena import Block, Place, Rock, Wall, faults, parse
from protocol.blueprint import arena_of, objection, plan_of, too_large
from protocol.errors import ArenaError
from protocol.plan import Add, AnyStep, Change, Piece, Plan, Refused, Remove, apply
from tests.instruments.plans import ARENA, plan, steps

MAPS = sorted((Path(__file__).parents[2] / "assets" / "maps").glob("*.json"))


@pytest.mark.parametrize("path", MAPS, ids=lambda path: path.stem)
def test_every_map_is_a_plan_and_the_same_map_again(path: Path) -> None:
    arena = parse(path.read_bytes(), path.name)
    again = arena_of(plan_of(arena), arena.name)
    assert (again.walls, again.blocks, again.spawns) == (arena.walls, arena.blocks, arena.spawns)
    assert not list(faults(again))
    assert len(plan_of(arena).pieces) <= limits.PLAN_PIECES_MAX


def test_every_kind_of_piece_comes_back() -> None:
    assert arena_of(plan(), ARENA.name) == ARENA


@given(st.randoms(use_true_random=False))
def test_what_nothing_is_said_against_is_a_file_that_is_accepted(random: Random) -> None:
    now = plan()
    for _ in range(12):
        try:
            following, touched = apply(now, steps(random, now))
        except Refused:
            continue
        sentence = objection(following, touched)
        text = msgspec.json.encode(arena_of(following, "any"))
        assert _refusal(text).startswith("file: ") is bool(sentence)
        now = now if sentence else following


def _refusal(text: bytes) -> str:
    try:
        parse(text, "file")
    except ArenaError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("taken", "sentence"),
    [
        ([Remove(6), Remove(7)], "the last spawn point has to stay"),
        ([Change(6, x=200.0, y=300.0)], "a spawn point: nearer than 24 units to a wall"),
        ([Change(1, x=200.0, y=200.0)], "a spawn point: nearer than 24 units to a wall"),
        ([Change(6, x=5.0)], "a spawn point: nearer than 24 units to the border"),
        ([Change(5, x=2000.0)], "a crate: (2000, 800) is outside of the arena (1024 x 1024)"),
        ([Change(1, radius=8.0)], "a wall's radius: expected `float` >= 16.0"),
        ([Change(1, points=((0.0, 0.0),))], "a wall: expected `array` of length >= 2"),
        ([Change(3, points=((0.0, 0.0), (9.0, 0.0), (0.0, 9.0)))], "a block: less than 32 units across"),
        ([Change(4, points=((5.0, 5.0), (90.0, 5.0), (5.0, 90.0)))], "a rock: the polygon must contain its own centre"),
        ([Change(8, team=0)], "a goal's team: expected `int` >= 1"),
        ([Change(8, x=0.0)], "a goal: it reaches out of the arena"),
    ],
)
def test_a_sentence_says_what_is_wrong(taken: list[AnyStep], sentence: str) -> None:
    assert objection(*apply(plan(), taken)).startswith(sentence)


def test_what_rounding_lays_into_line_is_no_corner_any_more_and_the_plan_is_an_arena() -> None:
    """A rock without an area would end the whole process, and one that isn't convex no checkpoint would bring back."""
    fine = replace(
        ARENA,
        walls=[Wall([(200.0, 200.0), (200.0, 200.0001), (200.0, 400.0)]), Wall([(700.0, 700.0), (700.0, 700.0004)])],
        blocks=[Block([(600.0, 300.0), (650.0, 299.9999), (700.0, 300.0), (700.0, 400.0), (600.0, 400.0)])],
        rocks=[Rock([(-40.0, -40.0), (0.0, -40.0001), (40.0, -40.0), (40.0, 40.0), (-40.0, 40.0)], 300.0, 700.0)],
    )
    assert not list(faults(fine))
    rounded = arena_of(plan_of(fine), fine.name)
    assert not list(faults(rounded))
    shapes: list[Wall | Block | Rock] = [*rounded.walls, *rounded.blocks, *rounded.rocks]
    assert [len(shape.points) for shape in shapes] == [2, 4, 4]


def test_an_arena_of_more_than_a_plan_has_room_for_is_too_large() -> None:
    crates, long = [Place(500.0, 500.0)] * limits.PLAN_PIECES_MAX, Wall([(300.0, 300.0 + n) for n in range(32)])
    assert not too_large(replace(ARENA, crates=crates[:500]))
    assert too_large(replace(ARENA, crates=crates)) == "it is of 1007 pieces, and there is room for 1000"
    assert too_large(replace(ARENA, walls=[long] * 125)) == "it has 4007 corners, and there is room for 4000"


def test_there_are_only_so_many_goals() -> None:
    goal = Piece("goal", 512.0, 512.0, width=64.0, height=64.0, team=2)
    full = Plan(plan().size, {**plan().pieces, **dict.fromkeys(range(100, 99 + limits.GOALS_MAX), goal)})
    assert not objection(*apply(full, [Change(100, x=500.0)]))
    assert "goals" in objection(*apply(full, [Add(1, goal)] if 1 not in full.pieces else [Add(999, goal)]))
