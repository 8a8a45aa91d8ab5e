"""Figures start from nothing, and shares of nothing are not numbers."""

from bench.figures import Figures, merged


def test_shares_of_nothing() -> None:
    figures = Figures()
    assert figures.late_percent == 0.0
    assert figures.pulse_percent is None
    assert merged(figures.ships).max is None


def test_shares() -> None:
    figures = Figures(ticks=200, ticks_late=1, pulses_on_target=4, pulses_hit=3)
    assert (figures.late_percent, figures.pulse_percent) == (0.5, 75.0)


def test_situations_are_counted_apart_and_add_up() -> None:
    figures = Figures()
    figures.ships["walls"].add(2.0)
    figures.ships["flight"].add(1.0)
    assert figures.ships["contact"].total() == 0
    assert (merged(figures.ships).p50, merged(figures.ships).max) == (1.0, 2.0)
    assert Figures().ships["walls"].total() == 0
