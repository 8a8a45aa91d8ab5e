"""Both kinds of poll tell who is ready; by levels as long as they are, by edges once."""

import sys
from collections.abc import Callable, Iterator

import pytest

from protocol.polls import IN, Poll, _Selector, poll_by_edges, poll_by_levels
from tests.instruments.pairs import Pair, socket_pairs


@pytest.fixture
def pairs() -> Iterator[list[Pair]]:
    with socket_pairs(3) as made:
        yield made


@pytest.mark.parametrize("make", [poll_by_levels, _Selector])
def test_by_levels_whoever_has_something_is_ready_until_it_is_read(make: Callable[[], Poll], pairs: list[Pair]) -> None:
    poll = make()
    for mine, _ in pairs:
        poll.register(mine.fileno())
    assert not poll.ready()
    for _, theirs in pairs[:2]:
        theirs.send(b"x")
    expected = {(mine.fileno(), IN) for mine, _ in pairs[:2]}
    assert set(poll.ready()) == expected == set(poll.ready())
    assert len(poll.ready(1)) == 1
    for mine, _ in pairs[:2]:
        mine.recv(1)
    assert not poll.ready()
    pairs[2][1].close()
    assert [fd for fd, _ in poll.ready()] == [pairs[2][0].fileno()], "the end"
    poll.unregister(pairs[2][0].fileno())
    assert not poll.ready()
    poll.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there are no edges")
def test_by_edges_news_is_told_once(pairs: list[Pair]) -> None:
    poll, (mine, theirs) = poll_by_edges(), pairs[0]
    poll.register(mine.fileno())
    theirs.send(b"x")
    assert poll.ready() == [(mine.fileno(), IN)]
    assert not poll.ready()
    theirs.close()
    ((fd, events),) = poll.ready()
    assert fd == mine.fileno()
    assert events > IN, "the end is more than bytes"
    poll.close()
