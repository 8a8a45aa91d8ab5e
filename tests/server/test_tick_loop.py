"""Deadlines: no drift, bounded catching up, and slow motion beyond. On a clock that only moves when everyone waits."""

from itertools import pairwise

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs
from trio.testing import MockClock

from protocol.arena import Arena, Place, Size
from protocol.ticks import Rates
from server.games.melee import Melee
from server.room import Room
from server.tick_loop import CATCH_UP_TICKS_MAX, TURNS_WHEN_LATE, Pace, keep_time
from tests.instruments.stepper import FakeLink

RATE = 60


def small_room(tick_rate: int = RATE) -> Room:
    arena = Arena("Cabin", Size(512, 512), [Place(256, 256)])
    return Room("main", Melee, arena, Rates(tick_rate, tick_rate // 2), seed=1)


# the pure part ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behind_ticks", "run", "shifted"),
    [(0.0, 1, 0), (0.9, 1, 0), (1.1, 2, 0), (4.5, 5, 0), (5.5, 5, 1), (100.5, 5, 96)],
)
def test_overload_policy(behind_ticks: float, run: int, shifted: int) -> None:
    pace = Pace(start_s=10.0, tick_rate=RATE)
    assert pace.due(10.0 + behind_ticks / RATE) == (run, shifted)
    assert pace.deadline_s == pytest.approx(10.0 + (run + shifted) / RATE)


def test_a_clock_that_wakes_a_little_early_runs_one_tick() -> None:
    pace = Pace(start_s=10.0, tick_rate=RATE)
    assert pace.due(10.0 - 1e-9) == (1, 0)
    assert pace.deadline_s == 10.0 + 1 / RATE


@given(st.lists(st.floats(0.0, 0.5), max_size=100), st.integers(1, 240))
def test_every_tick_is_run_or_given_up_and_deadlines_stay_on_the_beat(lateness_s: list[float], rate: int) -> None:
    pace, ticks = Pace(0.0, rate), 0
    for late_s in lateness_s:
        now_s = pace.deadline_s + late_s
        run, shifted = pace.due(now_s)
        assert 1 <= run <= CATCH_UP_TICKS_MAX
        ticks += run + shifted
        assert pace.deadline_s == pytest.approx(ticks / rate)
        assert pace.deadline_s > now_s - 1e-6


# the loop --------------------------------------------------------------------------------------------------


class Log:
    """When each tick began, and what the loop said of it."""

    def __init__(self) -> None:
        self.at_s: list[float] = []
        self.lateness_s: list[float] = []
        self.stalls_s: dict[int, float] = {}
        """Work that a tick does, by its number."""

    def __call__(self, duration_s: float, lateness_s: float) -> None:
        assert duration_s >= 0.0
        self.at_s.append(trio.current_time())
        self.lateness_s.append(lateness_s)


async def run_for(clock: MockClock, room: Room, log: Log, seconds: float) -> None:
    def on_tick(duration_s: float, lateness_s: float) -> None:
        log(duration_s, lateness_s)
        clock.jump(log.stalls_s.get(room.tick, 0.0))

    with trio.move_on_after(seconds):
        await keep_time(room, on_tick)


async def test_ten_thousand_ticks_do_not_drift(autojump_clock: MockClock) -> None:
    room, log = small_room(), Log()
    await run_for(autojump_clock, room, log, 10_000 / RATE - 0.001)
    assert room.tick == len(log.at_s) == 10_000
    start_s = log.at_s[0]
    assert max(abs(at_s - start_s - n / RATE) for n, at_s in enumerate(log.at_s)) < 1e-6
    assert max(log.lateness_s) < 1e-6
    assert room.statistics.ticks_shifted == 0


async def test_its_own_work_is_not_time(autojump_clock: MockClock) -> None:
    room, log = small_room(), Log()
    log.stalls_s = dict.fromkeys(range(1, 1000), 0.8 / RATE)
    await run_for(autojump_clock, room, log, 5.0 - 0.001)
    assert room.tick == 5 * RATE
    assert max(log.lateness_s) < 1e-6


async def test_after_a_short_stall_it_catches_up_with_one_snapshot(autojump_clock: MockClock) -> None:
    room, log = small_room(), Log()
    link = FakeLink()
    room.watch(link, None)
    log.stalls_s = {10: 4.5 / RATE}
    await run_for(autojump_clock, room, log, 1.0 - 0.001)
    assert room.tick == RATE
    assert room.statistics.ticks_shifted == 0
    caught_up = log.at_s[10:14]
    assert len(set(caught_up)) == 1
    assert [round(late_s * RATE, 3) for late_s in log.lateness_s[10:14]] == [3.5, 2.5, 1.5, 0.5]
    snapshots = [getattr(link.codec.decode_server(wire), "tick", 0) for wire in link.sent]
    # Ticks 11 to 14 were made at once: 12's snapshot waited for 14's.
    assert [tick for tick in snapshots if 8 <= tick <= 18] == [8, 10, 14, 16, 18]


async def test_after_a_long_stall_the_game_runs_slower_for_a_moment(autojump_clock: MockClock) -> None:
    room, log = small_room(), Log()
    log.stalls_s = {10: 30.5 / RATE}
    await run_for(autojump_clock, room, log, 2.0 - 0.001)
    shifted = room.statistics.ticks_shifted
    assert shifted == 30 - CATCH_UP_TICKS_MAX
    assert room.tick == 2 * RATE - shifted
    assert max(log.lateness_s[16:]) < 1e-6
    gaps = [later - sooner for sooner, later in pairwise(log.at_s[16:])]
    assert max(gaps) == pytest.approx(1 / RATE)


async def test_for_ever_too_slow_is_slow_motion_and_never_a_spiral(autojump_clock: MockClock) -> None:
    room, log = small_room(), Log()
    log.stalls_s = dict.fromkeys(range(1, 10_000), 2.0 / RATE)
    await run_for(autojump_clock, room, log, 10.0)
    assert room.tick == pytest.approx(10 * RATE / 2, abs=CATCH_UP_TICKS_MAX)
    assert room.statistics.ticks_shifted > 200
    assert max(log.lateness_s) < 2 * 2 * (CATCH_UP_TICKS_MAX + 1) / RATE


async def test_everybody_else_gets_turns_however_late_it_is(autojump_clock: MockClock) -> None:
    room, log = small_room(), Log()
    log.stalls_s = dict.fromkeys(range(1, 10_000), 2.0 / RATE)
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            await trio.lowlevel.checkpoint()
            turns += 1

    async with trio.open_nursery() as nursery:
        nursery.start_soon(take_turns)
        await run_for(autojump_clock, room, log, 10.0)
        nursery.cancel_scope.cancel()
    passes = len(set(log.at_s)) / CATCH_UP_TICKS_MAX
    assert turns > TURNS_WHEN_LATE * passes / 2


async def test_an_overload_that_lasts_is_logged_once_a_second_with_every_tick_in_it(autojump_clock: MockClock) -> None:
    room, log = small_room(), Log()
    log.stalls_s = dict.fromkeys(range(1, 600), 2.0 / RATE)
    with capture_logs() as lines:
        await run_for(autojump_clock, room, log, 25.0)
    said = [line["ticks_shifted"] for line in lines if line["event"] == "overload"]
    assert 10 <= len(said) <= 21
    assert sum(said) == room.statistics.ticks_shifted


async def test_rooms_are_staggered_by_their_phase(autojump_clock: MockClock) -> None:
    room, log = small_room(30), Log()
    start_s = trio.current_time()
    with trio.move_on_after(0.1):
        await keep_time(room, log, phase_s=0.01)
    assert [round(at_s - start_s, 6) for at_s in log.at_s] == [0.01, 0.043333, 0.076667]
