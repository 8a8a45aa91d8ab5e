"""Bots that are watched one by one while their server comes and goes: who they are, and when they are back."""

from collections.abc import Callable
from functools import partial
from random import Random

import trio

from bots.act import Brain
from bots.address import parse_address
from bots.brains import BrainMaker, brain_named
from bots.client import Connection, Pulse
from bots.common_room import CommonRoom, CommonRooms
from bots.player import Player
from bots.tally import Tally
from bots.turnstile import Turnstile
from protocol.codec import CODECS
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.messages import ChatLine, Error, Event, Welcome

CONNECTS_PER_SECOND = 200.0
LOOK_EVERY_S = 0.02


class Watched:
    """One bot."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.scores: list[tuple[int, int]] = []
        """(tick, score): what anybody was told of its own."""
        self._seen: Welcome | None = None

    @property
    def number(self) -> int:
        return self.player.welcome.player if self.player.welcome else 0

    @property
    def is_playing(self) -> bool:
        return self.player.lead is not None

    @property
    def has_returned(self) -> bool:
        """Since `forget`."""
        return self.is_playing and self.player.welcome is not self._seen

    def forget(self) -> None:
        self._seen = self.player.welcome


class Flock:
    """So many bots of one brain at a server."""

    def __init__(self, url: str, count: int, brain: str, seed: int) -> None:
        sort, rooms, self._tally = brain_named(brain), CommonRooms(), Tally()
        codec, address, turnstile = CODECS[SUBPROTOCOL_MSGPACK], parse_address(url), Turnstile(CONNECTS_PER_SECOND)
        self.bots: list[Watched] = []
        self._connections: list[tuple[Connection, Random]] = []
        self._pulse = Pulse(self._tally)
        for number in range(count):
            rng = Random(f"{seed}/{number}")
            make = partial(_make_brain, sort.give_brain, rng)
            player = Player(f"bot{number}", codec, rooms, self._tally, make, sort.attentive)
            player.on_message = self._hear
            self.bots.append(Watched(player))
            self._connections.append((Connection(player, address, codec, turnstile=turnstile), rng))
        self._pulse.players.update(bot.player for bot in self.bots)

    @property
    def tick(self) -> int:
        """The newest that any of them was sent, of those that have not returned."""
        views = [bot.player.view for bot in self.bots if not bot.has_returned]
        return max((view.tick for view in views if view is not None), default=0)

    @property
    def welcome_tick(self) -> int:
        """The earliest that any of those that have returned was welcomed at."""
        welcomes = [bot.player.welcome for bot in self.bots if bot.has_returned]
        return min((welcome.tick for welcome in welcomes if welcome is not None), default=0)

    @property
    def checksum_mismatches(self) -> int:
        return self._tally.checksum_mismatches

    async def run(self) -> None:
        """Keep them at the server, whatever becomes of it; ends by cancellation."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._pulse.run)
            for connection, rng in self._connections:
                nursery.start_soon(connection.keep, rng, lambda ended: True)

    async def wait(self, condition: Callable[[Watched], bool], within_s: float) -> bool:
        """Until it holds for each of them; whether it did in time."""
        with trio.move_on_after(within_s):
            while not all(condition(bot) for bot in self.bots):  # noqa: ASYNC110  # nothing announces it
                await trio.sleep(LOOK_EVERY_S)
            return True
        return False

    def _hear(self, message: Event | ChatLine | Error) -> None:
        if isinstance(message, Event) and message.name == "scores":
            scores = {row[0]: row[1] for row in message.body["scores"]}
            for bot in self.bots:
                if bot.number in scores and (message.tick, scores[bot.number]) not in bot.scores[-1:]:
                    bot.scores.append((message.tick, scores[bot.number]))


def _make_brain(make: BrainMaker, rng: Random, room: CommonRoom) -> Brain:
    return make(room, rng)
