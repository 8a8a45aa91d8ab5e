"""What a contestant says of its ticks."""

import json

from bench.contestants.lateness import Lateness


def test_it_tells_percentiles_of_what_came_since_it_forgot() -> None:
    lateness = Lateness()
    lateness.record(5.0)
    lateness.forget()
    for ms in range(1, 101):
        lateness.record(ms / 1000)
    said = json.loads(lateness.line())
    assert (round(said["lateness_ms_p50"]), round(said["lateness_ms_p99"]), said["ticks"]) == (50, 99, 100)


def test_a_tick_that_began_early_was_not_late() -> None:
    lateness = Lateness()
    lateness.record(-0.001)
    assert json.loads(lateness.line())["lateness_ms_p99"] == 0


def test_of_no_ticks_there_is_nothing_to_say() -> None:
    assert json.loads(Lateness().line()) == {"lateness_ms_p50": None, "lateness_ms_p99": None, "ticks": 0}
