"""PROTOCOL.md says what the code does: numbers, fields, defaults, ranges, masks, codes and limits, read off its tables.

The page is enough to write a client from, so it may not lag behind. Every test here reads the page and
compares it with the declarations; the bytes themselves are in `test_codec`.
"""

import json
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from msgspec import Struct

from protocol import (
    arena,
    build_messages,
    description,
    limits,
    messages,
    plan,
)
from protocol.codec import CODECS
from protocol.errors import Code
from protocol.gun import Gun
from protocol.kinds import Category, Kind
from protocol.motion import Button, Input
from protocol.near import RECORD_BYTES, Near, pack_near
from protocol.reckoning import Published
from protocol.snapshot import FIELD_NAMES, CellDelta, CellKeyframe, Own, Snapshot

PAGE = (Path(__file__).parents[2] / "protocol" / "PROTOCOL.md").read_text("utf-8")
PROSE = " ".join(PAGE.split())
"""The page without its line breaks."""
MESSAGES: list[type[messages.Message]] = [*messages.CLIENT_MESSAGES, *messages.SERVER_MESSAGES]

Row = list[str]


def section(heading: str) -> str:
    """What stands under a heading, up to the next."""
    found = re.search(rf"^#+ {re.escape(heading)}$(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"no heading {heading!r}"
    return found[1]


def tables(text: str) -> list[list[Row]]:
    """The rows of each table in `text`, without its head."""
    found: list[list[Row]] = []
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]
        found.append(rows[2:])
    return found


def test_sections_are_numbered_one_after_the_other_and_only_these_are_named() -> None:
    numbers = [int(number) for number in re.findall(r"^## (\d+)\. ", PAGE, re.MULTILINE)]
    assert numbers == [*range(1, len(numbers) + 1)]
    assert {int(number) for number in re.findall(r"§(\d+)", PAGE)} <= {*numbers}


def names(cell: str) -> list[str]:
    return re.findall(r"`(\w+)`", cell)


def fields_in(table: list[Row]) -> list[str]:
    return [name for row in table for name in names(row[0])]


def default_of(kind: str) -> Any:
    """What a type cell says after `=`, or NODEFAULT."""
    _, equals, said = kind.partition(" = ")
    if not equals:
        return msgspec.NODEFAULT
    said = said.strip("`")
    return None if said == "nil" else json.loads(said)


def number(said: str) -> int:
    """`2^53−1` as an integer."""
    power = re.fullmatch(r"2\^(\d+)−1", said)
    return 2 ** int(power[1]) - 1 if power else int(said.replace("−", "-"))


def ranges_in(table: list[Row]) -> Iterator[tuple[str, int, int]]:
    """(field, least, greatest) of each row that gives a range."""
    for row in table:
        if found := re.search(r"(−?\d+)\.\.([\d^−]+)", row[1]):
            yield from ((name, number(found[1]), number(found[2])) for name in names(row[0]))


def test_every_message_has_its_heading_and_no_other_has() -> None:
    said = [(int(at), name) for at, name in re.findall(r"^### (\d+) `(\w+)`$", PAGE, re.MULTILINE)]
    declared = [(cls.number, str(cls.__struct_config__.tag)) for cls in MESSAGES]
    assert said == sorted([*declared, (messages.SNAPSHOT_NUMBER, "snapshot")])


@pytest.mark.parametrize("cls", MESSAGES, ids=lambda cls: cls.__name__)
def test_fields_defaults_and_ranges_of_a_message(cls: type[messages.Message]) -> None:
    text = section(f"{cls.number} `{cls.__struct_config__.tag}`")
    if not cls.__struct_fields__:
        assert text.lstrip().startswith("No fields.")
        return
    table = tables(text)[0]
    fields = {field.name: field for field in msgspec.structs.fields(cls)}
    assert fields_in(table) == list(fields)
    for row in table:
        for name in names(row[0]):
            assert fields[name].default == default_of(row[1]), name
    schema = msgspec.json.schema(cls)["$defs"][cls.__name__]["properties"]
    for name, least, greatest in ranges_in(table):
        assert (schema[name]["minimum"], schema[name]["maximum"]) == (least, greatest), name


