"""What a player at a browser sees of the others: `assets/client/src/interpolation.ts` once more, for tests in Python.

An entity's course is a chain of published states. A new one takes over where it is nearest to the old, between the
picture's tick and its own; what jump remains melts. The picture follows the newest snapshot, DELAY_INTERVALS behind.
"""

from math import floor, hypot, inf

from bots.view import View
from protocol.kinds import Kind
from protocol.reckoning import Published, Reckoned, reckon

DELAY_INTERVALS = 1.7
SPEED_MIN, SPEED_MAX = 0.85, 1.1
PULL_S, SNAP_S, EXTRAPOLATE_S = 0.5, 0.25, 0.25
MELT, JUMP_UNITS = 0.85, 160.0

Spot = tuple[float, float]


class Track:
    """One entity's course: (published state, the tick from which it is shown), the present one first."""

    def __init__(self, published: Published) -> None:
        self.born, self.gone = published.tick, inf
        self.beliefs: list[tuple[Published, float]] = [(published, -inf)]
        self.offset: Spot = (0.0, 0.0)


class Screen:
    """The picture of one view. Tell it when the view has heard something; ask it for each frame."""

    def __init__(self, view: View, snapshot_rate: int) -> None:
        self.tick = 0.0
        self._view, self._rate = view, view.rules.tick_rate
        self._delay = DELAY_INTERVALS / snapshot_rate * self._rate
        self._tracks: dict[int, Track] = {}
        self._heard_s: float | None = None
        self._shown_s = 0.0

    def heard(self, now_s: float) -> None:
        if self._heard_s is None:
            self.tick, self._shown_s = self._view.tick - self._delay, now_s
        self._heard_s = now_s
        known = {entity.id: entity for entity in self._view.entities()}
        for entity, track in self._tracks.items():
            if entity not in known:
                track.gone = min(track.gone, self._view.tick)
        for published in known.values():
            self._believe(published)

    def frame(self, now_s: float) -> dict[int, Spot]:
        """Where every entity is drawn at `now_s`."""
        elapsed_s, self._shown_s = now_s - self._shown_s, now_s
        self.tick = self._follow(elapsed_s, now_s)
        left = MELT ** (elapsed_s * 60)
        self._tracks = {entity: track for entity, track in self._tracks.items() if self.tick < track.gone}
        drawn = {entity: self._place(track, left) for entity, track in self._tracks.items()}
        return {entity: spot for entity, spot in drawn.items() if self._tracks[entity].born <= self.tick}

    def _follow(self, elapsed_s: float, now_s: float) -> float:
        assert self._heard_s is not None
        last = self._view.tick + EXTRAPOLATE_S * self._rate
        target = min(self._view.tick + (now_s - self._heard_s) * self._rate - self._delay, last)
        behind_s = (target - self.tick) / self._rate - elapsed_s
        if abs(behind_s) > SNAP_S:
            return target
        speed = max(SPEED_MIN, min(SPEED_MAX, 1 + behind_s / PULL_S))
        return min(self.tick + elapsed_s * speed * self._rate, last)

    def _believe(self, published: Published) -> None:
        track = self._tracks.get(published.id)
        if track is None or track.gone <= published.tick or track.beliefs[-1][0].kind != published.kind:
            self._tracks[published.id] = Track(published)
            return
        track.gone = inf
        last, since = track.beliefs[-1]
        if last is not published:
            track.beliefs.append((published, self._changeover(last, published, max(self.tick, since))))

    def _changeover(self, old: Published, new: Published, earliest: float) -> float:
        if earliest >= new.tick:
            return earliest
        a, b = self._at(old, new.tick), self._at(new, new.tick)
        x, y, vx, vy = a.x - b.x, a.y - b.y, a.vx - b.vx, a.vy - b.vy
        square = vx * vx + vy * vy
        ticks = 0.0 if square == 0 else -(x * vx + y * vy) / square * self._rate
        return max(earliest, min(new.tick, new.tick + ticks))

    def _place(self, track: Track, left: float) -> Spot:
        track.offset = (track.offset[0] * left, track.offset[1] * left)
        while len(track.beliefs) > 1 and track.beliefs[1][1] <= self.tick:
            (old, _), (new, since) = track.beliefs[:2]
            a, b = self._at(old, since), self._at(new, since)
            jump = (a.x - b.x, a.y - b.y)
            jumps = hypot(*jump) > JUMP_UNITS
            track.offset = (0.0, 0.0) if jumps else (track.offset[0] + jump[0], track.offset[1] + jump[1])
            del track.beliefs[0]
        at = self._at(track.beliefs[0][0], self.tick)
        return at.x + track.offset[0], at.y + track.offset[1]

    def _at(self, published: Published, tick: float) -> Reckoned:
        kind: Kind = self._view.rules.kinds[published.kind]
        whole = max(published.tick, floor(tick))
        at = reckon(published, kind, whole, self._rate)
        seconds = (tick - whole) / self._rate
        return Reckoned(at.x + at.vx * seconds, at.y + at.vy * seconds, at.vx, at.vy, at.angle)
