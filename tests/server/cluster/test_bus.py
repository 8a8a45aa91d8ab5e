"""The bus within one process does what every bus does: bounded, and with nothing promised but what it keeps."""

import pytest
import trio
import trio.testing

from server.cluster.bus import WAITING_MAX, Air, LocalBus
from server.cluster.decisions import Decision
from server.cluster.directory import Unreachable

NOW = 1_000_000
BAN = Decision("ban", "subject:eve", NOW, NOW + 1000)


class Ear:
    """Somebody who listens."""

    def __init__(self, air: Air, nursery: trio.Nursery) -> None:
        self.bus = LocalBus(air)
        self.heard = list[bytes]()
        self.opened = 0
        nursery.start_soon(self.bus.run, self.heard.append, self._open)

    def _open(self) -> None:
        self.opened += 1


@pytest.fixture
async def two(nursery: trio.Nursery) -> tuple[Ear, Ear]:
    air = Air(lambda: NOW)
    ears = Ear(air, nursery), Ear(air, nursery)
    await trio.testing.wait_all_tasks_blocked()
    return ears


async def test_what_is_said_is_heard_by_all_in_order(two: tuple[Ear, Ear]) -> None:
    one, other = two
    one.bus.say(b"a")
    one.bus.say(b"b")
    await trio.testing.wait_all_tasks_blocked()
    assert one.heard == other.heard == [b"a", b"b"]


async def test_who_is_cut_off_says_and_hears_nothing_and_is_told_when_that_is_over(two: tuple[Ear, Ear]) -> None:
    one, other = two
    other.bus.cut()
    one.bus.say(b"a")
    other.bus.say(b"b")
    with pytest.raises(Unreachable):
        await other.bus.keep([BAN])
    other.bus.mend()
    await trio.testing.wait_all_tasks_blocked()
    assert (one.heard, other.heard, other.opened, other.bus.dropped) == ([b"a"], [], 2, 1)


async def test_what_waits_to_be_heard_is_bounded(two: tuple[Ear, Ear]) -> None:
    one, other = two
    for _ in range(WAITING_MAX + 3):
        one.bus.say(b"a")
    await trio.testing.wait_all_tasks_blocked()
    assert WAITING_MAX <= len(other.heard) < WAITING_MAX + 3
    assert len(other.heard) + other.bus.dropped == WAITING_MAX + 3


async def test_what_is_kept_is_told_once_and_again_when_it_has_changed(two: tuple[Ear, Ear]) -> None:
    one, other = two
    await one.bus.keep([BAN])
    kept = await other.bus.kept(-1)
    assert kept is not None
    assert kept.decisions == [BAN]
    await one.bus.keep([BAN])
    assert await other.bus.kept(kept.revision) is None
    await one.bus.keep([Decision("mute", "subject:eve", NOW, NOW + 1000)])
    assert await other.bus.kept(kept.revision) is not None
