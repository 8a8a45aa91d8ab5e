"""A whole game stepped in a test: one lobby, one room, n clients. No sockets, no clock, one seed.

    stepper = Stepper(seed=1)
    ann, bob = stepper.join("Ann"), stepper.join("Bob", SUBPROTOCOL_JSON)
    ann.pilot = wander(Random(7))
    stepper.step(60)

Every message crosses the wire as bytes, both ways, in the client's encoding, and `join(…, network=…)` makes it a bad
one (see `bench.line`). A client applies snapshots to
`beliefs`, an implementation of its own, so that what it believes can be held against what the server thinks it does.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from bench.line import Line, MemoryLink
from bench.stage import House
from bots.netsim import PERFECT, Conditions, seed_of
from protocol.arena import Arena, parse
from protocol.build_messages import Edited, Pointed
from protocol.limits import PROTOCOL_VERSION, SUBPROTOCOL_MSGPACK
from protocol.messages import Bye, ChatLine, ClientMessage, Error, Event, Hello, Homes, Inputs, LobbyNews, Pong, Welcome
from protocol.motion import Button, Input
from protocol.snapshot import Snapshot
from protocol.ticks import Rates
from server.catalogue import Catalogue
from server.game import Game, Player
from server.games.melee import Melee
from server.gate import Gate
from server.session import Session
from tests.instruments.beliefs import Beliefs

MAPS = Path(__file__).parents[2] / "assets" / "maps"

Pilot = Callable[[int], Input]
"""What a player does at a tick."""


def arena_named(name: str) -> Arena:
    return parse((MAPS / f"{name}.json").read_bytes(), f"{name}.json")


def wander(random: Random, fire: bool = True) -> Pilot:
    """Steers somewhere else every now and then, boosts sometimes, shoots most of the time."""
    now = Input()

    def pilot(tick: int) -> Input:
        nonlocal now
        if random.random() < 0.05:
            buttons = (Button.FIRE if fire and random.random() < 0.8 else 0) | (
                Button.BOOST if random.random() < 0.3 else 0
            )
            move_x, move_y = random.randint(-127, 127), random.randint(-127, 127)
            now = Input(move_x, move_y, random.randrange(4096), int(buttons))
        return now

    return pilot


FakeLink = MemoryLink
"""Posting while it is blocked is the server's mistake."""


class Client:
    """One end of a conversation: what it was told, and what it believes."""

    def __init__(self, session: Session, link: FakeLink, line: Line | None = None) -> None:
        self.session, self.link, self.line = session, link, line
        self.pilot: Pilot | None = None
        self.welcomed: Welcome | None = None
        self.bye: Bye | None = None
        self.events: list[Event] = []
        self.errors: list[Error] = []
        self.chats: list[ChatLine] = []
        self.pongs: list[Pong] = []
        self.edited: list[Edited] = []
        self.pointed: list[Pointed] = []
        self.news: list[LobbyNews] = []
        self.homes: list[list[str]] = []
        self.snapshots: list[Snapshot] = []
        self._beliefs: Beliefs | None = None

    @property
    def welcome(self) -> Welcome:
        assert self.welcomed is not None
        return self.welcomed

    @property
    def beliefs(self) -> Beliefs:
        assert self._beliefs is not None
        return self._beliefs

    @property
    def player(self) -> Player:
        """The server's side of it."""
        assert self.session.seat is not None
        assert self.session.seat.player is not None
        return self.session.seat.player

    @property
    def told(self) -> Snapshot:
        """The newest snapshot."""
        return self.snapshots[-1]

    def say(self, message: ClientMessage, now_s: float) -> None:
        encoded = self.link.codec.encode(message)
        wire = encoded.decode() if self.link.codec.is_text else encoded
        if self.line is not None:
            self.line.say(wire)
        else:
            self.session.receive(wire, now_s)
        self.read()

    def read(self) -> None:
        """Take in whatever has been posted, or of it what has arrived."""
        if self.line is not None:
            arrived: Sequence[bytes | str] = self.line.carry()
        else:
            arrived, self.link.sent = self.link.sent, []
        for wire in arrived:
            self._take(self.link.codec.decode_server(wire))

    def events_named(self, name: str) -> list[dict[str, Any]]:
        return [event.body for event in self.events if event.name == name]

    def _take(self, message: object) -> None:
        match message:
            case Snapshot():
                self.snapshots.append(message)
                self.beliefs.apply(message)
            case Welcome():
                self.welcomed = message
                self._beliefs = Beliefs(message.kinds, message.tick_rate)
            case Event():
                self.events.append(message)
            case Error():
                self.errors.append(message)
            case ChatLine():
                self.chats.append(message)
            case LobbyNews():
                self.news.append(message)
            case Homes():
                self.homes.append(message.urls)
            case Pong():
                self.pongs.append(message)
            case Edited():
                self.edited.append(message)
            case Pointed():
                self.pointed.append(message)
            case Bye():
                self.bye = message


