"""Many rooms, and those that people had opened: kept in turn, there again after a restart, forgotten when they end."""

from msgspec.structs import replace

from protocol.arena import Arena
from protocol.blueprint import plan_of
from protocol.build_messages import Edit
from protocol.messages import Open
from protocol.plan import Remove
from protocol.ticks import Rates
from server.catalogue import Catalogue
from server.checkpoint import capture, seal, unseal
from server.games.build import Build
from server.games.melee import Melee
from server.keeper import Keeper
from server.lives import PLAYED, PODIUM_S
from server.lobby import Lobby
from server.results import Score
from server.store import Folder, checkpoint_of
from tests.instruments.plans import ARENA
from tests.instruments.stepper import Stepper, arena_named
from tests.server.conversations import open_room
from tests.server.keeping import Clock, Kept
from tests.server.net.wires import really


def catalogue(matches_max: int = 0) -> Catalogue:
    arenas = {"pinball": arena_named("pinball")}
    return Catalogue({"melee": Melee}, lambda: arenas, Rates(), lambda: 1, players_max=9, matches_max=matches_max)


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


async def test_a_copy_under_another_name_is_not_taken_for_a_room(folder: Folder) -> None:
    stepper = Stepper(catalogue=catalogue())
    ann = stepper.visit("Ann")
    ann.say(Open("Fun", "melee", "pinball"), 0.0)
    room = stepper.lobby.rooms[ann.welcome.room]
    for name, ticks in ((f"a copy of {room.name}", 10), (f"{room.name}.old", 10), (room.name, 20)):
        while room.tick < ticks:
            room.advance(0.0)
        folder.write(checkpoint_of(name), seal(capture(room, stepper.lobby.save_seats(room, 1.0))))
    folder.write("main.checkpoint", folder.read(checkpoint_of(room.name)) or b"")
    lobby = Lobby(catalogue=catalogue())
    keeper = Keeper(lobby, folder)
    assert keeper.reopen("main", Melee, room.arena, room.rates, room.options) is None
    keeper.reopen_others(catalogue())
    assert [(one.name, one.tick) for one in lobby.rooms.values()] == [(room.name, 20)]
    assert lobby.keeping.checkpoints_refused == 3
    assert folder.names() == [checkpoint_of(room.name)], "the others are set aside"


async def test_the_matches_that_were_played_count_after_a_restart_too_and_so_does_the_podium(folder: Folder) -> None:
    stepper = Stepper(catalogue=catalogue(matches_max=2))
    ann = stepper.visit("Ann")
    ann.say(Open("Fun", "melee", "pinball"), 0.0)
    room = stepper.lobby.rooms[ann.welcome.room]
    room.conclude([Score(ann.player.id, 1)])
    assert room.podium is not None
    folder.write(checkpoint_of(room.name), seal(capture(room, stepper.lobby.save_seats(room, 1.0))))
    lobby = Lobby(catalogue=catalogue(matches_max=2))
    Keeper(lobby, folder).reopen_others(catalogue())
    [again] = lobby.rooms.values()
    assert (again.matches, again.podium, lobby.lives.over(5.0)) == (1, room.podium, [])
    assert catalogue().again(again).podium == room.podium
    again.conclude([])
    assert lobby.lives.over(6.0) == []
    assert lobby.lives.over(6.0 + PODIUM_S) == [(again, PLAYED)]
    assert catalogue().again(again).matches == 2, "nor does a mistake of ours begin anew"


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


async def test_what_is_built_is_there_again_whatever_became_of_the_arena_that_it_began_with(folder: Folder) -> None:
    def offering(**arenas: Arena) -> Catalogue:
        return Catalogue({"build": Build}, lambda: arenas, Rates(), lambda: 1)

    stepper = Stepper(catalogue=offering(site=ARENA))
    ann = stepper.visit("Ann")
    ann.say(Open("Ours", "build", "site"), 0.0)
    room = stepper.lobby.rooms[ann.welcome.room]
    ann.say(Edit(1, [Remove(2)]), 0.0)
    room.advance(0.1)
    folder.write(checkpoint_of(room.name), seal(capture(room, [])))
    for arenas in ({}, {"site": replace(ARENA, crates=[])}):
        lobby = Lobby(catalogue=offering(**arenas))
        Keeper(lobby, folder).reopen_others(offering(**arenas))
        [again] = lobby.rooms.values()
        assert again.arena == room.arena
        assert [len(one.game.save().pieces) for one in (again, room)] == [len(plan_of(ARENA).pieces) - 1] * 2  # type: ignore[attr-defined]  # Build's
        folder.write(checkpoint_of(room.name), seal(capture(again, [])))


async def test_many_rooms_take_turns_and_none_is_left_out(kept: Kept) -> None:
    lobby = kept.stepper.lobby
    rooms = [kept.stepper.room, *(open_room(kept.stepper, f"r{number}") for number in range(3))]
    for room in rooms:
        kept.keeper.tick_done(room, 0.0)
    await really(lambda: len(kept.store.kept) == len(rooms))
    assert set(kept.store.kept) == {checkpoint_of(name) for name in lobby.rooms}
    assert lobby.keeping.checkpoints_skipped == 0


async def test_one_that_waits_for_a_slow_disk_is_left_out_too(kept: Kept, mock_clock: Clock) -> None:
    rooms = [kept.stepper.room, open_room(kept.stepper, "other")]
    kept.store.is_slow = True
    for _ in range(2):
        for room in rooms:
            kept.keeper.tick_done(room, 0.0)
        await kept.settle()
        kept.clock.jump(1.1)
    assert kept.counted.checkpoints_skipped == 2
    kept.store.released.set()
    await really(lambda: kept.counted.checkpoints == len(rooms))


async def test_a_room_that_rests_is_kept_as_it_is(kept: Kept) -> None:
    kept.keeper.rests(kept.stepper.room)
    await really(lambda: bool(kept.store.written))
    assert unseal(kept.store.written[-1]).tick == kept.stepper.room.tick


async def test_a_room_that_has_rested_is_kept_once_a_second_again(kept: Kept, mock_clock: Clock) -> None:
    await kept.play(0.5)
    kept.keeper.rests(kept.stepper.room)
    kept.clock.jump(100.0)
    await kept.settle()
    before = len(kept.ticks())
    await kept.play(0.9)
    assert len(kept.ticks()) == before + 1


async def test_a_room_that_has_ended_is_forgotten_though_nobody_waits(kept: Kept) -> None:
    kept.keeper.rests(kept.stepper.room)
    await really(lambda: bool(kept.store.kept))
    kept.stepper.lobby.close_room("main", 0.0)
    kept.keeper.forget("main")
    await really(lambda: "main.checkpoint" not in kept.store.kept)
