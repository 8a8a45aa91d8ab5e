"""Many bots: in this process, or shared out among several.

`play` runs bots here and yields to its caller once a second with what has been measured so far. `play_apart` starts
processes that each `play` a share and print their tallies, one JSON line a second; it merges the newest of
each. Both end after `seconds`, or when `stop` is set, and say `leave` for every bot.
"""

import gc
import os
import sys
import time
from collections.abc import Callable
from itertools import count, pairwise
from random import Random
from signal import SIGTERM
from typing import Final

import msgspec
import trio
from msgspec import Struct

from bots.act import Brain
from bots.address import Address, parse_address
from bots.brains import BrainMaker, brain_named
from bots.busyness import Busyness
from bots.client import Connection, Dial, Ended, Pulse
from bots.common_room import CommonRoom, CommonRooms
from bots.flock.flock import Flock, Flyer
from bots.gaze import Gaze
from bots.metrics import Samples, parse_metrics
from bots.netsim import PERFECT, Conditions, seed_of
from bots.player import Player
from bots.relay import Relay
from bots.tally import Tally
from bots.turnstile import Turnstile
from bots.usher import Usher
from protocol.codec import CODECS
from protocol.errors import UserError
from protocol.limits import SUBPROTOCOL_MSGPACK

CONNECTS_PER_SECOND: Final = 50.0
"""Of the whole swarm, first attempts and returns alike."""
SETTLED_S: Final = 1.0
"""After the last bot was sent off; most have joined by then."""
COLLECT_S: Final = 5.0
"""So often it is asked whether conversations have ended. Those leave cycles behind; playing makes next to none."""
LEAVE_S_MAX: Final = 1.5
REPORT_S: Final = 1.0
TOKEN_VARIABLE: Final = "RICOCHET_TOKEN"
"""The environment has it: arguments can be read by everybody on the machine."""
METRICS_S_MAX: Final = 3.0
METRICS_BYTES_MAX: Final = 4_000_000

Listener = Callable[[Tally], None]


