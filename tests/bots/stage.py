"""A real room and players of ours in it, without sockets or a clock, at the two ends of a bad network."""

from collections.abc import Callable
from zlib import crc32

from bots.common_room import CommonRoom, CommonRooms
from bots.netsim import PERFECT, Conditions
from bots.player import Brain, Player
from bots.tally import Tally
from bots.view import View
from protocol.arena import Arena, Place, Size, Wall
from protocol.codec import CODECS
from protocol.kinds import Kind
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.messages import Welcome
from protocol.reckoning import Published
from protocol.snapshot import CellKeyframe, Own, Snapshot, checksum_of
from server.session import Session
from tests.instruments.line import Line
from tests.instruments.stepper import FakeLink, Stepper

SHIP = Kind(name="ship", category="ship", radius=16, mass=1, drag=1.2, thrust=700, steered=True)
SHOT = Kind(name="shot", category="shot", radius=4, mass=0.1, elasticity=1.0)
PICKUP = Kind(name="pickup", category="pickup", radius=12, mass=1, sensor=True)
KINDS = [SHIP, SHOT, PICKUP]
WALL = Wall([(1000.0, 200.0), (1000.0, 800.0)])
ARENA = Arena("box", Size(2048, 1024), [Place(100, 100), Place(1900, 900)], walls=[WALL])
"""A room with a wall in the middle, and ways around it at both ends."""


def welcome(arena: Arena = ARENA, room: str = "main") -> Welcome:
    return Welcome(1, 1, room, "melee", 100, 60, 30, 512, "again", "player", ["hull"], KINDS, arena, [])


def common_room(arena: Arena = ARENA) -> CommonRoom:
    return CommonRoom(welcome(arena))


def published(
    entity_id: int, x: float, y: float, kind: int = 0, vx: float = 0.0, vy: float = 0.0, status: int = 0
) -> Published:
    """An entity at (x, y) in tick 100."""
    return Published(entity_id, kind, 0, 0, status, 100, int(x * 8), int(y * 8), int(vx * 16), int(vy * 16), 0, 0, 0, 0)


def view_of(own: tuple[float, float] | None, *others: Published, hull: int = 100) -> View:
    """A view at tick 100, with our ship, entity 1, at `own`."""
    ships = [published(1, *own), *others] if own else list(others)
    view = View(KINDS, 60, ["hull"])
    me = Own(1, *own, 0.0, 0.0, 0) if own else None
    view.apply(Snapshot(100, 0, None, me, [hull], [], None, [CellKeyframe(0, checksum_of(ships), ships)]))
    return view


class Cable:
    """A player's link to a session of a stepped room."""

    def __init__(self, stepper: Stepper, player: Player, network: Conditions) -> None:
        self.player = player
        self.received_bytes = 0
        self.sent_bytes = 0
        self._stepper = stepper
        link = FakeLink()
        session = Session(link, stepper.lobby, stepper.now_s)
        self.line = Line(link, session, network, crc32(player.name.encode()), lambda: stepper.now_s)

    def post(self, message: bytes) -> None:
        self.sent_bytes += len(message)
        self.line.say(message)

    def drop(self) -> None:
        """The connection breaks; the server notices."""
        self.line.cut()

    def carry(self) -> None:
        """Deliver what is due on both ends, and step the player."""
        now_s = self._stepper.now_s
        for wire in self.line.carry():
            self.received_bytes += len(wire)
            self.player.receive(wire, now_s)
        if self.player.due_s <= now_s:
            self.player.pulse(now_s)


class Stage:
    """A stepped room; `play` lets time pass in fine steps."""

    STEPS_PER_TICK = 8

    def __init__(self, arena: Arena | None = None, seed: int = 1) -> None:
        self.stepper = Stepper(seed=seed, arena=arena)
        self.rooms = CommonRooms()
        self.tally = Tally()
        self.cables: list[Cable] = []

    def join(
        self,
        name: str = "Ann",
        latency_s: float = 0.0,
        jitter_s: float = 0.0,
        brain: Callable[[CommonRoom], Brain] | None = None,
        attentive: bool = True,
        network: Conditions | None = None,
    ) -> Player:
        """`network`, or else one that takes each way `latency_s`, and up to `jitter_s` more."""
        player = Player(name, CODECS[SUBPROTOCOL_MSGPACK], self.rooms, self.tally, brain, attentive)
        self.connect(player, network or Conditions(rtt_ms=2000.0 * latency_s, jitter_ms=2000.0 * jitter_s))
        return player

    def connect(self, player: Player, network: Conditions = PERFECT) -> None:
        cable = Cable(self.stepper, player, network)
        self.cables.append(cable)
        player.begin(cable, None, self.stepper.now_s)

    def play(self, seconds: float) -> None:
        tick_s = self.stepper.rates.tick_s
        for _ in range(round(seconds / tick_s)):
            for _ in range(self.STEPS_PER_TICK):
                self.stepper.now_s += tick_s / self.STEPS_PER_TICK
                for cable in self.cables:
                    cable.carry()
            self.stepper.room.advance(self.stepper.now_s)
