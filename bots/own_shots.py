"""One's own shots, where one's own ship is: now. Others' are drawn where the picture is, a little in the past.

    drawn tick = picture + max(0, gap - age / 3)        gap = clock - picture

A shot is there at once, in the tick in which our gun fires as far as we know. When the server's comes, the nearest of
ours becomes it; one that none came for by MATCH_TICKS later is dropped. It leaves the muzzle at the clock's tick and
falls back to the picture's during three gaps of its flight, so that it is at its target when the target is drawn being
hit. Its bounces are lived ahead (`course`); what is published to be otherwise is flown anew, and the difference melts
away.

`assets/sdk/src/own_shots.ts` is the twin and draws with this; golden vectors hold the two together.
"""

from collections.abc import Iterator
from math import cos, hypot, inf, sin
from typing import Final
from weakref import WeakKeyDictionary

from msgspec import Struct

from bots.course import At, Course, Flight, Loose, Range
from bots.interpolation import Track, believed_at
from bots.neighbourhood import ShipState
from bots.view import View
from protocol.arena import Arena
from protocol.gun import Gun, Trigger
from protocol.kinds import Category
from protocol.motion import Input
from protocol.quantize import ANGLE_STEPS, SPIN_SCALE, aim_from_wire, angle_from_wire, nearest
from protocol.reckoning import Published, Reckoned
from protocol.snapshot import Own
from protocol.ticks import ticks_in

GAPS_TO_PICTURE: Final = 3
"""How many gaps a shot takes to fall back to the picture; its speed on screen is less by one part in so many."""
MELT: Final = 0.8
"""Of a correction, this much is left after a tick."""
MATCH_TICKS: Final = 8
"""The server's shot may be fired so many ticks later or earlier than ours."""
MATCH_UNITS: Final = 160.0
AGREE_UNITS: Final = 1.0
"""A published state no farther from its course than this changes nothing."""
UNCONFIRMED_MAX: Final = 32
"""Unconfirmed at once: with the fastest gun at the longest round trips it would be a few."""
LOOSE: Final[frozenset[Category]] = frozenset(("rock", "crate", "ball"))
LOOSE_REACH_UNITS: Final = 600.0


class Shot(Struct, frozen=True):
    """One of our shots, as drawn: units and units/s."""

    id: int
    """For drawing: the same before and after the server tells of it."""
    x: float
    y: float
    vx: float
    vy: float
    status: int
    """Bounces so far, those included that are only foreseen."""


class _Mine:
    """One of our shots: its course, what of the server's word it agrees with, and how it is drawn."""

    __slots__ = ("born", "course", "drawn_tick", "id", "offset_x", "offset_y", "published")

    def __init__(self, id: int, born: int, course: Course, published: Published | None) -> None:
        self.id, self.born, self.course, self.published = id, born, course, published
        self.offset_x = self.offset_y = 0.0
        self.drawn_tick = float(born)


