"""The folder: whole or not at all, one process at a time, and no more kept than is bounded."""

import os
import resource
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from protocol.errors import UserError
from server.checkpoint import BYTES_MAX
from server.store import ASIDE_MAX, Folder, checkpoint_of, room_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with closing(Folder(tmp_path / "state" / "here")) as folder:
        yield folder


def names(folder: Folder) -> list[str]:
    return sorted(path.name for path in folder.folder.iterdir())


def test_what_is_written_is_read_and_the_newest_counts(folder: Folder) -> None:
    assert folder.read("pinball") is None
    folder.write("pinball", b"old")
    folder.write("pinball", b"new")
    folder.write("belt", b"other")
    assert (folder.read("pinball"), folder.read("belt")) == (b"new", b"other")
    assert names(folder) == ["belt", "lock", "pinball"]


def test_what_is_removed_is_gone_and_need_not_have_been_there(folder: Folder) -> None:
    folder.write("pinball", b"old")
    folder.remove("pinball")
    folder.remove("belt")
    assert folder.read("pinball") is None
    assert names(folder) == ["lock"]


@pytest.mark.parametrize("name", ["../outside", "a/b", "..", "", "Größe ü", "x" * 40])
def test_any_room_stays_in_the_folder(folder: Folder, name: str) -> None:
    folder.write(checkpoint_of(name), b"here")
    assert folder.read(checkpoint_of(name)) == b"here"
    assert len(names(folder)) == 2


def test_only_its_owner_reads_it(folder: Folder) -> None:
    folder.write("pinball", b"names and scores")
    assert stat.S_IMODE(folder.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder.folder / "pinball").stat().st_mode) == 0o600


def test_a_crash_while_writing_leaves_the_old_one(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write("pinball", b"old")

    def crash(descriptor: int) -> None:
        raise OSError("the power is gone")

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(OSError, match="power"):
        folder.write("pinball", b"new")
    assert folder.read("pinball") == b"old"
    monkeypatch.undo()
    folder.write("pinball", b"newer")
    assert folder.read("pinball") == b"newer"


def test_what_was_done_outlasts_the_power(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is on the disk before it has its name, and the folder after each of its names has changed."""
    done: list[str] = []

    def fsync(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        done.append("folder" if is_folder else f"{os.fstat(descriptor).st_size} bytes")

    def replace(old: Path, new: Path) -> None:
        done.append(f"{old.name} is {new.name}")
        rename(old, new)

    rename = os.replace
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    folder.write("pinball", b"new")
    assert done == ["3 bytes", "pinball.new is pinball", "folder"]
    done.clear()
    folder.set_aside("pinball", "refused")
    folder.set_aside("pinball", "failed", b"was")
    assert done == ["pinball is pinball.refused-1", "folder", "3 bytes", "folder"]
    done.clear()
    folder.remove("pinball")
    assert done == ["folder"]


def test_no_more_is_read_than_a_checkpoint_may_have(folder: Folder) -> None:
    with (folder.folder / "pinball").open("wb") as file:
        file.truncate(2 * BYTES_MAX)
    found = folder.read("pinball")
    assert found is not None
    assert len(found) == BYTES_MAX + 1


def test_what_is_set_aside_is_not_read_again_and_bounded(folder: Folder) -> None:
    folder.write("pinball", b"bad")
    place = folder.set_aside("pinball", "refused")
    assert folder.read("pinball") is None
    assert Path(place).read_bytes() == b"bad"
    for number in range(2, ASIDE_MAX + 5):
        folder.set_aside("pinball", "failed", b"%d" % number)
    kept = {name.rpartition("-")[2] for name in names(folder) if name != "lock"}
    assert kept == {str(number) for number in range(5, ASIDE_MAX + 5)}


def test_one_has_it_until_it_lets_go(folder: Folder) -> None:
    assert folder.lock()
    with closing(Folder(folder.folder)) as other:
        assert not other.lock()
        assert other.holder() == str(os.getpid())
        folder.close()
        assert other.lock()


def test_a_folder_that_takes_nothing_is_named(folder: Folder) -> None:
    """As on a disk that is full: it was the output, then, that could not be written."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        with pytest.raises(UserError, match=f"^{folder.folder} can't be used for the state: file too large$"):
            folder.lock()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    with closing(Folder(folder.folder)) as other:
        assert other.lock(), "it is let go of"


def test_a_process_that_is_killed_lets_go(folder: Folder) -> None:
    script = (
        "import sys; from pathlib import Path; from server.store import Folder\n"
        "folder = Folder(Path(sys.argv[1])); assert folder.lock(); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(folder.folder)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holding:
        assert holding.stdout is not None
        assert holding.stdout.readline() == b"held\n"
        assert not folder.lock()
        assert folder.holder() == str(holding.pid)
        holding.kill()
        holding.wait()
        assert folder.lock()


def test_a_place_that_is_no_folder_is_a_users_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="can't be used for the state"):
        Folder(tmp_path / "file")


def test_all_names_can_be_told_and_only_those_that_can_be_read(folder: Folder) -> None:
    for name in ("main.checkpoint", "a/b.checkpoint", "restrictions", "bad.checkpoint"):
        folder.write(name, b"1")
    folder.lock()
    folder.set_aside("bad.checkpoint", "refused")
    (folder.folder / "half.checkpoint.new").write_bytes(b"")
    assert folder.names() == ["a/b.checkpoint", "main.checkpoint", "restrictions"]
    assert [room_of(name) for name in folder.names()] == ["a/b", "main", None]
