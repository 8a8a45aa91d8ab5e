"""A shared folder keeps what it is given whole, says how old it is, and cleans up behind itself."""

import os
from pathlib import Path

import pytest

from protocol.errors import UserError
from server.cluster import places
from server.cluster.places import SharedFolder, place_of
from server.store import put

KEY, OTHER = "pit.room/00000000000000000007", "pit.room/00000000000000000009"


def test_what_was_written_is_there_until_it_is_removed(tmp_path: Path) -> None:
    place = SharedFolder(tmp_path / "a" / "b")
    assert place.read(KEY) is None
    place.write(KEY, b"one")
    place.write(KEY, b"two")
    place.write(OTHER, b"three")
    place.write("belt.room/1", b"four")
    assert SharedFolder(tmp_path / "a" / "b").read(KEY) == b"two"
    assert place.ages_s("pit.room").keys() == {KEY, OTHER}
    assert place.ages_s().keys() == {KEY, OTHER, "belt.room/1"}
    assert place.ages_s("nowhere.room") == {}
    for key in (KEY, OTHER, "nowhere.room/1"):
        place.remove(key)
    assert place.ages_s().keys() == {"belt.room/1"}
    assert os.listdir(tmp_path / "a" / "b") == ["belt.room"], "an empty folder goes, too"
    place.write(KEY, b"again")
    assert place.read(KEY) == b"again"


def test_a_folder_that_another_has_just_removed_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = SharedFolder(tmp_path)

    def put_too_late(path: Path, content: bytes) -> None:
        monkeypatch.undo()
        place.remove(OTHER)
        put(path, content)

    monkeypatch.setattr(places, "put", put_too_late)
    place.write(KEY, b"one")
    assert place.read(KEY) == b"one"


def test_it_says_how_old_a_thing_is(tmp_path: Path) -> None:
    place = SharedFolder(tmp_path)
    place.write(KEY, b"one")
    os.utime(tmp_path / KEY, (1_000, 1_000))
    place.write(OTHER, b"two")
    ages_s = place.ages_s("pit.room")
    assert ages_s[KEY] > 1e9
    assert ages_s[OTHER] < 3600


def test_what_a_crash_left_half_written_is_not_listed(tmp_path: Path) -> None:
    place = SharedFolder(tmp_path)
    place.write(KEY, b"one")
    (tmp_path / f"{OTHER}.new").write_bytes(b"tw")
    assert place.ages_s().keys() == {KEY}


def test_an_address_says_where_it_is(tmp_path: Path) -> None:
    for url in (str(tmp_path / "x y"), (tmp_path / "x y").as_uri()):
        place_of(url).write(KEY, b"here")
        assert (tmp_path / "x y" / KEY).read_bytes() == b"here"
    with pytest.raises(UserError, match="checkpoints go to a folder"):
        place_of("ftp://a.example/x")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match="can't be used for checkpoints"):
        place_of(str(tmp_path / "file"))
