"""The folder of replays: what is in it, what is written to it, and how it is kept from growing.

    20261126T034512Z-pinball-melee.replay      when it was begun, the room, the game; -2, -3, … where that is taken
    private-9f…c4.replay                       160 random bits: of a private room, whose name is its key

Those of private rooms are in no list: they are for whoever was told the id. Their names say so, for as long as they lie
there; in all else they are as the others.

Calls block, so they are made from a worker thread, one after the other; only `summaries`, `find`, `count` and `size`
don't. A recording is written chunk by chunk under its last name: what a crash leaves of it is a replay that was cut
off. What there is stays within bounds in bytes (what is being written included), in files and in age, and the oldest go
first; whatever else lies in the folder is left alone. What goes wrong is an OSError.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import gmtime, strftime, time
from typing import BinaryIO, Final

from msgspec import Struct

from protocol.errors import ReplayError, UserError
from protocol.replay import Header, Index, Standing, Writer, header_of, index_offset, read_block, read_index
from server.replay.tape import Ending

FILES_MAX: Final = 2000
AGE_DAYS_MAX: Final = 60.0
SUMMARY_BYTES_MAX: Final = 2 << 20
"""So much is read of a file's beginning, and of its end, to tell what it is."""
TAIL_BYTES: Final = 16
SAME_NAME_MAX: Final = 1000
PRIVATE: Final = "private-"
PRIVATE_BYTES: Final = 20
_NAME: Final = re.compile(rf"[0-9]{{8}}T[0-9]{{6}}Z-[a-z0-9_-]{{1,80}}|{PRIVATE}[0-9a-f]{{{2 * PRIVATE_BYTES}}}")
SUFFIX: Final = ".replay"


class Summary(Struct, frozen=True):
    """What `/api/replays` says of one."""

    id: str
    room: str
    game: str
    arena: str
    recorded_s: int
    seconds: float
    bytes: int
    is_whole: bool
    """False: it was cut off, and nothing is known of its end."""
    has_ended: bool
    """Whether the match was played to its end."""
    standings: list[Standing]


class Recording(Struct, eq=False):
    """One that is being written."""

    id: str
    path: Path
    file: BinaryIO
    writer: Writer


def is_id(name: str) -> bool:
    """Whether a replay may have this name: letters, digits, - and _ of ASCII, and no way out of the folder."""
    return _NAME.fullmatch(name) is not None


def id_of(room: str, game: str, now_s: float) -> str:
    slug = "-".join(re.sub(r"[^a-z0-9_]+", "-", part.lower()).strip("-")[:30] or "x" for part in (room, game))
    return f"{strftime('%Y%m%dT%H%M%SZ', gmtime(now_s))}-{slug}"


def private_id() -> str:
    """Nobody guesses it, and it says nothing of the room."""
    return f"{PRIVATE}{secrets.token_hex(PRIVATE_BYTES)}"


def is_private(replay_id: str) -> bool:
    """Whether it is for those alone who were told the id."""
    return replay_id.startswith(PRIVATE)


