"""One process alone: an admin's word reaches it, and there is nothing else."""

import pytest

from server.cluster.reach import Reach
from server.moderation import CantBe, DrainOrder, Moderation, Order
from tests.instruments.stepper import Stepper


@pytest.fixture
def reach() -> Reach:
    lobby = Stepper().lobby
    return Reach(Moderation(lobby, lobby.close_room, lambda: None))


async def test_what_is_ordered_is_done_here(reach: Reach) -> None:
    assert (await reach.obey("ban", Order(subject="eve"), "root")).startswith("banned subject:eve")
    with pytest.raises(CantBe):
        await reach.obey("kick", Order(subject="nobody"), "root")


async def test_all_processes_are_this_one(reach: Reach) -> None:
    assert await reach.drain(DrainOrder(everywhere=True), "root") == ("draining", True)
    with pytest.raises(CantBe, match="there is no other process"):
        await reach.drain(DrainOrder(process="a1"), "root")


async def test_there_is_nothing_else(reach: Reach) -> None:
    assert (reach.processes(), reach.rooms()) == ([], [])
    lobby = reach.moderation.lobby
    assert reach.counting(lobby.statistics) == lobby.statistics
    await reach.run()
    await reach.leave()
