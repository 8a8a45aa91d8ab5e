"""A folder of replays stays within its bounds, whatever lies in it, and hands out nothing else."""

import errno
import io
import json
import os
import time
from pathlib import Path
from typing import IO, Any

import pytest

from protocol.errors import UserError
from protocol.limits import PROTOCOL_VERSION
from protocol.replay import INDEX, Header, Replay, Standing, index_offset
from server.replay.archive import Archive, Recording, id_of, is_id, is_private, private_id, summary_of
from server.replay.tape import Ending
from tests.protocol.test_replay import CODEC, WELCOME, block_of, told

ENDING = Ending(8, 608, 0, 600, [Standing(1, "Ann", place=1, score=300)])
LARGE = 10_000_000


def begin(archive: Archive, name: str) -> Recording:
    return archive.begin(name, Header(PROTOCOL_VERSION, 1_700_000_000), CODEC.encode(WELCOME), 8)


def record(archive: Archive, number: int = 0, chunks: int = 1, private: bool = False) -> str:
    """A whole one, which is written `number` hours after the first; its id."""
    recording = begin(archive, private_id() if private else id_of("main", "melee", 1_700_000_000 + 3600 * number))
    for n in range(chunks):
        archive.write(recording, 600 * n, [os.urandom(1000), told(600 * n)])
    archive.end(recording, ENDING)
    changed_s = time.time() - 86_400 + 3600 * number
    os.utime(recording.path, (changed_s, changed_s))
    return recording.id


def write_much(archive: Archive, recording: Recording) -> None:
    for n in range(20):
        archive.write(recording, n, [os.urandom(1000)])


def test_a_recording_becomes_a_replay(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "replays", LARGE)
    replay_id = record(archive, chunks=2)
    assert replay_id == "20231114T221320Z-main-melee"
    path = archive.find(replay_id)
    assert path is not None
    assert len(Replay(path.read_bytes()).chunks) == 2
    (summary,) = archive.summaries()
    assert (summary.room, summary.game, summary.arena, summary.seconds) == ("main", "melee", "box", 10.0)
    assert summary.standings == ENDING.standings
    assert summary.is_whole
    assert summary.has_ended
    assert summary.bytes == archive.size == path.stat().st_size


def test_what_is_begun_at_the_same_second_has_another_name(tmp_path: Path) -> None:
    archive = Archive(tmp_path, LARGE)
    names = [record(archive) for _ in range(3)]
    assert names == [names[0], f"{names[0]}-2", f"{names[0]}-3"]
    assert all(map(is_id, names))


def test_what_is_still_written_is_not_found(tmp_path: Path) -> None:
    archive = Archive(tmp_path, LARGE)
    recording = begin(archive, id_of("main", "melee", 0))
    assert archive.find(recording.id) is None
    assert archive.summaries() == []
    archive.drop(recording)
    assert list(tmp_path.iterdir()) == []


class Full(io.RawIOBase):
    """A file on a disk that has no room left."""

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        raise OSError(errno.ENOSPC, "no space left on device")


def test_a_full_disk_keeps_no_file_open_and_nothing_of_what_was_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, files, opened = Archive(tmp_path, LARGE), list[Full](), Path.open

    def full(path: Path, mode: str) -> io.BufferedWriter:
        opened(path, mode).close()
        files.append(Full())
        return io.BufferedWriter(files[-1])

    under_way = begin(archive, id_of("main", "melee", 0))
    under_way.file.close()
    under_way.file = full(tmp_path / "another", "wb")
    with pytest.raises(OSError, match="no space"):
        archive.write(under_way, 0, [b"more"])
    archive.drop(under_way)
    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(OSError, match="no space"):
        begin(archive, id_of("main", "melee", 0))
    assert [path.name for path in tmp_path.iterdir()] == ["another"]
    assert [file.closed for file in files] == [True, True]


