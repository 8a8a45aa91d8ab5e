"""What is built is kept for those who built it: in time, when the room ends, and when the server stops."""

from pathlib import Path

import pytest
import trio
import trio.testing
from trio.testing import MockClock

from protocol.arena import Arena
from protocol.build_messages import Edit
from protocol.messages import Enter, Open
from protocol.plan import Add, Piece
from protocol.ticks import Rates
from server.build import rescue as rules
from server.build.drafts import Drafts
from server.build.rescue import Rescue, rescue_of
from server.catalogue import Catalogue
from server.checkpoint import capture, revive, seal, unseal
from server.games.build import Build
from server.room import Room
from tests.instruments.plans import ARENA
from tests.instruments.stepper import Client, Stepper
from tests.server.net.wires import really

CRATE = Piece("crate", 500.0, 500.0)


class Site:
    """A lobby in which people open rooms to build in."""

    def __init__(self, folder: Path) -> None:
        self.drafts = Drafts(folder)
        catalogue = Catalogue({"build": Build}, lambda: {"site": ARENA}, Rates(), lambda: 1, draft=self.draft)
        self.stepper = Stepper(catalogue=catalogue)
        self.rescue: Rescue = rescue_of(self.drafts, self.stepper.lobby)

    def draft(self, id: str, account: str) -> Arena | None:
        found = self.drafts.find(id, account)
        return None if found is None else found.arena

    def come(self, name: str, guest: str) -> Client:
        one = self.stepper.visit(name)
        one.link.guest = guest
        return one

    def open(self, one: Client, arena: str = "site", now_s: float = 0.0) -> Room:
        one.say(Open(f"{one.session.name}’s", "build", arena), now_s)
        return self.stepper.lobby.rooms[one.welcome.room]

    def end(self, room: Room) -> None:
        self.stepper.lobby.end_room(room.name, 0.0)

    def crates(self, guest: str) -> list[int]:
        return [len(draft.arena.crates) for _, draft in self.drafts.of(f"guest:{guest}")]


def build(one: Client, serial: int) -> None:
    one.say(Edit(serial, [Add(1000 + serial, CRATE)]), float(serial))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "drafts")


async def test_when_a_room_ends_all_who_built_have_what_was_built(site: Site) -> None:
    ann, bob, eve = site.come("Ann", "a"), site.come("Bob", "b"), site.come("Eve", "e")
    room = site.open(ann)
    for one in (bob, eve):
        one.say(Enter(room.name), 0.0)
    build(ann, 1)
    build(bob, 1001)
    site.end(room)
    await site.rescue.finish()
    assert (site.crates("a"), site.crates("b"), site.crates("e")) == ([3], [3], [])
    ((_, draft),) = site.drafts.of("guest:a")
    assert (draft.title, draft.arena.name) == ("Ann’s", "Site")
    counted = site.stepper.lobby.recorded
    assert (counted.drafts, counted.draft_bytes, counted.drafts_failed) == (2, site.drafts.size, 0)


async def test_a_room_that_is_opened_with_a_draft_goes_on_with_it(site: Site) -> None:
    ann = site.come("Ann", "a")
    room = site.open(ann)
    build(ann, 1)
    site.end(room)
    await site.rescue.finish()
    ((id, _),) = site.drafts.of("guest:a")
    again = site.open(ann, f"draft:{id}")
    assert (len(again.arena.crates), again.card.arena, again.card.draft) == (2, "Site", id)
    build(ann, 1001)
    site.end(again)
    await site.rescue.finish()
    assert ([one for one, _ in site.drafts.of("guest:a")], site.crates("a")) == ([id], [3])
    eve = site.come("Eve", "e")
    eve.say(Open("Eve’s", "build", f"draft:{id}"), 0.0)
    assert eve.errors[-1].sentence == "there is no such draft of yours, or not any more"


async def test_a_room_that_comes_back_from_its_checkpoint_is_the_same_work(site: Site) -> None:
    ann = site.come("Ann", "a")
    room = site.open(ann)
    build(ann, 1)
    await site.rescue.finish()
    saved = unseal(seal(capture(room, [])))
    other = Site(site.drafts._folder)
    back = revive(saved, Build, ARENA, room.rates, {})
    other.stepper.lobby.add_room(back)
    other.end(back)
    await other.rescue.finish()
    assert [id for id, _ in other.drafts.of("guest:a")] == [id for id, _ in site.drafts.of("guest:a")]
    fresh = other.come("Ann", "a")
    room = other.open(fresh)
    build(fresh, 1001)
    await other.rescue.finish()
    assert len(other.drafts.of("guest:a")) == 2, "another room is another work"


