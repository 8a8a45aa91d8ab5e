"""Who asks for a room that isn't here is led to it, told to wait, or told that there is none."""

import pytest
import trio
import trio.testing

from protocol.errors import Code, Violation
from protocol.messages import Enter
from server.cluster.directory import LocalDirectory, Unreachable
from server.cluster.leading import Leading
from server.cluster.ledger import Ledger
from server.cluster.passes import Passes
from server.cluster.records import Entry, Notice, Owned, Process, Timing
from tests.instruments.stepper import Stepper

TIMING = Timing()
THERE = Process("https://b.example")


class Flaky(LocalDirectory):
    """Out of reach when a test says so; and how often it was asked."""

    is_away = False
    asked = 0

    def _now_ms(self) -> int:
        self.asked += 1
        if self.is_away:
            raise Unreachable("no answer")
        return super()._now_ms()


class Somebody:
    """Asks `leading` for the room `pit` of another process."""

    def __init__(self) -> None:
        self.directory = Flaky(Ledger(TIMING))
        self.ours = Process("https://a.example")
        lobby = Stepper().lobby
        self.leading = Leading(
            self.directory,
            lobby,
            Passes(),
            TIMING,
            is_ours=lambda entry: entry.process == self.ours,
            url=lambda: self.ours.url,
            adoption=None,
        )

    async def owns(self, process: Process = THERE, seats: int = 8, players: int = 0) -> tuple[int, int]:
        """Whose lease, and fence."""
        lease = await self.directory.join(process)
        claimed = await self.directory.claim(lease, Notice("pit", seats=seats, players=players), True)
        return lease, claimed.fence

    async def refusal(self, seat: str = "") -> Code:
        with pytest.raises(Violation) as refused:
            await self.leading.find("pit", seat)
        return refused.value.code

    async def held(self) -> int:
        """Seats that are reserved there."""
        found = await self.directory.find("pit")
        assert found is not None
        return found.held


@pytest.fixture
def somebody() -> Somebody:
    return Somebody()


async def test_a_room_of_another_process_is_found_and_one_of_nobodys_or_ours_is_not(
    somebody: Somebody, autojump_clock: trio.testing.MockClock
) -> None:
    assert await somebody.refusal() == Code.ROOM_NOT_FOUND
    await somebody.owns()
    assert (await somebody.leading.find("pit", "")).process == THERE
    somebody.ours = THERE
    assert await somebody.refusal() == Code.ROOM_NOT_FOUND


async def test_one_whose_owner_is_silent_or_gone_may_be_back_and_is_waited_for(
    somebody: Somebody, autojump_clock: trio.testing.MockClock
) -> None:
    lease, fence = await somebody.owns()
    await trio.sleep(TIMING.silent_s + 0.1)
    assert await somebody.refusal() == Code.ROOM_RETURNING
    await somebody.directory.beat(lease, THERE, [Owned(Notice("pit"), fence)], [])
    await somebody.leading.find("pit", "")
    await trio.sleep(TIMING.ttl_s + 1)
    assert await somebody.refusal() == Code.ROOM_RETURNING
    await trio.sleep(TIMING.orphan_s)
    assert await somebody.refusal() == Code.ROOM_NOT_FOUND


async def test_nobody_is_led_to_a_process_that_drains(
    somebody: Somebody, autojump_clock: trio.testing.MockClock
) -> None:
    await somebody.owns(Process("https://b.example", is_open=False))
    assert await somebody.refusal() == Code.SERVER_STOPPING


async def test_while_the_directory_is_away_rooms_that_were_listed_are_known(
    somebody: Somebody, autojump_clock: trio.testing.MockClock
) -> None:
    await somebody.owns()
    somebody.leading.others = await somebody.directory.listed(9)
    somebody.directory.is_away = True
    await trio.sleep(TIMING.silent_s + 1)
    assert (await somebody.leading.find("pit", "seat")).notice.name == "pit", "without a seat"
    somebody.leading.others = []
    assert await somebody.refusal() == Code.ROOM_NOT_FOUND


async def test_and_those_whose_owner_was_silent_just_then_for_nobody_knows_better(
    somebody: Somebody, autojump_clock: trio.testing.MockClock
) -> None:
    await somebody.owns()
    await trio.sleep(TIMING.silent_s + 1)
    somebody.leading.learn(await somebody.directory.listed(9))
    assert somebody.leading.listed([]) == [], "nobody is sent there who only looks around"
    assert await somebody.refusal() == Code.ROOM_RETURNING
    somebody.directory.is_away = True
    assert (await somebody.leading.find("pit", "seat")).notice.name == "pit", "without a seat"
    somebody.leading.forget()
    assert await somebody.refusal() == Code.ROOM_NOT_FOUND


async def test_a_full_room_takes_nobody_who_has_no_place_there(
    somebody: Somebody, autojump_clock: trio.testing.MockClock
) -> None:
    await somebody.owns(seats=2, players=2)
    assert await somebody.refusal("seat") == Code.ROOM_FULL
    assert (await somebody.leading.find("pit", "")).process == THERE, "who has one, or only watches"


async def test_the_directory_is_asked_once_and_a_seat_is_kept_for_those_alone_who_are_led(
    somebody: Somebody, autojump_clock: trio.testing.MockClock
) -> None:
    await somebody.owns()
    somebody.directory.asked = 0
    await somebody.leading.find("pit", "seat")
    assert somebody.directory.asked == 1
    assert await somebody.held() == 1
    await trio.sleep(TIMING.silent_s + 0.1)
    assert await somebody.refusal("other") == Code.ROOM_RETURNING
    assert await somebody.held() == 1


def entry(name: str, people: int, seats: int = 8, game: str = "melee", is_open: bool = True) -> Entry:
    notice = Notice(name, game=game, players=people, seats=seats)
    return Entry(notice, 1, 2, Process("https://b.example", is_open=is_open), 0, 0)


def test_quick_play_goes_where_there_is_company_and_a_place(somebody: Somebody) -> None:
    leading = somebody.leading
    leading.others = [
        entry("closed", 5, is_open=False),
        entry("full", 4, 4),
        entry("ball", 3, game="ball"),
        entry("pit", 2),
    ]
    assert leading.livelier(Enter(), None) == "ball"
    assert leading.livelier(Enter(game="melee"), None) == "pit"
    assert leading.livelier(Enter(role="spectator"), None) == "full"
    leading.others = [entry("empty", 0)]
    near = Stepper()
    assert leading.livelier(Enter(), near.room) is None
    assert leading.livelier(Enter(), None) == "empty"
    near.join("Ann")
    leading.others = [entry("pit", 9)]
    assert leading.livelier(Enter(), near.room) is None
