"""A real room and players of ours in it, without sockets or a clock, at the two ends of a bad network."""

from collections.abc import Callable

from bench import stage
from bots.act import Brain
from bots.common_room import CommonRoom
from bots.netsim import Conditions
from bots.player import Player
from bots.view import View
from protocol.arena import Arena, Place, Size, Wall
from protocol.kinds import Kind
from protocol.messages import Welcome
from protocol.reckoning import Published
from protocol.snapshot import CellKeyframe, Own, Snapshot, checksum_of
from server.game import Game
from server.games.melee import Melee
from tests.instruments.stepper import Stepper

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


class Stage(stage.Stage):
    """A stepped room."""

    def __init__(self, arena: Arena | None = None, seed: int = 1, game: type[Game] = Melee) -> None:
        self.stepper = Stepper(seed=seed, arena=arena, game=game)
        super().__init__(self.stepper)

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
        network = network or Conditions(rtt_ms=2000.0 * latency_s, jitter_ms=2000.0 * jitter_s)
        return self.seat(name, network, brain, attentive)
