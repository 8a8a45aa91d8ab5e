"""Bans and mutes of one process and what is kept for all: each ends with the newest of both."""

from random import Random

import pytest
import trio
import trio.testing
from trio.testing import MockClock

from server.cluster.bus import Air, LocalBus
from server.cluster.decisions import Decision
from server.cluster.law import CATCH_UP_EVERY_S, Law
from server.cluster.news import Decided, heard, told
from server.moderation import Moderation, Order
from server.restrictions import RESTRICTIONS_MAX
from tests.instruments.stepper import Stepper

NOW_MS, HOUR_MS = 1_800_000_000_000, 3_600_000
SHORT_S = 12.0


def now_ms() -> int:
    return NOW_MS + round(trio.current_time() * 1000)


class Court:
    """One process."""

    def __init__(self, air: Air, tells: bool = False) -> None:
        self.stepper, self.bus, self.told, self.changed = Stepper(), LocalBus(air), list[Decided](), 0
        self.scope = trio.CancelScope()
        self.lobby = self.stepper.lobby
        self.moderation = Moderation(self.lobby, self.lobby.close_room, lambda: None)
        self.law = Law(self.bus, self.moderation, self.tell if tells else self.told.append, self.change, now_ms)

    def tell(self, decided: Decided) -> None:
        self.bus.say(told("a1", decided))

    def hear(self, wire: bytes) -> None:
        what = heard(wire).what
        assert isinstance(what, Decided)
        self.law.hear(what.decisions)

    def change(self) -> None:
        self.changed += 1

    def ban(self, subject: str = "eve", seconds: float = 60.0) -> None:
        self.moderation.ban(Order(subject=subject, seconds=seconds, reason="spam"), trio.current_time())

    def is_banned(self, key: str = "subject:eve") -> bool:
        return self.lobby.bans.find(key, trio.current_time()) is not None

    async def run(self) -> None:
        self.law.begin()
        with self.scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self.bus.run, self.hear, self.law.catch_up)
                nursery.start_soon(self.law.run)


@pytest.fixture
def air() -> Air:
    return Air(now_ms)


@pytest.fixture
def court(air: Air) -> Court:
    return Court(air)


