"""What admins decide is there after a restart: bans, mutes, closed rooms, whatever the disk does."""

import trio
import trio.testing

from server.keeper import SETTLE_S_MAX, Keeper
from server.lobby import Lobby
from server.store import RESTRICTIONS, Folder
from tests.instruments.stepper import Stepper
from tests.server.keeping import Clock, Kept, Memory


def restarted(store: Memory) -> Lobby:
    """The lobby of the next process, as far as bans and mutes go."""
    lobby = Lobby()
    Keeper(lobby, store).reinstate()
    return lobby


async def test_a_ban_is_there_after_a_kill_once_it_was_answered(kept: Kept, mock_clock: Clock) -> None:
    lobby = kept.stepper.lobby
    lobby.bans.add("subject:eve", 600.0, "spam", trio.current_time())
    lobby.mutes.add("subject:bob", 60.0, "", trio.current_time())
    assert await kept.keeper.settle()
    again, now_s = restarted(kept.store), trio.current_time()
    banned = again.bans.find("subject:eve", now_s)
    assert banned is not None
    assert (round(banned.until_s - now_s), banned.reason) == (600, "spam")
    assert again.mutes.find("subject:bob", now_s)
    lobby.bans.lift("subject:eve")
    assert await kept.keeper.settle()
    assert len(restarted(kept.store).bans) == 0


async def test_what_was_decided_in_passing_is_written_with_the_next_checkpoint(kept: Kept, mock_clock: Clock) -> None:
    kept.stepper.lobby.mutes.add("address:1.2.3.4", 60.0, "", trio.current_time())
    kept.keeper.note()
    await kept.play(2.0)
    await kept.settle()
    assert b"address:1.2.3.4" in kept.store.kept[RESTRICTIONS]


async def test_a_disk_that_cant_keep_it_is_said_and_tried_again(kept: Kept, mock_clock: Clock) -> None:
    kept.store.why_broken = "no space left on device"
    kept.stepper.lobby.bans.add("subject:eve", 600.0, "", trio.current_time())
    assert not await kept.keeper.settle()
    assert kept.counted.checkpoints_failed == 1
    kept.store.why_broken = ""
    await kept.play(1.1)
    assert len(restarted(kept.store).bans) == 1


async def test_an_admin_is_not_kept_waiting_for_ever(kept: Kept, mock_clock: Clock) -> None:
    kept.store.is_slow = True
    answers: list[bool] = []

    async def settle() -> None:
        answers.append(await kept.keeper.settle())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(settle)
        await trio.testing.wait_all_tasks_blocked()
        kept.clock.jump(SETTLE_S_MAX + 0.1)
    assert answers == [False]
    kept.store.is_slow = False
    kept.store.released.set()
    await kept.settle()


async def test_a_closed_room_is_not_there_after_a_restart(kept: Kept, mock_clock: Clock) -> None:
    await kept.play(0.1)
    assert "main.checkpoint" in kept.store.kept
    kept.stepper.lobby.close_room("main", 0.0)
    kept.keeper.forget("main")
    assert await kept.keeper.settle()
    assert "main.checkpoint" not in kept.store.kept


async def test_not_even_when_it_was_being_written_down_just_then(kept: Kept, mock_clock: Clock) -> None:
    kept.store.is_slow = True
    kept.keeper.tick_done(kept.stepper.room, 0.0)
    await trio.testing.wait_all_tasks_blocked()
    assert kept.keeper.is_writing
    kept.stepper.lobby.close_room("main", 0.0)
    kept.keeper.forget("main")
    kept.store.is_slow = False
    kept.store.released.set()
    assert await kept.keeper.settle()
    await kept.settle()
    assert kept.store.kept.keys() == {RESTRICTIONS}


async def test_nor_when_it_was_captured_and_not_written_yet(kept: Kept, mock_clock: Clock) -> None:
    kept.keeper.tick_done(kept.stepper.room, 0.0)
    kept.stepper.lobby.close_room("main", 0.0)
    kept.keeper.forget("main")
    assert await kept.keeper.settle()
    await kept.settle()
    assert kept.store.kept.keys() == {RESTRICTIONS}


async def test_whoever_has_let_go_writes_nothing_more(nursery: trio.Nursery, folder: Folder, mock_clock: Clock) -> None:
    stepper = Stepper()
    keeper = Keeper(stepper.lobby, folder)
    nursery.start_soon(keeper.run)
    await trio.testing.wait_all_tasks_blocked()
    keeper.let_go()
    stepper.lobby.bans.add("subject:eve", 600.0, "", trio.current_time())
    assert not await keeper.settle()
    assert not await keeper.save_all()
    assert [path.name for path in folder.folder.iterdir()] == ["lock"]


async def test_damaged_bans_are_set_aside_and_nobody_is_banned(folder: Folder) -> None:
    folder.write(RESTRICTIONS, b"rubbish")
    lobby = Lobby()
    Keeper(lobby, folder).reinstate()
    assert (len(lobby.bans), lobby.keeping.checkpoints_refused) == (0, 1)
    assert (folder.folder / "restrictions.refused-1").read_bytes() == b"rubbish"