async def test_every_so_often_what_is_new_is_kept(site: Site, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    ann = site.come("Ann", "a")
    room = site.open(ann)
    nursery.start_soon(site.rescue.run)
    await trio.sleep(2 * rules.EVERY_S)
    assert site.crates("a") == []
    for serial in (1, 2):
        build(ann, serial)
        await trio.sleep(rules.EVERY_S + 1)
        await really(lambda: site.crates("a") == [len(room.game.desk.plan.pieces) - 7])  # type: ignore[attr-defined]  # a Build


async def test_what_was_built_in_a_room_that_ends_is_kept_at_once(
    site: Site, mock_clock: MockClock, nursery: trio.Nursery
) -> None:
    nursery.start_soon(site.rescue.run)
    ann = site.come("Ann", "a")
    room = site.open(ann)
    build(ann, 1)
    await trio.testing.wait_all_tasks_blocked()
    assert site.crates("a") == []
    site.end(room)
    await really(lambda: site.crates("a") == [2])
    nursery.cancel_scope.cancel()


async def test_what_waits_is_bounded_and_what_fails_is_counted(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "PENDING_MAX", 1)
    for name in ("a", "b"):
        one = site.come(name.upper(), name)
        room = site.open(one)
        build(one, 1)
        site.end(room)
    assert site.rescue.counted.drafts_failed == 1
    (tmp_path / "drafts").rename(tmp_path / "gone")
    (tmp_path / "drafts").write_text("no folder")
    await site.rescue.finish()
    assert (site.rescue.counted.drafts_failed, len(site.drafts)) == (2, 0)


async def test_what_the_disk_did_not_take_is_tried_again(site: Site, tmp_path: Path) -> None:
    ann, bob = site.come("Ann", "a"), site.come("Bob", "b")
    for serial, one in ((1, ann), (2, bob)):
        site.open(one)
        build(one, serial)
    (tmp_path / "drafts").rename(tmp_path / "away")
    (tmp_path / "drafts").write_text("no folder")
    await site.rescue.finish()
    assert (site.crates("a"), site.crates("b"), site.rescue.counted.drafts_failed) == ([], [], 2)
    build(ann, 3)
    (tmp_path / "drafts").unlink()
    (tmp_path / "away").rename(tmp_path / "drafts")
    await site.rescue.finish()
    assert (site.crates("a"), site.crates("b")) == ([3], [2]), "of what waits the newest"


async def test_what_is_beyond_the_bound_is_noted_the_next_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "PENDING_MAX", 1)
    for serial, name in ((1, "a"), (2, "b")):
        one = site.come(name.upper(), name)
        site.open(one)
        build(one, serial)
    await site.rescue.finish()
    assert (site.crates("b"), site.rescue.counted.drafts_failed) == ([], 1)
    await site.rescue.finish()
    assert (len(site.crates("a")), len(site.crates("b"))) == (1, 1)


async def test_what_is_discarded_does_not_come_back_however_others_build_on(site: Site) -> None:
    ann, bob = site.come("Ann", "a"), site.come("Bob", "b")
    room = site.open(ann)
    bob.say(Enter(room.name), 0.0)
    build(ann, 1)
    build(bob, 1001)
    await site.rescue.finish()
    ((id, _),) = site.drafts.of("guest:a")
    assert not await site.rescue.discard("guest:b", id), "it is Ann's"
    assert await site.rescue.discard("guest:a", id)
    assert not await site.rescue.discard("guest:a", id)
    assert site.rescue.counted.drafts == 1
    build(bob, 1002)
    site.end(room)
    await site.rescue.finish()
    assert (site.crates("a"), site.crates("b")) == ([], [4])


async def test_who_builds_on_has_a_new_one(site: Site) -> None:
    ann = site.come("Ann", "a")
    assert not await site.rescue.discard("guest:a")
    room = site.open(ann)
    build(ann, 1)
    assert await site.rescue.discard("guest:a"), "it was about to be kept"
    await site.rescue.finish()
    assert site.crates("a") == []
    build(ann, 2)
    site.end(room)
    await site.rescue.finish()
    assert site.crates("a") == [3]


async def test_all_of_somebodys_go_from_every_room_and_from_what_waits(site: Site) -> None:
    ann, bob = site.come("Ann", "a"), site.come("Bob", "b")
    rooms = []
    for serial in (100, 200, 300):
        rooms.append(site.open(ann, now_s=float(serial)))
        bob.say(Enter(rooms[-1].name), float(serial))
        build(ann, serial + 1)
        build(bob, serial + 2)
        if serial == 100:
            await site.rescue.finish()
    site.end(rooms[1])
    assert await site.rescue.discard("guest:a")
    for serial, room in ((400, rooms[0]), (500, rooms[2])):
        bob.say(Enter(room.name), float(serial))
        build(bob, serial + 1)
    await site.rescue.finish()
    assert (site.crates("a"), sorted(site.crates("b"))) == ([], [3, 4, 4])
    assert not await site.rescue.discard("guest:a")


async def test_without_a_folder_nothing_is_kept() -> None:
    stepper = Stepper(arena=ARENA, game=Build)
    rescue = rescue_of(None, stepper.lobby)
    build(stepper.join("Ann"), 1)
    stepper.lobby.end_room(stepper.room.name, 0.0)
    await rescue.run()
    await rescue.finish()
    assert rescue.counted.drafts == 0
    assert not await rescue.discard("guest:a")
