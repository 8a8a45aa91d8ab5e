"""The running server: one room under supervision, the front door, and a clean end.

Everything that can be wrong with the settings (the map, the port, the certificate, the folder for the state) is a
UserError before the first connection comes in. After that only a signal ends the server. SIGTERM drains: people may
finish their match, for `drain_s` at most. SIGINT doesn't wait for it. Either way the rooms are kept, where there is a
`state_dir`, players are told, and it stops. A second signal waits for nobody.
"""

import gc
import os
import ssl
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import structlog
import trio

from protocol.errors import Code, UserError
from server import garbage
from server.build.rescue import rescue_of
from server.chat import marshal
from server.cluster.wiring import Alone, Lost, company_of, reach_of
from server.config import Config
from server.deadlines import keep_deadlines
from server.drain import let_finish
from server.forgetting import forget_in
from server.games.loader import told_of
from server.keeper import Keeper
from server.leisure import Leisure
from server.lobby import Lobby
from server.minders.minders import Minders
from server.moderation import Moderation
from server.net import backlog, certificates, web
from server.net.admission import Admission
from server.net.api import Api
from server.net.descriptors import make_room
from server.net.forwarded import Proxies
from server.net.front_door import FrontDoor
from server.net.http import HttpServer
from server.net.library_api import library_of
from server.net.stats import StatsDesk
from server.net.sweep import sweep
from server.net.watched import Watched
from server.own_bots import play_with_bots
from server.phases import Phases
from server.replay.recorder import recorder_of
from server.rest import live
from server.room import Room
from server.rooms import described
from server.seats import Doors
from server.signals import ask_to_stop, stop_on_signal
from server.standings.wiring import get_ready, open_standings
from server.store import Store
from server.supervisor import Supervisor
from server.takeover import listen, take_folder
from server.telemetry import Telemetry
from server.venue import MAPS, catalogue_of, maps, venue_of
from server.where import url_at

ASSETS = Path(__file__).parent.parent / "assets"
CLIENT = ASSETS / "client" / "dist"
DRAIN_S_MAX = 3.0
"""How long players get to hear that the server stops."""

log = structlog.get_logger("ricochet")


def print_ready(url: str) -> None:
    """For who has started us, and waits for the address."""
    print(f"Ricochet is ready: {url}", flush=True)


async def run(config: Config, say_ready: Callable[[str], None] = print_ready) -> None:
    """Serve until a signal ends it. Raises UserError when there can be no server with `config`."""
    for look_at in (venue_of, tls_of, get_ready):  # mistakes in them are told before another server is waited for
        look_at(config)
    config = config.model_copy(update={"connections_max": make_room(config.connections_max)})
    await web.prepare()
    until_s = trio.current_time() + config.takeover_s
    folder = await take_folder(config, until_s)
    try:
        server = Server(config, folder)
        listeners = await listen(config, until_s)
        async with trio.open_nursery() as nursery:
            await nursery.start(server.serve, listeners)
            await nursery.start(stop_on_signal, server.drain, nursery.cancel_scope, config.drain_s)
            say_ready(url_of(config, listeners))
            if config.bots:
                token = server.admission.token_for_bots()
                nursery.start_soon(play_with_bots, url_of(config, listeners), config.bots, token)
    finally:
        if folder is not None:
            folder.close()


