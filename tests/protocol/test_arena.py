"""Maps: the shipped ones hold together, and every fault is one sentence that names its place."""

import json
from itertools import pairwise
from math import dist
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import limits
from protocol.arena import Arena, Goal, Place, Size, Wall, faults, is_convex, parse
from protocol.errors import ArenaError
from tests.instruments import strategies as draw

MAPS = sorted((Path(__file__).parents[2] / "assets" / "maps").glob("*.json"))
SQUARE = [[600, 600], [700, 600], [700, 700], [600, 700]]
STAR = [[0, -50], [30, 40], [-48, -15], [48, -15], [-30, 40]]
GOAL = {"x": 100, "y": 500, "width": 100, "height": 300, "team": 1}
ROCK = [[-20, -20], [20, -20], [20, 20], [-20, 20]]


def a_map(**parts: Any) -> dict[str, Any]:
    """A map that holds together, but for what `parts` change."""
    return {"name": "A", "size": {"width": 1024, "height": 1024}, "spawns": [{"x": 300, "y": 300}], **parts}


def sentence_of(plain: object) -> str:
    text = plain if isinstance(plain, bytes) else json.dumps(plain).encode()
    with pytest.raises(ArenaError) as caught:
        parse(text, "a.json")
    return str(caught.value)


@pytest.mark.parametrize("path", MAPS, ids=[path.stem for path in MAPS])
def test_the_maps_that_are_shipped_hold_together(path: Path) -> None:
    arena = parse(path.read_bytes(), path.name)
    assert list(faults(arena)) == []
    assert len(arena.spawns) >= 8
    assert msgspec.json.decode(msgspec.json.encode(arena), type=Arena) == arena


def test_there_is_a_small_map_and_a_large_one() -> None:
    sides = {parse(path.read_bytes(), path.name).size.width for path in MAPS}
    assert {2048, 8192} <= sides


def test_the_smallest_map_needs_a_name_a_size_and_a_spawn() -> None:
    arena = parse(json.dumps(a_map()).encode(), "a.json")
    assert (arena.walls, arena.blocks, arena.rocks, arena.crates) == ([], [], [], [])
    for part in a_map():
        lacking = {name: value for name, value in a_map().items() if name != part}
        assert sentence_of(lacking) == f"a.json: Object missing required field `{part}`"