def test_the_snapshot() -> None:
    text = section("17 `snapshot`")
    assert fields_in(tables(text)[0]) == list(Snapshot.__struct_fields__)
    assert f"`[{', '.join(Own.__struct_fields__)}]` in msgpack, named in JSON" in text


def test_what_is_near() -> None:
    text = section("17 `snapshot`")
    table = tables(text)[1]
    assert fields_in(table) == list(Near.__struct_fields__)
    scales = [int(row[2].split()[0]) for row in table for _ in names(row[0])]
    dx, dy, vx, vy, angle, spin = (1 / scale for scale in scales[1:7])
    least = pack_near([Near(1, dx, dy, vx, vy, angle, spin, 1, 1)])
    assert least == b"\1\0" * 7 + b"\1\1", "one of each by the page's scales is one on the wire"
    assert f"one byte string, {RECORD_BYTES} bytes for each body" in PROSE


def test_an_input() -> None:
    text = section("2 `inputs`")
    table = tables(text)[1]
    assert fields_in(table) == list(Input.__struct_fields__)
    assert f"An input is `[{', '.join(Input.__struct_fields__)}]` in msgpack" in text
    schema = msgspec.json.schema(Input)["$defs"]["Input"]["properties"]
    ranges = list(ranges_in(table))
    assert [name for name, _, _ in ranges] == list(Input.__struct_fields__)
    for name, least, greatest in ranges:
        assert schema[name]["minimum"] == least
        assert greatest in (schema[name].get("maximum"), schema[name].get("exclusiveMaximum", 0) - 1)


def test_the_bits_of_buttons() -> None:
    assert f"held now: {', '.join(f'{button.value} {button.name.lower()}' for button in Button)} |" in PAGE


def test_the_roster() -> None:
    assert f"each `{{{', '.join(messages.PlayerInfo.__struct_fields__)}}}`, with colour 0..11" in PAGE


@pytest.mark.parametrize("cls", [messages.RoomInfo, messages.GameInfo, messages.Podium, messages.Standing])
def test_what_the_lobby_lists(cls: type[Struct]) -> None:
    assert f"`{{{', '.join(cls.__struct_fields__)}}}`" in section("23 `lobby`")


def test_a_record_is_in_this_order() -> None:
    text = section("5. Cells and beliefs")
    declared = ["age" if name == "tick" else name for name in Published.__struct_fields__]
    assert fields_in(tables(text)[0]) == declared
    assert f"A **record** is {len(declared)} integers" in text


def test_the_masks_of_a_change() -> None:
    table = tables(section("5. Cells and beliefs"))[1]
    assert {int(row[0]): tuple(names(row[1])) for row in table} == FIELD_NAMES
    for row in table:
        residual = all(name.startswith("d") for name in names(row[1]))
        assert row[2].startswith("residual" if residual else "absolute")


@pytest.mark.parametrize(
    ("cell", "bit"),
    [(CellKeyframe(1, 2, []), "true"), (CellDelta(1, None, [], [], []), "false")],
    ids=["keyframe", "delta"],
)
def test_a_cell_in_json(cell: CellKeyframe | CellDelta, bit: str) -> None:
    codec = CODECS[limits.SUBPROTOCOL_JSON]
    said = codec.keyframe(cell, 5) if isinstance(cell, CellKeyframe) else codec.delta(cell, 5)
    keys = [f'"{key}": {bit}' if key == "keyframe" else f'"{key}"' for key in json.loads(said)]
    written = ", ".join(keys).replace('"entities"', '"entities": [record, …]')
    assert f"`{{{written}}}`" in PROSE


def test_the_codes_are_all_of_them() -> None:
    table = tables(section("9. Codes"))[0]
    assert [(int(row[0]), *names(row[1])) for row in table] == [(code.value, code.name) for code in Code]


def test_the_limits_are_all_of_them() -> None:
    table = tables(section("10. Limits"))[0]
    declared = {
        name: value for name, value in vars(limits).items() if name.isupper() and isinstance(value, int | float)
    }
    version = declared.pop("PROTOCOL_VERSION")
    assert {names(row[0])[0]: float(row[1]) for row in table} == declared
    assert PAGE.startswith(f"# The Ricochet protocol, version {version}\n")


def test_the_subprotocols_are_in_the_order_of_preference() -> None:
    assert [row[0].strip("`") for row in tables(section("1. The connection"))[0]] == list(CODECS)