class Server:
    """A server with `config`, without its sockets. Raises UserError when something of it can't be had."""

    def __init__(
        self, config: Config, store: Store | None = None, company_of: Callable[[Config, Lobby], Alone] = company_of
    ) -> None:
        """`store` has what an earlier server has kept, and is where this one keeps its rooms."""
        self.admission = Admission(config)
        self._certificate = Watched(*(file for file in (config.tls_cert, config.tls_key) if file is not None))
        self._config, self._venue = config, venue_of(config)
        self.library = library_of(config, maps(self._venue))
        self._catalogue = catalogue_of(config, self._venue, self.library.arenas, self.library.draft)
        self.lobby = Lobby(gate=self.admission.gate, catalogue=self._catalogue, rooms_max=config.rooms_max)
        self.lobby.on_open, self.lobby.on_end = self._run_room, self._forget_room
        self.company = company_of(config, self.lobby)
        self._keeper = Keeper(self.lobby, kept) if (kept := self.company.store(store)) is not None else None
        on_decision = self._keeper.note if self._keeper else None
        self.company.run_room, self.company.stop_room = self._start_room, self._lose_room
        self.company.open_fresh = lambda: self._run_room(self._fresh_room(self._venue.another_name()))
        self.standings = open_standings(config, store, self.lobby.heralds)
        self.minders = Minders(self.lobby, lambda: self.is_ready, os.environ)
        counted = self.company.counting(self.standings.counting(self.lobby.statistics))
        self.moderation = Moderation(self.lobby, self.close_room, ask_to_stop)
        self.reach = reach_of(config, self.company, self.moderation, lambda: self.telemetry.durations(), on_decision)  # noqa: PLW0108  # it is there by then
        counted = backlog.counting(self.minders.counting(self.reach.counting(counted)))
        self.telemetry = Telemetry(counted, lambda: self.door.connections)
        self.stats = StatsDesk(self.lobby, self.telemetry, self.reach)
        api = Api(self.rooms, self.reach, self.lobby.gate, config.origins, self._settle)
        self._recorder = recorder_of(config, self.lobby)
        self._rescue = self.library.rescue = rescue_of(self.library.drafts, self.lobby)
        self.library.on_forget, self.reach.on_forgotten = self._forget_player, self.library.forget
        replays, metrics = self._recorder.archive, self.telemetry.exposition
        shelves, others = (self.standings, replays, self.library), config.origins if config.directory else ()
        pages = web.build(web.Sources(CLIENT, MAPS, lambda: self.is_ready, api, metrics, *shelves, company=others))
        self.door = FrontDoor(
            self.lobby,
            HttpServer(pages),
            config.origins,
            config.connections_max,
            tls_of(config),
            may_be_fast=config.lane == "fast",
            connections_per_address_max=config.connections_per_address_max,
            proxies=Proxies(config.trusted_proxies, config.forwarded_by),
            elsewhere=self.stats.hosts,
            guest_of=self.standings.guest_of,
        )
        self._filter_desk = marshal.furnish(self.lobby, self.moderation, config.chat_filter, on_decision)
        self._open_rooms()
        self._supervisor = Supervisor(self.lobby, self._keep_time, self.lobby.open_again, self._keeper)
        self._phases = Phases(config.tick_rate)
        self._leisure = Leisure(lambda: not self._phases.taken, trio.current_time, self.lobby.faults)
        self.lobby.at_leisure = self._leisure.put
        self._rooms: trio.Nursery | None = None
        """Where rooms are run, once they are."""
        self._collector, self._has_ticked = garbage.Collector(), False
        self._playing, self._accepting = trio.CancelScope(), trio.CancelScope()

    @property
    def is_ready(self) -> bool:
        """Whether newcomers are welcome, and will find a game."""
        return self._has_ticked and self.lobby.doors is Doors.OPEN and bool(self.lobby.rooms)

    @property
    def room(self) -> Room:
        """The first of the operator's."""
        return self.lobby.rooms[self._venue.room_names[0]]

    def _open_rooms(self) -> None:
        """The operator's, as they were or anew; and those that people had opened, as they were."""
        keeper, venue = self._keeper, self._venue
        try:
            if keeper is not None:
                keeper.reinstate()
            for name in venue.room_names:
                if keeper is None or not keeper.reopen(name, venue.game, venue.arena, venue.rates, venue.options):
                    with told_of(self._config.game):
                        self._fresh_room(name)
            if keeper is not None:
                keeper.reopen_others(self._catalogue)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise UserError(f"what is kept in {self._config.state_dir} can't be read: {why}") from None

    def _fresh_room(self, name: str) -> Room:
        venue = self._venue
        seed, options = venue.new_seed(), venue.options
        return self.lobby.open_room(name, venue.game, venue.arena, venue.rates, seed, options, venue.card(name))

    async def serve(
        self,
        listeners: list[trio.SocketListener],
        task_status: trio.TaskStatus[list[trio.SocketListener]] = trio.TASK_STATUS_IGNORED,
    ) -> None:
        """Serve until cancelled; started once connections are taken."""
        garbage.settle()
        if self._config.directory is not None:
            self.company.url = self._config.public_url or url_of(self._config, listeners)
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(keep_deadlines, self.lobby, self._leisure.sweep)
                if self._keeper is not None:
                    nursery.start_soon(self._keeper.run)
                if self._filter_desk is not None:
                    nursery.start_soon(self._filter_desk.run)
                for chore in (
                    self._play,
                    self.company.run,
                    self.reach.run,
                    self.stats.run,
                    self.standings.run,
                    self.minders.run,
                    self._recorder.run,
                    self._rescue.run,
                    self.admission.keep_fresh,
                    self._keep_certificate,
                ):
                    nursery.start_soon(chore)
                with self._accepting:
                    await trio.serve_listeners(
                        self.door.welcome, listeners, handler_nursery=nursery, task_status=task_status
                    )
                await trio.sleep_forever()
        finally:
            garbage.unsettle()

    async def _play(self) -> None:
        with self._playing:
            async with trio.open_nursery() as rooms:
                self._rooms = rooms
                self._run_all()
                await trio.sleep_forever()

    async def _keep_time(self, room: Room) -> None:
        on_rest = partial(self._keeper.rests, room) if self._keeper is not None else _nothing
        drain = self.company.fenced(room, partial(sweep, room.rates.tick_s))
        try:
            await live(room, partial(self._tick_done, room), self._phases, drain, on_rest)
        except Lost:
            self.company.lost(room.name)
            await trio.sleep_forever()  # our task is cancelled

    async def drain(self, patience_s: float = 0.0) -> None:
        """Let people finish, for so long at most; keep the rooms; tell everybody, and let them hear it."""
        self.minders.leave()
        await let_finish(self.lobby, patience_s)
        self.lobby.doors = Doors.SHUT
        self._playing.cancel()
        if self._keeper is not None:
            await self._keeper.save_all()
        await self.company.leave()
        await self.reach.leave()
        await self._recorder.finish()
        await self._rescue.finish()
        await self.standings.settle()
        self._accepting.cancel()
        if self._keeper is not None:
            self._keeper.let_go()  # a server that waits for it is there before players come back
        with trio.move_on_after(DRAIN_S_MAX):
            while self.door.conversations:
                for host in (self.lobby, self.stats.watchers):
                    host.close(Code.SERVER_STOPPING, "the server is stopping; come back in a moment")
                await trio.sleep(0.02)
        await self.minders.farewell()

    def close_room(self, name: str, now_s: float) -> None:
        """An admin ends a room. After the last one that is open to all a fresh one is opened, unless one soon is."""
        self.lobby.end_room(name, now_s, "an admin has closed the room")
        first = self._venue.room_names[0]
        is_open = any(not room.card.is_private for room in self.lobby.rooms.values())
        if not is_open and first not in self.lobby.reopening and self.lobby.doors is Doors.OPEN:
            self._run_room(self._fresh_room(first))

    def _forget_player(self, account: str) -> None:
        forget_in(self.lobby, account)
        self.standings.note_forgotten(account)

    def _forget_room(self, room: Room) -> None:
        self._supervisor.end(room.name)
        self.company.gone(room.name)
        if self._keeper is not None:
            self._keeper.forget(room.name)

    def _lose_room(self, room: Room) -> None:
        code = self.company.code_when_lost
        if self._keeper is not None and code is Code.ROOM_RETURNING:
            self._keeper.parts(room)
        self.lobby.close_room(room.name, trio.current_time(), code, "the room is lost to this server")
        self._supervisor.end(room.name)

    def _run_all(self) -> None:
        for room in list(self.lobby.rooms.values()):
            self._run_room(room, is_new=self._keeper is None)

    def _run_room(self, room: Room, is_new: bool = True) -> None:
        if self._rooms is not None and self.company.take(room, is_new):
            self._start_room(room)  # else it will be when it may, or with those of the first tick

    def _start_room(self, room: Room) -> None:
        if self._rooms is not None:
            self._supervisor.start(self._rooms, room)

    async def _settle(self) -> bool:
        return self._keeper is None or await self._keeper.settle()

    async def _keep_certificate(self) -> None:
        config, door = self._config, self.door
        if config.tls_cert is not None and config.tls_key is not None:
            take = partial(setattr, door, "tls")
            await certificates.keep_fresh(self._certificate, config.tls_cert, config.tls_key, take)

    def rooms(self) -> list[dict[str, Any]]:
        """What `/api/rooms` says."""
        return described(self.lobby.rooms.values()) + self.company.described()

    def _tick_done(self, room: Room, duration_s: float, lateness_s: float) -> None:
        self._has_ticked = True
        self.telemetry.tick_done(duration_s, lateness_s)
        self.stats.tick_done(lateness_s)
        if self._keeper is not None:
            self._keeper.tick_done(room, lateness_s)
        parted = self.door.parted + garbage.ROOM_PARTS * self.lobby.rooms_closed
        work = self._collector.due(trio.current_time(), lateness_s, gc.get_count()[0], parted, self.door.connections)
        if work is not None:
            garbage.collect(work)
            self.door.age += 1
        else:
            self._leisure.tick_done(lateness_s, _until_next_deadline_s)


def _until_next_deadline_s() -> float:
    return trio.lowlevel.current_statistics().seconds_to_next_deadline


def tls_of(config: Config) -> ssl.SSLContext | None:
    """What to encrypt with, if at all. Raises UserError."""
    if config.tls_cert is None or config.tls_key is None:
        return None
    return certificates.load(config.tls_cert, config.tls_key)


def url_of(config: Config, listeners: list[trio.SocketListener]) -> str:
    """Where a browser on this machine finds the server."""
    return url_at(config, listeners[0].socket.getsockname()[1])


def _nothing() -> None:
    """Where rooms aren't kept."""
