"""`bench rooms` on a small scale: it measures, ends by itself, and says what it saw."""

import sys
from io import StringIO

import pytest
from rich.console import Console

from bench.rooms import Rooms, _show, measure, ticks_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="measured by way of /proc")


def test_two_rooms_are_measured() -> None:
    result = measure(rooms=2, bots=2, seconds=1.0, settle_s=0.2)
    assert (result.rooms, result.bots) == (2, 4)
    assert result.seconds >= 1.0
    assert 0.0 < result.ticks_min <= result.ticks_mean < 70.0
    assert result.snapshots_per_bot_s > 0.0
    assert result.cpu_us_per_tick > 0.0
    assert result.cpu_share > 0.0


@pytest.mark.parametrize("held", [True, False])
def test_what_it_says(held: bool) -> None:
    said = StringIO()
    result = Rooms(
        rooms=20,
        bots=320,
        seconds=10.0,
        ticks_min=59.9,
        ticks_mean=60.0,
        lateness_ms_p50=0.5,
        lateness_ms_p99=2.0,
        duration_ms_p50=0.5,
        duration_ms_p99=1.5,
        ticks_shifted=3.0,
        snapshots_per_bot_s=30.0,
        cpu_share=0.8,
        cpu_us_per_tick=700.0,
        swarm_cpu_share=0.5,
        rss_mb=100.0,
        held=held,
    )
    _show(result, Console(file=said, width=200))
    assert "20 rooms with 320 bots" in said.getvalue()
    assert ("It held." in said.getvalue()) == held


def test_ticks_are_told_by_name() -> None:
    assert ticks_of([{"name": "a", "tick": 5}, {"name": "b", "tick": 7}]) == {"a": 5, "b": 7}
