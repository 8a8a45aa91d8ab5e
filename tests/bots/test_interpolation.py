"""Others as drawn: in the past, without jumps, and never far ahead of what is known."""

from itertools import pairwise
from math import hypot

import pytest

from bots.interpolation import BLEND_S, EXTRAPOLATE_S, Interpolation
from bots.view import View
from protocol.snapshot import CellDelta, Snapshot, change_of
from tests.bots.stage import KINDS, published, view_of


def correct(view: View, tick: int, x: float, y: float, angle: int = 0) -> None:
    """Publish entity 5 anew."""
    believed = view.entity(5)
    assert believed is not None
    now = published(5, x, y, kind=1)
    now.tick, now.angle = tick, angle
    change = change_of(believed, now, KINDS[1], 60)
    view.apply(Snapshot(tick, 0, None, None, None, [], None, [CellDelta(0, None, [], [], [change])]))


def test_it_draws_what_was_believed_a_delay_ago() -> None:
    view = view_of(None, published(5, 100, 100, kind=1, vx=600))
    interpolation = Interpolation(view, 30)
    assert interpolation.delay_ticks == pytest.approx(1.7 * 2)
    drawn = interpolation.at(110.0)[5]
    assert drawn.x == pytest.approx(100 + 600 / 60 * (10 - interpolation.delay_ticks))
    assert drawn.y == 100


def test_a_correction_melts_and_never_jumps() -> None:
    view = view_of(None, published(5, 100, 100, kind=1, vx=600))
    interpolation = Interpolation(view, 30)
    drawn = [interpolation.at(110.0)[5]]
    correct(view, 112, 190.0, 140.0, angle=60)
    ticks = [110.0 + part / 4 for part in range(1, 100)]
    drawn += [interpolation.at(tick)[5] for tick in ticks]
    steps = [hypot(b.x - a.x, b.y - a.y) for a, b in pairwise(drawn)]
    assert max(steps) < 10.0
    assert drawn[-1].x == pytest.approx(190.0)
    assert drawn[-1].angle == pytest.approx(60.0)
    done = next(i for i, d in enumerate(drawn) if d.y == pytest.approx(140.0))
    assert ticks[done] < 112.0 + interpolation.delay_ticks + BLEND_S * 60 + 1


def test_a_teleport_is_shown_as_one() -> None:
    view = view_of(None, published(5, 100, 100, kind=1))
    interpolation = Interpolation(view, 30)
    interpolation.at(110.0)
    correct(view, 112, 1500.0, 900.0)
    assert interpolation.at(116.0)[5].x == pytest.approx(1500.0)


def test_nobody_is_drawn_further_ahead_than_a_quarter_of_a_second() -> None:
    view = view_of(None, published(5, 100, 100, kind=1, vx=600))
    interpolation = Interpolation(view, 30)
    assert interpolation.at(1000.0)[5].x == pytest.approx(100 + 600 * EXTRAPOLATE_S)


def test_angles_melt_the_short_way_round() -> None:
    view = view_of(None, published(5, 100, 100, kind=1))
    correct(view, 102, 100.0, 100.0, angle=120)
    interpolation = Interpolation(view, 30)
    interpolation.at(106.0)
    correct(view, 106, 100.0, 100.0, angle=-120)
    angles = [interpolation.at(106.0 + tick / 2)[5].angle for tick in range(30)]
    assert all(-140 < angle < -119 for angle in angles)


def test_who_is_gone_is_not_drawn() -> None:
    view = view_of(None, published(5, 100, 100, kind=1))
    interpolation = Interpolation(view, 30)
    assert list(interpolation.at(104.0)) == [5]
    view.apply(Snapshot(106, 0, None, None, None, [0], None, []))
    assert interpolation.at(107.0) == {}
