"""Who is meant by a name, however odd it is."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import Violation
from protocol.limits import NAME_CHARS_MAX
from protocol.messages import is_good_name
from server.chat.names import find
from server.chat.speaker import Named


def called(*names: str) -> list[Named]:
    return [Named(number, name, f"key {number}", f"mark {number}") for number, name in enumerate(names, 1)]


@pytest.mark.parametrize(
    ("names", "words", "number", "rest"),
    [
        (["Ann", "Bob"], "Bob", 2, ""),
        (["Ann", "Bob"], "bob is rude", 2, "is rude"),
        (["Ann", "Ann B"], "Ann B is rude", 2, "is rude"),
        (["Ann", "Ann B"], '"Ann" B is rude', 1, "B is rude"),
        (["Ann", "ann"], "ann", 2, ""),
        (["Ann", "Bob"], "#1 is rude", 1, "is rude"),
        (["#2", "Bob"], "#2", 2, ""),
        (["Ann", "#7"], "#7 rude", 2, "rude"),
        (["Ann", '"x"'], '"x" rude', 2, "rude"),
        (["Ann", '"'], '" rude', 2, "rude"),
        (["a  b"], "a  b  c", 1, "c"),
        (["STRASSE"], "straße x", 1, "x"),
        (["<b>x</b>"], "<b>x</b> y", 1, "y"),
        (["李"], "李 y", 1, "y"),
    ],
)
def test_the_longest_name_is_meant(names: list[str], words: str, number: int, rest: str) -> None:
    named, said = find(words, called(*names))
    assert (named.number, said) == (number, rest)


def test_near_comes_before_far() -> None:
    near, far = called("Ann", "Bob")
    assert find("Bob x", [near], [far]) == (far, "x")
    assert find("Ann", [near], [Named(9, "Ann", "", "")])[0] is near


def test_the_same_person_twice_is_one() -> None:
    (ann,) = called("Ann")
    assert find("Ann", [ann, ann])[0] is ann


def test_who_had_another_name_is_meant_by_both_and_is_who_they_are_now() -> None:
    ann = Named(1, "Ann", "key now", "mark")
    former, bob = Named(1, "Bea", "key then", "mark"), Named(2, "Bob", "key", "mark")
    for words in ("Ann x", "Bea x", "bea x", "#1 x"):
        assert find(words, [ann, bob, former, former]) == (ann, "x")


def test_of_many_namesakes_some_are_named() -> None:
    with pytest.raises(Violation, match=r"^7 people are called Ann: say #1 or #2 or #3 or #4 or #5 … instead$"):
        find("Ann", called(*["Ann"] * 7))


good_names = st.text(min_size=1, max_size=NAME_CHARS_MAX).filter(is_good_name)


@given(st.lists(good_names, min_size=1, max_size=5), st.text(max_size=60))
def test_everybody_can_be_meant_by_number_and_anything_else_is_a_sentence(names: list[str], words: str) -> None:
    people = called(*names)
    for named in people:
        assert find(f"#{named.number} and so on", people) == (named, "and so on")
    with suppress(Violation):
        named, rest = find(words, people)
        assert named in people
        assert rest in words


@given(good_names)
def test_a_name_that_one_alone_has_means_that_one(name: str) -> None:
    (one,) = called(name)
    assert find(f"{name} because", [one])[0] is one
