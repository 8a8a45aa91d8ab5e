"""Watches one player of a stage, and its ship on the server, and writes down what it finds in `Figures`.

each snapshot   its own ship: error, correction, slack, how long the acknowledged input took
each tick       whether its own input was there
each frame      our own shots, as foreseen, against those that the server tells of
                the others as drawn, against the truth at the time that is drawn (of those who have a screen)
each stall      how long until all is normal again, and what jumped on the screen
"""

from collections import deque
from math import hypot
from typing import Final

from bench.figures import Figures
from bench.stage import Cable
from bench.stalls import StallWatch
from bench.touch import Touches
from bench.truths import Truths
from bots.interpolation import Interpolation, Track
from bots.walls import Walls
from protocol.kinds import Category
from server.room import Room

LIVED_KEPT: Final = 128
BESIDE_WALL_UNITS: Final = 8.0
"""What is drawn nearer to the truth has no wall between: the thinnest is four times as thick."""
SHOWS_UNITS: Final = 3.0
"""A correction larger than this is seen."""
SNAPS_UNITS: Final = 32.0
"""And one larger than a ship is a snap."""


class Witness:
    """Sees what one player sees, and what is true."""

    def __init__(
        self, cable: Cable, room: Room, touches: Touches, truths: Truths, figures: Figures, screen: Walls | None
    ) -> None:
        """`screen`: the arena's walls, if what the player sees of the others is watched as well."""
        self._player, self._room, self._touches, self._truths = cable.player, room, touches, truths
        self._figures, self._walls = figures, screen
        self._stalls = StallWatch(cable.line.route, figures)
        self._picture: Interpolation | None = None
        self._jumps = 0
        self._lived: deque[tuple[int, float]] = deque(maxlen=LIVED_KEPT)
        """(tick, when we lived it) of the latest."""
        self._acknowledged = 0
        self._shots = (0, 0, 0)
        """How many of our own were matched, unforeseen, dropped: those that have been counted."""
        self.is_watching = False
        """Until the clocks have settled nothing is written down."""
        self._clock = cable.clock
        cable.player.on_snapshot = self._heard

    def step(self) -> None:
        """Often."""
        now_s, tick = self._clock(), self._player.tick
        newest = self._lived[-1][0] if self._lived else tick - 1
        self._lived += [(lived, now_s) for lived in range(max(newest + 1, tick - LIVED_KEPT), tick + 1)]
        self._stalls.look(now_s)

    def tick(self) -> None:
        """After each tick of the room."""
        welcome = self._player.welcome
        seat = self._room.players.get(welcome.player) if welcome else None
        if seat is None or not self.is_watching:
            return
        is_late = seat.inputs.ack != self._room.tick
        self._figures.ticks += 1
        self._figures.ticks_late += is_late
        if is_late:
            self._stalls.note(self._clock())

    def _heard(self) -> None:
        now_s, view, welcome = self._clock(), self._player.view, self._player.welcome
        assert view is not None and welcome is not None
        if self._walls is not None:
            if self._picture is None:
                self._picture = Interpolation(view, welcome.snapshot_rate, self._walls)
            self._picture.heard(now_s)
        if self.is_watching:
            self._judge_clock(now_s, view.ack, view.slack_ms, welcome.tick_rate)
            self._judge_own(now_s)

    def _judge_clock(self, now_s: float, ack: int, slack_ms: int | None, tick_rate: int) -> None:
        if slack_ms is not None:
            self._figures.slack_ticks.add(slack_ms * tick_rate / 1000.0)
        if ack > self._acknowledged:
            self._acknowledged = ack
            lived_s = next((at_s for tick, at_s in self._lived if tick == ack), None)
            if lived_s is not None:
                self._figures.input_to_ack_ms.add((now_s - lived_s) * 1000.0)

    def _judge_own(self, now_s: float) -> None:
        done, view, figures = self._player.reconciled, self._player.view, self._figures
        assert view is not None
        figures.snapshots += 1
        figures.body_ticks += done.replayed_ticks * done.bodies
        if done.error_units is None or done.surprise_units is None or view.own is None:
            return
        situation = self._touches.situation(view.own.entity, view.tick)
        figures.own_error[situation].add(done.error_units)
        figures.surprise[situation].add(done.surprise_units)
        figures.correction[situation].add(done.correction_units)
        if situation != "contact" and done.correction_units > SHOWS_UNITS:
            self._stalls.note(now_s, is_snap=done.correction_units > SNAPS_UNITS)

    def frame(self) -> None:
        """Draw, and compare."""
        picture, view = self._picture, self._player.view
        if picture is None or view is None:
            return
        drawn, now_s = picture.advance(self._clock()), self._clock()
        self._player.seen_tick = picture.tick
        self._judge_shots(picture, now_s)
        if not self.is_watching:
            self._jumps = picture.jumps
            return
        self._figures.picture_ticks.add(self._player.tick - picture.tick)
        if abs(picture.behind_s) * self._room.rates.snapshot_rate > 1.0:
            self._stalls.note(now_s, is_snap=picture.jumps > self._jumps)
        self._jumps = picture.jumps
        own = view.own.entity if view.own else -1
        for entity, track in drawn.items():
            if entity != own and track.kind.category in ("ship", "rock"):
                self._compare(entity, track, track.kind.category, picture.tick)

    def _judge_shots(self, picture: Interpolation, now_s: float) -> None:
        player, figures = self._player, self._figures
        shots, lead, view, welcome = player.shots, player.lead, player.view, player.welcome
        if shots is None or lead is None or view is None or welcome is None:
            return
        kind, now = view.rules.kinds[shots.kind], lead.tick_at(now_s)
        for track in picture.tracks.values():
            if track.kind is kind and track.beliefs[0][0].owner == welcome.player:
                matched = shots.matched
                shots.place(track, now, picture.tick)
                if shots.matched > matched and self.is_watching:
                    figures.own_shot_error.add(shots.matched_units)
        if self.is_watching:
            figures.shots_matched += shots.matched - self._shots[0]
            figures.shots_unforeseen += shots.unforeseen - self._shots[1]
            figures.shots_dropped += shots.dropped - self._shots[2]
        self._shots = shots.matched, shots.unforeseen, shots.dropped

    def _compare(self, entity: int, track: Track, category: Category, tick: float) -> None:
        truth = self._truths.at(entity, tick)
        if truth is None:
            return
        error, figures = hypot(track.at.x - truth[0], track.at.y - truth[1]), self._figures
        spreads = figures.ships if category == "ship" else figures.rocks
        spreads[self._touches.situation(entity, tick)].add(error)
        if error > BESIDE_WALL_UNITS and category == "ship":
            assert self._walls is not None
            figures.beyond_walls += not self._walls.is_clear(*truth, track.at.x, track.at.y, 0.0)
