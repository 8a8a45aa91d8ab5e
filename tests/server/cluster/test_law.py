"""Bans and mutes of one process and what is kept for all: each ends with the newest of both."""

import pytest
import trio
import trio.testing
from trio.testing import MockClock

from server.cluster.bus import Air, LocalBus
from server.cluster.decisions import Decision
from server.cluster.law import CATCH_UP_EVERY_S, Law
from server.cluster.news import Decided
from server.moderation import Moderation, Order
from server.restrictions import RESTRICTIONS_MAX
from tests.instruments.stepper import Stepper

NOW_MS, HOUR_MS = 1_800_000_000_000, 3_600_000


def now_ms() -> int:
    return NOW_MS + round(trio.current_time() * 1000)


class Court:
    """One process."""

    def __init__(self, air: Air) -> None:
        self.stepper, self.bus, self.told, self.changed = Stepper(), LocalBus(air), list[Decided](), 0
        self.lobby = self.stepper.lobby
        self.moderation = Moderation(self.lobby, self.lobby.close_room, lambda: None)
        self.law = Law(self.bus, self.moderation, self.told.append, self.change, now_ms)

    def change(self) -> None:
        self.changed += 1

    def ban(self, subject: str = "eve", seconds: float = 60.0) -> None:
        self.moderation.ban(Order(subject=subject, seconds=seconds, reason="spam"), trio.current_time())

    def is_banned(self, key: str = "subject:eve") -> bool:
        return self.lobby.bans.find(key, trio.current_time()) is not None

    async def run(self) -> None:
        self.law.begin()
        await self.law.run()


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


async def test_a_full_table_takes_no_more_and_the_others_stand(court: Court, autojump_clock: MockClock) -> None:
    court.law.begin()
    court.law.hear(Decision("mute", f"subject:{n}", NOW_MS, NOW_MS + HOUR_MS) for n in range(RESTRICTIONS_MAX + 5))
    assert len(court.lobby.mutes) == RESTRICTIONS_MAX