def test_what_there_is_no_room_to_begin_leaves_nothing(tmp_path: Path) -> None:
    archive = Archive(tmp_path, 10)
    with pytest.raises(OSError, match="none left to remove"):
        begin(archive, id_of("main", "melee", 0))
    assert list(tmp_path.iterdir()) == []


def test_the_oldest_go_first_when_there_are_too_many_bytes(tmp_path: Path) -> None:
    archive = Archive(tmp_path, LARGE)
    names = [record(archive, n) for n in range(6)]
    size = archive.size // 6
    smaller = Archive(tmp_path, int(size * 3.5))
    smaller.load()
    assert [summary.id for summary in smaller.summaries()] == names[:2:-1]
    newest = record(smaller, 7)
    assert [summary.id for summary in smaller.summaries()] == [newest, names[5], names[4]]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= size * 3.5


def test_what_is_being_written_counts_and_is_given_up_where_nothing_is_left_to_remove(tmp_path: Path) -> None:
    archive = Archive(tmp_path, 8000)
    old = record(archive)
    recording = begin(archive, id_of("main", "melee", 0))
    with pytest.raises(OSError, match="replays may take 8000 bytes"):
        write_much(archive, recording)
    assert archive.find(old) is None
    assert recording.writer.size > 7000
    archive.drop(recording)
    assert list(tmp_path.iterdir()) == []


def test_there_is_a_bound_for_files_and_one_for_age(tmp_path: Path) -> None:
    archive = Archive(tmp_path, LARGE, files_max=3)
    names = [record(archive, n) for n in range(5)]
    archive.prune()
    assert [summary.id for summary in archive.summaries()] == names[:1:-1]
    aged = Archive(tmp_path, LARGE, days_max=0.85)
    aged.load()
    assert [summary.id for summary in aged.summaries()] == [names[4]]


def test_what_is_open_when_the_server_stops_is_a_replay_that_was_cut(tmp_path: Path) -> None:
    archive = Archive(tmp_path, LARGE)
    recording = begin(archive, id_of("main", "melee", 0))
    archive.write(recording, 8, [told(8)])
    archive.close()
    assert recording.file.closed
    again = Archive(tmp_path, LARGE)
    again.load()
    assert [(summary.id, summary.is_whole) for summary in again.summaries()] == [(recording.id, False)]


@pytest.mark.parametrize("is_under_way", [False, True])
def test_what_is_begun_when_the_server_has_stopped_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_under_way: bool
) -> None:
    """The thread that begins it isn't waited for, and may come to it late."""
    archive, opened, files = Archive(tmp_path, LARGE), Path.open, list[IO[Any]]()

    def slowly(path: Path, mode: str) -> IO[Any]:
        files.append(opened(path, mode))
        if is_under_way:
            archive.close()
        return files[0]

    if not is_under_way:
        archive.close()
    monkeypatch.setattr(Path, "open", slowly)
    with pytest.raises(OSError, match="nothing more is recorded"):
        begin(archive, id_of("main", "melee", 0))
    assert all(file.closed for file in files)
    assert not list(tmp_path.iterdir())


def test_a_private_one_is_found_by_its_id_alone_and_still_is_after_a_restart(tmp_path: Path) -> None:
    archive = Archive(tmp_path, LARGE)
    public, private = record(archive), record(archive, 1, private=True)
    again = Archive(tmp_path, LARGE)
    again.load()
    for one in (archive, again):
        assert [summary.id for summary in one.summaries()] == [public]
        assert one.find(private) == tmp_path / f"{private}.replay"
        assert one.find(private[:-1]) is None
        assert one.count == 2
        assert one.size == sum(path.stat().st_size for path in tmp_path.iterdir())


def test_a_private_one_goes_like_any_other_when_it_is_the_oldest(tmp_path: Path) -> None:
    archive = Archive(tmp_path, LARGE, files_max=2)
    oldest, *younger = [record(archive, n, private=n == 0) for n in range(3)]
    archive.prune()
    assert archive.find(oldest) is None
    assert all(map(archive.find, younger))
    assert archive.count == 2


