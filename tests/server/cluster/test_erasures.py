"""Who was forgotten elsewhere is forgotten here, whatever the disk says first; and how many may wait is bounded."""

import trio
import trio.testing
from trio.testing import MockClock

from server.cluster.erasures import AGAIN_AFTER_S, Erasures


class Disk:
    """One that takes nothing for a while."""

    def __init__(self) -> None:
        self.is_full = False
        self.erased: list[str] = []

    async def erase(self, account: str) -> None:
        await trio.lowlevel.checkpoint()
        if self.is_full:
            raise OSError("there is no room")
        self.erased.append(account)


async def test_one_after_the_other_and_again_later(nursery: trio.Nursery) -> None:
    disk = Disk()
    erasures = Erasures(disk.erase)
    nursery.start_soon(erasures.run)
    for accounts in ("ab", "ac"):
        for account in accounts:
            erasures.put(account)
        await trio.testing.wait_all_tasks_blocked()
    assert disk.erased == ["a", "b", "a", "c"]
    assert (len(erasures), erasures.dropped) == (0, 0)


async def test_what_the_disk_does_not_take_is_tried_again(nursery: trio.Nursery, autojump_clock: MockClock) -> None:
    disk = Disk()
    disk.is_full = True
    erasures = Erasures(disk.erase)
    nursery.start_soon(erasures.run)
    for account in "ab":
        erasures.put(account)
    await trio.sleep(AGAIN_AFTER_S * 2.5)
    assert (disk.erased, len(erasures)) == ([], 2)
    disk.is_full = False
    erasures.put("c")
    await trio.testing.wait_all_tasks_blocked()
    assert (disk.erased, len(erasures)) == (["c"], 2), "nobody waits for those"
    await trio.sleep(AGAIN_AFTER_S)
    assert sorted(disk.erased) == ["a", "b", "c"]
    assert len(erasures) == 0


async def test_so_many_wait_and_no_more() -> None:
    erasures = Erasures(Disk().erase, waiting_max=2)
    for account in "abca":
        erasures.put(account)
    assert (len(erasures), erasures.dropped) == (2, 1)
