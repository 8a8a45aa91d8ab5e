"""What play at 150 ms promises, in simulated time: over hunters, rammers and wanderers, and for who is alone."""

import pytest

from bench.figures import Figures, merged
from bench.netplay import ALONE, CROWD, play, shoot
from bench.pilots import PILOTS
from bench.touch import Situation
from bots.netsim import Conditions
from tests.instruments.stepper import arena_named

FAR = Conditions(rtt_ms=150.0, jitter_ms=10.0)
ARENA = arena_named("pinball")
CROWD_S = 12.0


@pytest.fixture(scope="module")
def crowd() -> Figures:
    figures = Figures()
    play(ARENA, CROWD, FAR, CROWD_S, 2, figures)
    return figures


@pytest.fixture(scope="module")
def alone() -> Figures:
    figures = Figures()
    play(ARENA, {"rock rammer": 1}, FAR, 25.0, 3, figures)
    return figures


@pytest.mark.parametrize(
    ("situation", "error_units_max"), [("flight", 0.05), ("walls", 0.1), ("rocks", 2.0), ("contact", 8.0)]
)
def test_the_error_at_reconciliation(crowd: Figures, situation: Situation, error_units_max: float) -> None:
    spread = crowd.own_error[situation]
    assert spread.total() > 50
    p99 = spread.percentiles().p99
    assert p99 is not None
    assert p99 <= error_units_max


@pytest.mark.parametrize(("situation", "surprise_units_max"), [("flight", 0.05), ("walls", 0.1)])
def test_what_is_foreseen_at_first_is_right_where_nobody_else_is(
    crowd: Figures, situation: Situation, surprise_units_max: float
) -> None:
    p99 = crowd.surprise[situation].percentiles().p99
    assert p99 is not None
    assert p99 <= surprise_units_max


@pytest.mark.parametrize("situation", ["flight", "walls", "rocks"])
def test_alone_among_walls_and_rocks_no_correction_shows(alone: Figures, situation: Situation) -> None:
    assert alone.correction[situation].total() > 50
    for spread in (alone.correction[situation], alone.surprise[situation]):
        worst = spread.percentiles().max
        assert worst is not None
        assert worst < 3.0


def test_others_are_drawn_where_they_were_and_never_beyond_a_wall(crowd: Figures) -> None:
    ships, rocks = merged(crowd.ships), merged(crowd.rocks)
    assert ships.p95 is not None
    assert rocks.p95 is not None
    assert 0.0 < ships.p95 < 3.0
    assert 0.0 < rocks.p95 < 1.0
    assert crowd.beyond_walls == 0


def test_inputs_come_in_time_and_not_much_earlier(crowd: Figures) -> None:
    assert crowd.ticks == 9 * CROWD_S * 60
    assert crowd.late_percent < 0.5
    slack = crowd.slack_ticks.percentiles().p50
    assert slack is not None
    assert 0.5 <= slack <= 2.0


def test_at_150_ms_a_stamp_is_not_too_old() -> None:
    figures = Figures()
    shoot(FAR, 15.0, 1, figures)
    assert figures.rewinds > 20
    assert figures.stamps_refused == 0
    assert figures.pulses_hit >= 0.9 * figures.pulses_on_target > 5


def test_there_is_a_pilot_of_each_name() -> None:
    assert {*CROWD, *ALONE} <= PILOTS.keys()


def test_the_same_seed_gives_the_same_figures() -> None:
    def measured(seed: int) -> Figures:
        figures = Figures()
        play(ARENA, {"wanderer": 1, "ship rammer": 1}, FAR, 2.0, seed, figures)
        return figures

    assert measured(1) == measured(1) != measured(2)
