"""A bad network is still TCP: in order, never early, the same for the same seed, and it holds only so much."""

from collections import Counter
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.netsim import HELD_BYTES_MAX, HELD_ITEMS_MAX, Chance, Conditions, Pipe, Route, Way, seed_of
from protocol.errors import UserError

conditions = st.builds(
    Conditions,
    rtt_ms=st.floats(0, 1000),
    jitter_ms=st.floats(0, 300),
    stalls_per_s=st.floats(0, 2),
    stall_ms=st.floats(0, 450),
    bandwidth_bytes_per_s=st.just(0.0) | st.floats(500, 1e6),
)
seeds = st.integers(0, 2**32 - 1)
sendings = st.lists(st.tuples(st.floats(0, 500), st.integers(0, 20_000)), min_size=1, max_size=60)
"""How long after the one before, and how many bytes."""


def arrivals(way: Way, sent: list[tuple[float, int]], now_ms: float = 0.0) -> list[tuple[float, float]]:
    """(sent, arrived) of each."""
    times = []
    for pause_ms, size_bytes in sent:
        now_ms += pause_ms
        times.append((now_ms, way.arrival_ms(now_ms, size_bytes)))
    return times


def every(step_ms: float, count: int, size_bytes: int = 100) -> list[tuple[float, int]]:
    return [(step_ms, size_bytes)] * count


@given(conditions, seeds, sendings)
def test_order_is_kept_and_nothing_comes_early(bad: Conditions, seed: int, sent: list[tuple[float, int]]) -> None:
    times = arrivals(Way(bad, seed, 0.0), sent)
    assert [arrived for _, arrived in times] == sorted(arrived for _, arrived in times)
    for (_, size_bytes), (at_ms, arrived_ms) in zip(sent, times, strict=True):
        passing_ms = size_bytes * 1000.0 / bad.bandwidth_bytes_per_s if bad.bandwidth_bytes_per_s else 0.0
        assert arrived_ms >= at_ms + passing_ms + bad.rtt_ms * 0.5


@given(conditions, seeds, sendings)
def test_the_same_seed_is_the_same_network(bad: Conditions, seed: int, sent: list[tuple[float, int]]) -> None:
    assert arrivals(Way(bad, seed, 0.0), sent) == arrivals(Way(bad, seed, 0.0), sent)


@given(seeds, st.floats(1, 200), st.floats(0, 100))
def test_without_stalls_or_a_bottleneck_nothing_is_later_than_jitter_makes_it(
    seed: int, rtt_ms: float, jitter_ms: float
) -> None:
    way = Way(Conditions(rtt_ms=rtt_ms, jitter_ms=jitter_ms), seed, 0.0)
    for at_ms, arrived_ms in arrivals(way, every(10.0, 50)):
        assert arrived_ms <= at_ms + (rtt_ms + jitter_ms) * 0.5 + 1e-9


def test_jitter_is_spread_evenly() -> None:
    times = arrivals(Way(Conditions(jitter_ms=80.0), 1, 0.0), every(100.0, 4000))
    tenths = Counter(int((arrived - at) / 4.0) for at, arrived in times)
    assert sorted(tenths) == list(range(10))
    assert min(tenths.values()) > 300


def test_a_stall_holds_everything_back_and_then_lets_it_go_at_once() -> None:
    times = arrivals(Way(Conditions(rtt_ms=20.0, stalls_per_s=0.5, stall_ms=400.0), 3, 0.0), every(10.0, 10_000))
    bursts = Counter(arrived for _, arrived in times)
    together = {at: count for at, count in bursts.items() if count > 1}
    assert 40 <= len(together) <= 60, "one in two seconds, and a hundred seconds of it"
    assert set(together.values()) <= {40, 41}, "all that would have arrived within 400 ms"
    delays = [arrived - at for at, arrived in times]
    assert min(delays) == pytest.approx(10.0)
    assert max(delays) == pytest.approx(410.0, abs=10.0)


def test_it_says_when_the_next_stall_is() -> None:
    way = Way(Conditions(rtt_ms=20.0, stalls_per_s=0.5, stall_ms=400.0), 3, 0.0)
    begin_ms, end_ms = way.stall
    assert end_ms == begin_ms + 400.0
    assert way.arrival_ms(begin_ms - 5.0, 1) == end_ms
    assert Way(Conditions(rtt_ms=20.0), 3, 0.0).stall == (inf, inf)


def test_stalls_come_when_they_come_whatever_is_sent() -> None:
    bad = Conditions(stalls_per_s=1.0, stall_ms=300.0, jitter_ms=5.0)
    often, seldom = Way(bad, 9, 0.0), Way(bad, 9, 0.0)
    arrivals(often, every(1.0, 20_000))
    assert often.arrival_ms(30_000.0, 1) == pytest.approx(seldom.arrival_ms(30_000.0, 1), abs=2.5)


