"""The arena library: what is kept, for whom, and what a broken disk or a sly name can do to it."""

import shutil
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.arena import Arena, Place, Wall
from server.build import shelf as rules
from server.build.shelf import NAME, VERSIONS_MAX, CannotKeep, Shelf, read_arena
from tests.instruments.plans import ARENA


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "arenas", taken=["pinball"])


def named(name: str) -> Arena:
    return msgspec.structs.replace(ARENA, name=name)


def test_what_is_saved_is_there_and_after_a_restart_too(shelf: Shelf, tmp_path: Path) -> None:
    assert shelf.save("mine", "subject:ann", "Ann", 1000, named("first")) == 1
    assert shelf.save("mine", "subject:ann", "Ann", 2000, named("second")) == 2
    for one in (shelf, Shelf(tmp_path / "arenas")):
        assert one.arenas == {"mine": named("second")}
        assert (one.read("mine"), one.read("mine", 1)) == (named("second"), named("first"))
        ((name, book),) = one.books()
        assert (name, book.owner) == ("mine", "subject:ann")
        assert [(version.number, version.by, version.saved_s) for version in book.versions] == [
            (1, "Ann", 1000),
            (2, "Ann", 2000),
        ]
        assert one.size == sum(path.stat().st_size for path in (tmp_path / "arenas" / "mine").iterdir())


def test_only_so_many_versions_are_kept(shelf: Shelf, tmp_path: Path) -> None:
    for number in range(1, VERSIONS_MAX + 4):
        assert shelf.save("mine", "", "Ann", number, named(f"no. {number}")) == number
    assert len(list((tmp_path / "arenas" / "mine").iterdir())) == VERSIONS_MAX
    with pytest.raises(CannotKeep, match="there is no arena 'mine' of version 3"):
        shelf.read("mine", 3)
    assert shelf.read("mine", 4) == named("no. 4")


def test_an_arena_is_its_owners_and_nobodys_is_everybodys(shelf: Shelf) -> None:
    shelf.save("hers", "subject:ann", "Ann", 1, ARENA)
    shelf.save("free", "", "Eve", 1, ARENA)
    for other in ("subject:bob", ""):
        with pytest.raises(CannotKeep, match="somebody else's") as refused:
            shelf.save("hers", other, "Bob", 2, ARENA)
        assert refused.value.status == 403
    shelf.save("free", "subject:bob", "Bob", 2, ARENA)
    shelf.save("hers", "subject:root", "Root", 3, ARENA, may_change_all=True)
    assert [(name, book.owner, len(book.versions)) for name, book in shelf.books()] == [
        ("free", "", 2),
        ("hers", "subject:ann", 2),
    ]


def test_who_is_forgotten_leaves_their_arenas_and_not_their_name(shelf: Shelf, tmp_path: Path) -> None:
    for name, owner, by in (("hers", "subject:ann", "Ann"), ("his", "subject:bob", "Bob"), ("free", "", "Ann")):
        for second in (1, 2, 3):
            shelf.save(name, owner, by, second, named(f"{name} {second}"))
    (tmp_path / "arenas" / "hers" / "000001.json").write_text("broken meanwhile")
    assert shelf.disown("subject:ann", "Somebody")
    assert not shelf.disown("subject:ann", "Somebody")
    assert not shelf.disown("", "Somebody")
    for one in (shelf, Shelf(tmp_path / "arenas")):
        books = dict(one.books())
        assert {name: book.owner for name, book in books.items()} == {"hers": "", "his": "subject:bob", "free": ""}
        assert [(one.number, one.by, one.saved_s) for one in books["hers"].versions] == [
            (2, "Somebody", 2),
            (3, "Somebody", 3),
        ]
        assert (one.read("hers"), one.read("hers", 2)) == (named("hers 3"), named("hers 2"))
        assert one.size == sum(path.stat().st_size for path in (tmp_path / "arenas").rglob("*.json"))
    assert shelf.save("hers", "subject:bob", "Bob", 4, ARENA) == 4


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\\b", ".hidden", "-a", "a-", "A", "ä", "a" * 41, "a\n", "a.b"])
def test_a_name_is_a_folder_and_nothing_else(shelf: Shelf, name: str) -> None:
    with pytest.raises(CannotKeep) as refused:
        shelf.save(name, "", "Ann", 1, ARENA)
    assert refused.value.status == 422
    assert shelf.books() == []


@given(st.text(max_size=42))
def test_whatever_is_a_name_stays_in_the_folder(name: str) -> None:
    if NAME.fullmatch(name):
        assert (Path("/arenas") / name).resolve().parent == Path("/arenas")


def test_a_map_of_the_game_keeps_its_name(shelf: Shelf) -> None:
    with pytest.raises(CannotKeep, match="comes with the game"):
        shelf.save("pinball", "", "Ann", 1, ARENA)


