"""What is asked of others is validated, bounded, written down and answered; and nobody waits for ever."""

import pytest
import trio
from structlog.testing import LogCapture
from trio.testing import MockClock

from server.cluster.news import Answered, Asked, Vitals
from server.cluster.orders import ANSWERS_S_MAX, ASKING_MAX, Orders
from server.cluster.peers import Peers
from server.moderation import CantBe, Moderation, Order, ReportOrder, RoomOrder
from tests.instruments.stepper import Stepper


class Desk:
    """One process's, and what it says."""

    def __init__(self) -> None:
        self.stepper, self.said, self.peers = Stepper(), list[Asked | Answered](), Peers()
        lobby = self.stepper.lobby
        self.drained = self.changed = 0
        moderation = Moderation(lobby, lobby.close_room, self.drain)
        self.orders = Orders(moderation, self.peers, self.said.append, self.change)
        for id in ("a1", "b2"):
            self.peers.hear(id, Vitals("https://a.example"), 0.0)

    def drain(self) -> None:
        self.drained += 1

    def change(self) -> None:
        self.changed += 1

    def answer(self) -> Answered:
        answered = self.said[-1]
        assert isinstance(answered, Answered)
        return answered


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_whoever_is_asked_does_it_writes_it_down_and_says_so(desk: Desk, audit: LogCapture) -> None:
    desk.stepper.join("Eve", address="1.2.3.4:1")
    desk.orders.asked("a1", Asked("77", "ban", '{"address": "1.2.3.4", "seconds": 60}', "root"))
    assert desk.answer() == Answered("a1", "77", "banned address:1.2.3.4 for 60 s, and kicked 1")
    assert desk.changed == 1
    (entry,) = [entry for entry in audit.entries if entry["event"] == "admin"]
    assert (entry["action"], entry["by"], entry["process"]) == ("ban", "root", "a1")
    desk.stepper.join("Ann", address="1.2.3.5:1")
    desk.orders.asked("a1", Asked("78", "kick", '{"address": "1.2.3.5"}', "root"))
    assert desk.answer().done == "kicked 1, all who are known as address:1.2.3.5"
    assert (desk.changed, desk.drained) == (1, 0), "a kick needn't outlast anything"


@pytest.mark.parametrize(
    ("action", "order", "why"),
    [
        ("kick", '{"subject": "eve"}', "nobody like that is here"),
        ("close", '{"room": "nowhere"}', "there is no room 'nowhere'"),
        ("close", '{"room": 5}', "this is no order"),
        ("kick", "[", "this is no order"),
        ("dismiss", '{"report": 1}', "there is no action 'dismiss'"),
        ("open", "{}", "there is no action 'open'"),
    ],
)
async def test_what_cannot_be_done_is_answered_so(desk: Desk, action: str, order: str, why: str) -> None:
    desk.orders.asked("a1", Asked("77", action, order))
    assert desk.answer().done is None
    assert why in str(desk.answer().why)
    assert desk.changed == 0


def test_who_is_asked_to_drain_answers_first(desk: Desk) -> None:
    desk.orders.asked("a1", Asked("77", "drain"))
    assert (desk.answer().done, desk.drained) == ("draining", 1)


async def test_an_answer_ends_the_waiting_and_strangers_are_heard_too(desk: Desk, autojump_clock: MockClock) -> None:
    began_s = trio.current_time()
    async with trio.open_nursery() as nursery:

        async def order() -> None:
            assert await desk.orders.obey("close", RoomOrder("far"), "root") == "elsewhere: closed"

        nursery.start_soon(order)
        await trio.sleep(0.1)
        (question,) = desk.said
        desk.orders.answered("a1", Answered("c3", question.ask, why="no"))
        desk.orders.answered("new", Answered("c3", question.ask, "closed"))
        desk.orders.answered("b2", Answered("c3", question.ask, why="no"))
    assert trio.current_time() - began_s < ANSWERS_S_MAX
    desk.orders.answered("a1", Answered("c3", question.ask, "late"))


async def test_silence_is_told_and_waited_for_so_long_only(desk: Desk, autojump_clock: MockClock) -> None:
    with pytest.raises(CantBe, match="nobody like that is here; 2 other processes did not answer"):
        await desk.orders.obey("kick", Order(subject="eve"), "root")
    assert trio.current_time() == pytest.approx(ANSWERS_S_MAX)


async def test_what_concerns_nobody_else_is_asked_of_nobody(desk: Desk, autojump_clock: MockClock) -> None:
    eve = desk.stepper.join("Eve")
    assert await desk.orders.obey("kick", Order(room="main", player=eve.player.id), "root") == "kicked 1"
    await desk.orders.obey("ban", Order(subject="eve"), "root")
    with pytest.raises(CantBe):
        await desk.orders.obey("unban", Order(subject="ann"), "root")
    with pytest.raises(CantBe):
        await desk.orders.obey("dismiss", ReportOrder(1), "root")
    await desk.orders.obey("close", RoomOrder("main"), "root")
    assert desk.said == []


async def test_whoever_else_has_somebody_like_that_is_asked_as_well(desk: Desk, autojump_clock: MockClock) -> None:
    desk.stepper.join("Eve", address="1.2.3.4:1")
    done = await desk.orders.obey("kick", Order(address="1.2.3.4"), "root")
    assert done == "kicked 1, all who are known as address:1.2.3.4; 2 other processes did not answer"
    for action in ("kick", "ban", "mute"):
        for order in (Order(session="9-abcd"), Order(room="far", player=1)):
            with pytest.raises(CantBe, match="2 other processes did not answer"):
                await desk.orders.obey(action, order, "root")
    assert [said.action for said in desk.said if isinstance(said, Asked)] == [
        *["kick"] * 3,
        *["ban"] * 2,
        *["mute"] * 2,
    ]


async def test_only_so_many_wait_for_answers(desk: Desk, autojump_clock: MockClock) -> None:
    refused = list[str]()

    async def ask() -> None:
        with pytest.raises(CantBe) as error:
            await desk.orders.obey("close", RoomOrder("far"), "root")
        refused.append(str(error.value))

    async with trio.open_nursery() as nursery:
        for _ in range(ASKING_MAX + 1):
            nursery.start_soon(ask)
    assert len(desk.said) == ASKING_MAX
    assert len(refused) == ASKING_MAX + 1
    await ask()
    assert len(desk.said) == ASKING_MAX + 1, "once nobody waits any more, the next is asked again"
