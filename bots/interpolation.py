"""Others as they are drawn: reckoned, a small delay in the past, without jumps.

A publication corrects what was believed. The offset between the old belief and the new one, at the moment of
the correction, is kept and melts within BLEND_S, so what is drawn moves on smoothly from where it was drawn.
Nobody is drawn further ahead than EXTRAPOLATE_S of what is published. The browser's twin draws with this; bots
take it where they want to see what a person sees.
"""

from math import hypot
from typing import Final

from msgspec import Struct
from msgspec.structs import astuple

from bots.view import View
from protocol.quantize import ANGLE_STEPS
from protocol.reckoning import Published, Reckoned, reckon

DELAY_S_MIN: Final = 0.005
DELAY_INTERVALS: Final = 1.7
BLEND_S: Final = 0.1
EXTRAPOLATE_S: Final = 0.25
JUMP_UNITS: Final = 160.0
"""A correction larger than this is a teleport, and shown as one."""


class Drawn(Struct, frozen=True):
    """One entity on the screen: units, and 1/256 turns."""

    x: float
    y: float
    angle: float


class _Track(Struct):
    """What we draw of one entity: its belief, and the offset that still melts."""

    believed: Published
    dx: float = 0.0
    dy: float = 0.0
    dangle: float = 0.0
    since_tick: float = 0.0


class Interpolation:
    """Draws the entities of one `view`. Ask for ticks in ascending order."""

    def __init__(self, view: View, snapshot_rate: int) -> None:
        self._view = view
        self._tick_rate = view.rules.tick_rate
        self._tracks: dict[int, _Track] = {}
        self.delay_ticks = max(DELAY_S_MIN, DELAY_INTERVALS / snapshot_rate) * self._tick_rate

    def at(self, now_tick: float) -> dict[int, Drawn]:
        """Every entity in sight by id, as drawn when the server's clock shows `now_tick`."""
        tick = now_tick - self.delay_ticks
        self._tracks = {entity.id: self._track(entity, tick) for entity in self._view.entities()}
        return {entity_id: self._draw(track, tick) for entity_id, track in self._tracks.items()}

    def _track(self, entity: Published, tick: float) -> _Track:
        track = self._tracks.get(entity.id)
        if track is None:
            return _Track(entity)
        if track.believed is entity:
            return track
        was, now = self._draw(track, tick), self._reckon(entity, tick)
        dx, dy = was.x - now.x, was.y - now.y
        if hypot(dx, dy) > JUMP_UNITS:
            return _Track(entity)
        return _Track(entity, dx, dy, nearest_turn(was.angle - now.angle), tick)

    def _draw(self, track: _Track, tick: float) -> Drawn:
        at = self._reckon(track.believed, tick)
        left = max(0.0, 1.0 - (tick - track.since_tick) / (BLEND_S * self._tick_rate))
        return Drawn(at.x + left * track.dx, at.y + left * track.dy, at.angle + left * track.dangle)

    def _reckon(self, entity: Published, tick: float) -> Reckoned:
        """The belief between ticks: a straight line from the tick before to the tick after."""
        newest = self._view.tick + EXTRAPOLATE_S * self._tick_rate
        tick = max(float(entity.tick), min(tick, newest))
        before, part = int(tick), tick - int(tick)
        kind = self._view.rules.kinds[entity.kind]
        a = reckon(entity, kind, before, self._tick_rate)
        if part == 0.0:
            return a
        b = reckon(entity, kind, before + 1, self._tick_rate)
        return Reckoned(*(p + (q - p) * part for p, q in zip(astuple(a), astuple(b), strict=True)))


def nearest_turn(steps: float) -> float:
    """An angle's difference, the short way round."""
    return (steps + ANGLE_STEPS / 2) % ANGLE_STEPS - ANGLE_STEPS / 2
