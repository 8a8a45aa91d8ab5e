"""One simulated stretch of a server's life, from one seed: the whole server, its machine, the network, the clients.

The server is `server.app.Server` as it runs, its two lanes, front door and sweep included; only the system calls
beneath them (`kernel`), the clock (trio's MockClock, which jumps to whatever comes next) and the clients are ours.
Tasks are scheduled in an order that the seed shuffles. So a seed is a life, and the same seed the same life again.

    play     clients of all sorts come, go and do their worst; now and then the process itself is held up
    calm     the hostile are cut off, the network is perfect, nobody does anything; then everyone must have been told
             the truth
    leave    all go, some without a word; when every deadline has passed, nothing may be left of them

Deadlines of minutes are made seconds in most lives, so that more of them pass.
"""

from __future__ import annotations

import zlib
from collections import Counter
from contextlib import ExitStack
from functools import partial
from random import Random
from typing import Any, Final
from unittest.mock import Mock, patch

import trio
import trio.testing

from bots.netsim import PERFECT, Conditions
from bots.shelf import Shelf
from protocol import limits
from protocol.messages import Welcome
from server.app import Server
from server.config import Config
from server.games.melee import Melee
from server.net.backlog import current_backlog
from server.net.porch import current_porch
from server.net.sweep import current_sweep, sweep
from server.tick_loop import keep_time
from server.venue import find_arena
from tests.simulation.admin import Admin
from tests.simulation.conversation import Wrong
from tests.simulation.history import History
from tests.simulation.hostile import Hostile
from tests.simulation.kernel import Kernel, installed
from tests.simulation.network import Connection, Listener
from tests.simulation.order import InOrder, scheduled_by
from tests.simulation.players import Player
from tests.simulation.watch import Watch

STEPS_PER_S: Final = 60
RATES: Final = ((60, 30), (30, 30), (60, 20), (30, 15), (20, 10))
SIZES = ((4, 2), (12, 6), (12, 6), (25, 15), (25, 15), (60, 30))
"""(players, hostile)."""
CROWD = (200, 100)
"""Now and then."""
CROWD_CHANCE: Final = 0.02
CLIENT_SECONDS = 100.0
"""A life is as long as its clients are few."""
PLAY_S = (2.5, 12.0)
CALM_S: Final = 4.0
AFTER_S: Final = 5.0
"""Until what was closed last has had its deadlines."""
SERVER_STALLS_S: Final = (0.03, 0.1, 0.5, 2.0, 20.0)
PATIENT_CHANCE = 0.03
"""That deadlines stay as they are."""
SHORT_DEADLINES: Final = {
    "protocol.limits.SEAT_KEPT_S": 2.0,
    "protocol.limits.SILENCE_S_MAX": 4.0,
    "protocol.limits.LOBBY_SILENCE_S_MAX": 6.0,
    "protocol.limits.HELLO_DEADLINE_S": 1.0,
    "protocol.limits.HANDSHAKE_DEADLINE_S": 1.0,
    "server.lag.BEHIND_S_MAX": 3.0,
    "server.net.http.REQUEST_S_MAX": 5.0,
}
NETWORKS: Final = (
    PERFECT,
    Conditions(rtt_ms=40.0, jitter_ms=10.0),
    Conditions(rtt_ms=180.0, jitter_ms=60.0, stalls_per_s=0.3),
    Conditions(rtt_ms=90.0, bandwidth_bytes_per_s=20_000.0),
    Conditions(rtt_ms=30.0, disconnects_per_minute=20.0),
    Conditions(rtt_ms=600.0, jitter_ms=400.0, stalls_per_s=0.5, stall_ms=800.0, bandwidth_bytes_per_s=6_000.0),
)
HOSTS: Final = 12


