"""Strangers are let go on a few at a time, whatever comes to them at once."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import trio
import trio.testing

from server.net.porch import GAP_S, TOGETHER, Porch, Stranger, current_porch
from tests.instruments.pairs import Pair, socket_pairs

MANY = 5 * TOGETHER


@pytest.fixture
def pairs() -> Iterator[list[Pair]]:
    with socket_pairs(MANY) as made:
        yield made


async def test_a_crowd_that_is_hung_up_on_at_once_leaves_a_few_at_a_time(
    pairs: list[Pair], nursery: trio.Nursery
) -> None:
    porch, gone = Porch(), list[int]()

    async def wait(fd: int) -> None:
        await porch.wait(fd)
        gone.append(fd)

    for mine, _ in pairs:
        nursery.start_soon(wait, mine.fileno())
    await trio.testing.wait_all_tasks_blocked()
    assert len(porch) == MANY
    assert not porch.call()
    for _, theirs in pairs:
        theirs.close()
    for turn in range(1, MANY // TOGETHER + 1):
        assert porch.call() == TOGETHER
        await trio.testing.wait_all_tasks_blocked()
        assert len(gone) == turn * TOGETHER
    assert len(set(gone)) == MANY
    assert (len(porch), porch.call()) == (0, 0)


async def test_the_porch_of_a_run_calls_by_itself(pairs: list[Pair]) -> None:
    with trio.fail_after(60):
        async with trio.open_nursery() as nursery:
            for mine, theirs in pairs:
                nursery.start_soon(current_porch().wait, mine.fileno())
                theirs.send(b"x")
    assert len(current_porch()) == 0


async def test_there_is_a_gap_between_a_few_and_the_next_few(
    pairs: list[Pair], nursery: trio.Nursery, mock_clock: trio.testing.MockClock
) -> None:
    gone = list[int]()

    async def wait(fd: int) -> None:
        await current_porch().wait(fd)
        gone.append(fd)

    for mine, theirs in pairs:
        nursery.start_soon(wait, mine.fileno())
        theirs.send(b"x")
    for turn in range(1, MANY // TOGETHER + 1):
        await trio.testing.wait_all_tasks_blocked(0.001)
        assert len(gone) == turn * TOGETHER
        mock_clock.jump(GAP_S)


async def test_who_will_not_wait_any_longer_is_gone_and_may_come_back(pairs: list[Pair]) -> None:
    porch, (mine, theirs) = Porch(), pairs[0]
    with trio.move_on_after(0) as patience:
        await porch.wait(mine.fileno())
    assert patience.cancelled_caught
    theirs.send(b"x")
    assert (len(porch), porch.call()) == (0, 0)
    with trio.fail_after(60):
        await current_porch().wait(mine.fileno())


async def test_a_stranger_is_read_after_its_wait_and_once_met_without() -> None:
    with ExitStack() as ends:
        mine, theirs = (ends.enter_context(trio.socket.from_stdlib_socket(end)) for end in socket.socketpair())
        peer, stranger = trio.SocketStream(theirs), Stranger(trio.SocketStream(mine))
        heard = list[bytes]()

        async def read() -> None:
            heard.append(await stranger.receive_some(4096))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(read)
            await trio.testing.wait_all_tasks_blocked()
            assert len(current_porch()) == 1
            await peer.send_all(b"hello")
        assert heard == [b"hello"]
        stranger.met = True
        async with trio.open_nursery() as nursery:
            nursery.start_soon(stranger.receive_some)
            await trio.testing.wait_all_tasks_blocked()
            assert len(current_porch()) == 0
            await stranger.wait_send_all_might_not_block()
            await stranger.send_all(b"back")
            await peer.send_all(b"x")
        assert await peer.receive_some(4096) == b"back"
        await stranger.aclose()
        assert await peer.receive_some(4096) == b""


def test_each_run_has_its_own() -> None:
    async def mine() -> Porch:
        return current_porch()

    assert trio.run(mine) is not trio.run(mine)
