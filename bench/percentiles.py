"""Shares of a set of measurements: percentiles, and the median with its spread."""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple


class Spread(NamedTuple):
    """Of a few repetitions."""

    median: float
    least: float
    most: float


def percentile(values: Sequence[float], share: float) -> float | None:
    """The least of `values` that `share` (0..1) of them do not exceed; None of nothing."""
    if not values:
        return None
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


def spread_of(values: Sequence[float]) -> Spread | None:
    """None of nothing. The median of an even number is the mean of the middle two."""
    if not values:
        return None
    ordered = sorted(values)
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return Spread(median, ordered[0], ordered[-1])
