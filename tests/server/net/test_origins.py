"""Whose pages are welcome."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.net.origins import ANY_ORIGIN, is_own, is_welcome, normal


@pytest.mark.parametrize(
    ("origin", "host", "is_secure", "own"),
    [
        ("https://game.example", "game.example", True, True),
        ("http://game.example", "game.example", True, False),
        ("http://game.example", "game.example", False, True),
        ("https://game.example", "game.example", False, True),
        ("https://GAME.example", "game.EXAMPLE:443", True, True),
        ("http://game.example", "game.example:80", False, True),
        ("https://game.example", "game.example:80", False, False),
        ("https://game.example:8443", "game.example:8443", True, True),
        ("https://game.example:8443", "game.example", True, False),
        ("https://game.example.evil", "game.example", True, False),
        ("ws://game.example", "game.example", False, False),
        ("null", "game.example", False, False),
        ("", "", False, False),
        ("http://", "", False, True),
    ],
)
def test_the_own_origin(origin: str, host: str, is_secure: bool, own: bool) -> None:
    assert is_own(origin, host, is_secure) is own


def test_others_are_welcome_when_they_are_named() -> None:
    assert is_welcome(None, "a", True, ())
    assert is_welcome("https://friend.example", "a", True, ["https://friend.example"])
    assert is_welcome("HTTPS://Friend.example:443", "a", True, ["https://friend.example"])
    assert not is_welcome("http://friend.example", "a", True, ["https://friend.example"])
    assert is_welcome("null", "a", True, [ANY_ORIGIN])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://Friend.example/", "https://friend.example"),
        ("http://friend.example:80", "http://friend.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_written_as_browsers_do(written: str, meant: str) -> None:
    assert normal(written) == meant


@pytest.mark.parametrize(
    "written",
    ["friend.example", "ftp://friend.example", "https://", "https://a/path", "https://u@a", "https://a:x", ""],
)
def test_what_is_no_origin_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        normal(written)


@given(st.text(max_size=60))
def test_no_text_is_welcome_by_chance(origin: str) -> None:
    assert not is_welcome(origin, "game.example", True, ["https://friend.example"])