def test_ids_of_private_ones_are_of_160_random_bits() -> None:
    ids = [private_id() for _ in range(400)]
    assert all(map(is_id, ids))
    assert all(map(is_private, ids))
    digits = [replay_id.removeprefix("private-") for replay_id in ids]
    assert {len(one) for one in digits} == {40}
    assert all(len({one[place] for one in digits}) == 16 for place in range(40)), "each of them is any digit"
    assert not is_private(id_of("private-", "melee", 1_700_000_000))


def test_whatever_else_lies_there_is_left_alone(tmp_path: Path) -> None:
    strange = [tmp_path / name for name in ("notes.txt", "holiday.replay", "20231114T221320Z-x-melee.replay.old")]
    for path in strange:
        path.write_bytes(b"mine" * 1000)
    (tmp_path / "20231114T221320Z-folder-melee.replay").mkdir()
    archive = Archive(tmp_path, 100)
    archive.load()
    archive.prune()
    assert all(path.exists() for path in strange)
    assert archive.summaries() == []


def test_a_file_that_no_server_wrote_hides_no_other(tmp_path: Path) -> None:
    """Whatever an index says of its ticks, there is no reckoning with it."""
    archive = Archive(tmp_path, LARGE)
    odd, other = (archive._path(record(archive, n)) for n in range(2))
    whole = odd.read_bytes()
    offset = index_offset(whole[-16:])
    assert offset is not None
    index = {"chunks": [], "first_tick": 0, "last_tick": 10**400, "match_tick": 0}
    odd.write_bytes(whole[:offset] + block_of(INDEX, json.dumps(index).encode()) + whole[-16:])
    again = Archive(tmp_path, LARGE)
    again.load()
    assert [(one.id, one.is_whole) for one in again.summaries()] == [(other.stem, True), (odd.stem, False)]


def test_a_file_that_was_cut_is_listed_and_one_that_is_none_is_not(tmp_path: Path) -> None:
    archive = Archive(tmp_path, LARGE)
    cut, garbled = (archive._path(record(archive, n)) for n in range(2))
    cut.write_bytes(cut.read_bytes()[:-20])
    garbled.write_bytes(b"RICOREPL\1\0" + bytes(500))
    again = Archive(tmp_path, LARGE)
    again.load()
    (summary,) = again.summaries()
    assert summary.id == cut.stem
    assert not summary.is_whole
    assert not summary.has_ended
    assert again.find(garbled.stem) is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../lock",
        "/etc/passwd",
        "20231114T221320Z-main-melee.replay",
        "20231114T221320Z-a/b",
        "x" * 200,
        "20231114T221320Z-main-melee\n",
        "20231114T221320Z-MAIN",
        "private-",
        "private-" + "g" * 40,
        "private-" + "0" * 39,
        "private-" + "0" * 41,
        "20231114T221320Z-main-melee\0",
        "२०231114T221320Z-a-b",
    ],
)
def test_nothing_else_is_a_name(name: str, tmp_path: Path) -> None:
    assert not is_id(name)
    assert Archive(tmp_path, LARGE).find(name) is None


def test_rooms_of_any_name_make_good_ids() -> None:
    for room in ("Main Hall", "../../etc", "éè", "a" * 40, "\U0001f600", "x\ny"):
        assert is_id(id_of(room, "melee", 1_700_000_000))


def test_a_folder_that_can_not_be_is_the_operators_to_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="can't be used for replays"):
        Archive(tmp_path / "file" / "replays", LARGE)


def test_a_summary_needs_no_more_than_both_ends(tmp_path: Path) -> None:
    archive = Archive(tmp_path, LARGE)
    path = archive._path(record(archive, chunks=3))
    assert summary_of(path.stem, path) == archive.summaries()[0]
