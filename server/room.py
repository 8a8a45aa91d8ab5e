"""One room: one game, one world, its players and viewers. Read `Room.advance` first: it is the tick.

    gather     exactly one input per player for this tick
    simulate   the game's rules, then one pymunk step
    publish    compare truth with what viewers believe
    address    per viewer: its own part, and the shared bytes of the cells it sees
    post       never awaits; a blocked viewer is marked, not queued

Between ticks the room only takes notes: inputs go into buffers, comings and goings into tables. It reads no clock
and no socket; `now_s` is an argument and only measures slack.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from random import Random
from typing import Any

from msgspec.structs import asdict

from protocol.arena import Arena, fingerprint
from protocol.cells import Grid, is_within
from protocol.errors import Code, Violation
from protocol.limits import PLAYERS_PER_ROOM_MAX, ROOM_TICK_MAX
from protocol.messages import Event, Inputs, Podium, ServerMessage, Welcome
from protocol.ticks import Rates
from server.address import Seers, address
from server.card import PERMANENT, Card
from server.chat.channel import RoomChannels
from server.crew import Crew
from server.game import Game, Player
from server.heralds import Heralds, Listener, Tap
from server.input_table import InputTable
from server.inputs import InputBuffer
from server.introduction import introduce, welcome_of
from server.late import LateSpectators, lateness_of
from server.link import Link
from server.owed import Common, owe
from server.own_events import check_name
from server.pings import PINGS_EVERY_S, Pings
from server.publisher import Publisher
from server.results import Departures, Score, podium_of, result_of
from server.rewind import Past, Rewind
from server.roster import info_of, rarest_colour, smallest_team
from server.spectators import NOBODY, Spectators
from server.stamps import sight_of, stamp_of
from server.statistics import RoomStatistics
from server.viewers import Viewer
from server.world import World


class Room:
    """A running game. It is also the `Stage` of its game."""

    _viewers: dict[int, Viewer]
    """By player."""
    _seeing: Seers | None
    """These, side by side; None: they have changed."""
    _stirred: set[Viewer]
    """Those of them who are to be looked at again: see `address`."""

    def __init__(
        self,
        name: str,
        game: type[Game],
        arena: Arena,
        rates: Rates,
        seed: int,
        options: Mapping[str, Any] | None = None,
        players_max: int = PLAYERS_PER_ROOM_MAX,
        begins: bool = True,
        card: Card = PERMANENT,
    ) -> None:
        """With `begins` False the game has yet to begin, or to go on: `server.checkpoint` sees to that."""
        self.name, self.arena, self.rates, self.options = name, arena, rates, options or {}
        self.card, self.fingerprint = card, fingerprint(arena)
        self.players_max, self._tick_s = players_max, rates.tick_s
        self.tick = 0
        self.random = Random(seed)
        self.statistics = RoomStatistics()
        self.channels = RoomChannels()
        """What is said in it."""
        self.listener: Listener = Heralds()
        """Hears of matches that have ended."""
        self.tap: Tap | None = None
        """Takes down what spectators are told."""
        self.match_tick = 0
        """When the match that is played now began."""
        self.matches = 0
        """How many have been played to their end."""
        self.podium: Podium | None = None
        """How the last of them ended."""
        self.departures = Departures()
        """Who of this match has gone."""
        self.world = World(arena, game.kinds, rates.tick_rate)
        for pair in game.touches:
            self.world.tell(*pair)
        self.grid = Grid(arena.size.width, arena.size.height)
        self.publisher = Publisher(self.world, self.grid, rates.tick_rate)
        self._rewind = Rewind(self.publisher, rates)
        self.inputs = InputTable(self.statistics, rates.tick_s)
        self._players: dict[int, Player] = {}
        self.players: Mapping[int, Player] = self._players
        self._crew = Crew(self.players, self.inputs)
        self._seeing, self._stirred, self._viewers, self._common = None, set(), {}, Common()
        whom = self.grid, arena.middle, self.players, self.statistics
        self.watching = Spectators(*whom)
        if (lateness := lateness_of(game, self.options, rates, len(self.world.alive))) is not None:
            self.watching = LateSpectators(*whom, lateness, partial(introduce, self))
        self.next_player = 1
        self._pings = Pings(self)
        self._snapshot_due = False
        self.is_resting = False
        """Whether nobody is there, and it doesn't tick."""
        self.on_stir: Callable[[], None] = lambda: None
        """Called while it rests, when something happens all the same: somebody comes, or a seat is given up."""
        self.stops_tick: int | None = None
        """When the server is going to stop, if it is."""
        self.game: Game = game(self)
        if begins:
            self.game.begin()

    # the tick ----------------------------------------------------------------------------------------------

    def advance(self, now_s: float, hush: bool = False) -> None:
        """One tick. With `hush` a snapshot that falls due waits for the next tick (the loop is catching up)."""
        assert self.tick < ROOM_TICK_MAX, "the room's ticks are used up: no client could say what it does in the next"
        self.tick += 1
        self.inputs.take(self.tick, now_s)
        self._simulate()
        if self.tick % self.rates.snapshot_interval == 0:
            self._snapshot_due = True
        if self.tick % self.rates.ticks_in(PINGS_EVERY_S) == 0:
            self._pings.say()
        if self._snapshot_due and not hush:
            self._snapshot_due = False
            self.publisher.publish(self.tick)
            self._rewind.record(self.tick)
            self._show()
            if self.tap is not None:
                self.tap.shown()

    def _simulate(self) -> None:
        self.game.before_step()
        self._crew.steer(self.world, self.rates.tick_rate)
        self.game.after_step(self.world.step())
        self._crew.check(self.world)
        self.statistics.entities_refused = self.world.refused

    def _show(self) -> None:
        if self._seeing is None:
            pairs = [(self._players[player], viewer) for player, viewer in self._viewers.items()]
            self._seeing = Seers(pairs, self.inputs, self._common)
        seers = self._seeing
        seers.look_again(self._stirred)
        boosts_ticks = self._crew.boosts_ticks(seers.at_of_player, len(seers.players))
        shown = address(seers, boosts_ticks, self.world, self.grid, self.publisher, self.game)
        self.statistics.snapshots += shown
        self.statistics.snapshots_skipped += len(self._viewers) - shown
        self.watching.show(self.publisher)

    @property
    def pressing(self) -> list[Player]:
        """Whose input of this tick has a button held or pressed, in the order in which they came."""
        return self._crew.pressing()

    # coming and going --------------------------------------------------------------------------------------

    def join(self, name: str, bot: bool, subject: str = "") -> Player:
        """A new player, known to everyone. Raises Violation when the room is full."""
        if len(self.players) >= self.players_max:
            raise Violation(Code.ROOM_FULL, f"the room is full, with {len(self.players)} in it")
        player = Player(
            id=self.next_player,
            name=name,
            colour=rarest_colour(self.players.values()),
            bot=bot,
            inputs=InputBuffer(self.statistics, self.inputs),
            team=smallest_team(self.players.values(), self.game.teams),
            subject=subject,
            since_tick=self.tick,
        )
        player.eye = self.arena.size.width / 2, self.arena.size.height / 2
        self.next_player += 1
        self._players[player.id] = player
        self._crew.changed()
        self.report("joined", asdict(info_of(player)))
        try:
            self.game.joined(player)
        except Exception:
            self._forget(player)  # the mistake ends this one connection, and not the room
            raise
        return player

    def reinstate(self, players: Iterable[Player], next_player: int) -> None:
        """Of a room that goes on from a checkpoint: who was there, with what is theirs."""
        self._players.update((player.id, player) for player in players)
        self.next_player = next_player
        self._crew.changed()
        self._crew.cooling()

    def leave(self, player: Player) -> None:
        """The player is gone for good, with its ship."""
        if (viewer := self._viewers.get(player.id)) is not None:
            self.unwatch(viewer)
        self.departures.note(player, (self.tick - max(self.match_tick, player.since_tick)) * self._tick_s)
        try:
            self.game.left(player)
        finally:
            self._forget(player)
            self.on_stir()

    def _forget(self, player: Player) -> None:
        del self._players[player.id]
        self._crew.dismiss(player, self.world)
        player.inputs.release()
        self.report("left", {"id": player.id})

    def watch(self, link: Link, player: Player | None, welcome: bytes = b"") -> Viewer:
        """Show the room to `link` from now on: through `player`'s eyes, or as a spectator. `welcome` goes first."""
        viewer = Viewer(link, self.rates, self.statistics, self._stirred, self._common if player is not None else None)
        if welcome:
            viewer.owe(welcome)
        if player is None:
            self.watching.add(viewer, partial(self.greet_spectator, viewer))
        else:
            self._viewers[player.id], self._seeing = viewer, None
            player.inputs.take_slack_ms()  # how early the connection before was is nothing to this one
            self.game.greet(player)
        if self.stops_tick is not None:
            owe(self._stopping(self.watching.late_ticks if player is None else 0), [viewer])
        viewer.pay()
        self.on_stir()
        return viewer

    def greet_spectator(self, viewer: Viewer) -> None:
        """What the game says to one who comes now."""
        self._viewers[NOBODY] = viewer
        try:
            self.game.greet(Player(NOBODY, "", 0, False, InputBuffer(self.statistics)))
        finally:
            del self._viewers[NOBODY]

    def unwatch(self, viewer: Viewer) -> None:
        """The link is gone; the player, if any, stays."""
        self.watching.remove(viewer)
        self._common.forget(viewer)
        for player_id in [player_id for player_id, held in self._viewers.items() if held is viewer]:
            del self._viewers[player_id]
            self._seeing = None

    def welcome(self, player: Player | None, resume: str) -> Welcome:
        """What a newcomer needs to start."""
        now = welcome_of(self, player, resume)
        return now if player is not None else self.watching.welcome(now)

    # what is said ------------------------------------------------------------------------------------------

    def hear(self, player: Player, message: Inputs, now_s: float) -> None:
        """Take inputs. Raises Violation when they are too far ahead."""
        player.inputs.applied = message.applied
        player.inputs.put(message.first_tick, message.entries, now_s, stamp_of(message))

    def say(
        self, name: str, body: dict[str, Any], to: Sequence[Player] | None = None, spectators: bool = False
    ) -> None:
        """An event of the game's, never lost: to everyone here, or to some players, and spectators or not."""
        check_name(name)
        self.report(name, body, to, spectators)

    def report(
        self, name: str, body: dict[str, Any], to: Sequence[Player] | None = None, spectators: bool = False
    ) -> None:
        """The same of an event of the room's own."""
        event = Event(self.tick, name, body)
        only = None if to is None else self._viewers_of(to)
        encoded = self._common.owe(event, self._viewers.values(), only)
        if to is None or spectators:
            self.watching.hear(event, encoded)
            self._tap(event)

    def say_near(self, name: str, body: dict[str, Any], x: float, y: float, half_units: float) -> None:
        """An event, to those who look from within a square of twice `half_units` around a point."""
        check_name(name)
        event = Event(self.tick, name, body)
        near = self._viewers_of(one for one in self._players.values() if is_within(half_units, one.eye, (x, y)))
        self.watching.hear_near(event, owe(event, near), x, y, half_units)
        self._tap(event)

    def tell_players(self, message: ServerMessage, but: Iterable[Player] = ()) -> None:
        """A message to all players who are here but those, and to nobody else."""
        self._common.owe(message, self._viewers.values(), but=self._viewers_of(but))

    def _viewers_of(self, players: Iterable[Player]) -> list[Viewer]:
        return [self._viewers[player.id] for player in players if player.id in self._viewers]

    def _tap(self, message: ServerMessage) -> None:
        if self.tap is not None:
            self.tap.said(message)

    def tell(self, message: ServerMessage, may_be_lost: bool = False) -> None:
        """A message to everyone in the room; one that may be lost only to those whose socket takes it."""
        only = [one for one in self._viewers.values() if not one.link.blocked] if may_be_lost else None
        encoded = self._common.owe(message, self._viewers.values(), only)
        self.watching.hear(message, encoded, may_be_lost)
        if not may_be_lost:
            self._tap(message)

    def rearrange(self, arena: Arena) -> None:
        self.arena = self.world.arena = arena  # of the same size; who comes is welcomed to it

    def conclude(self, scores: Sequence[Score], team_scores: Mapping[int, int] | None = None) -> None:
        """A match has ended so: told to whoever keeps account of it."""
        result = result_of(self, scores, team_scores)
        self.match_tick, self.podium = self.tick, podium_of(result)
        self.matches += 1
        self.listener.concluded(self, result)

    def announce_stop(self, in_s: float) -> None:
        """Tell everybody, and whoever comes back meanwhile, that the server stops after so many seconds."""
        self.stops_tick = self.tick + self.rates.ticks_in(in_s)
        self.tell_players(self._stopping())
        owe(self._stopping(self.watching.late_ticks), self.watching)

    def _stopping(self, late_ticks: int = 0) -> Event:
        assert self.stops_tick is not None
        return Event(self.tick, "stopping", {"ends_tick": self.stops_tick - late_ticks})

    def rewound(self, player: Player) -> Past:
        """The world as `player` saw it when it gave this tick's input, as far as it is believed; see `stamps`."""
        sight = sight_of(player.inputs.stamp, player.rtt_ms, player.inputs.late_ticks, self.rates)
        self.statistics.rewinds += 1
        self.statistics.stamps_refused += sight.is_refused
        return self._rewind.at(self.tick - sight.ticks, self.tick - 1)

    def viewers(self) -> list[Viewer]:
        return [*self._viewers.values(), *self.watching]

    @property
    def people(self) -> int:
        """How many human players are connected."""
        return sum(not self._players[player].bot for player in self._viewers)

    @property
    def is_watched(self) -> bool:
        """Whether anybody is there: a player with a connection, or a spectator."""
        return bool(self._viewers or self.watching)

    @property
    def spectators(self) -> int:
        return len(self.watching)