@pytest.mark.parametrize(
    ("parts", "place", "what"),
    [
        ({"name": ""}, "name", "length >= 1"),
        ({"name": "n" * 41}, "name", "length <= 40"),
        ({"size": {"width": 511, "height": 1024}}, "size.width", ">= 512"),
        ({"size": {"width": 1024, "height": 16385}}, "size.height", "<= 16384"),
        ({"spawns": []}, "spawns", "length >= 1"),
        ({"spawns": [{"x": 300}]}, "spawns[0]", "missing required field `y`"),
        ({"spawns": [{"x": 300, "y": "top"}]}, "spawns[0].y", "Expected `float`, got `str`"),
        ({"spawns": [{"x": 300, "y": 300, "z": 0}]}, "spawns[0]", "unknown field `z`"),
        ({"spawns": [{"x": 300, "y": 300}, {"x": 1025, "y": 0}]}, "spawns[1]", "(1025, 0) is outside of the arena"),
        ({"spawns": [{"x": 300, "y": 20}]}, "spawns[0]", "nearer than 24 units to the border"),
        ({"crates": [{"x": -1, "y": 0}]}, "crates[0]", "(-1, 0) is outside of the arena (1024 x 1024)"),
        ({"crates": [{"x": 1, "y": 2, "angle": 1001}]}, "crates[0].angle", "<= 1000"),
        ({"spawns": [{"x": 300, "y": 300, "angle": -1e300}]}, "spawns[0].angle", ">= -1000"),
        ({"rocks": [{"x": 1, "y": 2, "points": ROCK, "angle": 1e300}]}, "rocks[0].angle", "<= 1000"),
        ({"goals": [GOAL | {"x": 40}]}, "goals[0]", "it reaches out of the arena"),
        ({"goals": [GOAL, GOAL | {"y": 990}]}, "goals[1]", "it reaches out of the arena"),
        ({"goals": [GOAL | {"width": 63}]}, "goals[0].width", ">= 64"),
        ({"goals": [GOAL | {"team": 0}]}, "goals[0].team", ">= 1"),
        ({"goals": [GOAL | {"team": 7}]}, "goals[0].team", "<= 6"),
        ({"goals": [GOAL] * 17}, "goals", "length <= 16"),
        ({"walls": [{"points": [[1, 2]]}]}, "walls[0].points", "length >= 2"),
        ({"walls": [{"points": [[1, 2]] * 33}]}, "walls[0].points", "length <= 32"),
        ({"walls": [{"points": [[1, 2], [3, 4, 5]]}]}, "walls[0].points[1]", "length 2"),
        ({"walls": [{"points": [[1, 2], [3, 4]], "radius": 3}]}, "walls[0].radius", ">= 16"),
        ({"walls": [{"points": [[9, 9], [9, 9]]}]}, "walls[0].points", "two neighbours are the same point"),
        (
            {"walls": [{"points": [[9, 9], [50, 9], [9, 9]], "closed": True}]},
            "walls[0].points",
            "two neighbours are the same point",
        ),
        ({"walls": [{"points": [[0, 0], [9000, 10]]}]}, "walls[0].points[1]", "(9000, 10) is outside of the arena"),
        ({"walls": [{"points": [[200, 300], [400, 300]]}]}, "spawns[0]", "nearer than 24 units to walls[0]"),
        (
            {"walls": [{"points": [[270, 200], [500, 200], [270, 400]], "closed": True}]},
            "spawns[0]",
            "nearer than 24 units to walls[0]",
        ),
        ({"blocks": [{"points": SQUARE[:2]}]}, "blocks[0].points", "length >= 3"),
        ({"blocks": [{"points": [*SQUARE, [2000, 2000]]}]}, "blocks[0].points[4]", "(2000, 2000) is outside"),
        ({"blocks": [{"points": [[0, 0], [50, 50], [90, 90]]}]}, "blocks[0].points", "convex and have an area"),
        (
            {"blocks": [{"points": SQUARE}, {"points": [[600, 600], [700, 700], [700, 600], [600, 700]]}]},
            "blocks[1].points",
            "convex",
        ),
        (
            {"blocks": [{"points": [[250, 250], [350, 250], [300, 350]]}]},
            "spawns[0]",
            "nearer than 24 units to blocks[0]",
        ),
        ({"rocks": [{"points": ROCK, "x": 600, "y": 1025}]}, "rocks[0]", "(600, 1025) is outside of the arena"),
        ({"rocks": [{"points": STAR, "x": 600, "y": 600}]}, "rocks[0].points", "convex and have an area"),
        ({"rocks": [{"points": SQUARE, "x": 600, "y": 600}]}, "rocks[0].points[0][0]", "<= 256"),
        (
            {"rocks": [{"points": [[10, 10], [50, 10], [10, 50]], "x": 600, "y": 600}]},
            "rocks[0].points",
            "contain its own centre",
        ),
        (
            {"rocks": [{"points": [[-1e-4, -1e-4], [1e-4, -1e-4], [0, 1e-4]], "x": 600, "y": 600}]},
            "rocks[0].points",
            "less than 1 unit across",
        ),
        ({"rocks": [{"points": ROCK, "x": 600, "y": 600, "angle": 1000.5}]}, "rocks[0].angle", "<= 1000"),
        ({"crates": [{"x": 600, "y": 600, "angle": -1e300}]}, "crates[0].angle", ">= -1000"),
        ({"rocks": [{"points": ROCK * 4, "x": 600, "y": 600}]}, "rocks[0].points", "length <= 12"),
    ],
)
def test_each_fault_names_its_place(parts: dict[str, Any], place: str, what: str) -> None:
    sentence = sentence_of(a_map(**parts))
    assert sentence.startswith(f"a.json: {place}: ")
    assert what in sentence


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"\xff\xfe", b'{"name":"\xff"}', b"{'name': 1}", b'{"a":' * 5000],
    ids=lambda text: str(text[:10]),
)
def test_what_is_not_json_is_said_to_be_so(text: bytes) -> None:
    assert sentence_of(text).startswith("a.json: not JSON: ") or b'{"a":' in text


def test_a_file_that_is_too_long_is_not_even_read() -> None:
    assert sentence_of(b" " * (limits.ARENA_BYTES_MAX + 1)) == "a.json: 1000001 bytes, at most 1000000 are allowed"


def test_a_number_that_is_not_finite_is_a_fault() -> None:
    text = json.dumps(a_map(crates=[{"x": 1, "y": 2, "angle": 3.25}])).replace("3.25", "1e999").encode()
    assert sentence_of(text).startswith("a.json: crates[0].angle: ")


def faults_or_error(text: bytes) -> list[tuple[str, str]] | str:
    """The faults that `parse` overlooked, or the sentence of its error."""
    try:
        return list(faults(parse(text, "a.json")))
    except ArenaError as error:
        return str(error)


@given(st.binary(max_size=100))
def test_any_bytes_are_an_error_that_names_the_file(text: bytes) -> None:
    assert sentence_of(text).startswith("a.json: ")


