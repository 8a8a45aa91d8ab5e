"""Errors: codes of the private range, each once, and sentences that fit a close frame."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import ArenaError, Code, UserError, Violation, clip_reason, place_of


def test_codes_are_of_the_private_range_and_each_is_one_thing() -> None:
    assert all(4000 <= code <= 4099 for code in Code)
    assert len(Code) == len(Code.__members__) == len({int(code) for code in Code})


def test_a_wrong_map_is_the_users_to_mend() -> None:
    assert issubclass(ArenaError, UserError)


@given(st.text(max_size=30))
def test_a_sentence_that_fits_is_left_alone(sentence: str) -> None:
    assert clip_reason(sentence) == sentence


@given(st.text(min_size=124, max_size=400))
def test_a_longer_one_ends_in_dots_and_keeps_its_beginning(sentence: str) -> None:
    clipped = clip_reason(sentence)
    assert len(clipped.encode()) <= 123
    assert clipped.endswith("...")
    assert sentence.startswith(clipped.removesuffix("..."))


@pytest.mark.parametrize(
    ("character", "kept"),
    [("a", 120), ("é", 60), ("好", 40), ("🚀", 30)],
)
def test_no_character_is_cut_in_two(character: str, kept: int) -> None:
    assert clip_reason(character * 200) == character * kept + "..."
    assert clip_reason("x" + character * 200) == "x" + character * (119 // len(character.encode())) + "..."


def test_123_bytes_fit_and_124_do_not() -> None:
    assert clip_reason("a" * 123) == "a" * 123
    assert clip_reason("a" * 124) == "a" * 120 + "..."


def test_a_violation_carries_a_code_and_a_sentence_that_fits() -> None:
    violation = Violation(Code.MALFORMED, "é" * 500)
    assert violation.code == 4000
    assert violation.sentence == clip_reason("é" * 500)
    assert str(violation) == "é" * 500


@pytest.mark.parametrize(
    ("wrong", "kind", "place", "what"),
    [
        ({"rocks": [{"x": "1"}]}, dict[str, list[dict[str, int]]], "[...][0][...]", "Expected `int`, got `str`"),
        ("1", int, "", "Expected `int`, got `str`"),
    ],
)
def test_the_library_says_where_and_what_is_wrong(wrong: object, kind: object, place: str, what: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(wrong, kind)
    assert place_of(caught.value) == (place, what)