class OwnShots:
    """Our own shots in one room."""

    def __init__(self, gun: Gun, arena: Arena, view: View) -> None:
        self.kind: Final = gun.kind
        self.matched = 0
        """Shots that we foresaw, and the server fired."""
        self.matched_units = 0.0
        """How far the latest of these was from where we had it."""
        self.unforeseen = 0
        """That the server fired, and we didn't foresee."""
        self.dropped = 0
        """That we foresaw, and the server never fired."""
        kinds, rate = view.rules.kinds, view.rules.tick_rate
        self._gun, self._view, self._rate = gun, view, rate
        self._flight = Flight(kinds[gun.kind], gun.speed, gun.speed_per_bounce, gun.bounces_max)
        self._range, self._trigger = Range(arena, rate), Trigger(gun, rate)
        self._life_ticks = ticks_in(gun.life_s, rate)
        self._told: WeakKeyDictionary[Track, _Mine] = WeakKeyDictionary()
        self._unconfirmed: list[_Mine] = []
        self._fired = 0
        self._rapid_until = 0
        self._own: Own | None = None

    def move_to(self, arena: Arena) -> None:
        """Among other walls from now on. What flies already goes on as it was foreseen."""
        self._range = Range(arena, self._rate)

    def step(self, tick: int, now: Input, ship: ShipState, rapid_until: int) -> None:
        """Fire, if our gun does at `tick` from `ship`, which is where it was after the tick before."""
        self._rapid_until = rapid_until
        if not self._trigger.pull(tick, now, rapid_until) or len(self._unconfirmed) == UNCONFIRMED_MAX:
            return
        aim, gun = aim_from_wire(now.aim), self._gun
        dx, dy = cos(aim), sin(aim)
        x, y = ship.x + dx * gun.muzzle_units, ship.y + dy * gun.muzzle_units
        course = self._fly(At(x, y, dx * gun.speed, dy * gun.speed, 0), tick - 1, self._life_ticks)
        self._unconfirmed.append(self._make(tick, course, None))

    def heard(self, own: Own | None) -> None:
        """A snapshot has come, and told of our ship: what it should have told of by now, and didn't, never was."""
        self._own = own
        kept = [mine for mine in self._unconfirmed if self._view.tick <= mine.born + MATCH_TICKS]
        self.dropped += len(self._unconfirmed) - len(kept)
        self._unconfirmed = kept

    def place(self, track: Track, now: float, picture: float) -> Shot | None:
        """The server's shot at the clock's tick `now`, while others are drawn at `picture`.

        None: not born or already gone.
        """
        mine = self._mine_of(track)
        tick = _drawn_tick(mine, now, picture)
        if tick < mine.born or tick >= track.gone:
            return None
        newest = track.beliefs[-1][0]
        if newest != mine.published and newest.tick <= tick:
            self._correct(mine, newest, track, tick)
        return _draw(mine, tick)

    def unconfirmed(self, now: float, picture: float) -> Iterator[Shot]:
        """Those that the server hasn't told of yet."""
        for mine in self._unconfirmed:
            tick = _drawn_tick(mine, now, picture)
            shot = None if tick < mine.born else _draw(mine, tick)
            if shot is not None:
                yield shot

    def _mine_of(self, track: Track) -> _Mine:
        mine = self._told.get(track)
        if mine is None:
            published = track.beliefs[0][0]
            mine = self._confirmed(track, published)
            if mine is not None:
                later = self._ticks_later(mine, published, track)
                self._trigger.fired(mine.born + later, mine.born, self._rapid_until)
            elif self._has_just_left(published, track):
                self.unforeseen += 1
                self._trigger.fired(track.born, None, self._rapid_until)
            mine = mine or self._make(track.born, self._fly_on(published, track), published)
            self._told[track] = mine
        return mine

    def _ticks_later(self, mine: _Mine, published: Published, track: Track) -> int:
        """How much later than ours the server's was fired, by how far it is behind; when it was told of says less."""
        at, there = mine.course.at(published.tick), believed_at(published, track.kind, published.tick, self._rate)
        if at is None:
            return 0
        ahead = (at.x - there.x) * at.vx + (at.y - there.y) * at.vy
        return nearest(ahead / (at.vx * at.vx + at.vy * at.vy) * self._rate)

    def _has_just_left(self, published: Published, track: Track) -> bool:
        """Whether a shot comes from our gun, and not back into sight."""
        own, at = self._own, believed_at(published, track.kind, published.tick, self._rate)
        return own is not None and hypot(at.x - own.x, at.y - own.y) <= MATCH_UNITS

    def _confirmed(self, track: Track, published: Published) -> _Mine | None:
        """The one of ours that the server's is, if there is one."""
        there = believed_at(published, track.kind, published.tick, self._rate)

        def off(mine: _Mine) -> float:
            at = mine.course.at(published.tick)
            if abs(mine.born - track.born) > MATCH_TICKS or at is None:
                return inf
            return hypot(at.x - there.x, at.y - there.y)

        closest = min(self._unconfirmed, key=off, default=None)
        if closest is None or (units := off(closest)) > MATCH_UNITS:
            return None
        self.matched, self.matched_units = self.matched + 1, units
        self._unconfirmed.remove(closest)
        return closest

    def _correct(self, mine: _Mine, newest: Published, track: Track, tick: float) -> None:
        """What was drawn goes on from where it is; the course goes where it belongs."""
        truth, known = believed_at(newest, track.kind, newest.tick, self._rate), mine.course.at(newest.tick)
        mine.published = newest
        if known is not None and _agrees(known, truth, newest.status):
            return
        was = mine.course.at(tick)
        mine.course = self._fly_on(newest, track)
        at = mine.course.at(tick)
        if was is not None and at is not None:
            mine.offset_x += was.x - at.x
            mine.offset_y += was.y - at.y

    def _fly_on(self, published: Published, track: Track) -> Course:
        at = believed_at(published, track.kind, published.tick, self._rate)
        left = max(1, self._life_ticks - (published.tick - track.born))
        return self._fly(At(at.x, at.y, at.vx, at.vy, published.status), published.tick, left)

    def _fly(self, start: At, tick: int, ticks: int) -> Course:
        return self._range.fly(self._flight, start, tick, ticks, self._loose_around(start, tick))

    def _loose_around(self, at: At, tick: int) -> list[Loose]:
        """What a shot may meet, the nearest first."""
        found: list[tuple[float, Loose]] = []
        for published in self._view.entities():
            kind = self._view.rules.kinds[published.kind]
            if kind.category not in LOOSE:
                continue
            there = believed_at(published, kind, tick, self._rate)
            away = hypot(there.x - at.x, there.y - at.y)
            if away <= LOOSE_REACH_UNITS:
                angle = angle_from_wire(there.angle)
                spin = angle_from_wire(published.spin / (SPIN_SCALE // ANGLE_STEPS))
                variant = published.variant if kind.shape == "polygon" else 0
                found.append((away, Loose(kind, variant, there.x, there.y, there.vx, there.vy, angle, spin)))
        found.sort(key=lambda pair: pair[0])
        return [loose for _, loose in found]

    def _make(self, born: int, course: Course, published: Published | None) -> _Mine:
        self._fired += 1
        return _Mine(-self._fired, born, course, published)


def _agrees(known: At, truth: Reckoned, bounces: int) -> bool:
    return known.bounces == bounces and hypot(known.x - truth.x, known.y - truth.y) <= AGREE_UNITS


def _drawn_tick(mine: _Mine, now: float, picture: float) -> float:
    return picture + max(0.0, now - picture - max(0.0, now - mine.born) / GAPS_TO_PICTURE)


def _draw(mine: _Mine, tick: float) -> Shot | None:
    at = mine.course.at(tick)
    if at is None:
        return None
    left = MELT ** max(0.0, tick - mine.drawn_tick)
    mine.offset_x, mine.offset_y, mine.drawn_tick = mine.offset_x * left, mine.offset_y * left, tick
    return Shot(mine.id, at.x + mine.offset_x, at.y + mine.offset_y, at.vx, at.vy, at.bounces)
