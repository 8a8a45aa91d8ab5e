"""A match with as many players as asked for, as much in the air as there can be, and no sockets: the worst to save.

Everybody steers somewhere else all the time and never stops firing, among crates. All is drawn from a seed.
"""

from random import Random
from typing import Final

from msgspec.structs import replace

from bench.contestants.map import map_of
from bench.line import MemoryLink
from bench.scene import side_units
from bench.stage import House
from protocol import limits
from protocol.arena import Arena, Place, Size
from protocol.messages import Hello, Inputs
from protocol.motion import Button, Input
from protocol.quantize import AIM_STEPS, MOVE_FULL
from protocol.ticks import Rates

STICKS: Final = 16
"""Different inputs in a tick."""
CRATES_MAX: Final = 64
MARGIN_UNITS: Final = 100
RATES: Final = Rates(30, 30)


class FullRoom(House):
    """`play` it for a while first."""

    def __init__(self, players: int, seed: int) -> None:
        self._random = Random(seed)
        super().__init__(_arena(players, self._random), seed, rates=RATES)
        self._links = [MemoryLink() for _ in range(players)]
        self._codec = self._links[0].codec
        self._sessions = [self.lobby.meet(link, self.now_s) for link in self._links]
        for number, session in enumerate(self._sessions):
            session.receive(self._codec.encode(Hello(limits.PROTOCOL_VERSION, f"player {number}")), self.now_s)

    def play(self, seconds: float) -> None:
        for _ in range(self.rates.ticks_in(seconds)):
            self._steer()
            self.now_s += self.rates.tick_s
            self.room.advance(self.now_s)
            for link in self._links:
                link.sent.clear()

    def _steer(self) -> None:
        tick, draw = self.room.tick + 1, self._random
        said = [self._codec.encode(Inputs(tick, [_input(draw)], self.room.tick)) for _ in range(STICKS)]
        for session in self._sessions:
            session.receive(draw.choice(said), self.now_s)


def _input(draw: Random) -> Input:
    move_x, move_y = (draw.randint(-MOVE_FULL, MOVE_FULL) for _ in range(2))
    return Input(move_x, move_y, draw.randrange(AIM_STEPS), int(Button.FIRE))


def _arena(players: int, draw: Random) -> Arena:
    side = side_units(players)
    plain = map_of(players, side)
    spawns = [Place(place["x"], place["y"]) for place in plain["spawns"]]
    far = side - MARGIN_UNITS
    crates = [
        Place(draw.randint(MARGIN_UNITS, far), draw.randint(MARGIN_UNITS, far)) for _ in range(min(CRATES_MAX, players))
    ]
    return replace(Arena("full", Size(side, side), spawns), crates=crates)
