"""A process keeps its lease, and stops what it has lost before anybody else may start it."""

from collections.abc import Callable, Sequence

import pytest
import structlog
import trio
import trio.testing
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

from server.cluster.directory import LocalDirectory, Unreachable
from server.cluster.ledger import Ledger
from server.cluster.membership import CLAIMS_MAX, Membership, awake_s
from server.cluster.records import Claimed, Notice, Process, Timing, Why
from tests.server.cluster.partitions import ROOMS, lived

TIMING = Timing()
HERE = Process("https://a.example")


class Flaky(LocalDirectory):
    """Out of reach, or absent, when a test says so."""

    trouble: Unreachable | None = None
    on_claim: Callable[[], None] | None = None
    """Called once, between a claim's question and its answer."""
    slow_s = 0.0
    """How long that takes."""

    def __init__(self, ledger: Ledger | None = None) -> None:
        super().__init__(ledger)
        self.asked: list[int] = []
        """For how many rooms, each time."""

    async def claim(self, lease: int, notice: Notice, is_new: bool) -> Claimed:
        return (await self._asked([await super().claim(lease, notice, is_new)]))[0]

    async def claim_new(self, lease: int, notices: Sequence[Notice]) -> list[Claimed]:
        return await self._asked(await super().claim_new(lease, notices))

    async def _asked(self, claimed: list[Claimed]) -> list[Claimed]:
        self.asked.append(len(claimed))
        on_claim, self.on_claim = self.on_claim, None
        if on_claim is not None:
            on_claim()
        await trio.sleep(self.slow_s)
        return claimed

    def _now_ms(self) -> int:
        if self.trouble is not None:
            raise self.trouble
        return super()._now_ms()


SILENCE, ABSENCE = Unreachable("no answer"), Unreachable("refused", is_absent=True)


class Place:
    """One process at a directory."""

    def __init__(self, directory: Flaky) -> None:
        self.directory = directory
        self.lost: list[str] = []
        self.given_up: list[int] = []
        self.players = 0
        self.membership = Membership(
            directory, lambda: HERE, lambda name: Notice(name, "", players=self.players, seats=4), self.lost.append,
            clock=trio.current_time,
        )  # fmt: skip


@pytest.fixture
async def place(nursery: trio.Nursery) -> Place:
    place = Place(Flaky(Ledger(TIMING)))
    await nursery.start(place.membership.run)
    return place


async def test_what_it_runs_is_known_and_stays_so(place: Place, autojump_clock: MockClock) -> None:
    membership = place.membership
    assert (await membership.claim(Notice("pinball"))).why is Why.GRANTED
    place.players = 3
    await trio.sleep(5 * TIMING.ttl_s)
    entry = await place.directory.find("pinball")
    assert entry is not None
    assert (entry.lease, entry.fence) == (membership.lease, membership.fence("pinball"))
    assert entry.notice.players == 3
    assert membership.holds("pinball")
    assert not place.lost


async def test_out_of_reach_rooms_play_until_their_time_is_over(place: Place, autojump_clock: MockClock) -> None:
    membership = place.membership
    await membership.claim(Notice("pinball"))
    place.directory.trouble = SILENCE
    await trio.sleep(TIMING.ttl_s - TIMING.margin_s - TIMING.beat_s - 0.5)
    assert membership.holds("pinball")
    await trio.sleep(TIMING.beat_s + 1.0)
    assert not membership.holds("pinball")
    assert place.lost == ["pinball"]
    place.directory.trouble = None
    await trio.sleep(2 * TIMING.ttl_s)
    assert (await membership.claim(Notice("pinball"))).why is Why.GRANTED
    assert membership.counted.rooms_lost == 1


async def test_it_knows_how_long_ago_it_was_heard(place: Place, autojump_clock: MockClock) -> None:
    await trio.sleep(10.0)
    assert place.membership.silent_s is not None
    assert place.membership.silent_s <= TIMING.beat_s
    place.directory.trouble = SILENCE
    await trio.sleep(10.0)
    assert 8.0 <= place.membership.silent_s <= 12.0
    place.membership.lease = 0
    assert place.membership.silent_s is None


async def test_each_time_that_the_directory_goes_and_comes_is_said_once(
    place: Place, autojump_clock: MockClock
) -> None:
    with structlog.testing.capture_logs() as said:
        for trouble in (SILENCE, None, SILENCE, None):
            place.directory.trouble = trouble
            await trio.sleep(3 * TIMING.beat_s)
    assert [line["event"] for line in said] == ["the directory is away; rooms play on", "the directory is back"] * 2


async def test_where_there_is_no_directory_rooms_play_on_and_are_known_to_the_next_one(
    place: Place, autojump_clock: MockClock
) -> None:
    membership = place.membership
    await membership.claim(Notice("pinball"))
    membership.announce(Notice("new"))
    await trio.sleep(3)
    place.directory.trouble = ABSENCE
    membership.announce(Notice("newer"))
    await trio.sleep(100)
    assert all(map(membership.holds, ("pinball", "new", "newer")))
    place.directory._ledger = Ledger(TIMING, round(trio.current_time() * 1000), is_young=True)
    place.directory.trouble = None
    await trio.sleep(10)
    assert {entry.notice.name for entry in await place.directory.listed(9)} == {"pinball", "new", "newer"}
    assert not place.lost


async def test_a_lost_lease_stops_all_rooms_and_is_replaced(place: Place, autojump_clock: MockClock) -> None:
    membership = place.membership
    await membership.claim(Notice("pinball"))
    former = membership.lease
    await place.directory.leave(former, False)
    await trio.sleep(TIMING.beat_s + 0.5)
    assert place.lost == ["pinball"]
    assert membership.lease > former
    assert membership.counted.leases_lost == 1
    assert (await membership.claim(Notice("pinball"))).why is Why.GRANTED