class World:
    """Everything of one seed."""

    def __init__(self, seed: int) -> None:
        self.seed, self.random = seed, Random(seed)
        self.faults: Counter[str] = Counter()
        self.now_s = 0.0
        self.steps_per_s = STEPS_PER_S
        self.is_calm = False
        self.snapshots_checked = self.told_checked = 0
        self.kernel = Kernel(Random(self.random.getrandbits(32)), self.faults)
        self.config = self._draw_config()
        self.server = Server(self.config)
        tokens = Random(self.random.getrandbits(32))
        self.server.lobby.seating.new_token = lambda: f"{tokens.getrandbits(96):x}"
        self.server.lobby.sessions = InOrder()
        self.watch = Watch(self.server)
        self.watch.add(self.server.room)
        self.listener = Listener(self.kernel)
        self.admin = Admin(self, Random(f"admin {seed}"))
        self.network = self.random.choice(NETWORKS)
        self.is_rough = not self.network.is_perfect
        self.is_patient = self.random.random() < PATIENT_CHANCE
        self.has_server_stalls = self.random.random() < 0.3
        self._connections: list[Connection] = []
        self._pocket: dict[str, str] = {}
        self._sent_ticks: dict[tuple[str, int], set[int]] = {}
        self._shelves: dict[str, Shelf] = {}
        players, hostile = CROWD if self.random.random() < CROWD_CHANCE else self.random.choice(SIZES)
        self.play_s = min(PLAY_S[1], max(PLAY_S[0], CLIENT_SECONDS / (players + hostile)))
        self.players = [Player(self, f"Player {n}", self._chance()) for n in range(players)]
        self.hostile = [Hostile(self, self._chance()) for _ in range(hostile)]

    def _chance(self) -> Random:
        return Random(self.random.getrandbits(32))

    def _draw_config(self) -> Config:
        tick_rate, snapshot_rate = self.random.choice(RATES)
        return Config(
            map="belt" if self.random.random() < 0.1 else "pinball",
            tick_rate=tick_rate,
            snapshot_rate=snapshot_rate,
            seed=self.random.getrandbits(32),
            match_s=10.0,
            lane=self.random.choice(("fast", "fast", "plain")),
            connections_max=self.random.choice((4096, 4096, 10)),
            connections_per_address_max=self.random.choice((64, 64, 3)),
        )

    @property
    def digest(self) -> str:
        """Of what happened: equal lives have equal ones."""
        told = (sorted(self.faults.items()), self.watch.ticks, self.snapshots_checked, self.server.lobby.statistics())
        return f"{zlib.crc32(repr(told).encode()):08x}"

    # what clients ask for ----------------------------------------------------------------------------------

    @property
    def tick(self) -> int:
        return self.server.room.tick

    @property
    def room_names(self) -> list[str]:
        """Also of one that is closed, and of one that never was."""
        return [*self.watch.rooms, "nowhere"] if self.random.random() < 0.1 else [*self.watch.rooms]

    def connect(self, random: Random, name: str) -> Connection:
        """A connection from one of a few hosts."""
        network = PERFECT if self.is_calm else self.network
        connection = Connection(random, network, random.getrandbits(32), self.now_s, self.faults)
        self._connections.append(connection)
        self.faults["connections"] += 1
        self.listener.connect(connection, (f"203.0.113.{random.randrange(HOSTS)}", random.randrange(1024, 65_536)))
        return connection

    def pocket(self, name: str, token: str) -> None:
        """Where thieves look."""
        self._pocket[name] = token

    def stolen_token(self, random: Random) -> str | None:
        return random.choice(list(self._pocket.values())) if self._pocket else None

    def history_of(self, room: str) -> History:
        return self.watch.rooms[room].history

    def shelf_of(self, room: str) -> Shelf:
        return self._shelves.setdefault(room, Shelf())

    def sent_ticks_of(self, welcome: Welcome) -> set[int]:
        return self._sent_ticks.setdefault((welcome.room, welcome.player), set())

    def scores_of(self, room: str) -> dict[int, tuple[int, int, int]]:
        game = self.server.lobby.rooms[room].game
        assert isinstance(game, Melee)
        return {player: (f.score, f.kills, f.deaths) for player, f in game.fighters.items()}

    # a life ------------------------------------------------------------------------------------------------

    async def live(self) -> None:
        """Raises Wrong, or whatever the server raises."""
        async with trio.open_nursery() as nursery:
            await nursery.start(self.server.serve, [self.listener])
            nursery.start_soon(self._keep_annex)
            current_sweep()
            current_porch()
            current_backlog()
            await trio.testing.wait_all_tasks_blocked()
            tasks, annex = trio.lowlevel.current_statistics().tasks_living, len(self.watch.rooms)
            await self._play()
            await self._calm_down()
            await self._leave()
            self._check_nothing_is_left(tasks - (annex - len(self.server.lobby.rooms)))
            nursery.cancel_scope.cancel()

    async def _keep_annex(self) -> None:
        """A second room, in half of all lives; half of these close it."""
        if self.random.random() < 0.5:
            return
        room = self.server.lobby.open_room("annex", Melee, find_arena("pinball"), self.config.rates, self.seed)
        self.watch.add(room)
        with trio.CancelScope() as scope:
            if self.random.random() < 0.5:
                scope.deadline = trio.current_time() + self.random.uniform(0.5, self.play_s)
            await keep_time(room, lambda duration_s, lateness_s: None, drain=sweep)
        self.faults["rooms closed"] += 1
        self.server.lobby.close_room("annex", trio.current_time())

    async def _play(self) -> None:
        until_s = self.now_s + self.play_s
        fds_low_s = self.random.uniform(0.0, self.play_s) if self.random.random() < 0.15 else None
        while self.now_s < until_s:
            if fds_low_s is not None:
                is_low = 0.0 < self.now_s - (until_s - fds_low_s) < 1.0
                self.kernel.fds_max = len(self.kernel.sockets) if is_low else 100_000
            if self.has_server_stalls and self.random.random() < 0.5 / STEPS_PER_S:
                self._stall_server(self.random.choice(SERVER_STALLS_S))
            await self._steps(1.0 / STEPS_PER_S)
        self.kernel.fds_max = 100_000

    def _stall_server(self, stall_s: float) -> None:
        """The process is held up, and only it: clients go on, and all that they say is there when it comes back."""
        self.faults["server stalls"] += 1
        until_s = self.now_s + stall_s
        clock = trio.lowlevel.current_clock()
        assert isinstance(clock, trio.testing.MockClock)
        clock.jump(stall_s)
        while self.now_s < until_s:
            self._step_clients(self.now_s + 1.0 / STEPS_PER_S)

    async def _calm_down(self) -> None:
        self.is_calm = True
        for hostile in self.hostile:
            if hostile.talk is not None:
                hostile.talk.connection.cut()
        self.hostile = []
        for connection in self._connections:
            connection.calm(self.now_s)
        await self._steps(CALM_S)
        for player in self.players:
            player.check_told()

    async def _leave(self) -> None:
        for player in self.players:
            if player.talk is not None:
                way = self.random.choice(("cut", "vanish", "finish"))
                connection = player.talk.connection
                connection.finish(self.now_s) if way == "finish" else getattr(connection, way)()
        self.players = []
        await self._steps(limits.LOBBY_SILENCE_S_MAX + limits.SEAT_KEPT_S + limits.HANDSHAKE_DEADLINE_S + AFTER_S)

    def _check_nothing_is_left(self, tasks: int) -> None:
        lobby, door = self.server.lobby, self.server.door
        left: dict[str, Any] = {
            "sessions": len(lobby.sessions),
            "seats": len(lobby.seating.taken),
            "players": sum(len(room.players) for room in lobby.rooms.values()),
            "viewers": sum(len(room.viewers()) for room in lobby.rooms.values()),
            "connections": door.connections,
            "conversations": door.conversations,
            "invited": door._capacity.invited + door._capacity.uninvited,
            "addresses": door._capacity.customers,
            "sockets": len(self.kernel.sockets),
            "watched": len(current_sweep()._takes),
            "strangers": len(current_porch()),
            "undelivered": len(current_backlog()),
            "tasks": trio.lowlevel.current_statistics().tasks_living - tasks,
        }
        if any(left.values()):
            raise Wrong(f"left over: { {what: count for what, count in left.items() if count} }")

    async def _steps(self, seconds: float) -> None:
        until_s = self.now_s + seconds - 1e-9
        while self.now_s < until_s:
            self._step_clients(self.now_s + 1.0 / STEPS_PER_S)
            await trio.sleep_until(self.now_s)
            self.admin.step()
            if self.watch.wrong:
                raise Wrong("\n".join(self.watch.wrong[:5]))

    def _step_clients(self, now_s: float) -> None:
        self.now_s = now_s
        for connection in self._connections:
            connection.step(now_s)
        for player in self.players:
            player.step(now_s)
        for hostile in self.hostile:
            hostile.step(now_s)
        if self.random.random() < 0.05:
            self._connections = [connection for connection in self._connections if not connection.is_gone]


def run(seed: int) -> World:
    """Live one life; raises what went wrong in it."""
    world = World(seed)
    clock = trio.testing.MockClock(autojump_threshold=0)
    with ExitStack() as at_the_end:
        at_the_end.enter_context(installed(world.kernel))
        at_the_end.enter_context(scheduled_by(seed))
        at_the_end.enter_context(world.watch.watching())
        # To look through everything in memory again and again takes longer than the life itself.
        at_the_end.enter_context(patch("server.garbage.gc", Mock()))
        if not world.is_patient:
            for name, seconds in SHORT_DEADLINES.items():
                at_the_end.enter_context(patch(name, seconds))
        trio.run(partial(_live, world), clock=clock)
    if world.watch.wrong:
        raise Wrong("\n".join(world.watch.wrong[:5]))
    return world


async def _live(world: World) -> None:
    world.now_s = trio.current_time()
    await world.live()