def test_the_library_is_bounded(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "ARENAS_MAX", 2)
    shelf.save("one", "", "Ann", 1, ARENA)
    shelf.save("two", "", "Ann", 1, ARENA)
    with pytest.raises(CannotKeep, match="2 arenas already"):
        shelf.save("three", "", "Ann", 1, ARENA)
    monkeypatch.setattr(rules, "BYTES_MAX", shelf.size + 10)
    with pytest.raises(CannotKeep, match="full"):
        shelf.save("one", "", "Ann", 1, ARENA)
    assert len(shelf.books()[0][1].versions) == 1


def test_what_is_removed_makes_room_and_is_nowhere(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "ARENAS_MAX", 1)
    shelf.save("rude", "subject:eve", "Eve", 1000, ARENA)
    shelf.save("rude", "subject:eve", "Eve", 2000, ARENA)
    with pytest.raises(CannotKeep, match="has its 1 arenas"):
        shelf.check("mine", "subject:ann")
    shelf.remove("rude")
    assert (shelf.arenas, shelf.size, Shelf(tmp_path / "arenas").arenas) == ({}, 0, {})
    assert not (tmp_path / "arenas" / "rude").exists()
    with pytest.raises(CannotKeep, match="there is no arena 'rude'"):
        shelf.remove("rude")
    assert shelf.save("mine", "subject:ann", "Ann", 3000, ARENA) == 1


def test_what_somebody_else_has_removed_from_the_folder_holds_nothing_up(shelf: Shelf, tmp_path: Path) -> None:
    for second in (1, 2, 3):
        shelf.save("hers", "subject:ann", "Ann", second, ARENA)
    folder = tmp_path / "arenas" / "hers"
    (folder / "000002.json").unlink()
    assert shelf.disown("subject:ann", "Somebody")
    ((_, book),) = shelf.books()
    assert (book.owner, [version.number for version in book.versions]) == ("", [1, 3])
    shutil.rmtree(folder)
    shelf.remove("hers")
    assert shelf.arenas == {}


def test_whoever_looks_through_it_meanwhile_is_not_disturbed(shelf: Shelf) -> None:
    """The game does, while a thread saves."""
    shelf.save("one", "", "", 1000, ARENA)
    looked_through = iter(shelf._books.items())
    shelf.save("two", "", "", 2000, ARENA)
    shelf.remove("two")
    shelf.save("three", "subject:ann", "Ann", 3000, ARENA)
    shelf.disown("subject:ann", "Somebody")
    assert [name for name, _ in looked_through] == ["one"]


def test_what_is_broken_is_left_out(shelf: Shelf, tmp_path: Path) -> None:
    shelf.save("mine", "", "Ann", 1, named("first"))
    shelf.save("mine", "", "Ann", 2, named("second"))
    shelf.save("gone", "", "Ann", 1, ARENA)
    folder = tmp_path / "arenas"
    (folder / "mine" / "000002.json").write_bytes(b'{"owner":')
    (folder / "gone" / "000001.json").write_bytes(b"")
    (folder / "mine" / "000003.new").write_bytes(b"half")
    (folder / "a file").write_bytes(b"")
    again = Shelf(folder)
    assert again.arenas == {"mine": named("first")}
    (folder / "mine" / "000001.json").unlink()
    with pytest.raises(CannotKeep, match="can't be read any more"):
        shelf.read("mine", 1)
    with pytest.raises(CannotKeep, match="no arena 'nothing'"):
        shelf.read("nothing")


def test_a_disk_that_is_full_changes_nothing(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.save("mine", "", "Ann", 1, named("first"))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        shelf.save("mine", "", "Ann", 2, named("second"))
    assert shelf.arenas == {"mine": named("first")}


def test_what_is_sent_is_checked_like_a_file_and_gets_its_name() -> None:
    assert read_arena(msgspec.json.encode(ARENA), "mine").name == "mine"
    with pytest.raises(CannotKeep, match="mine: not JSON") as refused:
        read_arena(b"{", "mine")
    assert refused.value.status == 422
    with pytest.raises(CannotKeep, match="outside of the arena"):
        read_arena(msgspec.json.encode(msgspec.structs.replace(ARENA, crates=[Place(9999.0, 1.0)])), "mine")
    with pytest.raises(CannotKeep) as refused:
        read_arena(b" " * 1_000_001, "mine")
    assert refused.value.status == 413


def test_what_nobody_could_build_is_not_kept_and_not_even_looked_at(shelf: Shelf, tmp_path: Path) -> None:
    walls = [Wall([(500.0, 500.0 + n) for n in range(32)])] * 126
    large = msgspec.structs.replace(ARENA, walls=walls, spawns=[Place(-1.0, 0.0)])
    with pytest.raises(CannotKeep, match="mine: it has 4039 corners, and there is room for 4000") as refused:
        read_arena(msgspec.json.encode(large), "mine")
    assert refused.value.status == 422
    shelf.save("mine", "", "Ann", 1, large)
    assert not Shelf(tmp_path / "arenas").arenas