async def test_a_room_of_a_new_name_runs_at_once_and_is_known_right_after(
    place: Place, autojump_clock: MockClock
) -> None:
    membership = place.membership
    membership.announce(Notice("x1", private=True))
    assert membership.holds("x1")
    await trio.sleep(0.1)
    assert membership.fence("x1")
    assert await place.directory.find("x1") is not None


async def test_a_room_of_a_new_name_that_nobody_hears_of_stops_in_time(place: Place, autojump_clock: MockClock) -> None:
    place.directory.trouble = SILENCE
    place.membership.announce(Notice("x1"))
    await trio.sleep(TIMING.ttl_s)
    assert place.lost == ["x1"]


async def test_what_was_stopped_or_left_is_free_for_others(place: Place, autojump_clock: MockClock) -> None:
    other = Place(place.directory)
    async with trio.open_nursery() as nursery:
        await nursery.start(other.membership.run)
        for name in ("pinball", "belt"):
            await place.membership.claim(Notice(name))
            assert (await other.membership.claim(Notice(name))).why is Why.TAKEN
        await place.membership.release("pinball", place.membership.give_up("pinball"))
        assert (await other.membership.claim(Notice("pinball"))).why is Why.GRANTED
        await place.membership.leave()
        assert (await other.membership.claim(Notice("belt"))).why is Why.GRANTED
        assert not place.lost
        assert not place.membership.rooms
        nursery.cancel_scope.cancel()


async def test_what_is_granted_to_whoever_has_left_meanwhile_does_not_run(
    place: Place, autojump_clock: MockClock
) -> None:
    membership, answers = place.membership, list[Why]()
    await trio.testing.wait_all_tasks_blocked()
    place.directory.slow_s = 0.5

    async def claim() -> None:
        answers.append((await membership.claim(Notice("pinball"))).why)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(claim)
        await trio.sleep(0.1)
        await membership.leave()
    assert answers == [Why.LOST]
    assert not membership.holds("pinball")


async def test_a_room_may_follow_one_of_its_name_before_the_directory_is_told(
    place: Place, autojump_clock: MockClock
) -> None:
    membership = place.membership
    membership.announce(Notice("pinball"))
    await trio.sleep(0.1)
    former = membership.give_up("pinball")
    assert not membership.holds("pinball")
    membership.announce(Notice("pinball"))
    await trio.sleep(0.1)
    await membership.release("pinball", former)
    await trio.sleep(2 * TIMING.ttl_s)
    assert membership.fence("pinball") > former
    assert not place.lost
    assert await place.directory.find("pinball") is not None


async def test_many_new_rooms_are_claimed_together_and_beats_go_on(place: Place, autojump_clock: MockClock) -> None:
    """Or, with a slow directory, the lease would be lost, and all of it begin again."""
    await trio.testing.wait_all_tasks_blocked()
    place.directory.slow_s = 0.5
    names = [f"x{number}" for number in range(20 * CLAIMS_MAX)]
    for name in names:
        place.membership.announce(Notice(name))
    await trio.sleep(2 * TIMING.ttl_s)
    assert (place.directory.asked, place.lost) == ([CLAIMS_MAX] * 20, [])
    assert place.membership.counted.leases_lost == 0
    assert all(place.membership.fence(name) for name in names)


async def test_a_room_that_ends_while_it_is_claimed_is_let_go(place: Place, autojump_clock: MockClock) -> None:
    membership = place.membership
    await trio.testing.wait_all_tasks_blocked()
    membership.announce(Notice("x1"))
    place.directory.on_claim = lambda: place.given_up.append(membership.give_up("x1"))
    await trio.sleep(TIMING.beat_s)
    assert place.given_up == [0]
    assert membership.rooms == []
    assert await place.directory.find("x1") is None


async def test_rooms_of_new_names_run_on_where_there_has_never_been_a_directory(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    place = Place(Flaky(Ledger(TIMING)))
    place.directory.trouble = ABSENCE
    nursery.start_soon(place.membership.run)
    place.membership.announce(Notice("new"))
    await trio.sleep(5 * TIMING.ttl_s)
    assert place.membership.holds("new")
    place.directory.trouble = None
    await trio.sleep(2 * TIMING.beat_s)
    assert await place.directory.find("new") is not None
    assert not place.lost


async def test_a_seat_that_was_taken_counts_once(place: Place, autojump_clock: MockClock) -> None:
    membership = place.membership
    await membership.claim(Notice("pinball", seats=4))
    assert (await place.directory.lead("pinball", "s", "https://c.example")).is_kept
    await trio.sleep(TIMING.beat_s + 0.1)
    assert membership.held == {"pinball": 1}
    place.players = 1
    membership.taken("pinball", "s")
    await trio.sleep(TIMING.beat_s + 0.1)
    assert membership.held == {}
    entry = await place.directory.find("pinball")
    assert entry is not None
    assert entry.free == 3


@given(seed=st.integers(0, 2**32))
@settings(max_examples=4, phases=[Phase.generate])
def test_no_room_is_ever_run_by_two_and_all_run_again_when_all_is_well(seed: int) -> None:
    world = lived(seed, TIMING)
    assert not world.doubles
    assert not world.astray
    assert world.ticks > 100
    running = sorted(room for owner in world.owners for room in owner.running)
    assert running == sorted(ROOMS)


def test_owners_who_do_not_keep_the_rule_are_noticed() -> None:
    careless = Timing(margin_s=-6.0)
    assert any(lived(seed, TIMING, careless).doubles for seed in range(6))


def test_the_clock_goes_on() -> None:
    assert awake_s() <= awake_s()
