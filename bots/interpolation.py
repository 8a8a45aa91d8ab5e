"""Others as they are drawn: a small delay in the past, so that most of what is drawn is known.

An entity's course is a chain of beliefs. A new one takes over, if it can, at the moment between now and its own tick at
which it is nearest to the old: a bounce keeps its corner, a turn its curve. What jump remains becomes an offset that
melts. An entity appears when the picture reaches its first tick, and goes when the picture reaches the tick at which
it went.

The delay adapts to the network: snapshots are expected as late as all but the latest few came recently, and the
picture follows at DELAY_INTERVALS behind that, a little faster or slower than real time. Less than an interval, so that
for some of it the picture is ahead of what is known: reckoning knows the sticks, and what it then gets wrong is less
than what a later picture would cost whoever aims by it. A stall makes nobody wait for long: what comes in one burst
counts once, as late as its newest, and the delay is at most JITTER_S_MAX more than usual. Without news nothing is drawn
more than EXTRAPOLATE_S_MAX ahead of the newest snapshot, nor beyond a wall.

`assets/sdk/src/interpolation.ts` is the twin and draws with this; bots take it where they want to see what a person
sees. Seconds are an argument, of any clock that never goes back.
"""

from collections import deque
from math import floor, hypot, inf
from typing import Final

from msgspec import Struct

from bots.view import View
from bots.walls import Walls
from protocol.kinds import Kind
from protocol.quantize import ANGLE_STEPS, SPIN_SCALE
from protocol.reckoning import Published, Reckoned, reckon

DELAY_INTERVALS: Final = 0.6
DELAY_S_MIN: Final = 0.005
EXTRAPOLATE_S_MAX: Final = 0.25
SPEED_MIN: Final = 0.85
SPEED_MAX: Final = 1.3
"""Playback speed, to follow the news without a jump; beyond SNAP_S it jumps. Fast enough to be where it ought to be a
second after a stall of half a second."""
PULL_S: Final = 0.4
SNAP_S: Final = 0.25
MELT: Final = 0.85
"""Of an offset, so much is left after 1/60 s."""
JUMP_UNITS: Final = 160.0
"""A correction larger than this is a teleport, and shown as one."""
BELIEFS_KEPT: Final = 4
LATENESSES_KEPT: Final = 48
"""Of so many snapshots it is remembered how late they were: a second and a half."""
LATEST_FORGIVEN: Final = 2
"""So many of them may be later than expected."""
JITTER_S_MAX: Final = 0.1
BURST_S: Final = 0.008
"""What comes so soon after what came before was held up together with it."""


class Drawn(Struct):
    """One entity on the screen: units, and 1/256 turns."""

    x: float
    y: float
    angle: float


class Track:
    """One entity's course: what is believed now first, what takes over later behind it."""

    __slots__ = ("__weakref__", "at", "beliefs", "born", "gone", "kind", "offset")

    def __init__(self, published: Published, kind: Kind) -> None:
        self.kind = kind
        self.born = published.tick
        self.gone = inf
        """The picture's tick at which it goes."""
        self.beliefs: list[tuple[Published, float]] = [(published, -inf)]
        """(published state, the tick at which the picture changes over to it)."""
        self.offset = Drawn(0.0, 0.0, 0.0)
        self.at = Drawn(0.0, 0.0, 0.0)
        """Where it is drawn."""


