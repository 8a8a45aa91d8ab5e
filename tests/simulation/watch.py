"""What must be true of the server after every tick, whatever the clients and the network do.

    one input      each player's buffer was asked for exactly one input, for exactly this tick
    edges          no more presses came out of a buffer than were put into it
    acks           never fall
    queues         inputs, events owed, bytes held for a connection: each within its named bound
    seats          every player has one seat and every seat its player; who sits there has an open session; every
                   viewer belongs to a seat
    ships          every ship has its player and every player at most one ship
    scores         what every player has is what the kills that were told add up to
    chat           histories, mutes and reports within their bounds; nobody is remembered whom an admin has muted
    connections    within the limits; no more conversations than connections, no more sessions than conversations
    silence        nothing is logged as an error

What clients are told is checked where they are told it (`eyes`, `players`). Nothing is raised here, where it would
only end a room: what is wrong is kept in `wrong`.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
import structlog
import trio
from numpy.typing import NDArray
from structlog.testing import LogCapture

from protocol import limits
from protocol.input_rows import EDGES, Rows
from protocol.motion import Input
from server.app import Server
from server.chat.reports import REPORTS_MAX
from server.game import Player
from server.games.melee import SCORE_ASSIST, SCORE_KILL, SCORE_PER_BOUNCE, SHIP, Melee
from server.input_table import Floats, InputTable, Ints
from server.inputs import InputBuffer
from server.net import bulk
from server.net.capacity import UNINVITED_MAX
from server.net.fast_lane import HANDED_ON_BYTES_MAX
from server.net.lane import RECEIVE_BYTES_MAX, WAITING_BYTES_MAX
from server.room import Room
from server.session import State
from tests.simulation.history import History

WAITING_MAX = WAITING_BYTES_MAX + HANDED_ON_BYTES_MAX + RECEIVE_BYTES_MAX + 65_536
"""Of one connection: a post more than the bound is when it is given up."""
EXPECTED_ERRORS = ("trio.serve_listeners",)
"""It logs that descriptors have run out."""


class Ledger:
    """The scores of one room, kept by what its game tells."""

    def __init__(self) -> None:
        self.rows: dict[int, list[int]] = {}
        """Player to (score, kills, deaths)."""

    def hear(self, name: str, body: Mapping[str, Any], is_for_all: bool) -> None:
        if name == "match" and body["phase"] == "play" and is_for_all:
            self.rows.clear()
        elif name == "left":
            self.rows.pop(body["id"], None)
        elif name == "kill":
            self._add(body["victim"], 0, 0, 1)
            if body["killer"]:
                self._add(body["killer"], SCORE_KILL + SCORE_PER_BOUNCE * body["bounces"], 1, 0)
            for player in body["assists"]:
                self._add(player, SCORE_ASSIST, 0, 0)

    def _add(self, player: int, *amounts: int) -> None:
        row = self.rows.setdefault(player, [0, 0, 0])
        for at, amount in enumerate(amounts):
            row[at] += amount


class Watched:
    """One room."""

    def __init__(self, room: Room, watch: "Watch") -> None:
        self.room, self.history, self.ledger = room, History(room), Ledger()
        self.told_tick = 0
        """When something was last said to everybody."""
        self._watch = watch
        self._acks: dict[int, int] = {}
        self._advance, self._say = room.advance, room.say
        vars(room)["advance"] = self._watched_advance
        vars(room)["say"] = self._watched_say

    def _watched_say(
        self, name: str, body: dict[str, Any], to: Sequence[Player] | None = None, spectators: bool = False
    ) -> None:
        # a kill is told to a few where there are many, but it is told once
        self.ledger.hear(name, body, to is None)
        if to is None:
            self.told_tick = self.room.tick
        self._say(name, body, to, spectators)

    def _watched_advance(self, now_s: float, hush: bool = False) -> None:
        players = list(self.room.players.values())
        self._watch.taken.clear()
        self._advance(now_s, hush)
        self.history.note()
        self._watch.wrong += [f"{self.room.name}, tick {self.room.tick}: {what}" for what in self._faults(players)]
        self._watch.after_tick()

    def _faults(self, played: Sequence[Player]) -> Iterator[str]:
        yield from self._input_faults(played)
        yield from self._ship_faults()
        yield from self._score_faults()
        for viewer in self.room.viewers():
            if viewer.owed > limits.EVENTS_QUEUED_MAX:
                yield f"{viewer.owed} events are owed"

    def _input_faults(self, played: Sequence[Player]) -> Iterator[str]:
        ticks = self._watch.taken.pop(id(self.room.inputs), [])
        if ticks != [self.room.tick]:
            yield f"players had inputs taken for {ticks}"
        for player in played:
            if len(player.inputs) > limits.INPUT_AHEAD_TICKS_MAX + 1:
                yield f"player {player.id} has {len(player.inputs)} inputs waiting"
            if not self._acks.get(player.id, 0) <= player.inputs.ack <= self.room.tick:
                yield f"player {player.id}: ack {player.inputs.ack} after {self._acks[player.id]}"
            self._acks[player.id] = player.inputs.ack
        if self._watch.taken:
            yield "inputs were taken of somebody who isn't there"
        slots = [player.inputs.slot for player in self.room.players.values()]
        if len({*slots}) < len(slots):
            yield "two players have one slot"

    def _ship_faults(self) -> Iterator[str]:
        world = self.room.world
        owned = {player.ship: player.id for player in self.room.players.values() if player.ship}
        ships = np.flatnonzero(world.alive & (world.kind == SHIP)).tolist()
        for ship in {*ships} ^ {*owned}:
            yield f"ship {ship} and player {owned.get(ship)} don't belong together"
        if not np.isfinite(world.x[ships]).all() or not np.isfinite(world.y[ships]).all():
            yield "a ship is nowhere"

    def _score_faults(self) -> Iterator[str]:
        assert isinstance(self.room.game, Melee)
        for fighter in self.room.game.fighters.values():
            row = self.ledger.rows.get(fighter.player.id, [0, 0, 0])
            if [fighter.score, fighter.kills, fighter.deaths] != row:
                yield f"player {fighter.player.id} has {fighter.score, fighter.kills, fighter.deaths}, not {row}"


class Watch:
    """The whole server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.wrong: list[str] = []
        self.ticks = 0
        self.taken: dict[int, list[int]] = {}
        """By input table, the ticks that were taken from it in this one."""
        self.rooms: dict[str, Watched] = {}
        self.presses: Counter[str] = Counter()

    def add(self, room: Room) -> None:
        self.rooms[room.name] = Watched(room, self)

    def after_tick(self) -> None:
        self.ticks += 1
        self.wrong += [f"after tick {self.ticks}: {what}" for what in self._faults()]

    def _faults(self) -> Iterator[str]:
        yield from self._seat_faults()
        yield from self._hall_faults()
        yield from self._chat_faults()
        yield from self._door_faults()

    def _chat_faults(self) -> Iterator[str]:
        lobby = self.server.lobby
        channels = [lobby.talk.lobby, *(channel for room in lobby.rooms.values() for channel in room.channels)]
        for channel in channels:
            if len(channel.lines) > limits.CHANNEL_HISTORY_LINES_MAX:
                yield f"{len(channel.lines)} lines of a {channel.kind} are remembered"
        for person in lobby.talk.people():
            if person.speaker and len(person.speaker.mutes) > limits.PERSONAL_MUTES_MAX:
                yield f"{person.speaker.named} has muted {len(person.speaker.mutes)}"
        if len(lobby.talk.reports) > REPORTS_MAX:
            yield f"{len(lobby.talk.reports)} reports wait"
        muted = {key for key, _ in lobby.mutes.all(trio.current_time())} if len(lobby.mutes) else ()
        for channel in channels if muted else ():
            for line in channel.lines:
                if line.by.key in muted:
                    yield f"{line.by} is mute, and was heard or is remembered"

    def _seat_faults(self) -> Iterator[str]:
        lobby = self.server.lobby
        seats = list(lobby.seating.taken.values())
        for room in lobby.rooms.values():
            seated = sorted(seat.player.id for seat in seats if seat.room is room and seat.player)
            if seated != sorted(room.players):
                yield f"{room.name}: players {sorted(room.players)} have the seats {seated}"
            watching = {id(viewer) for viewer in room.viewers()}
            if watching != {id(seat.viewer) for seat in seats if seat.room is room and seat.session}:
                yield f"{room.name}: viewers without a seat, or seats without a viewer"
        for seat in seats:
            if seat.session and (seat.session.seat is not seat or seat.session not in lobby.sessions):
                yield "a seat is held by a session that doesn't know of it"
        for session in lobby.sessions:
            if session.seat is not None and session.seat.session is not session:
                yield "a session believes to sit where another does"
            if session.link.waiting_bytes > WAITING_MAX:
                yield f"{session.link.waiting_bytes} bytes wait for {session.link.address}"

    def _hall_faults(self) -> Iterator[str]:
        """Whoever is in the lobby has no seat, and whoever plays has one."""
        lobby = self.server.lobby
        for session in lobby.sessions:
            is_guest = session in lobby.hall
            if session.state is State.PLAYING and (session.seat is None or is_guest):
                yield f"{session.name} plays and sits nowhere, or is in the lobby as well"
            if session.state is State.BROWSING and (session.seat is not None or not is_guest):
                yield f"{session.name} is in the lobby and isn't told, or has a seat as well"
        if len(lobby.hall) > len(lobby.sessions):
            yield "somebody is in the lobby who is gone"

    def _door_faults(self) -> Iterator[str]:
        door, sessions = self.server.door, len(self.server.lobby.sessions)
        if not sessions <= door.conversations <= door.connections:
            yield f"{sessions} sessions, {door.conversations} conversations, {door.connections} connections"
        if door._capacity.uninvited > UNINVITED_MAX + door.connections:
            yield f"{door._capacity.uninvited} uninvited"

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While the server runs: note what is taken from input buffers, and what is logged."""
        take, put, put_in_bulk, watch = InputTable.take, InputBuffer.put, InputTable.put, self

        def noted_take(table: InputTable, tick: int, now_s: float) -> None:
            watch.taken.setdefault(id(table), []).append(tick)
            take(table, tick, now_s)
            watch.presses["taken"] += sum((packed & EDGES).bit_count() for packed in table.now[: table.extent].tolist())

        def noted_put(buffer: InputBuffer, first_tick: int, entries: Sequence[Input], *rest: Any) -> None:
            watch.presses["put"] += sum(entry.edges.bit_count() for entry in entries)
            put(buffer, first_tick, entries, *rest)

        def noted_put_in_bulk(table: InputTable, slots: Ints, rows: Rows, arrived_s: Floats) -> NDArray[np.bool_]:
            done = put_in_bulk(table, slots, rows, arrived_s)
            said = rows.entries[:, done].ravel().tolist()
            watch.presses["put"] += sum((packed & EDGES).bit_count() for packed in said)
            watch.presses["messages in bulk"] += int(done.sum())
            return done

        overheard = _Overheard(self.wrong)
        logging.getLogger().addHandler(overheard)
        try:
            with (
                patch.object(InputTable, "take", noted_take),
                patch.object(InputBuffer, "put", noted_put),
                patch.object(InputTable, "put", noted_put_in_bulk),
                patch.object(bulk, "TOGETHER_MIN", 2),
                _logged() as logged,
            ):
                yield
        finally:
            logging.getLogger().removeHandler(overheard)
        self.wrong += [f"logged: {entry}" for entry in logged if entry["log_level"] in ("error", "critical")]
        if self.presses["taken"] > self.presses["put"]:
            self.wrong.append(f"{self.presses['taken']} presses came of {self.presses['put']}")


@contextmanager
def _logged() -> Iterator[list[Any]]:
    """What the server logs meanwhile, with its tracebacks."""
    before, capture = structlog.get_config(), LogCapture()
    structlog.configure(processors=[structlog.processors.format_exc_info, capture])
    try:
        yield capture.entries
    finally:
        structlog.configure(**before)


class _Overheard(logging.Handler):
    """Errors that libraries log."""

    def __init__(self, wrong: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._wrong = wrong

    def emit(self, record: logging.LogRecord) -> None:
        if record.name not in EXPECTED_ERRORS:
            self._wrong.append(f"logged by {record.name}: {record.getMessage()}")
