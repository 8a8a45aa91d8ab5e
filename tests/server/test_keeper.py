"""When checkpoints are made, what becomes of slow and broken disks, and what is gone on from. A clock of our own."""

from itertools import pairwise
from random import Random

import pytest
import structlog
import trio
import trio.testing

from server.checkpoint import seal, unseal
from server.games.melee import Melee
from server.keeper import LAST_S_MAX, LATE_S_MAX, POSTPONED_S_MAX, Keeper
from server.lobby import Lobby
from server.store import RESTRICTIONS, Folder
from tests.instruments.stepper import Stepper, wander
from tests.server.conversations import open_room
from tests.server.keeping import Clock, Kept, Memory
from tests.server.test_checkpoint import saved_of


async def test_there_is_one_a_second_from_the_first_tick_on(kept: Kept, mock_clock: Clock) -> None:
    await kept.play(5.2)
    assert len(kept.ticks()) == 6
    assert kept.ticks()[0] == 1
    assert all(abs(later - earlier - 60) <= 1 for earlier, later in pairwise(kept.ticks()))
    assert (kept.counted.checkpoints, kept.counted.checkpoints_skipped, kept.counted.checkpoints_failed) == (6, 0, 0)
    assert kept.counted.checkpoint_bytes == len(kept.store.written[-1])
    assert kept.counted.checkpoint_ms > 0


async def test_a_late_loop_gets_to_it_when_it_is_not(kept: Kept, mock_clock: Clock) -> None:
    await kept.play(1.1)
    await kept.play(0.9 + POSTPONED_S_MAX / 2, lateness_s=2 * LATE_S_MAX)
    assert len(kept.ticks()) == 2, "the third was due and waits"
    await kept.play(0.1)
    assert len(kept.ticks()) == 3


async def test_but_a_loop_that_is_always_late_is_kept_too(kept: Kept, mock_clock: Clock) -> None:
    await kept.play(6.0, lateness_s=1.0)
    assert len(kept.ticks()) >= 4
    assert max(later - earlier for earlier, later in pairwise(kept.ticks())) <= 2 * 60


async def test_what_a_stall_has_missed_is_not_made_up_for(kept: Kept, mock_clock: Clock) -> None:
    await kept.play(1.5)
    kept.clock.jump(3.0)
    await kept.play(0.4)
    assert len(kept.ticks()) == 3, "one at once, and none for half a second"
    await kept.play(0.2)
    assert len(kept.ticks()) == 4


async def test_a_slow_disk_is_never_waited_for(kept: Kept, mock_clock: Clock) -> None:
    kept.store.is_slow = True
    await kept.play(4.1)
    assert kept.stepper.room.tick == 246, "the ticks went on"
    assert (kept.counted.checkpoints, kept.counted.checkpoints_skipped) == (0, 4)
    kept.store.is_slow = False
    kept.store.released.set()
    await kept.settle()
    await kept.play(1.0)
    assert (kept.counted.checkpoints, kept.counted.checkpoints_skipped) == (2, 4)


async def test_a_broken_disk_is_counted_and_the_game_goes_on(kept: Kept, mock_clock: Clock) -> None:
    kept.store.why_broken = "no space left on device"
    await kept.play(2.1)
    assert (kept.counted.checkpoints, kept.counted.checkpoints_failed) == (0, 3)
    kept.store.why_broken = ""
    await kept.play(1.0)
    assert kept.counted.checkpoints == 1


async def test_a_disk_that_stays_full_is_told_of_now_and_then_and_not_by_each_room_each_second(
    kept: Kept, mock_clock: Clock
) -> None:
    """The log may be on the same disk."""
    kept.store.why_broken = "No space left on device"
    with structlog.testing.capture_logs() as told:
        await kept.play(25.0)
    failed = kept.counted.checkpoints_failed
    assert failed >= 24
    assert [(line["log_level"], line["why"], line.get("exc_info")) for line in told] == [
        ("error", "no space left on device", None)
    ] * 3
    assert failed - 10 <= sum(line["times"] for line in told) <= failed


async def test_that_others_went_on_with_the_room_is_told_in_a_line_and_is_no_failure(
    kept: Kept, mock_clock: Clock
) -> None:
    kept.store.is_superseded = True
    with structlog.testing.capture_logs() as told:
        await kept.play(0.5)
    assert [(line["log_level"], line.get("exc_info")) for line in told] == [("warning", None)]
    assert "gone on with" in told[0]["why"]
    assert (kept.counted.checkpoints_superseded, kept.counted.checkpoints_failed) == (1, 0)