def test_a_bottleneck_passes_so_many_bytes_a_second() -> None:
    way = Way(Conditions(bandwidth_bytes_per_s=10_000.0), 1, 0.0)
    assert [way.arrival_ms(0.0, 1000) for _ in range(3)] == [100.0, 200.0, 300.0]
    assert way.arrival_ms(1000.0, 500) == 1050.0, "it does not save up what nobody sent"


def test_a_change_concerns_only_what_is_sent_later() -> None:
    way = Way(Conditions(rtt_ms=1000.0), 1, 0.0)
    assert way.arrival_ms(0.0, 1) == 500.0
    way.change(Conditions(rtt_ms=20.0), 1.0)
    assert way.arrival_ms(100.0, 1) == 500.0, "and does not overtake"
    assert way.arrival_ms(600.0, 1) == 610.0
    way.change(Conditions(stalls_per_s=2.0, stall_ms=499.0), 1000.0)
    assert max(arrived - at for at, arrived in arrivals(way, every(20.0, 50), 1000.0)) > 400.0


def test_a_pipe_gives_each_item_once_in_order_when_it_is_due() -> None:
    pipe: Pipe[str] = Pipe(Way(Conditions(rtt_ms=100.0), 1, 0.0))
    assert pipe.next_ms == inf
    pipe.put("one", 10, 0.0)
    pipe.put("two", 20, 30.0)
    assert (pipe.held_bytes, len(pipe), pipe.next_ms) == (30, 2, 50.0)
    assert pipe.take(49.9) == []
    assert pipe.take(50.0) == ["one"]
    assert pipe.take(1000.0) == ["two"]
    assert (pipe.held_bytes, len(pipe), pipe.take(2000.0)) == (0, 0, [])


@given(st.integers(1, 16_384))
def test_a_pipe_whose_sender_heeds_it_is_bounded(size_bytes: int) -> None:
    pipe: Pipe[int] = Pipe(Way(Conditions(rtt_ms=1000.0), 1, 0.0))
    count = 0
    while not pipe.is_full:
        pipe.put(count, size_bytes, 0.0)
        count += 1
    assert pipe.held_bytes < HELD_BYTES_MAX + size_bytes
    assert len(pipe) <= HELD_ITEMS_MAX
    assert len(pipe.take(500.0)) == count
    assert not pipe.is_full


def test_both_ways_have_weather_of_their_own_and_a_connection_may_break() -> None:
    bad = Conditions(jitter_ms=50.0, disconnects_per_minute=2.0)
    routes: list[Route[str]] = [Route(bad, seed_of(7, number), 1000.0) for number in range(500)]
    up, down = (arrivals(pipe.way, every(30.0, 20), 1000.0) for pipe in (routes[0].up, routes[0].down))
    assert up != down
    lives_s = [(route.breaks_ms - 1000.0) / 1000.0 for route in routes]
    assert 0.0 <= min(lives_s) < 2.0
    assert 58.0 < max(lives_s) < 60.0
    assert sum(lives_s) / len(lives_s) == pytest.approx(30.0, abs=2.0)
    assert Route[str](Conditions(), 1, 0.0).breaks_ms == inf


def test_chance_is_the_generator_it_says_it_is() -> None:
    """The first numbers of mulberry32 as its JavaScript gives them."""
    chance = Chance(0)
    assert [chance.word() for _ in range(3)] == [1144304738, 1416247, 958946056]
    shares = [Chance(seed_of(1, number)).share() for number in range(1000)]
    assert len(set(shares)) == 1000
    assert sum(shares) / 1000 == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"rtt_ms": -1.0}, "rtt_ms is -1; it must be from 0 to 10000"),
        ({"jitter_ms": float("nan")}, "jitter_ms is nan"),
        ({"bandwidth_bytes_per_s": inf}, "bandwidth_bytes_per_s is inf"),
        ({"stalls_per_s": 5.0, "stall_ms": 200.0}, "5 stalls of 200 ms a second leave no time between them"),
    ],
)
def test_what_no_network_can_be_is_one_sentence(wrong: dict[str, float], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        Conditions(**wrong)


def test_it_says_in_a_line_what_is_bad() -> None:
    everything = Conditions(
        rtt_ms=100, jitter_ms=2.5, stalls_per_s=0.2, bandwidth_bytes_per_s=1e4, disconnects_per_minute=1
    )
    assert str(everything) == (
        "100 ms round trip, 2.5 ms jitter, 0.2 stalls/s of 200 ms, 10000 bytes/s, 1 disconnects/min"
    )
    assert str(Conditions(stalls_per_s=1.0, stall_ms=50.0)) == "1 stalls/s of 50 ms"
    assert str(Conditions()) == "perfect"


def test_perfect_is_what_changes_nothing() -> None:
    assert Conditions().is_perfect
    assert Conditions(stall_ms=500.0).is_perfect
    for name in ("rtt_ms", "jitter_ms", "stalls_per_s", "bandwidth_bytes_per_s", "disconnects_per_minute"):
        assert not Conditions(**{name: 1.0}).is_perfect
