"""What processes say to each other comes across; and whatever else comes is refused with a sentence."""

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.cluster.decisions import Decision
from server.cluster.news import WIRE_BYTES_MAX, Answered, Asked, Decided, Gone, Line, News, NoNews, Vitals, heard, told

LINE = Line(7, "Eve", "address:1.2.3.4", "address:1.2.3.4 eve", "hello")


@pytest.mark.parametrize(
    "what",
    [
        Vitals("https://a.example", 3, 5, 2, 9, 4, 1.5, 0.4, None, False),
        Gone(),
        LINE,
        Decided([Decision("ban", "subject:eve", 1, 2, False, "spam")]),
        Asked("a1", "kick", '{"subject": "eve"}', "root"),
        Answered("b2", "a1", "kicked 1"),
    ],
    ids=lambda what: str(type(what).__name__),
)
def test_each_comes_across(what: object) -> None:
    assert heard(told("a0", what)) == News("a0", what)  # type: ignore[arg-type]  # any of them


@pytest.mark.parametrize(
    ("wire", "why"),
    [
        (b"", "truncated"),
        (b"\xff\xfe", "invalid"),
        (b'["a0", {"type": "nothing"}]', "nothing"),
        (b'["", {"type": "gone"}]', "length >= 1"),
        (b'["not hex", {"type": "gone"}]', "regex"),
        (told("a0", msgspec.structs.replace(LINE, name="n" * 21)), "length <= 20"),
        (told("a0", msgspec.structs.replace(LINE, text="t" * 201)), "length <= 200"),
        (told("a0", msgspec.structs.replace(LINE, number=0)), ">= 1"),
        (told("a0", Vitals("https://a.example", rooms=-1)), ">= 0"),
        (told("a0", Decided([Decision("ban", "k", 1, 2)] * 65)), "length <= 64"),
        (b"[" * 5000, "Expected `str`"),
        (b" " * (WIRE_BYTES_MAX + 1), "more than"),
    ],
)
def test_what_is_none_is_refused(wire: bytes, why: str) -> None:
    with pytest.raises(NoNews, match=why):
        heard(wire)


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are(wire: bytes) -> None:
    with suppress(NoNews):
        assert heard(wire).sender
