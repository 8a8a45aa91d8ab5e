"""When checkpoints are made, what becomes of slow and broken disks, and what is gone on from. A clock of our own."""

import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
import trio
import trio.testing

from protocol.messages import Open
from protocol.ticks import Rates
from server.catalogue import Catalogue
from server.checkpoint import capture, seal, unseal
from server.games.melee import Melee
from server.keeper import LAST_S_MAX, LATE_S_MAX, POSTPONED_S_MAX, SETTLE_S_MAX, Keeper
from server.lobby import Lobby
from server.store import RESTRICTIONS, Folder, checkpoint_of
from tests.instruments.stepper import Stepper, arena_named, wander
from tests.server.conversations import open_room
from tests.server.net.wires import really
from tests.server.test_checkpoint import saved_of

TICK_S = 1 / 60


class Memory:
    """A store in memory, which can be told to be slow or broken."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        """Checkpoints."""
        self.kept: dict[str, bytes] = {}
        """The newest, by name."""
        self.aside: list[tuple[str, str, bytes | None]] = []
        self.is_slow, self.released = False, threading.Event()
        self.why_broken = ""

    def read(self, name: str) -> bytes | None:
        return self.kept.get(name)

    def names(self) -> list[str]:
        return sorted(self.kept)

    def write(self, name: str, content: bytes) -> None:
        if self.is_slow:
            assert self.released.wait(60)
        if self.why_broken:
            raise OSError(self.why_broken)
        self.kept[name] = content
        if name != RESTRICTIONS:
            self.written.append(content)

    def remove(self, name: str) -> None:
        self.kept.pop(name, None)

    def set_aside(self, name: str, why: str, content: bytes | None = None) -> str:
        self.aside.append((name, why, content))
        return "memory"

    def close(self) -> None:
        raise AssertionError("whoever opened it closes it")


class Kept:
    """A room that is stepped by hand, on a clock that is moved by hand, and kept in memory by a real worker thread."""

    def __init__(self, clock: trio.testing.MockClock) -> None:
        self.clock = clock
        self.stepper = Stepper()
        self.store = Memory()
        self.keeper = Keeper(self.stepper.lobby, self.store)
        self.counted = self.stepper.lobby.keeping

    async def play(self, seconds: float, lateness_s: float = 0.0) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.clock.jump(TICK_S)
            self.stepper.step()
            self.keeper.tick_done(self.stepper.room, lateness_s)
            await self.settle()

    async def settle(self) -> None:
        """Until nothing is being written, unless the disk is slow."""
        for _ in range(3):
            await trio.lowlevel.checkpoint()
        while self.keeper.is_writing and not self.store.is_slow:
            await trio.lowlevel.checkpoint()

    def ticks(self) -> list[int]:
        """Of what was written."""
        return [unseal(checkpoint).tick for checkpoint in self.store.written]


Clock = trio.testing.MockClock


@pytest.fixture
async def kept(nursery: trio.Nursery, mock_clock: Clock) -> Kept:
    kept = Kept(mock_clock)
    nursery.start_soon(kept.keeper.run)
    await trio.testing.wait_all_tasks_blocked()
    return kept


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


# what admins decide ----------------------------------------------------------------------------------------


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


# going on --------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with closing(Folder(tmp_path)) as folder:
        yield folder


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


# rooms that people had opened ------------------------------------------------------------------------------


def catalogue() -> Catalogue:
    arenas = {"pinball": arena_named("pinball")}
    return Catalogue({"melee": Melee}, lambda: arenas, Rates(), lambda: 1, players_max=9)


async def test_rooms_that_people_had_opened_are_there_again_as_they_were(folder: Folder) -> None:
    stepper = Stepper(catalogue=catalogue())
    ann = stepper.visit("Ann")
    ann.say(Open("Secret", "melee", "pinball", private=True), 0.0)
    room = stepper.lobby.rooms[ann.welcome.room]
    for tick in range(1, 51):
        room.advance(tick / 60)
    for one in stepper.lobby.rooms.values():
        folder.write(checkpoint_of(one.name), seal(capture(one, stepper.lobby.save_seats(one, 1.0))))
    lobby = Lobby(catalogue=catalogue())
    Keeper(lobby, folder).reopen_others(catalogue())
    [again] = lobby.rooms.values()
    assert (again.name, again.tick, again.card, again.players_max) == (room.name, 50, room.card, 9)
    assert again.card.is_private
    assert len(lobby.save_seats(again, 1.0)) == 1
    assert "main.checkpoint" in folder.names(), "the operator's, of other settings, is left alone"


async def test_one_that_cant_be_opened_again_is_set_aside_and_no_more_than_there_may_be(folder: Folder) -> None:
    stepper = Stepper(catalogue=catalogue())
    for number in range(3):
        stepper.visit(f"P{number}").say(Open(f"Room {number}", "melee", "pinball"), 0.0)
    opened = [room for room in stepper.lobby.rooms.values() if not room.card.is_permanent]
    for room in opened:
        folder.write(checkpoint_of(room.name), seal(capture(room, [])))
    folder.write("bad.checkpoint", b"rubbish")
    lobby = Lobby(catalogue=catalogue(), rooms_max=2)
    Keeper(lobby, folder).reopen_others(catalogue())
    assert len(lobby.rooms) == 2
    other = Lobby()
    Keeper(other, folder).reopen_others(Catalogue({"melee": Melee}, dict, Rates(), lambda: 1))
    assert not other.rooms
    assert other.keeping.checkpoints_refused == 3
    assert folder.names() == []


async def test_many_rooms_take_turns_and_none_is_left_out(kept: Kept) -> None:
    lobby = kept.stepper.lobby
    rooms = [kept.stepper.room, *(open_room(kept.stepper, f"r{number}") for number in range(3))]
    for room in rooms:
        kept.keeper.tick_done(room, 0.0)
    await really(lambda: len(kept.store.kept) == len(rooms))
    assert set(kept.store.kept) == {checkpoint_of(name) for name in lobby.rooms}
    assert lobby.keeping.checkpoints_skipped == 0


async def test_a_room_that_rests_is_kept_as_it_is(kept: Kept) -> None:
    kept.keeper.rests(kept.stepper.room)
    await really(lambda: bool(kept.store.written))
    assert unseal(kept.store.written[-1]).tick == kept.stepper.room.tick


async def test_a_room_that_has_ended_is_forgotten_though_nobody_waits(kept: Kept) -> None:
    kept.keeper.rests(kept.stepper.room)
    await really(lambda: bool(kept.store.kept))
    kept.stepper.lobby.close_room("main", 0.0)
    kept.keeper.forget("main")
    await really(lambda: "main.checkpoint" not in kept.store.kept)
