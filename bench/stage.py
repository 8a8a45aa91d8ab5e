"""A real room and real players in it, without sockets or a clock, at the two ends of a bad network.

    stage = Stage(House(arena, seed=1))
    ann = stage.seat("Ann", Conditions(rtt_ms=150.0), lambda room: Hunter(room, Random(1)))
    stage.play(30.0)                    half a minute of the game's time, in fine steps

Time passes only here. The same seeds are the same game, to the last bit, however busy the machine is.
"""

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, Final
from zlib import crc32

from bench.line import Line, MemoryLink
from bots.act import Brain
from bots.common_room import CommonRoom, CommonRooms
from bots.netsim import PERFECT, Conditions
from bots.player import Player
from bots.tally import Tally
from protocol.arena import Arena
from protocol.codec import CODECS
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.ticks import Rates
from server.catalogue import Catalogue
from server.game import Game
from server.games.melee import Melee
from server.gate import Gate
from server.lobby import Lobby
from server.room import Room

STEPS_PER_TICK: Final = 8
"""How finely time passes: what arrives is taken within 2 ms."""


class House:
    """A lobby with one room, and what time it is there."""

    def __init__(
        self,
        arena: Arena,
        seed: int = 1,
        game: type[Game] = Melee,
        rates: Rates | None = None,
        options: Mapping[str, Any] | None = None,
        gate: Gate | None = None,
        catalogue: Catalogue | None = None,
    ) -> None:
        self.rates, self.seed, self.now_s = rates or Rates(), seed, 0.0
        tokens = (f"token-{n}" for n in count(1))
        self.lobby = Lobby(new_token=lambda: next(tokens), gate=gate, catalogue=catalogue)
        self.room: Room = self.lobby.open_room("main", game, arena, self.rates, seed, options)


class Cable:
    """A player's link to a session of the room."""

    def __init__(self, house: House, player: Player, network: Conditions) -> None:
        self.player = player
        self.received_bytes = 0
        self.sent_bytes = 0
        self.clock: Callable[[], float] = lambda: house.now_s
        link = MemoryLink()
        session = house.lobby.meet(link, house.now_s)
        self.line = Line(link, session, network, crc32(f"{house.seed}/{player.name}".encode()), self.clock)

    def post(self, message: bytes) -> None:
        self.sent_bytes += len(message)
        self.line.say(message)

    def drop(self) -> None:
        """The connection breaks; the server notices."""
        self.line.cut()

    def carry(self) -> None:
        """Deliver what is due on both ends, and step the player."""
        now_s = self.clock()
        for wire in self.line.carry():
            self.received_bytes += len(wire)
            self.player.receive(wire, now_s)
        if self.player.due_s <= now_s:
            self.player.pulse(now_s)


class Stage:
    """Players and their room."""

    STEPS_PER_TICK = STEPS_PER_TICK

    def __init__(self, house: House) -> None:
        self.house = house
        self.rooms = CommonRooms()
        self.tally = Tally()
        self.cables: list[Cable] = []
        self.on_step: Callable[[int], None] = lambda part: None
        """Called after each fine step; `part` of the tick, 0 to STEPS_PER_TICK - 1."""
        self.on_tick: Callable[[], None] = lambda: None
        """Called after each tick of the room."""

    def seat(
        self,
        name: str,
        network: Conditions = PERFECT,
        brain: Callable[[CommonRoom], Brain] | None = None,
        attentive: bool = True,
        foresees_shots: bool = False,
    ) -> Player:
        """A player that connects now."""
        codec = CODECS[SUBPROTOCOL_MSGPACK]
        player = Player(name, codec, self.rooms, self.tally, brain, attentive, foresees_shots)
        self.connect(player, network)
        return player

    def connect(self, player: Player, network: Conditions = PERFECT) -> None:
        cable = Cable(self.house, player, network)
        self.cables.append(cable)
        player.begin(cable, None, self.house.now_s)

    def play(self, seconds: float) -> None:
        house, tick_s = self.house, self.house.rates.tick_s
        for _ in range(round(seconds / tick_s)):
            for part in range(STEPS_PER_TICK):
                house.now_s += tick_s / STEPS_PER_TICK
                for cable in self.cables:
                    cable.carry()
                self.on_step(part)
            house.room.advance(house.now_s)
            self.on_tick()
