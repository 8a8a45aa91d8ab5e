"""Addresses as people type them."""

import pytest

from bots.address import Address, parse_address
from protocol.errors import UserError


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1:8000", Address("127.0.0.1", 8000, False)),
        ("ws://127.0.0.1:8000/play", Address("127.0.0.1", 8000, False)),
        ("wss://example.org", Address("example.org", 443, True)),
        ("https://example.org/", Address("example.org", 443, True)),
        ("ws://[::1]:9000/arena/play", Address("::1", 9000, False, "/arena/play")),
    ],
)
def test_an_address_is_taken_apart(url: str, address: Address) -> None:
    assert parse_address(url) == address


@pytest.mark.parametrize("url", ["", "localhost:8000", "ftp://x", "http://", "ws://host:port", "ws://host:99999"])
def test_what_is_none_is_a_sentence(url: str) -> None:
    with pytest.raises(UserError, match="is not an address"):
        parse_address(url)


def test_a_page_is_beside_the_game() -> None:
    assert parse_address("ws://127.0.0.1:8000/play").page_url == "http://127.0.0.1:8000/"


def test_metrics_are_beside_the_game() -> None:
    assert parse_address("wss://example.org/play").metrics_url == "https://example.org:443/metrics"
    assert parse_address("ws://[::1]:9000").metrics_url == "http://[::1]:9000/metrics"