async def test_a_game_whose_state_cant_be_saved_is_counted_and_goes_on(kept: Kept, mock_clock: Clock) -> None:
    game = kept.stepper.room.game
    assert isinstance(game, Melee)
    game.phase = object()  # type: ignore[assignment]
    await kept.play(1.1)
    assert (kept.counted.checkpoints, kept.counted.checkpoints_failed) == (0, 2)


async def test_the_last_one_is_of_the_last_tick(kept: Kept, mock_clock: Clock) -> None:
    await kept.play(1.5)
    assert await kept.keeper.save_all()
    assert kept.ticks()[-1] == kept.stepper.room.tick


async def test_a_server_that_stops_says_what_it_could_not_write(kept: Kept, mock_clock: Clock) -> None:
    with structlog.testing.capture_logs() as said:
        assert await kept.keeper.save_all()
        assert said == []
        kept.stepper.room.game.phase = object()  # type: ignore[attr-defined]  # Melee's
        assert not await kept.keeper.save_all()
    assert said[-1]["event"] == "the last checkpoints could not be written; the ones before stand"
    kept.stepper.lobby.close_room("main", 0.0)
    assert await kept.keeper.save_all()


async def test_the_last_decisions_are_written_though_there_is_no_room(kept: Kept, mock_clock: Clock) -> None:
    kept.stepper.lobby.close_room("main", 0.0)
    kept.keeper.note()
    kept.store.why_broken = "no space left on device"
    assert not await kept.keeper.save_all()
    kept.store.why_broken = ""
    assert await kept.keeper.save_all()
    assert list(kept.store.kept) == [RESTRICTIONS]


async def test_what_waited_to_be_written_is_not_written_over_the_last_one(kept: Kept, mock_clock: Clock) -> None:
    side = open_room(kept.stepper, "side")
    kept.store.is_slow = True
    for room in (side, kept.stepper.room):
        kept.keeper.tick_done(room, 0.0)
        await trio.testing.wait_all_tasks_blocked()
    kept.stepper.step(10)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(kept.keeper.save_all)
        await trio.testing.wait_all_tasks_blocked()
        kept.store.released.set()
    kept.store.is_slow = False
    await kept.settle()
    saved = [(one.name, one.tick) for one in map(unseal, kept.store.written)]
    assert saved[-2:] == [("main", 10), ("side", 0)]


async def test_the_last_one_is_waited_for_but_not_for_ever(kept: Kept, mock_clock: Clock) -> None:
    kept.store.is_slow = True
    answers: list[bool] = []

    async def save() -> None:
        answers.append(await kept.keeper.save_all())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(save)
        await trio.testing.wait_all_tasks_blocked()
        kept.clock.jump(LAST_S_MAX - 0.1)
        await trio.testing.wait_all_tasks_blocked()
        assert answers == []
        kept.clock.jump(0.2)
    assert answers == [False]
    kept.store.released.set()


# going on --------------------------------------------------------------------------------------------------


async def test_a_room_goes_on_with_its_seats(folder: Folder) -> None:
    stepper = Stepper()
    ann = stepper.join("Ann")
    ann.pilot = wander(Random(1))
    stepper.step(100)
    folder.write("main.checkpoint", seal(saved_of(stepper)))
    lobby = Lobby()
    room = Keeper(lobby, folder).reopen("main", Melee, stepper.room.arena, stepper.rates, {})
    assert room is lobby.rooms["main"]
    assert room.tick == 100
    assert room.world.checksum() == stepper.room.world.checksum()
    assert len(lobby.save_seats(room, 0.0)) == 1


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "older"])
async def test_what_cant_be_gone_on_from_is_set_aside(
    folder: Folder, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stepper, lobby = Stepper(), Lobby()
    if damage == "older":
        monkeypatch.setattr("server.checkpoint.VERSION", 0)
    whole = seal(saved_of(stepper))
    monkeypatch.undo()
    damaged = {"cut": whole[:-1], "flipped": whole[:-1] + bytes([whole[-1] ^ 1]), "empty": b"", "older": whole}[damage]
    folder.write("main.checkpoint", damaged)
    assert Keeper(lobby, folder).reopen("main", Melee, stepper.room.arena, stepper.rates, {}) is None
    assert lobby.rooms == {}
    assert lobby.keeping.checkpoints_refused == 1
    assert (folder.folder / "main.checkpoint.refused-1").read_bytes() == damaged
    assert folder.read("main.checkpoint") is None


async def test_where_nothing_is_kept_there_is_nothing_to_go_on_from() -> None:
    stepper = Stepper()
    assert Keeper(Lobby(), Memory()).reopen("main", Melee, stepper.room.arena, stepper.rates, {}) is None
