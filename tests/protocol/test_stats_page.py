"""STATS.md says what the code does: fields, defaults, bounds and codes, read off the declarations."""

import re
from pathlib import Path

import pytest
from msgspec import Struct

from protocol import limits, messages, stats
from protocol.errors import Code
from server.stats_watchers import ASK_AGAIN_CASTS, BLOCKED_CASTS_MAX
from tests.protocol.test_protocol_page import default_of, fields_in, names, ranges_in, tables

PAGE = (Path(__file__).parents[2] / "protocol" / "STATS.md").read_text("utf-8")
PROSE = " ".join(PAGE.split())
MESSAGES: list[type[Struct]] = [stats.Hello, stats.Look, stats.Welcome, stats.Stats, messages.Bye]


def section(heading: str) -> str:
    found = re.search(rf"^### `{heading}`$(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"no heading {heading!r}"
    return found[1]


def test_every_message_has_its_heading_and_no_other_has() -> None:
    assert re.findall(r"^### `(\w+)`$", PAGE, re.MULTILINE) == [cls.__struct_config__.tag for cls in MESSAGES]


@pytest.mark.parametrize("cls", MESSAGES, ids=lambda cls: cls.__name__)
def test_fields_and_defaults_of_a_message(cls: type[Struct]) -> None:
    table = tables(section(str(cls.__struct_config__.tag)))[0]
    assert fields_in(table) == list(cls.__struct_fields__)
    defaults = dict(zip(cls.__struct_fields__[::-1], cls.__struct_defaults__[::-1], strict=False))
    for row in table:
        [name] = names(row[0])
        if name in defaults:
            assert default_of(row[1]) == defaults[name], name


def test_ranges() -> None:
    assert list(ranges_in(tables(section("look"))[0])) == [("first", 0, 2**31 - 1)]


@pytest.mark.parametrize(
    "cls",
    [
        stats.RoomRow,
        stats.FarRoomRow,
        stats.ProcessRow,
        stats.Past,
        stats.Sessions,
        stats.SessionRow,
        stats.Percentiles,
    ],
)
def test_what_stands_within_a_message(cls: type[Struct]) -> None:
    assert f"`{{{', '.join(cls.__struct_fields__)}}}`" in PROSE


def test_the_codes_are_codes() -> None:
    said = [int(code) for row in tables(section("bye"))[1] for code in row[0].split(", ")]
    assert len(said) == len(set(said))
    assert [Code(code).value for code in said] == said


@pytest.mark.parametrize(
    "phrase",
    [
        f"How the server is, live: version {stats.STATS_VERSION}",
        f"with the subprotocol `{stats.SUBPROTOCOL_STATS}`",
        f"at most {limits.MESSAGE_BYTES_MAX:,} bytes",
        f"First, once, within {limits.HELLO_DEADLINE_S:g} s",
        f"string of at most {limits.TOKEN_CHARS_MAX} characters",
        f"string of at most {stats.SEARCH_CHARS_MAX} characters",
        f"At most {stats.LOOKS_PER_SECOND_MAX} messages a second",
        f"a page of {stats.SESSIONS_SHOWN_MAX} from this number on",
        f"every {stats.EVERY_S:g} s",
        f"at most {stats.ROOMS_SHOWN_MAX}, the fullest",
        f"{stats.WATCHERS_MAX} watch already",
        f"at most {stats.PAST_MOMENTS_MAX} of them",
        f"remembered every {stats.UNWATCHED_EVERY_S:g} s",
        *(f"`{name}`" for name in (*stats.PAST_GAUGES, *stats.PAST_RATES)),
        f"nothing was read for {BLOCKED_CASTS_MAX * stats.EVERY_S:g} s",
        f"looked at again every {ASK_AGAIN_CASTS * stats.EVERY_S:g} s",
    ],
)
def test_numbers_in_the_prose_are_those_of_the_code(phrase: str) -> None:
    assert phrase in PROSE
