"""A game with nothing in it but ships, rocks and crates: the contract kept in the plainest way, to begin a game from.

A subclass says what is different. Here everyone has a ship from joining on; a match lasts `options["match_s"]` seconds,
then a podium, then the next; `count` adds to the scoreboard, whose columns are those of the description, and others
hear of it a few times a second. Where there are teams they are kept even, and appear on their own sides.

What a game must remember is in its `book`: so a restart of the server doesn't end it. A subclass with more to remember
has a `Book` of its own and names it as `saved`. What it overrides it also calls.
"""

from collections.abc import Iterable, Sequence
from operator import index
from typing import Any, ClassVar, Final

from msgspec import Struct, field

from protocol.arena import Arena, Place
from protocol.kinds import Category, Kind
from protocol.motion import boost_ticks_of
from protocol.physics import CATEGORY_BITS
from server.game import Game, Player, Stage
from server.games.crates import STATUS_WHOLE
from server.games.fighter import STATUS_BOOSTING
from server.games.pieces import CRATE_KIND, ROCK_KIND, SHIP_KIND
from server.results import Score
from server.world import Contact, WorldFullError

MATCH_S: Final = 300.0
PODIUM_S: Final = 10.0
SCORES_EVERY_S: Final = 0.5
BOOST_SHOWN_S: Final = 0.3
SPAWNS_TRIED: Final = 8
STATUS_MARKED: Final = 256
"""Of a ship that nobody is to overlook. PROTOCOL.md, section 8, says what the other bits are."""


class Book(Struct, kw_only=True):
    """One match, beyond the world and the players: plain values."""

    phase: str = "play"
    ends_tick: int = 0
    rows: dict[int, list[int]] = field(default_factory=dict)
    """By player, an integer for each column; the first is the score."""
    team_scores: list[int] = field(default_factory=list)
    winner: int = 0
    """The team that has won, until the next match; 0: none."""