def test_a_kind() -> None:
    text = section("6. Reckoning, exactly")
    table = tables(text)[0]
    assert fields_in(table) == list(Kind.__struct_fields__)
    said = {name: names(row[1]) for row in table for name in names(row[0])}
    assert said["category"] == list(get_args(Category))
    assert said["shape"] == list(get_args(msgspec.structs.fields(Kind)[2].type))


def test_a_gun() -> None:
    table = tables(section("6. Reckoning, exactly"))[1]
    assert fields_in(table) == list(Gun.__struct_fields__)


def test_an_arena() -> None:
    table = tables(section("7. An arena"))[0]
    assert fields_in(table) == list(arena.Arena.__struct_fields__)
    parts: dict[str, type[Struct]] = {
        "size": arena.Size,
        "spawns": arena.Place,
        "walls": arena.Wall,
        "blocks": arena.Block,
        "rocks": arena.Rock,
        "crates": arena.Place,
        "goals": arena.Goal,
    }
    for row in table[1:]:
        found = re.search(r"`\{(.+?)\}`", row[1])
        assert found, row
        said = [field.partition(" = ")[0] for field in found[1].split(", ")]
        part = parts[names(row[0])[0]]
        assert said == list(part.__struct_fields__)
        for field, written in zip(msgspec.structs.fields(part), found[1].split(", "), strict=True):
            assert field.default == default_of(written), f"{row[0]} {field.name}"


def test_what_the_checksum_of_a_plan_takes_for_what_a_piece_does_not_have() -> None:
    said = re.search(r"of whatever kind, counts as (.*?) and no points", PROSE)
    assert said
    counted = {name: float(value) for name, value in re.findall(r"`(\w+)` = (\d+)", said[1])}
    bare = plan.Piece("crate", 1.0, 2.0)
    assert counted == {name: getattr(bare, name) for name in plan.FIELDS if name not in ("x", "y", "points")}
    numbers = [7, list(plan.KINDS).index("crate"), 1, 2, *counted.values(), len(bare.points)]
    only = plan.Plan(arena.Size(512, 512), {7: bare})
    assert plan.checksum(only) == zlib.crc32(struct.pack(f"<{len(numbers)}d", *numbers))


def test_the_pieces_of_a_plan() -> None:
    table, steps = tables(section("Building together"))
    assert {names(row[0])[0]: tuple(names(row[1])) for row in table} == plan.TRAITS
    assert [names(row[0])[0] for row in table] == list(plan.KINDS)
    assert [names(row[0]) for row in steps] == [["add"], ["change"], ["remove"]]
    assert f"each `{{{', '.join(build_messages.Pointer.__struct_fields__)}}}`" in PROSE
    assert f"`{{{', '.join(build_messages.Sheet.__struct_fields__)}}}`" in PROSE


def test_a_description() -> None:
    own, line, look, events = tables(section("8. How a game describes itself"))
    assert fields_in(own) == list(description.Description.__struct_fields__)
    assert fields_in(line) == list(description.HudLine.__struct_fields__)
    assert fields_in(look) == list(description.Look.__struct_fields__)
    rows = {name: row for row in own for name in names(row[0])}
    parts = {
        "columns": description.Column,
        "teams": description.Team,
        "news": description.News,
        "kills": description.Kill,
    }
    for name, part in parts.items():
        found = re.search(r"`\{(.+?)\}`", rows[name][1])
        assert found
        assert [field.partition(" = ")[0] for field in found[1].split(", ")] == list(part.__struct_fields__)
    said = {name: row[1] for table in (line, look) for row in table for name in names(row[0])}
    assert set(names(said["style"])) >= set(get_args(description.Style))
    assert [name for name, _ in events_in(events)] == ["match", "scores", "team_scores", "teamed"]


def events_in(table: list[Row]) -> Iterator[tuple[str, str]]:
    yield from ((names(row[0])[0], row[1]) for row in table)


def test_the_styles_of_a_hud_line_and_the_hues_are_told() -> None:
    for name in (*get_args(description.HudStyle), *get_args(description.Hue), *description.FIELD_SORTS):
        assert re.search(rf"[`:]{name}\W", section("8. How a game describes itself")), name
