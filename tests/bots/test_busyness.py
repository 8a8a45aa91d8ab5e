"""The busiest window, with literal clocks."""

import pytest

from bots.busyness import Busyness


def after(readings: list[tuple[float, float]]) -> float:
    busyness = Busyness(100.0, 3.0)
    for seconds, cpu_s in readings:
        busyness.note(100.0 + seconds, 3.0 + cpu_s)
    return busyness.share_max


def test_a_run_without_a_reading_or_without_time_says_nothing() -> None:
    assert after([]) == 0.0
    assert after([(0.0, 0.0)]) == 0.0


def test_a_short_run_is_taken_as_a_whole() -> None:
    assert after([(1.0, 1.0), (2.0, 1.0), (4.0, 1.0)]) == 0.25


def test_an_idle_beginning_does_not_hide_a_busy_end() -> None:
    idle = [(second, 0.01 * second) for second in range(1, 31)]
    busy = [(30 + second, 0.3 + 0.95 * second) for second in range(1, 11)]
    assert after([(float(at), cpu_s) for at, cpu_s in idle + busy]) == pytest.approx(0.95)


def test_nor_does_an_idle_end_hide_a_busy_beginning() -> None:
    busy = [(float(second), 0.95 * second) for second in range(1, 11)]
    assert after([*busy, *((10.0 + second, 9.5) for second in range(1, 31))]) == pytest.approx(0.95)


def test_one_burst_is_not_the_load() -> None:
    readings = [(float(second), 0.1 * second + (0.9 if second >= 12 else 0.0)) for second in range(1, 31)]
    assert after(readings) == pytest.approx(0.1 + 0.9 / 5)
