"""Swarms against a real server, small and short."""

import time
from itertools import pairwise

import msgspec
import pytest
import trio

from bots.act import Act
from bots.address import Address, parse_address
from bots.brains import BRAINS, Sort
from bots.brains.idle import Idle
from bots.netsim import Conditions
from bots.report import report_of
from bots.swarm import Plan, _spare_ticks, play, play_apart, read_metrics
from bots.tally import Percentiles, Tally
from bots.view import View
from protocol.errors import UserError
from tests.instruments.served import Served


def plan_for(server: Served, bots: int, seconds: float) -> Plan:
    return Plan(url=server.page_url, bots=bots, seconds=seconds, brain="hunter", seed=1, name_prefix="t")


def test_a_plan_is_shared_out_evenly_and_every_bot_keeps_its_number() -> None:
    plan = Plan(url="", bots=10, seconds=1, brain="", seed=1, name_prefix="")
    shares = plan.shares(3)
    assert [(share.first, share.bots) for share in shares] == [(1, 3), (4, 3), (7, 4)]
    assert len(plan.shares(99)) == 10


def test_all_processes_together_connect_no_faster_than_one() -> None:
    plan = Plan(url="", bots=10, seconds=1, brain="", seed=1, name_prefix="")
    assert sum(share.connects_per_second for share in plan.shares(4)) == plan.connects_per_second


def test_bots_are_due_all_over_a_tick_whichever_of_them_a_process_has() -> None:
    for first in (1, 351):
        spare = sorted(_spare_ticks(number) for number in range(first, first + 100))
        gaps = [later - earlier for earlier, later in pairwise(spare)]
        assert 0.0 <= spare[0] < spare[-1] < 1.0
        assert max(gaps) < 3 / 100


async def test_bots_play_are_measured_and_leave(server: Served) -> None:
    address = parse_address(server.page_url)
    before = await read_metrics(address)
    stop = trio.Event()

    def listen(tally: Tally) -> None:
        if tally.connected == 6 and tally.rtt_ms.total() >= 12:
            stop.set()

    with trio.fail_after(60):
        tally = await play(plan_for(server, 6, 0.0), listen, stop)
    report = report_of(tally, 3.0)
    assert (report.bots, report.connected, report.disconnects) == (6, 6, {})
    assert report.checksum_mismatches == 0
    assert report.snapshots_per_second.median is not None
    assert report.snapshots_per_second.median > 1, "how many, a busy machine says; the swarm's own runs hold it to 30"
    after = await read_metrics(address)
    assert after["ricochet_players"] == before["ricochet_players"]


async def test_a_swarm_ends_when_it_is_told_to(server: Served) -> None:
    stop = trio.Event()
    with trio.fail_after(60):
        await play(plan_for(server, 2, 0.0), lambda tally: stop.set(), stop)


async def test_processes_share_the_work_and_their_tallies_add_up(server: Served) -> None:
    stop = trio.Event()

    def listen(tally: Tally) -> None:
        if tally.connected == 4 and tally.rtt_ms.total() >= 4:
            stop.set()

    with trio.fail_after(60):
        tally = await play_apart(plan_for(server, 4, 0.0), 2, listen, stop)
    assert (tally.bots, tally.connected, len(tally.rates)) == (4, 4, 4)
    assert tally.disconnects == {}


async def test_who_stops_it_before_its_processes_are_there_has_done_nothing_wrong(server: Served) -> None:
    stop = trio.Event()
    stop.set()
    with trio.fail_after(60):
        tally = await play_apart(plan_for(server, 2, 0.0), 2, lambda tally: None, stop)
    assert tally.connected == 0


async def test_lean_bots_play_as_well(server: Served) -> None:
    stop = trio.Event()

    def listen(tally: Tally) -> None:
        if tally.connected == 30 and tally.rtt_ms.total() >= 60:
            stop.set()

    plan = msgspec.structs.replace(plan_for(server, 30, 0.0), brain="lean")
    with trio.fail_after(60):
        tally = await play(plan, listen, stop)
    report = report_of(tally, 3.0)
    assert (report.connected, report.disconnects, report.checksum_mismatches) == (30, {}, 0)
    assert report.prediction_error_units == Percentiles()


async def test_some_of_a_swarm_only_watch(server: Served) -> None:
    address, stop = parse_address(server.page_url), trio.Event()

    async def look() -> None:
        counted: dict[str, float] = {}
        while (counted.get("ricochet_players"), counted.get("ricochet_spectators")) != (3, 2):
            await trio.sleep(0.1)
            counted = dict(await read_metrics(address))
        stop.set()

    plan = msgspec.structs.replace(plan_for(server, 5, 0.0), spectators=2)
    with trio.fail_after(60):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(look)
            tally = await play(plan, lambda tally: None, stop)
    report = report_of(tally, 3.0)
    assert (report.connected, report.disconnects, report.checksum_mismatches) == (5, {}, 0)


async def test_a_swarm_whose_brains_burn_its_time_says_so(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each thought takes 40 ms of a core, and six bots want seven of them a second."""

    class Burner(Idle):
        def think(self, view: View, tick: int) -> Act:
            until_s = time.process_time() + 0.04
            while time.process_time() < until_s:
                pass
            return super().think(view, tick)

    monkeypatch.setitem(BRAINS, "burner", Sort(Burner))
    stop = trio.Event()

    def listen(tally: Tally) -> None:
        if tally.pulse_lateness_ms.total() >= 100:
            stop.set()

    with trio.fail_after(60):
        tally = await play(msgspec.structs.replace(plan_for(server, 6, 0.0), brain="burner"), listen, stop)
    report = report_of(tally, 1.0)
    assert report.swarm_saturated
    assert "use fewer bots" in report.swarm_saturated_why


async def test_bots_come_back_when_their_network_breaks(server: Served) -> None:
    plan = msgspec.structs.replace(plan_for(server, 2, 0.0), network=Conditions(disconnects_per_minute=60.0))
    stop = trio.Event()

    def listen(tally: Tally) -> None:
        if sum(tally.disconnects.values()) >= 3 and tally.connected == 2:
            stop.set()

    with trio.fail_after(120):
        tally = await play(plan, listen, stop)
    assert all(reason.startswith("1006 ") for reason in tally.disconnects), tally.disconnects


async def test_without_a_server_it_is_a_sentence() -> None:
    with pytest.raises(UserError, match=r"no server at 127\.0\.0\.1:1"):
        await read_metrics(Address("127.0.0.1", 1, False))