class Stepper(House):
    """The lobby with its one room, and everybody who ever connected."""

    def __init__(
        self,
        seed: int = 1,
        arena: Arena | None = None,
        game: type[Game] = Melee,
        rates: Rates | None = None,
        options: Mapping[str, Any] | None = None,
        gate: Gate | None = None,
        catalogue: Catalogue | None = None,
    ) -> None:
        super().__init__(arena or arena_named("pinball"), seed, game, rates, options, gate, catalogue)
        self.clients: list[Client] = []

    def connect(
        self, subprotocol: str = SUBPROTOCOL_MSGPACK, network: Conditions = PERFECT, address: str = "memory"
    ) -> Client:
        """A link is open; nothing has been said."""
        link = FakeLink(subprotocol, address)
        session = Session(link, self.lobby, self.now_s)
        seed = seed_of(self.seed, len(self.clients))
        line = None if network.is_perfect else Line(link, session, network, seed, lambda: self.now_s)
        client = Client(session, link, line)
        self.clients.append(client)
        return client

    def join(
        self,
        name: str = "Ann",
        subprotocol: str = SUBPROTOCOL_MSGPACK,
        network: Conditions = PERFECT,
        address: str = "memory",
        **hello: Any,
    ) -> Client:
        client = self.connect(subprotocol, network, address)
        client.say(Hello(PROTOCOL_VERSION, name, **hello), self.now_s)
        return client

    def visit(self, name: str = "Ann", subprotocol: str = SUBPROTOCOL_MSGPACK, **hello: Any) -> Client:
        """Comes into the lobby first."""
        return self.join(name, subprotocol, role="visitor", **hello)

    def drop(self, client: Client) -> None:
        """The connection breaks."""
        client.session.lost(self.now_s)
        self.clients.remove(client)

    def step(self, ticks: int = 1) -> None:
        for _ in range(ticks):
            self._pilot()
            self.now_s += self.rates.tick_s
            self.room.advance(self.now_s)
            for client in self.clients:
                client.read()

    def until(self, done: Callable[[], bool], ticks_max: int = 600) -> int:
        """Step until `done`; how many ticks it took."""
        for ticks in range(ticks_max):
            if done():
                return ticks
            self.step()
        raise AssertionError(f"not within {ticks_max} ticks")

    def differences(self, client: Client) -> Iterator[str]:
        """Where `client` believes anything but the published table, in all cells that it knows or ought to."""
        publisher = self.room.publisher
        seat = client.session.seat
        assert seat is not None
        eye = seat.player.eye if seat.player else (self.room.grid.width / 2, self.room.grid.height / 2)
        for cell in sorted({*self.room.grid.around(*eye), *client.beliefs.cells}):
            entities = (publisher.cell == cell).nonzero()[0].tolist()
            published = {entity: publisher.table[entity].tolist() for entity in entities}
            if client.beliefs.cells.get(cell) != published:
                yield f"tick {publisher.tick}, cell {cell}: {client.beliefs.cells.get(cell)} is not {published}"
        yield from (f"checksum of cell {cell}" for cell in client.beliefs.mismatches)

    def _pilot(self) -> None:
        tick = self.room.tick + 1
        for client in self.clients:
            if client.pilot is not None:
                applied = client.snapshots[-1].tick if client.snapshots else 0
                client.say(Inputs(tick, [client.pilot(tick)], applied), self.now_s)