class Plan(Struct, frozen=True, kw_only=True):
    """What a swarm is to do. Bots are named and seeded by their number, from `first` on. 0 `seconds`: until stopped.

    In a `network` that is not perfect every connection of every bot has chances of its own.
    """

    url: str
    bots: int
    seconds: float
    brain: str
    seed: int
    name_prefix: str
    first: int = 1
    connects_per_second: float = CONNECTS_PER_SECOND
    network: Conditions = PERFECT
    rooms: int = 0
    """So many rooms of their own, for as many groups; 0: wherever the server puts them."""
    spectators: int = 0
    """Of the bots, those who only watch: along with one player, and then with another. The first so many numbers."""

    def shares(self, processes: int) -> list["Plan"]:
        """The plan cut into nearly equal parts, at most one for each bot."""
        processes = min(processes, self.bots)
        ends = [self.bots * i // processes for i in range(processes + 1)]
        rate = self.connects_per_second / processes
        return [
            msgspec.structs.replace(self, first=self.first + start, bots=end - start, connects_per_second=rate)
            for start, end in pairwise(ends)
        ]


async def play(plan: Plan, on_second: Listener, stop: trio.Event) -> Tally:
    """Run the bots of `plan` in this process."""
    tally = Tally()
    swarm = _Swarm(plan, tally)
    busyness = Busyness(time.monotonic(), time.process_time())

    def measured() -> Tally:
        swarm.note_down()
        tally.sum_up([player.account for player in swarm.players], trio.current_time())
        busyness.note(time.monotonic(), time.process_time())
        tally.cpu_share_max = busyness.share_max
        return tally

    async with trio.open_nursery() as nursery:
        nursery.start_soon(swarm.run)
        async with trio.open_nursery() as while_they_play:
            while_they_play.start_soon(_tell_every_second, measured, on_second)
            await _wait_end(plan.seconds, stop)
            while_they_play.cancel_scope.cancel()
        measured()
        await swarm.leave()
        nursery.cancel_scope.cancel()
    return tally


class _Swarm:
    """The bots of one process."""

    def __init__(self, plan: Plan, tally: Tally) -> None:
        rooms, codec, address = CommonRooms(), CODECS[SUBPROTOCOL_MSGPACK], parse_address(plan.url)
        sort, turnstile = brain_named(plan.brain), Turnstile(plan.connects_per_second)
        self._settling_s = plan.bots / plan.connects_per_second + SETTLED_S
        self._tally = tally
        self._flock = None if sort.attentive else Flock(tally, plan.bots, trio.current_time)
        self._pulse = Pulse(tally, self._flock)
        self._relay = None if plan.network.is_perfect else Relay(plan.network)
        self._connections: list[tuple[Connection, Random]] = []
        self._present: set[Connection] = set()
        self._all_gone = trio.Event()
        self._ended = 0
        """Conversations, by others than us."""
        self.players: list[Player] = []
        usher = Usher(plan.rooms, plan.name_prefix) if plan.rooms else None
        for number in range(plan.first, plan.first + plan.bots):
            rng, name = Random(f"{plan.seed}/{number}"), f"{plan.name_prefix}{number}"
            if number <= plan.spectators:
                player = Player(name, codec, rooms, tally, gaze=Gaze(rng))
                player.role = "spectator"
            else:
                brain = _brain_maker(sort.give_brain, rng)
                player = Player(
                    name, codec, rooms, tally, brain, sort.attentive,
                    spare_ticks=_spare_ticks(number), flock=self._flock,
                )  # fmt: skip
                if self._flock is not None:
                    self._flock.grounded.add(player)
            player.token = os.environ.get(TOKEN_VARIABLE)
            if usher is not None and number > plan.spectators:
                usher.look_after(player, number)
            self.players.append(player)
            dial = _dial_through(self._relay, seed_of(plan.seed, number)) if self._relay else trio.open_tcp_stream
            self._connections.append((Connection(player, address, codec, turnstile=turnstile, dial=dial), rng))

    def note_down(self) -> None:
        """What was counted in bulk."""
        if self._flock is not None:
            self._flock.note_down()

    async def run(self) -> None:
        """Bring the bots in, at a bounded rate, and keep them there."""
        flocking = self._flock.grounded if self._flock is not None else set[Flyer]()
        self._pulse.players.update(player for player in self.players if player not in flocking)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._pulse.run)
            if self._relay is not None:
                await nursery.start(self._relay.run)
            for connection, rng in self._connections:
                nursery.start_soon(self._keep, connection, rng)
            nursery.start_soon(self._collect_garbage)

    async def _collect_garbage(self) -> None:
        """Look through what is new, and nothing else, at moments of our choice, and seldom.

        What a bot is made of stays as long as the bot; looking at it again and again would make all of them late at
        once. So when they have come in, all that is there is put out of the collector's sight. What five hundred of
        them believe takes it a quarter of a second, so later it looks only when there may be something to find.
        """
        gc.disable()
        try:
            await trio.sleep(self._settling_s)
            gc.freeze()
            ended = 0
            while True:
                await trio.sleep(COLLECT_S)
                ended_before, ended = ended, self._ended
                if ended > ended_before:
                    gc.collect()
        finally:
            gc.enable()

    async def _keep(self, connection: Connection, rng: Random) -> None:
        self._present.add(connection)
        await connection.keep(rng, self._count)
        self._present.discard(connection)
        if not self._present:
            self._all_gone.set()

    def _count(self, ended: Ended) -> bool:
        self._ended += 1
        self._tally.count_end(f"{ended.code} {ended}")
        return True

    async def leave(self) -> None:
        """Give all seats up and wait for the goodbyes, but not long."""
        self._all_gone = trio.Event()
        for connection in self._present:
            connection.leave()
        with trio.move_on_after(LEAVE_S_MAX):
            if self._present:
                await self._all_gone.wait()


