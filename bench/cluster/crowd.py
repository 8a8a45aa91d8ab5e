"""Who plays on a cluster: bots that cost little, each in a room that it names, and what they see of owners and scores.

Each comes by the address of one process, as a browser does whose page came from there, and knows no other but those
that it is told of. From there on they go where they are led. To the servers they are people, so that draining waits for
them.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import Final

import trio
from msgspec.structs import replace

from bench.cluster.matches import Matches
from bench.cluster.scores import Book
from bench.cluster.sightings import Sightings
from bots.act import Act, Brain
from bots.address import Address
from bots.brains.lean import Lean
from bots.client import Connection, Ended, Pulse
from bots.common_room import CommonRoom, CommonRooms
from bots.player import Player
from bots.slices import is_numbered
from bots.tally import Tally
from bots.turnstile import Turnstile
from bots.view import View
from protocol.codec import CODECS, Wire
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.messages import Event, Hello, Message, Welcome

CONNECTS_PER_SECOND: Final = 200.0
"""More than half of them ask for, every two seconds, while their rooms are nobody's."""
LOOK_EVERY_S: Final = 0.05
_EVENTS: Final = frozenset((Event.number,))
_WORDS: Final = (b"scores", b"match")

OnEvent = Callable[[Event], None]


class Gunner(Lean):
    """As lean as can be, and always firing, so that there are scores to lose."""

    def think(self, view: View, tick: int) -> Act:
        return replace(super().think(view, tick), fire=True)


class Person(Player):
    """A bot that doesn't say that it is one, and hears scores and matches though it listens to nothing else."""

    def __init__(self, name: str, crowd: "Crowd", brain: Callable[[CommonRoom], Brain], on_event: OnEvent) -> None:
        super().__init__(name, crowd.codec, crowd.common, crowd.tally, brain, attentive=False)
        self._on_event = on_event

    def say(self, message: Message) -> None:
        super().say(replace(message, bot=False) if isinstance(message, Hello) else message)

    def receive(self, wire: Wire, now_s: float) -> None:
        if isinstance(wire, bytes) and is_numbered(wire, _EVENTS) and any(word in wire for word in _WORDS):
            event = self._codec.decode_server(wire)
            if isinstance(event, Event):
                self._on_event(event)
        super().receive(wire, now_s)


class Guest:
    """One of them, and where they are."""

    def __init__(self, number: int, room: str, crowd: "Crowd", rng: Random) -> None:
        self.room, self._crowd = room, crowd
        self.owner = ""
        """URL of the process that the newest connection went to."""
        self.ends: list[str] = []
        """Why conversations ended, but for those in which they were led elsewhere."""
        self.back_s: float | None = None
        """When the first snapshot after `forget` came."""
        self._rng, self._is_away = rng, True
        self._welcome: Welcome | None = None
        self.player = Person(f"bot{number}", crowd, partial(Gunner, rng=rng), self._hear)
        self.player.on_snapshot = self._see
        host, port = crowd.addresses[number // len(crowd.rooms) % len(crowd.addresses)]
        home = Address(host, port, is_tls=False)
        self.connection = Connection(self.player, home, crowd.codec, room, crowd.turnstile, self._dial)

    @property
    def number(self) -> int:
        """Of the player that they are in their room."""
        return self.player.welcome.player if self.player.welcome is not None else 0

    @property
    def is_playing(self) -> bool:
        return self.player.lead is not None

    def forget(self) -> None:
        """From now on, see when they are back."""
        self.back_s, self._is_away = None, True
        self._welcome = self.player.welcome

    async def keep(self) -> None:
        await self.connection.keep(self._rng, self._ended)

    def _ended(self, ended: Ended) -> bool:
        self.ends.append(f"{ended.code} {ended}")
        return True

    async def _dial(self, host: str, port: int) -> trio.SocketStream:
        """Raises OSError."""
        self.owner = f"http://{host}:{port}"
        return await trio.open_tcp_stream(host, port)

    def _see(self) -> None:
        player, now_s = self.player, time.monotonic()
        if player.view is None or player.lobby is not None or player.welcome is None:
            return
        if self._is_away and self.player.welcome is not self._welcome:
            self.back_s, self._is_away = now_s, False
        self._crowd.sightings.see(player.welcome.room, self.owner, player.view.tick, now_s)

    def _hear(self, event: Event) -> None:
        self._crowd.hear(self.room, event)


class Crowd:
    """`bots` of them, in `rooms` in turn; they come in by `addresses`, in turn."""

    def __init__(self, addresses: Sequence[tuple[str, int]], rooms: Sequence[str], bots: int, seed: int) -> None:
        self.addresses, self.rooms = list(addresses), list(rooms)
        self.common, self.tally, self.codec = CommonRooms(), Tally(), CODECS[SUBPROTOCOL_MSGPACK]
        self.turnstile, self.sightings = Turnstile(CONNECTS_PER_SECOND), Sightings()
        self.books = {room: Book() for room in rooms}
        self.matches = {room: Matches() for room in rooms}
        self.guests = [
            Guest(number, rooms[number % len(rooms)], self, Random(f"{seed}/{number}")) for number in range(bots)
        ]

    async def run(self) -> None:
        """Keep them there, whatever becomes of the processes; ends by cancellation."""
        pulse = Pulse(self.tally)
        pulse.players.update(guest.player for guest in self.guests)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(pulse.run)
            for guest in self.guests:
                nursery.start_soon(guest.keep)

    async def wait(self, condition: Callable[[Guest], bool], within_s: float) -> bool:
        """Until it holds for each of them; whether it did in time."""
        with trio.move_on_after(within_s):
            while not all(condition(guest) for guest in self.guests):  # noqa: ASYNC110  # nothing announces it
                await trio.sleep(LOOK_EVERY_S)
            return True
        return False

    def hear(self, room: str, event: Event) -> None:
        if event.name == "scores":
            self.books[room].note(event.tick, [(row[0], row[1]) for row in event.body["scores"]])
        elif event.name == "match":
            self.matches[room].note(event.tick, event.body["phase"], event.body["ends_tick"])
