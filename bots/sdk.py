"""The Python SDK: connect, see, act.

    async with bots.connect("ws://127.0.0.1:8000/play", name="Ada") as bot:
        async for view in bot.snapshots():
            if target := view.nearest("ship"):
                bot.act(move=(1, 0), aim=bot.towards(target), fire=True)

        await bot.open("Ada's place", "melee", "belt")     a room of our own, over the same connection
        await bot.enter()                                  the best room that there is
        lobby = await bot.browse()                         no room: which ones there are
        await bot.enter(watch=True)                        without a ship: see along with somebody, or roam
        bot.watch(next(iter(bot.players)))

Behind these lines the tick clock is kept, one input is sent for every tick, the ship is predicted, and a
connection that breaks comes back to the same ship.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from math import atan2
from random import Random
from typing import Final, Literal

import trio

from bots.act import Act
from bots.address import parse_address
from bots.cell_table import Sighting
from bots.client import Connection, Ended, Pulse
from bots.common_room import CommonRooms
from bots.neighbourhood import ShipState
from bots.player import Player, Role
from bots.refusals import is_answer
from bots.report import Report, report_of
from bots.tally import Tally
from bots.view import View
from protocol.codec import CODECS
from protocol.errors import UserError
from protocol.limits import CHAT_CHARS_MAX, ROOM_CHARS_MAX, SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.messages import (
    Browse,
    Chat,
    ChatLine,
    Enter,
    Error,
    Event,
    LobbyNews,
    Open,
    PlayerInfo,
    Rename,
    is_good_chat,
    is_good_name,
    is_good_title,
)

LEAVE_S_MAX: Final = 1.5


@asynccontextmanager
async def connect(
    url: str,
    name: str,
    *,
    room: str | None = None,
    role: Role = "player",
    token: str | None = None,
    come_back: bool = True,
    json: bool = False,
    seed: int | None = None,
) -> AsyncGenerator["Bot", None]:
    """A bot in the game at `url`, from its first snapshot on; it leaves at the end of the block.

    As a "visitor" it is in the lobby first: see `Bot.lobby`, `enter` and `open`. As a "spectator" it has no ship: see
    `Bot.watch`.

    Raises `Ended` when the server can't be reached or refuses, and whatever the block raises. `come_back`: when the
    connection is lost later, return to the same ship. `token`: who we are, where the server asks. `json`: speak the
    readable encoding. `seed`: of the jitter between attempts.
    """
    address = parse_address(url)
    codec = CODECS[SUBPROTOCOL_JSON if json else SUBPROTOCOL_MSGPACK]
    tally = Tally()
    player = Player(name, codec, CommonRooms(), tally)
    player.token, player.role = token, role
    bot = Bot(player, Connection(player, address, codec, room), tally)
    raised: Exception | KeyboardInterrupt | None = None
    async with trio.open_nursery() as nursery:
        nursery.start_soon(bot.live, come_back, Random(seed))
        await bot.wait_news()
        if bot.is_there:
            try:
                yield bot
            except (Exception, KeyboardInterrupt) as error:
                raised = error  # the block's own, which the nursery would wrap into a group
            finally:
                with trio.CancelScope(shield=True):
                    await bot.leave()
        nursery.cancel_scope.cancel()
    if raised is not None:
        raise raised
    if not bot.was_there:
        assert bot.ended is not None
        raise bot.ended


class Refused(UserError):
    """The server said no, and we are where we were. `code` as in PROTOCOL.md, section 9."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Bot:
    """One player that you steer. `view` is what it sees, `ship` its own ship now."""

    def __init__(self, player: Player, connection: Connection, tally: Tally) -> None:
        self.ended: Ended | None = None
        """Why the bot is no longer in the game; None while it is, or is coming back."""
        self._player = player
        self._connection = connection
        self._tally = tally
        self._began_s = trio.current_time()
        self._news = trio.lowlevel.ParkingLot()
        self._listener: Callable[[Event | ChatLine | Error], None] = lambda message: None
        self._refused: Error | None = None
        """The newest refusal."""
        self.was_there = False
        player.on_snapshot = self._tell_news
        player.on_message = self._hear

    @property
    def is_there(self) -> bool:
        """Whether we have been in a room, or in the lobby."""
        self.was_there = self.was_there or self._player.view is not None or self._player.lobby is not None
        return self.was_there

    @property
    def lobby(self) -> LobbyNews | None:
        """What there is to enter; None while we are in a room. When a room ends, its podium is here."""
        return self._player.lobby

    @property
    def room(self) -> str | None:
        """The name of the room where we are; None in the lobby."""
        welcome = self._player.welcome
        return welcome.room if welcome is not None and self._player.lobby is None else None

    @property
    def title(self) -> str | None:
        """What people call that room, private ones included; None in the lobby."""
        welcome = self._player.welcome
        return welcome.title if welcome is not None and self._player.lobby is None else None

    async def enter(self, room: str | None = None, *, game: str | None = None, watch: bool = False) -> str:
        """Go to that room, or to the best one, of `game` if that is named; its name, once it is seen. Raises
        Refused, and ValueError for what can be no name."""
        _check_words(room, game)
        return await self._go_to_room(Enter(room, "spectator" if watch else "player", game))

    async def open(self, title: str, game: str, arena: str, *, private: bool = False) -> str:
        """Open a room, and be in it; its name, by which others enter. Raises Refused, and ValueError for a title that
        isn't 1 to 40 printable characters."""
        if not is_good_title(title):
            raise ValueError(f"no room can be called {title!r}")
        _check_words(game, arena)
        return await self._go_to_room(Open(title, game, arena, private))

    async def browse(self) -> LobbyNews:
        """Give the seat up; what there is to enter. Raises Ended."""
        self._player.go(Browse())
        while self._player.lobby is None:
            await self._wait_answer(None)
        return self._player.lobby

    async def _go_to_room(self, message: Enter | Open) -> str:
        welcome, refused = self._player.welcome, self._refused
        self._player.go(message)
        while self._player.welcome is welcome or self.view.tick == 0:
            await self._wait_answer(refused)
        assert self._player.welcome is not None
        return self._player.welcome.room

    async def _wait_answer(self, known: Error | None) -> None:
        """News of any sort. Raises Refused or Ended."""
        if self.ended is not None:
            raise self.ended
        if self._refused is not None and self._refused is not known:
            raise Refused(self._refused.code, self._refused.sentence)
        await self._news.park()

    def _hear(self, message: Event | ChatLine | Error) -> None:
        if isinstance(message, Error) and is_answer(message):
            self._refused = message
            self._tell_news()
        self._listener(message)

    @property
    def is_watching(self) -> bool:
        """Whether we are in a room as a spectator."""
        return self._player.is_watching

    def watch(self, player: int | PlayerInfo | None = None, *, at: tuple[float, float] | None = None) -> None:
        """As a spectator, see along with `player`, or what there is `at` a place in units, from the next snapshot or
        so on; so it stays, after a lost connection as well. Raises ValueError for anything but one of the two."""
        if (player is None) == (at is None):
            raise ValueError("watch either a player or a place")
        if not self.is_watching:
            raise ValueError("who plays looks from their own ship")
        gaze = self._player.gaze
        if at is not None:
            self._player.look(gaze.look_at(*at))
        elif player is not None:
            self._player.look(gaze.follow(player.id if isinstance(player, PlayerInfo) else player))

    @property
    def view(self) -> View:
        """What it sees, or saw last. There is none before the first room."""
        assert self._player.view is not None, "nothing is seen before a room is entered"
        return self._player.view

    @property
    def ship(self) -> ShipState | None:
        """Predicted for the tick that the next input is for; None while there is no ship."""
        return self._player.ship

    @property
    def players(self) -> dict[int, PlayerInfo]:
        """Who is in the room, by player number."""
        return self._player.roster

    def act(
        self,
        move: tuple[float, float] = (0.0, 0.0),
        aim: float = 0.0,
        fire: bool = False,
        boost: bool = False,
        pulse: bool = False,
    ) -> None:
        """Hold this from the next tick on: `move` within the unit circle, y down; `aim` in radians from the x axis."""
        self._player.stick.hold(Act(move, aim, fire, boost, pulse))

    def towards(self, target: Sighting) -> float:
        """The direction of `target` from our ship, for `aim`."""
        ship = self.ship
        return atan2(target.y - ship.y, target.x - ship.x) if ship else 0.0

    def chat(self, text: str, to: Literal["room", "team", "lobby"] = "room") -> None:
        """Say a line in a channel, the lobby being everyone on the server; or a command, such as `/who`. Raises
        ValueError for what isn't 1 to 200 printable characters."""
        if len(text) > CHAT_CHARS_MAX or not is_good_chat(text):
            raise ValueError(f"nobody can say {text!r}")
        self._player.say(Chat(text, to))

    def rename(self, name: str) -> None:
        """Be called `name` (1 to 20 printable characters) from now on, here and wherever we go. Raises ValueError."""
        if not is_good_name(name):
            raise ValueError(f"nobody can be called {name!r}")
        self._player.name = name
        self._player.say(Rename(name))

    def hear(self, listener: Callable[[Event | ChatLine | Error], None]) -> None:
        """Give `listener` every event, chat line and refusal as it comes."""
        self._listener = listener

    def snapshots(self) -> "Snapshots":
        """The view after each new snapshot; who takes longer than that misses some, and in the lobby there are none.
        Ends with the bot."""
        return Snapshots(self)

    def statistics(self) -> Report:
        """What this bot has measured so far."""
        now_s = trio.current_time()
        self._tally.sum_up([self._player.account], now_s)
        return report_of(self._tally, now_s - self._began_s)

    async def live(self, come_back: bool, rng: Random) -> None:
        """Stay in the game. `connect` runs this."""
        pulse = Pulse(self._tally)
        pulse.players.add(self._player)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(pulse.run)
            self.ended = await self._connection.keep(rng, lambda ended: self._count(ended) and come_back)
            nursery.cancel_scope.cancel()
        self._news.unpark_all()

    def _count(self, ended: Ended) -> bool:
        """Note an end; whether it is one to come back from, for we had been there."""
        self._tally.count_end(f"{ended.code} {ended}")
        return self.is_there

    def _tell_news(self) -> None:
        self._news.unpark_all()

    async def wait_news(self) -> None:
        """The next snapshot, or the end."""
        await self._news.park()

    async def leave(self) -> None:
        """Give the seat up, and wait until the server has said goodbye."""
        self._connection.leave()
        with trio.move_on_after(LEAVE_S_MAX):
            while self.ended is None:
                await self._news.park()


def _check_words(*names: str | None) -> None:
    for name in names:
        if name is not None and len(name) > ROOM_CHARS_MAX:
            raise ValueError(f"nothing is called {name!r}: a name has {ROOM_CHARS_MAX} characters at most")


class Snapshots(AsyncIterator[View]):
    """What `Bot.snapshots` returns. Not a generator, so that a loop may be left at any time."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._seen: tuple[View, int] | None = None

    async def __anext__(self) -> View:
        bot = self._bot
        await trio.lowlevel.checkpoint()
        while bot.ended is None and (bot.lobby is not None or self._seen == (bot.view, bot.view.tick)):
            await bot.wait_news()
        if bot.ended is not None:
            raise StopAsyncIteration
        self._seen = (bot.view, bot.view.tick)
        return bot.view
