"""Others as drawn: in the past by as much as the network needs, without jumps, and never far ahead of what is known."""

from collections.abc import Callable
from math import hypot

import pytest

from bots.interpolation import (
    DELAY_INTERVALS,
    EXTRAPOLATE_S_MAX,
    JITTER_S_MAX,
    Drawn,
    Interpolation,
    nearest_turn,
)
from bots.view import View
from bots.walls import Walls
from protocol.reckoning import Published
from protocol.snapshot import CellKeyframe, Snapshot, checksum_of
from tests.bots.stage import ARENA, KINDS, published

RATE = 60
DELAY_TICKS = 2 * DELAY_INTERVALS
SHOT, SHIP = 1, 0


def at_tick(tick: int, x: float, y: float = 100.0, vx: float = 0.0, kind: int = SHOT, angle: int = 0) -> Published:
    entity = published(5, x, y, kind, vx)
    entity.tick, entity.angle = tick, angle
    return entity


class Screening:
    """A view that is told the whole of its one cell every other tick, and the picture made of it; a frame per tick."""

    def __init__(self) -> None:
        self.view = View(KINDS, RATE)
        self.picture = Interpolation(self.view, 30, Walls(ARENA))
        self.tick = 100
        self.shown: dict[int, Drawn] = {}
        self._believed: list[Published] = []

    def believe(self, *entities: Published) -> "Screening":
        """What the next snapshots say."""
        self._believed = list(entities)
        return self

    def run(self, ticks: int, told: bool = True, late_s: Callable[[int], float] = lambda tick: 0.0) -> "Screening":
        for tick in range(self.tick, self.tick + ticks):
            if told and tick % 2 == 0:
                self.tell(tick, tick / RATE + late_s(tick))
            drawn = self.picture.advance(tick / RATE)
            self.shown = {entity: Drawn(track.at.x, track.at.y, track.at.angle) for entity, track in drawn.items()}
        self.tick += ticks
        return self

    def tell(self, tick: int, now_s: float) -> None:
        cell = CellKeyframe(0, checksum_of(self._believed), list(self._believed))
        self.view.apply(Snapshot(tick, 0, None, None, None, [], None, [cell]))
        self.picture.heard(now_s)

    @property
    def delay_ticks(self) -> float:
        return self.tick - 1 - self.picture.tick


def test_the_picture_is_a_little_more_than_half_a_snapshot_in_the_past() -> None:
    assert Screening().run(60).delay_ticks == pytest.approx(DELAY_TICKS, abs=0.05)


def test_what_drifts_is_drawn_where_it_was_then_between_ticks_too() -> None:
    screening = Screening().believe(at_tick(90, 0.0, vx=600.0)).run(60)
    assert screening.shown[5].x == pytest.approx((screening.picture.tick - 90) * 10)


def test_a_newcomer_appears_when_the_picture_reaches_its_first_tick() -> None:
    screening = Screening().run(30)
    screening.believe(at_tick(screening.tick, 100.0, vx=900.0)).run(2)
    assert screening.shown == {}
    screening.run(3)
    assert 100.0 <= screening.shown[5].x < 145.0


def test_who_is_gone_stays_until_the_picture_reaches_that_tick() -> None:
    screening = Screening().believe(at_tick(90, 100.0)).run(30).believe().run(2)
    assert list(screening.shown) == [5]
    assert screening.run(4).shown == {}


def test_an_id_that_is_used_again_is_somebody_else() -> None:
    screening = Screening().believe(at_tick(90, 100.0)).run(20).believe().run(2)
    screening.believe(at_tick(122, 50.0, kind=SHIP)).run(8)
    assert screening.picture.tracks[5].kind.category == "ship"
    assert screening.shown[5].x == 50.0


def test_a_bounce_keeps_its_corner() -> None:
    """At tick 121 it is at x = 315 and turns back; that is told at 122."""
    screening = Screening().believe(at_tick(100, 0.0, vx=900.0)).run(20)
    screening.believe(at_tick(122, 300.0, vx=-900.0))
    places = [screening.run(1).shown[5].x for _ in range(12)]
    assert 300.0 < max(places) <= 315.0 + 0.1
    assert places[-1] == pytest.approx(315.0 - (screening.picture.tick - 121) * 15.0, abs=1.0)


