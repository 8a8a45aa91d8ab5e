"""The `Link` in memory, by which everything else is tested, keeps the contract that the real ones keep."""

import pytest

from protocol.codec import CODECS
from protocol.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from server.link import Link
from tests.instruments.stepper import FakeLink


def as_link(fake: FakeLink) -> Link:
    """mypy demands here that it is one."""
    return fake


@pytest.mark.parametrize("subprotocol", [SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON])
def test_it_speaks_its_subprotocol(subprotocol: str) -> None:
    link = as_link(FakeLink(subprotocol))
    assert link.codec is CODECS[subprotocol]
    assert link.address


def test_what_is_posted_is_kept_in_order_until_it_closes() -> None:
    fake = FakeLink()
    link = as_link(fake)
    link.post(b"1")
    link.post(b"2")
    link.close(4000, "enough")
    link.post(b"3")
    link.close(4001, "again")
    assert (fake.sent, fake.closed) == ([b"1", b"2"], (4000, "enough"))


def test_the_post_that_fills_it_is_kept_and_no_other_is_allowed() -> None:
    fake = FakeLink()
    fake.block(after_posts=2)
    fake.post(b"1")
    assert not fake.blocked
    fake.post(b"2")
    assert fake.blocked
    with pytest.raises(AssertionError, match="blocked"):
        fake.post(b"3")
    fake.unblock()
    fake.post(b"4")
    assert (fake.sent, fake.blocked) == ([b"1", b"2", b"4"], False)
