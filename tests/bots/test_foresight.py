"""What play at 150 ms promises of one's own ship, in simulated time: over hunters, rammers and wanderers."""

import pytest

from tests.instruments.foresight import Measured, Situation, measure


@pytest.fixture(scope="module")
def brawl() -> Measured:
    return measure({"hunter": 3, "wanderer": 2, "rock rammer": 2, "ship rammer": 2}, seconds=20.0, seed=2)


@pytest.fixture(scope="module")
def alone() -> Measured:
    return measure({"rock rammer": 1}, seconds=40.0, seed=3)


@pytest.mark.parametrize(
    ("situation", "error_units_max"), [("flight", 0.05), ("walls", 0.1), ("rocks", 2.0), ("contact", 8.0)]
)
def test_the_error_at_reconciliation(brawl: Measured, situation: Situation, error_units_max: float) -> None:
    spread = brawl.errors[situation]
    assert spread.total() > 50
    p99 = spread.percentiles().p99
    assert p99 is not None
    assert p99 <= error_units_max


@pytest.mark.parametrize(("situation", "surprise_units_max"), [("flight", 0.05), ("walls", 0.1)])
def test_what_is_foreseen_at_first_is_right_where_nobody_else_is(
    brawl: Measured, situation: Situation, surprise_units_max: float
) -> None:
    p99 = brawl.surprises[situation].percentiles().p99
    assert p99 is not None
    assert p99 <= surprise_units_max


@pytest.mark.parametrize("situation", ["flight", "walls", "rocks"])
def test_alone_among_walls_and_rocks_no_correction_shows(alone: Measured, situation: Situation) -> None:
    assert alone.corrections[situation].total() > 50
    for spread in (alone.corrections[situation], alone.surprises[situation]):
        worst = spread.percentiles().max
        assert worst is not None
        assert worst < 3.0