def _dial_through(relay: Relay, seed: int) -> Dial:
    """Each connection of a bot is another one, with a seed made of the bot's."""
    numbers = count(1)

    async def dial(host: str, port: int) -> trio.SocketStream:
        return await relay.open(host, port, seed_of(seed, next(numbers)))

    return dial


def _spare_ticks(number: int) -> float:
    """Up to a tick, spread evenly over any run of numbers, by the golden ratio.

    All bots aim to be just in time for the same tick, so all would be due in the same millisecond, and late by each
    other. People's machines and networks spread them.
    """
    return (number * 0.618034) % 1.0


def _brain_maker(make: BrainMaker, rng: Random) -> Callable[[CommonRoom], Brain]:
    return lambda room: make(room, rng)


async def _tell_every_second(measured: Callable[[], Tally], on_second: Listener) -> None:
    while True:
        await trio.sleep(REPORT_S)
        on_second(measured())


async def _wait_end(seconds: float, stop: trio.Event) -> None:
    with trio.move_on_after(seconds or float("inf")):
        await stop.wait()


async def play_apart(plan: Plan, processes: int, on_second: Listener, stop: trio.Event) -> Tally:
    """Run the bots of `plan` in that many processes. Raises UserError when one of them dies."""
    newest: dict[int, Tally] = {}
    failures: list[UserError] = []

    async def run(share: Plan) -> None:
        try:
            await _run_child(share, newest, stop)
        except UserError as error:
            failures.append(error)
            stop.set()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(_tell_every_second, lambda: _sum(newest), on_second)
        async with trio.open_nursery() as children:
            for share in plan.shares(processes):
                children.start_soon(run, share)
        nursery.cancel_scope.cancel()
    if failures:
        raise failures[0]
    return _sum(newest)


def _sum(tallies: dict[int, Tally]) -> Tally:
    total = Tally()
    for tally in tallies.values():
        total.merge(tally)
    return total


async def _run_child(share: Plan, newest: dict[int, Tally], stop: trio.Event) -> None:
    """One process, from its start to its last tally. A terminal's Ctrl-C is for us: it is told by us, once."""
    command = [sys.executable, "-m", "bots", "share", msgspec.json.encode(share).decode()]
    process = await trio.lowlevel.open_process(command, stdout=-1, start_new_session=True)
    assert process.stdout is not None
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_terminate_on, stop, process)
            rest = b""
            async for chunk in process.stdout:
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    newest[share.first] = msgspec.json.decode(line, type=Tally)
            nursery.cancel_scope.cancel()
        status = await process.wait()
        told_too_soon = stop.is_set() and status == -SIGTERM  # it hadn't got so far that it could end by itself
        if status != 0 and not told_too_soon:
            raise UserError(f"a process of {share.bots} bots ended with status {status}")
    finally:
        process.kill()


async def _terminate_on(stop: trio.Event, process: trio.Process) -> None:
    await stop.wait()
    process.terminate()


async def read_metrics(address: Address) -> Samples:
    """What the server's /metrics say now; nothing when there is no such page. Raises UserError without a server."""
    try:
        with trio.fail_after(METRICS_S_MAX):
            stream = await trio.open_tcp_stream(address.host, address.port)
    except (OSError, trio.TooSlowError) as error:
        raise UserError(f"no server at {address.authority}: {str(error) or 'no answer'}") from None
    async with stream:
        if address.is_tls:
            return {}
        return await _get_metrics(stream, address)


async def _get_metrics(stream: trio.SocketStream, address: Address) -> Samples:
    request = f"GET /metrics HTTP/1.1\r\nHost: {address.authority}\r\nConnection: close\r\n\r\n"
    answer = b""
    with trio.move_on_after(METRICS_S_MAX):
        try:
            await stream.send_all(request.encode())
            async for chunk in stream:
                answer += chunk
                if len(answer) > METRICS_BYTES_MAX:
                    break
        except trio.BrokenResourceError:
            return {}
    head, _, page = answer.partition(b"\r\n\r\n")
    return parse_metrics(page.decode(errors="replace")) if head.startswith(b"HTTP/1.1 200") else {}
