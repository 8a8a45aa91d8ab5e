"""Two hundred clients that never read, over real sockets: what they cost is bounded, and nobody else notices.

The room is stepped by hand, and seldom, so that a minute of the game takes seconds.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
import trio

from protocol.limits import EVENTS_QUEUED_MAX
from protocol.messages import Hello, Inputs, Welcome
from protocol.motion import Input
from protocol.snapshot import Snapshot
from protocol.ticks import Rates
from server.net.connection import converse
from server.net.sweep import sweep
from tests.instruments.beliefs import Beliefs
from tests.instruments.stepper import Client, Stepper, wander
from tests.server.net.wires import MSGPACK, frame, hear_frame, stream_pair, upgrade

STALLED = 200
RATES = Rates(20, 10)
RECEIVE_BUFFER_BYTES = 4096
RSS_BYTES_MAX = 32_000_000
ONE_POST_BYTES_MAX = 16_384
"""More than the largest snapshot with its events here."""


class Stalled:
    """A client over a real socket, which reads when it is told to."""

    def __init__(self, stream: trio.abc.Stream) -> None:
        self.stream = stream
        self.held = bytearray()
        self._beliefs: Beliefs | None = None
        self.tick = 0

    @property
    def beliefs(self) -> Beliefs:
        assert self._beliefs is not None
        return self._beliefs

    def shrink(self) -> None:
        """Leave little room for what isn't read."""
        assert isinstance(self.stream, trio.SocketStream)
        self.stream.setsockopt(trio.socket.SOL_SOCKET, trio.socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)

    async def join(self, name: str) -> None:
        await self.stream.send_all(frame(MSGPACK.encode(Hello(1, name))))
        await self.hear_until(Welcome)

    async def hear_until(self, kind: type) -> None:
        """Take in what has come, up to the first message of `kind`."""
        while True:
            _, payload = await hear_frame(self.stream, self.held)
            message = MSGPACK.decode_server(payload)
            if isinstance(message, Welcome):
                self._beliefs = Beliefs(message.kinds, message.tick_rate)
            elif isinstance(message, Snapshot):
                self.beliefs.apply(message)
                self.tick = message.tick
            if isinstance(message, kind):
                return

    async def hear_up_to(self, tick: int) -> None:
        """Take in what has come, up to the snapshot of `tick`."""
        with trio.fail_after(60):
            while self.tick < tick:
                await self.hear_until(Snapshot)

    async def report(self, tick: int) -> None:
        await self.stream.send_all(frame(MSGPACK.encode(Inputs(tick, [Input()], self.tick))))


class Crowd(NamedTuple):
    """The game, one who plays on, and two hundred who have read their first snapshot."""

    stepper: Stepper
    witness: Client
    stalled: list[Stalled]


async def connect(stepper: Stepper, nursery: trio.Nursery, sockets: AsyncExitStack) -> trio.abc.Stream:
    """The client's end of a connection to the game; `sockets` closes both."""
    server, client = await stream_pair("fast")
    for stream in (server, client):
        sockets.push_async_callback(trio.aclose_forcefully, stream)
    nursery.start_soon(converse, server, upgrade(), b"", MSGPACK, stepper.lobby, "peer")
    assert (await client.receive_some(4096)).startswith(b"HTTP/1.1 101")
    return client


async def step(stepper: Stepper, seconds: float) -> None:
    """So much of the game, with all that belongs to it: reading, ticks, and the sweep of the deadlines."""
    for _ in range(round(seconds * 2)):
        for _ in range(stepper.rates.tick_rate // 2):
            sweep()
            stepper.step()
            await trio.lowlevel.checkpoint()
        stepper.lobby.sweep(0.0)


def rss_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.fixture
async def crowd(nursery: trio.Nursery) -> AsyncIterator[Crowd]:
    stepper = Stepper(seed=3, rates=RATES)
    witness = stepper.join("Witness")
    witness.pilot = wander(Random(1), fire=False)
    async with AsyncExitStack() as sockets:
        stalled = [Stalled(await connect(stepper, nursery, sockets)) for _ in range(STALLED)]
        for n, client in enumerate(stalled):
            await client.join(f"S{n}")
        await step(stepper, 0.5)
        for client in stalled:
            await client.hear_until(Snapshot)
        yield Crowd(stepper, witness, stalled)
        nursery.cancel_scope.cancel()


async def test_two_hundred_that_never_read_cost_little_and_hurt_nobody(crowd: Crowd) -> None:
    """They report nothing either, so only their sockets tell."""
    stepper, witness, stalled = crowd
    for client in stalled:
        client.shrink()
    lobby = stepper.lobby
    while lobby.statistics().viewers_blocked < STALLED:
        stepper.room.say("news", {"text": "x" * 4000})
        await step(stepper, 0.5)
        assert stepper.room.tick < 30 * RATES.tick_rate, "their sockets take everything"
    began, before_bytes, shown = stepper.room.tick, rss_bytes(), len(witness.snapshots)
    await step(stepper, 10.0)
    now = lobby.statistics()
    assert now.viewers_blocked == STALLED
    assert 0 < now.waiting_bytes <= STALLED * ONE_POST_BYTES_MAX
    assert now.waiting_events <= STALLED * EVENTS_QUEUED_MAX
    assert rss_bytes() - before_bytes < RSS_BYTES_MAX
    assert len(witness.snapshots) - shown == (stepper.room.tick - began) // RATES.snapshot_interval
    assert not list(stepper.differences(witness))
    assert now.too_slow == 0
    await step(stepper, 60.0)
    assert lobby.statistics().too_slow == STALLED
    assert lobby.statistics().players == STALLED + 1, "their seats are kept for a while"


async def test_who_reported_once_and_froze_is_right_with_the_next_snapshot(crowd: Crowd) -> None:
    """Half a minute of it; then a look at what has come, a word of it, and the newest is there."""
    stepper, _, stalled = crowd
    for client in stalled:
        await client.report(stepper.room.tick + 1)
    await step(stepper, 30.0)
    assert stepper.lobby.statistics().viewers_lagging == STALLED
    sent = {viewer.lag.sent for viewer in stepper.room.viewers()} - {stepper.room.publisher.tick}
    assert len(sent) == 1, "all froze at the same tick, and were judged alike"
    awake = stalled[:20]
    for client in awake:
        await client.hear_up_to(max(sent))
        await client.report(stepper.room.tick + 1)
    await step(stepper, 0.5)
    for client in awake:
        await client.hear_up_to(stepper.room.publisher.tick)
        assert not client.beliefs.mismatches
        assert client.beliefs.rows()
        for entity, believed in client.beliefs.rows().items():
            assert believed == stepper.room.publisher.table[entity].tolist()
