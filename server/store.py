"""Where what outlasts the process is kept: the seam, and a folder behind it.

`Store` is all that the server asks of a place; an object store would do as well. Its calls may block, so they are made
from a worker thread. A write is all or nothing: readers find all of the old or all of the new.

    ROOM.checkpoint         the newest of a room
    restrictions            who is banned and who is mute
    NAME.new                one of these being written; whatever a crash leaves of it is written over
    NAME.refused-N          could not be gone on from
    NAME.failed-N           what a room was when it failed
    lock                    held by the one process that uses the folder
"""

import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, Literal, Protocol
from urllib.parse import quote, unquote

from protocol.errors import UserError
from server.checkpoint import BYTES_MAX

ASIDE_MAX: Final = 10
"""So many that were set aside are kept, the newest."""
RESTRICTIONS: Final = "restrictions"
_ASIDE: Final = re.compile(r"\.(?:refused|failed)-(\d+)$")

Why = Literal["refused", "failed"]


def checkpoint_of(room: str) -> str:
    """The name of a room's checkpoint in a store."""
    return f"{room}.checkpoint"


def room_of(name: str) -> str | None:
    """Whose checkpoint that is in a store, if it is one."""
    room, _, rest = name.rpartition(".")
    return room if rest == "checkpoint" else None


class Superseded(OSError):
    """Somebody else has gone on with the room."""


class Store(Protocol):
    """Keeps the newest of each name. What goes wrong is an OSError."""

    def read(self, name: str) -> bytes | None:
        """The newest; None when there is none."""

    def names(self) -> list[str]:
        """Of everything that can be read."""

    def write(self, name: str, content: bytes, fence: int = 0) -> None:
        """Put a newer one in its place, for good; of a room among many processes, under that fence: then it may raise
        Superseded."""

    def remove(self, name: str) -> None:
        """Have none, for good."""

    def set_aside(self, name: str, why: Why, content: bytes | None = None) -> str:
        """Keep `content`, else the newest, for a person to look at, where it is not read again; say where."""

    def close(self) -> None:
        """Let go of it: somebody else may use it now."""


class Folder:
    """A store in a folder of this machine, made if need be. Raises UserError when that can't be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock: BinaryIO = (folder / "lock").open("a+b")
        except OSError as error:
            raise _unusable(folder, error) from None

    def lock(self) -> bool:
        """Whether this process, and no other, has the folder now. A process that dies lets go of it.

        Raises UserError when nothing can be written there.
        """
        try:
            _lock(self._lock)
        except OSError:
            return False
        try:
            os.ftruncate(self._lock.fileno(), 0)
            os.write(self._lock.fileno(), f"{os.getpid()}\n".encode())
        except OSError as error:
            self._lock.close()
            raise _unusable(self.folder, error) from None
        return True

    def holder(self) -> str:
        """Which process said last that it has the folder."""
        self._lock.seek(0)
        return self._lock.read(20).decode(errors="replace").strip() or "unknown"

    def close(self) -> None:
        self._lock.close()

    def read(self, name: str) -> bytes | None:
        try:
            with self._path(name).open("rb") as file:
                return file.read(BYTES_MAX + 1)
        except FileNotFoundError:
            return None

    def names(self) -> list[str]:
        files = [path.name for path in self.folder.iterdir() if path.name != "lock" and path.suffix != ".new"]
        return sorted(unquote(name) for name in files if not _ASIDE.search(name))

    def write(self, name: str, content: bytes, fence: int = 0) -> None:
        put(self._path(name), content)

    def remove(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)
        sync_folder(self.folder)

    def set_aside(self, name: str, why: Why, content: bytes | None = None) -> str:
        path = self._path(name)
        aside = self._aside()
        number = max(aside, default=0) + 1
        place = path.with_name(f"{path.name}.{why}-{number}")
        if content is None:
            os.replace(path, place)
        else:
            _write(place, content)
        sync_folder(self.folder)
        for old in sorted(aside)[: max(0, len(aside) + 1 - ASIDE_MAX)]:
            aside[old].unlink(missing_ok=True)
        return str(place)

    def _path(self, name: str) -> Path:
        return self.folder / quote(name, safe="")

    def _aside(self) -> dict[int, Path]:
        """What is set aside already, by number."""
        found = ((_ASIDE.search(path.name), path) for path in self.folder.iterdir())
        return {int(match[1]): path for match, path in found if match}


def _unusable(folder: Path, error: OSError) -> UserError:
    return UserError(f"{folder} can't be used for the state: {(error.strerror or str(error)).lower()}")


def put(path: Path, content: bytes) -> None:
    """Write a file, or a newer one in its place: all or nothing, and for good. Only one may do so at a time."""
    new = path.with_name(path.name + ".new")
    _write(new, content)
    os.replace(new, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """A rename is only for good when the folder is written too; systems that can't say so do it themselves."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _write(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        file.seek(1 << 30)  # a byte that nobody reads
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