numbers = st.floats(-2000, 2000) | st.integers(-2000, 2000)
points = st.lists(st.tuples(numbers, numbers), max_size=6)
parts = st.fixed_dictionaries(
    {},
    optional={
        "x": numbers,
        "y": numbers,
        "angle": numbers,
        "points": points,
        "radius": numbers,
        "closed": st.booleans(),
    },
)


@given(st.dictionaries(st.sampled_from(["spawns", "walls", "blocks", "rocks", "crates"]), st.lists(parts, max_size=3)))
def test_any_parts_are_an_arena_without_faults_or_an_error(drawn: dict[str, Any]) -> None:
    came = faults_or_error(msgspec.json.encode(a_map(**drawn)))
    assert came == [] or str(came).startswith("a.json: ")


@given(draw.anything_plain)
def test_any_json_that_is_no_arena_is_an_error(plain: object) -> None:
    assert sentence_of(msgspec.json.encode(plain)).startswith("a.json: ")


LOOP = [[300, 300], [420, 310], [380, 450]]


@given(st.floats(0, 1024), st.floats(0, 1024))
def test_a_spawn_point_keeps_clear_of_whatever_is_solid_wherever_it_is(x: float, y: float) -> None:
    """Held to walking along the sides, step by step, which is right to within half a step."""
    told = a_map(
        spawns=[{"x": x, "y": y}],
        walls=[{"points": LOOP, "closed": True, "radius": 20}],
        blocks=[{"points": SQUARE}],
    )
    found = [what for _, what in faults(msgspec.convert(told, Arena, strict=False))]
    inside = 600 <= x <= 700 and 600 <= y <= 700
    for name, away, clearance in (
        ("walls[0]", walked(LOOP, x, y), 44),
        ("blocks[0]", 0.0 if inside else walked(SQUARE, x, y), 24),
    ):
        if away < clearance:
            assert found == [f"nearer than 24 units to {name}"]
        elif away > clearance + 1:
            assert f"nearer than 24 units to {name}" not in found


def walked(corners: list[list[int]], x: float, y: float) -> float:
    """How near one comes to (x, y) on the way around."""
    steps = [
        (a[0] + (b[0] - a[0]) * step / 100, a[1] + (b[1] - a[1]) * step / 100)
        for a, b in pairwise([*corners, corners[0]])
        for step in range(101)
    ]
    return min(dist(spot, (x, y)) for spot in steps)


def test_a_wall_goes_from_point_to_point_and_back_if_closed() -> None:
    a, b, c = (0.0, 0.0), (9.0, 0.0), (9.0, 9.0)
    assert list(Wall([a, b, c]).segments()) == [(a, b), (b, c)]
    assert list(Wall([a, b, c], closed=True).segments()) == [(a, b), (b, c), (c, a)]


@given(st.integers(3, 12), st.floats(1, 100), st.floats(0, 7), st.booleans())
def test_a_regular_polygon_is_convex_either_way_round(corners: int, radius: float, turned: float, back: bool) -> None:
    ring = [
        (radius * z.real, radius * z.imag) for z in (complex(-1) ** (2 * i / corners + turned) for i in range(corners))
    ]
    assert is_convex(ring[::-1] if back else ring)


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param([(0, -50), (30, 40), (-48, -15), (48, -15), (-30, 40)], id="star"),
        pytest.param([(0, 0), (10, 0), (10, 10)] * 2, id="twice round"),
        pytest.param([(0, 0), (10, 0), (2, 2), (0, 10)], id="dented"),
        pytest.param([(0, 0), (5, 0), (10, 0), (5, 5)], id="a corner of 180 degrees"),
        pytest.param([(0, 0), (0, 0), (5, 5)], id="a corner twice"),
        pytest.param([(0, 0), (5, 5), (9, 9)], id="a line"),
    ],
)
def test_what_is_not_convex(shape: list[tuple[float, float]]) -> None:
    assert not is_convex(shape)


def test_a_goal_holds_what_is_within_its_sides() -> None:
    goal = Goal(100, 500, 100, 300, 1)
    assert all(goal.contains(x, y) for x, y in ((100, 500), (50, 350), (150, 650)))
    assert not any(goal.contains(x, y) for x, y in ((49, 500), (151, 500), (100, 349), (100, 651)))


def test_a_team_appears_near_its_own_goal() -> None:
    left, right = Goal(50, 500, 100, 300, 1), Goal(950, 500, 100, 300, 2)
    spots = [Place(600, 500), Place(400, 500), Place(100, 500)]
    arena = Arena("A", Size(1024, 1024), spots, goals=[left, right])
    assert arena.spawns_of(1) == [spots[2], spots[1]]
    assert arena.spawns_of(2) == [spots[0]]
    assert arena.spawns_of(3) == spots, "it has no goal"
    assert Arena("B", Size(1024, 1024), spots).spawns_of(1) == spots
