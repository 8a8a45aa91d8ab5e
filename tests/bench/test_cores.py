"""What is made of the runs: how many clients a core holds, and which way is worth it."""

import pytest

from bench.busy_room import Busy
from bench.cores import WORTH_IT, crowds_of, held_of, judge
from protocol.errors import UserError


def busy(way: str, clients: int, busy_ms: float, written_ms: float = 10.0) -> Busy:
    return Busy(
        way=way,
        clients=clients,
        ticks=90,
        game_cpu_us=20.0,
        other_cpu_us=5.0,
        busy_ms=busy_ms,
        busy_p99_ms=busy_ms,
        written_p99_ms=written_ms,
        late_ticks=1,
        read_bytes=300.0,
    )


def test_a_core_holds_what_keeps_it_busy_for_nine_tenths() -> None:
    assert held_of([busy("now", 700, 15.0)]) == 1400
    assert held_of([busy("now", 700, ms) for ms in (30.0, 15.0, 14.0)]) == 1400


def test_a_way_is_worth_it_where_it_gains_enough_everywhere_and_is_in_time() -> None:
    runs = [
        *(busy("now", clients, clients / 50) for clients in (700, 1400)),
        *(busy("thread", clients, clients / 50 / 1.5, written_ms=40.0) for clients in (700, 1400)),
        busy("process", 700, 700 / 50 / 1.29),
        busy("process", 1400, 1400 / 50 / 1.5),
        *(busy("none", clients, clients / 50 / 2) for clients in (700, 1400)),
    ]
    found = judge(runs)
    assert found.worth_it == []
    assert [(line.clients, line.way) for line in found.lines][:3] == [(700, "now"), (700, "thread"), (700, "process")]
    gains = {(line.clients, line.way): round(line.gain, 2) for line in found.lines}
    assert gains[700, "now"] == 1.0
    assert gains[1400, "none"] == 2.0
    good = [each for each in runs if each.way != "process"] + [busy("process", n, n / 50 / 1.4) for n in (700, 1400)]
    assert judge(good).worth_it == ["process"]
    assert WORTH_IT == 1.3


def test_spreads_and_late_ticks_are_of_all_repetitions() -> None:
    (line,) = judge([busy("now", 700, ms) for ms in (10.0, 12.0, 20.0)]).lines
    assert line.busy_ms == (12.0, 10.0, 20.0)
    assert line.late_ticks == 3


@pytest.mark.parametrize("words", ["", "many", "1", "700,99999"])
def test_crowds_that_are_none_are_one_sentence(words: str) -> None:
    with pytest.raises(UserError):
        crowds_of(words)


def test_crowds_are_numbers_with_commas_between() -> None:
    assert crowds_of("700,1400") == [700, 1400]
