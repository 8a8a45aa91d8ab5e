"""Where many processes keep bytes for each other: a folder that all of them see, or an object store.

A key is a path of two names, as in `pinball.room/00000000000000000042`. What is asked of a place is little: what was
written whole is read whole, and is listed from then on. Nothing is ever written by two at the same key, so that no
place needs locks, or conditions for a write. Calls may block, so they are made from a worker thread.
"""

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from protocol.errors import UserError
from server.checkpoint import BYTES_MAX
from server.store import put, sync_folder

OBJECT_STORES: Final = ("s3", "gs", "az")


class Place(Protocol):
    """What goes wrong is an OSError."""

    def read(self, key: str) -> bytes | None:
        """None: there is nothing."""

    def write(self, key: str, content: bytes) -> None:
        """All or nothing."""

    def remove(self, key: str) -> None:
        """If it is there."""

    def ages_s(self, under: str = "") -> dict[str, float]:
        """All keys, or those whose first name is `under`; how long ago each was written."""


class SharedFolder:
    """A folder of this machine, or one that machines share. Raises UserError when it can't be had."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.listdir(folder)
        except OSError as error:
            raise UserError(f"{folder} can't be used for checkpoints: {_why(error)}") from None

    def read(self, key: str) -> bytes | None:
        try:
            with (self._folder / key).open("rb") as file:
                return file.read(BYTES_MAX + 1)
        except FileNotFoundError:
            return None

    def write(self, key: str, content: bytes) -> None:
        path = self._folder / key
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            put(path, content)
        except FileNotFoundError:  # somebody has just removed the folder, for it was empty
            path.parent.mkdir(mode=0o700, exist_ok=True)
            put(path, content)

    def remove(self, key: str) -> None:
        path = self._folder / key
        path.unlink(missing_ok=True)
        with suppress(OSError):
            path.parent.rmdir()
        sync_folder(self._folder)

    def ages_s(self, under: str = "") -> dict[str, float]:
        now_s, found = time.time(), dict[str, float]()
        folders = [self._folder / under] if under else list(self._folder.iterdir())
        for folder in folders:
            with suppress(FileNotFoundError, NotADirectoryError):
                for entry in os.scandir(folder):
                    with suppress(FileNotFoundError):
                        if not entry.name.endswith(".new"):
                            found[f"{folder.name}/{entry.name}"] = now_s - entry.stat().st_mtime
        return found


def place_of(url: str) -> Place:
    """A path, `file:///…`, or the address of an object store. Raises UserError."""
    parts = urlsplit(url)
    if parts.scheme in OBJECT_STORES:
        from server.cluster.object_store import ObjectStore  # the library takes a moment to load

        return ObjectStore(url)
    if parts.scheme == "file":
        return SharedFolder(Path(unquote(parts.path)))
    if "://" in url:
        raise UserError(f"checkpoints go to a folder, or to {', '.join(OBJECT_STORES)}://…, not to {url}")
    return SharedFolder(Path(url))


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
