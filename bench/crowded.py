"""A room with as many players as asked for, who fly as those of `bench.scene` do, and links that somebody else makes.

Everything of a tick is real but the sockets: sessions decode what players say, the room simulates, publishes, addresses
and posts. All is drawn from a seed.
"""

from collections.abc import Callable, Sequence
from typing import Final

from bench.contestants.map import map_of
from bench.scene import TICK_RATE, VARIANTS, aim_of, side_units, stick_of, variant_of
from bench.stage import House
from protocol import limits
from protocol.arena import Arena, Place, Size
from protocol.codec import CODECS, Codec
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.messages import Hello, Inputs
from protocol.motion import Input
from protocol.ticks import Rates
from server.link import Link

CODEC: Final[Codec] = CODECS[SUBPROTOCOL_MSGPACK]
RATES: Final = Rates(TICK_RATE, TICK_RATE)

NewLink = Callable[[int], Link]
"""The link of client number so and so."""


class CrowdedRoom(House):
    """A tick is `steer`, then `advance`."""

    def __init__(self, clients: int, new_link: NewLink, seed: int) -> None:
        super().__init__(_arena(clients), seed, rates=RATES)
        self._sessions = [self.lobby.meet(new_link(number), self.now_s) for number in range(clients)]
        for number, session in enumerate(self._sessions):
            session.receive(CODEC.encode(Hello(limits.PROTOCOL_VERSION, f"player {number}")), self.now_s)

    @property
    def seated(self) -> int:
        return len(self.room.players)

    def steer(self) -> None:
        """An input of each, on time, and what they have seen."""
        tick = self.room.tick + 1
        said: Sequence[bytes] = [
            CODEC.encode(Inputs(tick, [Input(*stick_of(variant), aim_of(tick, variant))], self.room.tick))
            for variant in range(VARIANTS)
        ]
        for number, session in enumerate(self._sessions):
            session.receive(said[variant_of(number, tick)], self.now_s)

    def advance(self) -> None:
        """What the game's core does in a tick."""
        self.now_s += self.rates.tick_s
        self.room.advance(self.now_s)


def _arena(clients: int) -> Arena:
    side = side_units(clients)
    spawns = [Place(place["x"], place["y"]) for place in map_of(clients, side)["spawns"]]
    return Arena("crowded", Size(side, side), spawns)