class Interpolation:
    """The picture of one view. Tell it when the view has heard something; let it advance for each frame."""

    def __init__(self, view: View, snapshot_rate: int, walls: Walls) -> None:
        self.tick = 0.0
        """The picture's, with its fraction."""
        self.behind_s = 0.0
        """How far the picture is from where it ought to be: what it hurries, or dawdles, to make up for."""
        self.jumps = 0
        """How often it was too far to do so."""
        self.jitter_s = 0.0
        """How much later than the usual snapshot one is expected."""
        self.tracks: dict[int, Track] = {}
        self._view, self._walls, self._rate = view, walls, view.rules.tick_rate
        self._delay_s = max(DELAY_S_MIN, DELAY_INTERVALS / snapshot_rate)
        self._latenesses_s: deque[float] = deque(maxlen=LATENESSES_KEPT)
        """How much later each came than its tick's time by a clock that began with tick 0."""
        self._heard_s = 0.0
        self._expected_s = 0.0
        self._shown_s = 0.0

    def heard(self, now_s: float) -> None:
        """The view has applied a snapshot, which arrived at `now_s`."""
        first = not self._latenesses_s
        self._expect(now_s)
        if first:
            self.tick, self._shown_s = self._target(now_s), now_s
        known = {entity.id: entity for entity in self._view.entities()}
        for entity_id, track in self.tracks.items():
            if entity_id not in known:
                track.gone = min(track.gone, self._view.tick)
        for published in known.values():
            self._believe(published)

    def advance(self, now_s: float) -> dict[int, Track]:
        """Move the picture on to `now_s`; everything that it shows, by id."""
        elapsed_s, self._shown_s = max(0.0, now_s - self._shown_s), now_s
        self.tick = self._follow(elapsed_s, now_s)
        left = MELT ** (elapsed_s * 60.0)
        self.tracks = {entity_id: track for entity_id, track in self.tracks.items() if self.tick < track.gone}
        for track in self.tracks.values():
            self._place(track, left)
        return {entity_id: track for entity_id, track in self.tracks.items() if track.born <= self.tick}

    def _expect(self, now_s: float) -> None:
        if self._latenesses_s and now_s - self._heard_s < BURST_S:
            self._latenesses_s.pop()
        self._heard_s = now_s
        self._latenesses_s.append(now_s - self._view.tick / self._rate)
        ordered = sorted(self._latenesses_s)
        middle = len(ordered) // 2
        late_s = ordered[max(middle, len(ordered) - 1 - LATEST_FORGIVEN)]
        self.jitter_s = min(late_s - ordered[middle], JITTER_S_MAX)
        self._expected_s = ordered[middle] + self.jitter_s

    def _target(self, now_s: float) -> float:
        """The tick to be drawn at `now_s`, were we to draw what there is."""
        return (now_s - self._expected_s - self._delay_s) * self._rate

    def _follow(self, elapsed_s: float, now_s: float) -> float:
        last = self._view.tick + EXTRAPOLATE_S_MAX * self._rate
        target = min(self._target(now_s), last)
        behind_s = (target - self.tick) / self._rate - elapsed_s
        self.behind_s = behind_s
        if abs(behind_s) > SNAP_S:
            self.jumps += 1
            return target
        speed = max(SPEED_MIN, min(SPEED_MAX, 1.0 + behind_s / PULL_S))
        return min(self.tick + elapsed_s * speed * self._rate, last)

    def _believe(self, published: Published) -> None:
        track, kind = self.tracks.get(published.id), self._view.rules.kinds[published.kind]
        if track is None or track.gone <= published.tick or track.kind is not kind:
            track = self.tracks[published.id] = Track(published, kind)
            self._place(track, 1.0)
            return
        track.gone = inf
        last, since = track.beliefs[-1]
        if last is published or last == published:
            return
        track.beliefs.append((published, self._changeover(last, published, kind, max(self.tick, since))))
        if len(track.beliefs) > BELIEFS_KEPT:
            _change_over(track, self._rate)

    def _changeover(self, old: Published, new: Published, kind: Kind, earliest: float) -> float:
        """The tick from `earliest` to the new belief's own at which the two are nearest, were both to go straight."""
        if earliest >= new.tick:
            return earliest
        a, b = believed_at(old, kind, new.tick, self._rate), believed_at(new, kind, new.tick, self._rate)
        x, y, vx, vy = a.x - b.x, a.y - b.y, a.vx - b.vx, a.vy - b.vy
        square = vx * vx + vy * vy
        ticks = 0.0 if square == 0.0 else -(x * vx + y * vy) / square * self._rate
        return max(earliest, min(new.tick, new.tick + ticks))

    def _place(self, track: Track, left: float) -> None:
        offset, at = track.offset, track.at
        offset.x, offset.y, offset.angle = offset.x * left, offset.y * left, offset.angle * left
        while len(track.beliefs) > 1 and track.beliefs[1][1] <= self.tick:
            _change_over(track, self._rate)
        now = believed_at(track.beliefs[0][0], track.kind, self.tick, self._rate)
        at.x, at.y, at.angle = now.x + offset.x, now.y + offset.y, now.angle + offset.angle
        if self.tick > self._view.tick:
            self._stop_at_walls(track)

    def _stop_at_walls(self, track: Track) -> None:
        """Where it goes from what is known is a guess that knows no walls."""
        offset, at = track.offset, track.at
        known = believed_at(track.beliefs[0][0], track.kind, self._view.tick, self._rate)
        x, y = known.x + offset.x, known.y + offset.y
        reach = self._walls.reach(x, y, at.x, at.y, track.kind.radius)
        at.x, at.y = x + (at.x - x) * reach, y + (at.y - y) * reach


def _change_over(track: Track, tick_rate: int) -> None:
    """Leave the first belief for the second; their difference goes into the offset."""
    (old, _), (new, since) = track.beliefs[:2]
    a, b = believed_at(old, track.kind, since, tick_rate), believed_at(new, track.kind, since, tick_rate)
    x, y, offset = a.x - b.x, a.y - b.y, track.offset
    if hypot(x, y) > JUMP_UNITS:
        offset.x = offset.y = offset.angle = 0.0
    else:
        offset.x, offset.y = offset.x + x, offset.y + y
        offset.angle = nearest_turn(offset.angle + a.angle - b.angle)
    del track.beliefs[0]


def believed_at(published: Published, kind: Kind, tick: float, tick_rate: int) -> Reckoned:
    """A belief at any tick: reckoned to the whole tick and straight on from there, straight back before its own."""
    whole = max(published.tick, floor(tick))
    at = reckon(published, kind, whole, tick_rate)
    seconds = (tick - whole) / tick_rate
    spin = published.spin / (SPIN_SCALE // ANGLE_STEPS)
    return Reckoned(at.x + at.vx * seconds, at.y + at.vy * seconds, at.vx, at.vy, at.angle + spin * seconds)


def nearest_turn(steps: float) -> float:
    """An angle's difference, the short way round."""
    return (steps + ANGLE_STEPS / 2) % ANGLE_STEPS - ANGLE_STEPS / 2
