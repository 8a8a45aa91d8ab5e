"""What a replay shows, in figures: what `ricochet replay` prints and `--json` writes.

Kills and assists are what the game said of them (`kill`), shots what was seen to come into being, distances what ships
were seen to go. Other events are counted by their names.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from math import hypot

from msgspec import Struct, field

from bots.replay.playback import Moment, Playback
from protocol.arena import Arena, Point
from protocol.messages import Event
from protocol.replay import Replay
from protocol.snapshot import CellKeyframe


class Share(Struct):
    """One player's part in it."""

    player: int
    name: str = ""
    bot: bool = False
    team: int = 0
    kills: int = 0
    deaths: int = 0
    assists: int = 0
    shots: int = 0
    edits: int = 0
    """Of the arena, where one is built."""
    distance_units: float = 0.0
    score: int | None = None
    """At the end, as `place` is; None: it was broken off, or they had left."""
    place: int | None = None


class Figures(Struct, kw_only=True):
    room: str
    game: str
    arena: str
    recorded: str
    """ISO 8601."""
    seconds: float
    is_whole: bool
    """False: the file was cut off, and this is what is left."""
    has_ended: bool
    """Whether the match was played to its end."""
    bytes: int
    bytes_per_second: float
    chunks: int
    snapshots: int
    checksums: int
    checksum_mismatches: int
    kills: int
    edits: int = 0
    """How often the arena was changed, where one is built."""
    pieces: int | None = None
    """What it is made of at the end; None: nothing is built there."""
    events: dict[str, int]
    """By name."""
    players: list[Share] = field(default_factory=list)
    """Those who ended best, then those who did most."""


class Traces(Struct):
    """Where things happened."""

    places: list[Point] = field(default_factory=list)
    """Of every ship, once in a while."""
    kills: list[Point] = field(default_factory=list)
    """Where victims were last seen."""
    arena: Arena | None = None
    """As it was at the end."""


class Counting:
    """Counts while a playback goes on."""

    def __init__(self, playback: Playback) -> None:
        self.playback, self.traces = playback, Traces()
        self._shares: dict[int, Share] = {}
        self._events: Counter[str] = Counter()
        self._places: dict[int, tuple[int, float, float]] = {}
        """By player: its ship, and where that was last."""
        self._snapshots = self._edits = 0
        self._ticks: list[int] = []
        self._trace_tick = -1

    def take(self, moment: Moment) -> None:
        for edited in moment.edits:
            self._edits += 1
            self._share(edited.player).edits += 1
        self._ticks = [*self._ticks[:1], moment.tick]
        self._snapshots += 1
        for event in moment.events:
            self._events[event.name] += 1
            if event.name == "kill":
                self._kill(event)
        self._count_shots(moment)
        self._follow_ships(moment.tick)

    def figures(self) -> Figures:
        replay = self.playback.replay
        seconds = (self._ticks[-1] - self._ticks[0]) / self.playback.rate if self._ticks else 0.0
        size, index = replay.size, replay.index
        return Figures(
            room=replay.welcome.room,
            game=replay.welcome.game,
            arena=replay.welcome.arena.name,
            recorded=datetime.fromtimestamp(replay.header.recorded_s, UTC).isoformat(),
            seconds=round(seconds, 2),
            is_whole=replay.is_whole,
            has_ended=index is not None and index.ended_tick is not None,
            bytes=size,
            bytes_per_second=round(size / seconds, 1) if seconds else 0.0,
            chunks=len(replay.chunks),
            snapshots=self._snapshots,
            checksums=self.playback.checksums,
            checksum_mismatches=self.playback.checksum_mismatches,
            kills=self._events["kill"],
            edits=self._edits,
            pieces=self.playback.pieces,
            events=dict(sorted(self._events.items())),
            players=self._players(),
        )

    def _players(self) -> list[Share]:
        for player in self.playback.players.values():
            share = self._share(player.id)
            share.name, share.bot, share.team = player.name, player.bot, player.team
        for standing in self.playback.replay.index.standings if self.playback.replay.index else []:
            share = self._share(standing.player)
            share.place, share.score = standing.place, standing.score
        shares = sorted(
            self._shares.values(), key=lambda share: (share.place or 1 << 30, -share.kills, -share.edits, share.player)
        )
        for share in shares:
            share.distance_units = round(share.distance_units, 1)
        return shares

    def _share(self, player: int) -> Share:
        return self._shares.setdefault(player, Share(player))

    def _kill(self, event: Event) -> None:
        killer, victim, assists = (event.body.get(name) for name in ("killer", "victim", "assists"))
        if isinstance(victim, int):
            self._share(victim).deaths += 1
            if victim in self._places:
                self.traces.kills.append(self._places[victim][1:])
        if isinstance(killer, int) and killer:
            self._share(killer).kills += 1
        for player in assists if isinstance(assists, list) else []:
            if isinstance(player, int):
                self._share(player).assists += 1

    def _count_shots(self, moment: Moment) -> None:
        """What enters a cell is new to one who sees all of them; of keyframes nothing is."""
        kinds = self.playback.view.rules.kinds
        for cell in moment.snapshot.cells:
            if not isinstance(cell, CellKeyframe):
                for entity in cell.entered:
                    if kinds[entity.kind].category == "shot" and entity.owner:
                        self._share(entity.owner).shots += 1

    def _follow_ships(self, tick: int) -> None:
        is_traced = tick >= self._trace_tick
        if is_traced:
            self._trace_tick = tick + self.playback.rate // 4
        for ship in self.playback.view.sightings("ship"):
            owner, entity = ship.entity.owner, ship.entity.id
            before = self._places.get(owner)
            if before is not None and before[0] == entity:
                self._share(owner).distance_units += hypot(ship.x - before[1], ship.y - before[2])
            self._places[owner] = entity, ship.x, ship.y
            if is_traced:
                self.traces.places.append((ship.x, ship.y))


def watch(replay: Replay, on_moment: Callable[[Moment], None] = lambda moment: None) -> tuple[Figures, Traces]:
    """Play it to its end. Raises ReplayError."""
    playback = Playback(replay)
    counting = Counting(playback)
    for moment in playback.moments():
        counting.take(moment)
        on_moment(moment)
    counting.traces.arena = playback.arena
    return counting.figures(), counting.traces