async def test_what_is_decided_here_is_told_and_kept(
    court: Court, air: Air, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    nursery.start_soon(court.run)
    await trio.sleep(1.0)
    court.ban()
    await trio.testing.wait_all_tasks_blocked()
    ban = Decision("ban", "subject:eve", NOW_MS + 1000, NOW_MS + 61_000, reason="spam")
    assert court.told == [Decided([ban])]
    assert list(air.decisions) == [ban]
    court.moderation.unban(Order(subject="eve"), trio.current_time())
    await trio.testing.wait_all_tasks_blocked()
    assert [decision.is_lifted for decision in air.decisions] == [True]
    assert court.changed == 0, "whoever decided it sees to our disk"


async def test_what_stood_on_our_disk_holds_for_all_unless_somebody_has_lifted_it(
    court: Court, air: Air, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    court.ban("eve")
    court.ban("bob")
    lift = Decision("ban", "subject:bob", NOW_MS - HOUR_MS, NOW_MS + HOUR_MS, is_lifted=True)
    assert air.decisions.hear(lift, NOW_MS)
    air.revision += 1
    nursery.start_soon(court.run)
    await trio.sleep(0.1)
    assert court.told == []
    assert (court.is_banned("subject:eve"), court.is_banned("subject:bob")) == (True, False)
    assert {(decision.key, decision.is_lifted) for decision in air.decisions} == {
        ("subject:eve", False),
        ("subject:bob", True),
    }
    assert court.changed == 1


async def test_what_is_told_holds_here_until_its_end_and_is_not_told_again(
    court: Court, autojump_clock: MockClock
) -> None:
    court.law.begin()
    await trio.sleep(2.0)
    decision = Decision("ban", "subject:eve", NOW_MS, NOW_MS + 10_000, reason="spam")
    court.law.hear([decision, decision])
    held = court.lobby.bans.find("subject:eve", trio.current_time())
    assert held is not None
    assert held.until_s == pytest.approx(10.0)
    assert held.reason == "spam"
    assert (court.told, court.changed) == ([], 1)


async def test_what_could_not_be_kept_is_kept_as_soon_as_it_can_be(
    court: Court, air: Air, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    nursery.start_soon(court.run)
    await trio.sleep(1.0)
    court.bus.cut()
    court.ban()
    await trio.sleep(3 * CATCH_UP_EVERY_S)
    assert not len(air.decisions)
    court.bus._is_cut = False
    await trio.sleep(CATCH_UP_EVERY_S + 0.1)
    assert len(air.decisions) == 1


@pytest.mark.parametrize("stays", [True, False])
async def test_a_ban_that_was_made_shorter_is_over_also_where_nobody_heard_of_that(
    court: Court, air: Air, nursery: trio.Nursery, autojump_clock: MockClock, stays: bool
) -> None:
    """Whoever was cut off, or not running, while it was short has the long one."""
    away = Court(air, tells=True)
    nursery.start_soon(court.run)
    nursery.start_soon(away.run)
    await trio.sleep(1.0)
    court.ban(seconds=86_400.0)
    await trio.sleep(2 * CATCH_UP_EVERY_S)
    away.bus.cut()
    court.ban(seconds=60.0)
    await trio.sleep(120.0)
    assert (court.is_banned(), away.is_banned()) == (False, True)
    if not stays:
        court.scope.cancel()
    away.bus.mend()
    await trio.sleep(3 * CATCH_UP_EVERY_S)
    assert (court.is_banned(), away.is_banned()) == (False, False)
    assert [(decision.key, decision.is_lifted) for decision in air.decisions] == [("subject:eve", True)]


async def test_a_full_table_takes_no_more_and_the_others_stand(court: Court, autojump_clock: MockClock) -> None:
    court.law.begin()
    court.law.hear(Decision("mute", f"subject:{n}", NOW_MS, NOW_MS + HOUR_MS) for n in range(RESTRICTIONS_MAX + 5))
    assert len(court.lobby.mutes) == RESTRICTIONS_MAX


class Trial:
    """Processes that decide by chance, are cut off, and start anew; and a store that forgets."""

    KEYS = ("eve", "bob")

    def __init__(self, seed: int, air: Air, nursery: trio.Nursery) -> None:
        self.random, self.air, self.nursery = Random(seed), air, nursery
        self.courts = [self.start() for _ in range(3)]
        self.last: dict[str, float] = {}
        """Until when each was banned by whoever decided last; 0: they were let in."""
        self.restarts = 0

    def start(self) -> Court:
        court = Court(self.air, tells=True)
        self.nursery.start_soon(court.run)
        return court

    async def step(self) -> None:
        court, key = self.random.choice(self.courts), self.random.choice(self.KEYS)
        match self.random.randrange(7):
            case 0 | 1:
                seconds = self.random.choice((SHORT_S, 3600.0)) if self.knows(court, f"subject:{key}") else 3600.0
                court.ban(key, seconds)
                self.last[key] = trio.current_time() + seconds
            case 2 if court.is_banned(f"subject:{key}"):
                court.moderation.unban(Order(subject=key), trio.current_time())
                self.last[key] = 0.0
            case 3:
                court.bus.cut()
            case 4:
                court.bus.mend()
            case 5 if self.random.random() < 0.3:
                self.air.forget()
            case 6 if self.random.random() < 0.3:
                self.restart(court)
        await trio.sleep(self.random.random() * 4)

    def knows(self, court: Court, key: str) -> bool:
        """Whether it decides in place of whatever holds anywhere: what it has never heard of isn't made shorter."""
        return court.is_banned(key) or not any(one.is_banned(key) for one in self.courts)

    def restart(self, court: Court) -> None:
        """From its disk."""
        self.restarts += 1
        court.scope.cancel()
        self.courts.remove(court)
        fresh = Court(self.air, tells=True)
        for key, held in court.lobby.bans.all(trio.current_time()):
            fresh.lobby.bans.adopt(key, held, trio.current_time())
        self.nursery.start_soon(fresh.run)
        self.courts.append(fresh)

    async def settle(self) -> None:
        for court in self.courts:
            court.bus.mend()
        await trio.sleep(max(SHORT_S, 3 * CATCH_UP_EVERY_S))


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_comes_between_all_agree_in_the_end(
    air: Air, nursery: trio.Nursery, autojump_clock: MockClock, seed: int
) -> None:
    trial = Trial(seed, air, nursery)
    for _ in range(40):
        await trial.step()
    await trial.settle()
    banned = [{key for key in trial.KEYS if court.is_banned(f"subject:{key}")} for court in trial.courts]
    assert banned[0] == banned[1] == banned[2]
    if not trial.restarts:
        assert banned[0] == {key for key, until_s in trial.last.items() if until_s > trio.current_time()}