class Plain(Game):
    """One match after another, in one room."""

    kinds: ClassVar[tuple[Kind, ...]] = (SHIP_KIND, ROCK_KIND, CRATE_KIND)
    saved: ClassVar[type[Book]] = Book

    def __init__(self, stage: Stage) -> None:
        self.stage, self.world, self.ticks = stage, stage.world, stage.rates.ticks_in
        self.book: Any = self.saved(ends_tick=self._match_ticks(), team_scores=[0] * self.teams)
        self._rescored: set[int] = set()
        rate = stage.rates.tick_rate
        self._boosting_ticks = boost_ticks_of(rate) - BOOST_SHOWN_S * rate

    # the contract ------------------------------------------------------------------------------------------

    @staticmethod
    def unfit(arena: Arena) -> str:
        return ""

    def begin(self) -> None:
        arena = self.stage.arena
        if (rock := self.kind("rock")) is not None:
            for variant, place in enumerate(arena.rocks):
                corners = list(place.points)
                self.world.spawn(rock, place.x, place.y, angle=place.angle, variant=variant, corners=corners)
        if (crate := self.kind("crate")) is not None:
            for variant, stand in enumerate(arena.crates):
                self.world.spawn(crate, stand.x, stand.y, angle=stand.angle, variant=variant, status=STATUS_WHOLE)

    def save(self) -> Book:
        book: Book = self.book
        return book

    def restore(self, saved: Book) -> None:
        self.book = saved

    @property
    def rests(self) -> bool:
        return bool(self.book.phase == "podium")

    def joined(self, player: Player) -> None:
        self.book.rows[player.id] = [0] * len(self.description.columns)
        self.give_ship(player)

    def greet(self, player: Player) -> None:
        self.say_match([player])
        self._say_scores(self.book.rows, [player])
        if self.teams:
            self.say_team_scores([player])

    def left(self, player: Player) -> None:
        del self.book.rows[player.id]
        self._rescored.discard(player.id)
        self.take_ship(player)

    def before_step(self) -> None:
        rows, players = self.book.rows, self.stage.players
        if len(rows) > len(players):  # a `left` of one's own may have called nobody
            self.book.rows = {player: row for player, row in rows.items() if player in players}
            self._rescored &= players.keys()
        if self.stage.tick >= self.book.ends_tick:
            self.time_over()
        for player in players.values():
            if not player.ship and self.has_ship(player):
                self.give_ship(player)

    def after_step(self, contacts: Sequence[Contact]) -> None:
        tick = self.stage.tick
        if tick % self.stage.rates.snapshot_interval == 0:
            for player in self.stage.players.values():
                if player.ship:
                    self.world.status[player.ship] = self.status_of(player)
        if self._rescored and tick % self.ticks(SCORES_EVERY_S) == 0:
            self._say_scores(sorted(self._rescored), None)
            self._rescored.clear()

    def hud_of(self, player: Player) -> tuple[int, ...]:
        return ()

    # what a game may want to say differently ---------------------------------------------------------------

    def fresh(self) -> None:
        """The next match begins: scores are at nought, and everybody has a new ship."""

    def time_over(self) -> None:
        """A match, or the pause after it, has had its time."""
        if self.book.phase == "play":
            self.end_match()
        else:
            self._begin_match()

    def has_ship(self, player: Player) -> bool:
        """Whether a player without a ship is to have one now."""
        return True

    def status_of(self, player: Player) -> int:
        """How its ship looks, in the bits of PROTOCOL.md, section 8."""
        return STATUS_BOOSTING if player.helm.boost_ticks > self._boosting_ticks else 0

    # what a game can use -----------------------------------------------------------------------------------

    def kind(self, category: Category) -> int | None:
        """The first kind of `category`, by its place among the game's kinds."""
        return next((at for at, kind in enumerate(self.kinds) if kind.category == category), None)

    def player_of(self, entity: int) -> Player | None:
        """Whose ship that is."""
        player = self.stage.players.get(int(self.world.owner[entity])) if entity else None
        return player if player is not None and player.ship == entity else None

    def team(self, team: int) -> list[Player]:
        return [player for player in self.stage.players.values() if player.team == team]

    def count(self, player: int, column: int, more: int = 1) -> None:
        """Add a whole number to a column of a player's row; nothing for one who has left, nor between matches."""
        if player in self.book.rows and self.book.phase == "play":
            self.book.rows[player][column] += index(more)
            self._rescored.add(player)

    def give_ship(self, player: Player) -> None:
        """At one of the emptiest of its team's spawn points; a tick later when the world is full."""
        spawns = self.stage.arena.spawns_of(player.team)
        tried = self.stage.random.sample(spawns, min(SPAWNS_TRIED, len(spawns)))
        place = max(tried, key=self._room_around)
        try:
            player.ship = self.world.spawn(self.kind("ship") or 0, place.x, place.y, owner=player.id)
        except WorldFullError:
            return
        player.helm.boost_ticks = 0

    def line_up(self, team: int) -> None:
        """A team's ships at its spawn points, at rest, in the order in which their players came."""
        places = self.stage.arena.spawns_of(team)
        for at, player in enumerate(player for player in self.team(team) if player.ship):
            self.world.put(player.ship, places[at % len(places)].x, places[at % len(places)].y)

    def take_ship(self, player: Player) -> None:
        if player.ship:
            self.world.remove(player.ship)
            player.ship = 0

    def end_match(self) -> None:
        """To the podium; nothing while one is there already."""
        if self.book.phase != "play":
            return
        book, scores = self.book, self.book.team_scores
        best = max(scores, default=0)
        book.winner = scores.index(best) + 1 if scores.count(best) == 1 else 0
        book.phase, book.ends_tick = "podium", self.stage.tick + self.ticks(PODIUM_S)
        names = [column.label.lower() for column in self.description.columns]
        figures = {player: dict(zip(names, row, strict=True)) for player, row in book.rows.items()}
        ended = [Score(player, book.rows[player][0], mine) for player, mine in figures.items() if mine]
        self.stage.conclude(ended, dict(enumerate(scores, 1)) or None)
        self.say_match()

    def say_match(self, to: Sequence[Player] | None = None) -> None:
        book, scores = self.book, {player: row[0] if row else 0 for player, row in self.book.rows.items()}
        ranked = sorted(scores, key=lambda player: (-scores[player], player))
        standings = [{"player": player, "score": scores[player]} for player in ranked]
        body = {"phase": book.phase, "ends_tick": book.ends_tick, "standings": standings, "winner": book.winner}
        self.stage.say("match", body, to)

    def say_team_scores(self, to: Sequence[Player] | None = None) -> None:
        self.stage.say("team_scores", {"scores": list(self.book.team_scores)}, to)

    # the next match ----------------------------------------------------------------------------------------

    def _begin_match(self) -> None:
        book = self.book
        book.phase, book.winner, book.ends_tick = "play", 0, self.stage.tick + self._match_ticks()
        book.team_scores = [0] * self.teams
        for row in book.rows.values():
            row[:] = [0] * len(row)
        self._rescored.update(book.rows)
        self._balance()
        for player in self.stage.players.values():
            self.take_ship(player)
            self.give_ship(player)
        self.fresh()
        self.say_match()
        if self.teams:
            self.say_team_scores()

    def _match_ticks(self) -> int:
        return self.ticks(self.stage.options.get("match_s", MATCH_S))

    def _balance(self) -> None:
        """Who came last changes sides, bots first, until no team has two more than another."""
        teams = {team: sorted(self.team(team), key=lambda one: (one.bot, one.id)) for team in range(1, self.teams + 1)}
        while teams:
            larger, smaller = (choose(teams, key=lambda team: len(teams[team])) for choose in (max, min))
            if len(teams[larger]) - len(teams[smaller]) < 2:
                return
            player = teams[larger].pop()
            player.team = smaller
            teams[smaller].append(player)
            self.stage.say("teamed", {"player": player.id, "team": smaller})

    def _room_around(self, place: Place) -> float:
        loose = CATEGORY_BITS["ship"] | CATEGORY_BITS["rock"] | CATEGORY_BITS["crate"]
        return self.world.nearest_distance(place.x, place.y, loose)

    def _say_scores(self, whose: Iterable[int], to: Sequence[Player] | None) -> None:
        self.stage.say("scores", {"scores": [[player, *self.book.rows[player]] for player in whose]}, to)
