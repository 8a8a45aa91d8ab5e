"""Who is really calling: what trusted proxies say, and that nobody else is believed."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.net.forwarded import Caller, Proxies, read_forwarded

NEAR, FAR = "10.0.0.1:5000", "203.0.113.9:5000"
PROXIES = ("10.0.0.0/8", "::1", "127.0.0.1")


def caller(peer: str, is_tls: bool = False, **headers: str) -> Caller:
    return Proxies(PROXIES).caller(peer, _named(headers), is_tls)


def caller_by_rfc(peer: str, **headers: str) -> Caller:
    return Proxies(PROXIES, "forwarded").caller(peer, _named(headers), is_tls=False)


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {"host": "inside", **{name.replace("_", "-"): value for name, value in headers.items()}}


def test_whoever_is_not_trusted_is_believed_nothing() -> None:
    said = {"x_forwarded_for": "1.1.1.1", "x_forwarded_proto": "https", "x_forwarded_host": "game.example"}
    assert caller(FAR, False, **said) == Caller(FAR, "inside", is_secure=False)
    assert caller("gone", False, **said) == Caller("gone", "inside", is_secure=False)
    assert Proxies().caller("127.0.0.1:1", {"x-forwarded-for": "1.1.1.1"}, False).address == "127.0.0.1:1"


def test_a_trusted_proxy_says_who_calls_and_how() -> None:
    said = caller(NEAR, x_forwarded_for="1.1.1.1", x_forwarded_proto="https", x_forwarded_host="game.example")
    assert said == Caller("1.1.1.1", "game.example", is_secure=True)


def test_what_it_does_not_say_is_as_it_looks() -> None:
    assert caller(NEAR, is_tls=True) == Caller(NEAR, "inside", is_secure=True)
    assert caller(NEAR, x_forwarded_proto="http", is_tls=True).is_secure is False


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("9.9.9.9, 1.1.1.1", "1.1.1.1"),
        ("9.9.9.9, 1.1.1.1, 10.0.0.7", "1.1.1.1"),
        ("10.0.0.5, 10.0.0.7", "10.0.0.5"),
        ("1.1.1.1:4711", "1.1.1.1"),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("::ffff:1.1.1.1", "1.1.1.1"),
        ("1.1.1.1, rubbish", NEAR),
        ("rubbish, 10.0.0.7", "10.0.0.7"),
        ("", NEAR),
        (",,", NEAR),
    ],
)
def test_the_caller_is_the_nearest_that_is_not_trusted(said: str, address: str) -> None:
    assert caller(NEAR, x_forwarded_for=said).address == address


def test_a_mapped_address_of_the_proxy_is_the_same_proxy() -> None:
    assert caller("[::ffff:10.0.0.1]:5000", x_forwarded_for="1.1.1.1").address == "1.1.1.1"


def test_the_form_that_the_proxy_does_not_write_comes_from_anybody() -> None:
    both = {"x_forwarded_for": "1.1.1.1", "forwarded": "for=2.2.2.2;proto=https;host=evil.example"}
    assert caller(NEAR, False, **both) == Caller("1.1.1.1", "inside", is_secure=False)
    assert caller_by_rfc(NEAR, **both) == Caller("2.2.2.2", "evil.example", is_secure=True)


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("for=1.1.1.1", "1.1.1.1"),
        ('For="[2001:db8::7]:4711";proto=https', "2001:db8::7"),
        ("for=9.9.9.9, for=1.1.1.1;by=10.0.0.7, for=10.0.0.7", "1.1.1.1"),
        ("for=1.1.1.1, for=_hidden", NEAR),
        ("for=unknown", NEAR),
        ('for="1.1.1.1', NEAR),
        ("for=1.1.1.1 nonsense", NEAR),
    ],
)
def test_the_other_form_is_read_too(said: str, address: str) -> None:
    assert caller_by_rfc(NEAR, forwarded=said).address == address


def test_a_quoted_value_may_hold_what_separates() -> None:
    assert read_forwarded(r'for="a,b;c=\"d\"";host=h, proto=http') == [
        {"for": 'a,b;c="d"', "host": "h"},
        {"proto": "http"},
    ]


@given(st.text(max_size=200), st.text(max_size=200))
def test_whatever_is_said_somebody_is_calling(one: str, other: str) -> None:
    assert caller(NEAR, x_forwarded_for=one, x_forwarded_proto=other, x_forwarded_host=other).address
    assert caller_by_rfc(NEAR, forwarded=one).address


@pytest.mark.parametrize("network", ["10.0.0.1/8", "everybody", ""])
def test_what_is_no_network_is_refused(network: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Proxies([network])