class Archive:
    """One folder, made if need be. Raises UserError when that can't be."""

    def __init__(
        self, folder: Path, bytes_max: int, files_max: int = FILES_MAX, days_max: float = AGE_DAYS_MAX
    ) -> None:
        self.folder, self.bytes_max, self.files_max, self.days_max = folder, bytes_max, files_max, days_max
        self._summaries: dict[str, Summary] = {}
        self._open: dict[str, Recording] = {}
        self._closed_bytes = 0
        self._is_closed = False
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"{folder} can't be used for replays: {(error.strerror or str(error)).lower()}") from None

    # writing -----------------------------------------------------------------------------------------------

    def begin(self, name: str, header: Header, welcome: bytes, tick: int) -> Recording:
        """A new file, with its beginning in it."""
        for taken in range(1, SAME_NAME_MAX):
            replay_id = name if taken == 1 else f"{name}-{taken}"
            path = self._path(replay_id)
            try:
                file = path.open("xb")
            except FileExistsError:
                continue
            recording = self._open[replay_id] = Recording(replay_id, path, file, Writer())
            try:
                if self._is_closed:  # asked when it is among those that are open: `close` has closed it, or we do
                    raise OSError("nothing more is recorded")
                self._write(recording, recording.writer.begin(header, welcome, tick))
            except OSError:
                self.drop(recording)
                raise
            return recording
        raise OSError(f"there are {SAME_NAME_MAX} replays {name}")

    def write(self, recording: Recording, tick: int, messages: list[bytes]) -> None:
        """One chunk more."""
        self._write(recording, recording.writer.chunk(tick, messages))

    def end(self, recording: Recording, ending: Ending) -> None:
        """It is whole, and can be found from now on."""
        index = recording.writer.end(
            ending.first_tick, ending.last_tick, ending.match_tick, ending.ended_tick, ending.standings
        )
        self._write(recording, index)
        self._close(recording)
        self._summaries[recording.id] = summary_of(recording.id, recording.path)
        self.prune()

    def drop(self, recording: Recording) -> None:
        """There will be none."""
        self._close(recording)
        recording.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing more is begun: what is open is left as far as it is. A thread may be about to begin something."""
        self._is_closed = True
        for recording in list(self._open.values()):
            self._close(recording)

    def _write(self, recording: Recording, content: bytes) -> None:
        recording.file.write(content)
        recording.file.flush()
        if self._bytes() > self.bytes_max:
            self.prune()
            if self._bytes() > self.bytes_max:
                raise OSError(f"replays may take {self.bytes_max} bytes, and there are none left to remove")

    def _close(self, recording: Recording) -> None:
        self._open.pop(recording.id, None)
        with suppress(OSError):  # what a full disk did not take was told of when it was written
            recording.file.close()

    def _bytes(self) -> int:
        return self._closed_bytes + sum(recording.writer.size for recording in self._open.values())

    # what there is -----------------------------------------------------------------------------------------

    def load(self) -> None:
        """Look the folder through."""
        self.prune()
        for path, _, _ in self._files():
            try:
                self._summaries[path.stem] = summary_of(path.stem, path)
            except (ReplayError, OSError):
                continue  # it is kept for whoever wants to know why, until it is old

    def summaries(self) -> list[Summary]:
        """Of all that everybody may know of, the newest first."""
        public = [summary for summary in self._summaries.copy().values() if not is_private(summary.id)]
        return sorted(public, key=lambda summary: summary.id, reverse=True)

    def find(self, replay_id: str) -> Path | None:
        """The file of one that is finished, private or not."""
        if not is_id(replay_id) or replay_id not in self._summaries:
            return None
        return self._path(replay_id)

    @property
    def count(self) -> int:
        """All that are finished."""
        return len(self._summaries)

    @property
    def size(self) -> int:
        """Bytes of all that is finished."""
        return sum(summary.bytes for summary in self._summaries.copy().values())

    def prune(self) -> None:
        """Remove the oldest until what is left is within the bounds."""
        files = sorted(self._files(), key=lambda file: (file[2], file[0].name))
        self._closed_bytes, count = sum(size for _, size, _ in files), len(files)
        oldest_s = time() - self.days_max * 86_400
        for path, size, changed_s in files:
            if self._bytes() <= self.bytes_max and count <= self.files_max and changed_s >= oldest_s:
                break
            path.unlink(missing_ok=True)
            self._summaries.pop(path.stem, None)
            self._closed_bytes -= size
            count -= 1

    def _files(self) -> Iterator[tuple[Path, int, float]]:
        """(path, bytes, when it was written last) of each that nobody writes to now."""
        for path in self.folder.glob(f"*{SUFFIX}"):
            if is_id(path.stem) and path.stem not in self._open and path.is_file():
                stat = path.stat()
                yield path, stat.st_size, stat.st_mtime

    def _path(self, replay_id: str) -> Path:
        assert is_id(replay_id), "nothing else is a name in this folder"
        return self.folder / f"{replay_id}{SUFFIX}"


def summary_of(replay_id: str, path: Path) -> Summary:
    """What a file is of, by its beginning and its end. Raises ReplayError or OSError."""
    with path.open("rb") as file:
        header, welcome = header_of(file.read(SUMMARY_BYTES_MAX))
        size = file.seek(0, 2)
        index = _index_of(file, size)
    seconds = 0.0 if index is None else (index.last_tick - index.first_tick) / welcome.tick_rate
    return Summary(
        id=replay_id,
        room=welcome.room,
        game=welcome.game,
        arena=welcome.arena.name,
        recorded_s=header.recorded_s,
        seconds=round(seconds, 1),
        bytes=size,
        is_whole=index is not None,
        has_ended=index is not None and index.ended_tick is not None,
        standings=[] if index is None else index.standings,
    )


def _index_of(file: BinaryIO, size: int) -> Index | None:
    file.seek(max(0, size - TAIL_BYTES))
    offset = index_offset(file.read(TAIL_BYTES))
    if offset is None or not 0 <= size - offset <= SUMMARY_BYTES_MAX:
        return None
    file.seek(offset)
    block = read_block(file.read(SUMMARY_BYTES_MAX), 0)
    try:
        return None if block is None else read_index(block)
    except ReplayError:
        return None