def test_a_correction_is_drawn_without_a_jump_and_soon_over() -> None:
    screening = Screening().believe(at_tick(100, 0.0, vx=300.0, kind=SHIP)).run(20)
    screening.believe(at_tick(120, 85.0, 112.0, vx=150.0, kind=SHIP, angle=60))
    before = screening.shown[5]
    for _ in range(40):
        now = screening.run(1).shown[5]
        assert hypot(now.x - before.x, now.y - before.y) < 8.0
        assert abs(now.angle - before.angle) < 12.0
        before = now
    assert before.angle == pytest.approx(60.0, abs=0.5)
    assert screening.picture.tracks[5].offset.y == pytest.approx(0.0, abs=0.5)


def test_a_teleport_is_shown_as_one() -> None:
    screening = Screening().believe(at_tick(100, 0.0)).run(20).believe(at_tick(120, 900.0)).run(5)
    assert screening.shown[5].x == 900.0


def test_angles_take_the_short_way_round() -> None:
    assert nearest_turn(250.0) == -6.0
    screening = Screening().believe(at_tick(100, 0.0, kind=SHIP, angle=120)).run(20)
    screening.believe(at_tick(120, 0.0, kind=SHIP, angle=-120))
    assert all(abs(screening.run(1).shown[5].angle % 256.0 - 128.0) <= 8.5 for _ in range(20))


def test_without_news_nothing_runs_more_than_a_quarter_of_a_second_ahead() -> None:
    screening = Screening().believe(at_tick(90, 0.0, vx=10.0)).run(30)
    newest = screening.view.tick
    assert screening.run(120, told=False).picture.tick == pytest.approx(newest + EXTRAPOLATE_S_MAX * RATE)
    assert screening.run(60).delay_ticks == pytest.approx(DELAY_TICKS, abs=0.5)
    assert screening.picture.jumps == 1


def test_without_news_nobody_is_drawn_beyond_a_wall() -> None:
    screening = Screening().believe(at_tick(100, 700.0, 500.0, vx=900.0)).run(10)
    places = [screening.run(1, told=False).shown[5].x for _ in range(40)]
    assert 950.0 < max(places) <= 1000.0 - 16.0 - KINDS[SHOT].radius + 1e-6


def test_the_more_they_jitter_the_later_the_picture_and_no_longer_than_they_do() -> None:
    late_s = [0.0, 0.010, 0.020, 0.030, 0.040]
    screening = Screening().run(240, late_s=lambda tick: late_s[tick // 2 * 3 % 5])
    assert screening.picture.jitter_s == pytest.approx(0.020)
    assert screening.delay_ticks == pytest.approx(DELAY_TICKS + 0.040 * RATE, abs=0.5)
    assert screening.run(360).delay_ticks == pytest.approx(DELAY_TICKS, abs=0.5)


def test_a_few_that_come_very_late_do_not_matter() -> None:
    screening = Screening().run(240, late_s=lambda tick: 0.3 if tick % 60 == 0 else 0.0)
    assert screening.picture.jitter_s == 0.0


def test_a_way_that_became_longer_is_followed() -> None:
    screening = Screening().run(120).run(180, late_s=lambda tick: 0.09)
    assert screening.delay_ticks == pytest.approx(DELAY_TICKS + 0.09 * RATE, abs=1.0)


def test_a_stall_that_ends_in_a_burst_counts_once_and_is_over_within_a_second() -> None:
    screening = Screening().run(120)
    end = screening.tick + 30
    screening.run(30, told=False)
    for tick in range(end - 30, end, 2):
        screening.tell(tick, end / RATE)
    screening.run(6)
    assert screening.picture.jitter_s < 0.01
    assert screening.run(54).delay_ticks == pytest.approx(DELAY_TICKS, abs=2.0)
    assert screening.picture.jumps == 0


def test_the_delay_grows_by_no_more_than_it_may() -> None:
    slower = Screening().run(100).run(30, late_s=lambda tick: (tick - 200) * 0.01)
    assert slower.picture.jitter_s == JITTER_S_MAX
